//! A frozen network in 8 bits: shows it windows and says the hash of what it makes of them, which is
//! the host's to the bit.

#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("extract is firmware: `cargo xtask test` builds and runs it");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
mod device {
    use defmt::println;
    use fejer::extractor::{Error, Extractor};
    use fejer_firmware::board::{self, Meter};
    use fejer_firmware::extract::{EXTRACTOR, ROOM, WINDOW, hash_of};

    #[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
    #[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
    fn main() -> ! {
        board::exit(match run() {
            Ok(()) => 0,
            Err(why) => {
                println!("refused reason={=str}", why.word());
                1
            }
        })
    }

    fn run() -> Result<(), Error> {
        let extractor = Extractor::new(EXTRACTOR)?;
        let (features, room) = (extractor.features(), extractor.room());
        println!(
            "extractor bytes={=usize} features={=usize} room={=usize}",
            EXTRACTOR.len(),
            features,
            room
        );
        let (mut window, [mut from, mut to]) = ([0.0; WINDOW], [[0; ROOM]; 2]);
        let mut hash = |windows| hash_of(&extractor, windows, [&mut from, &mut to], &mut window);
        let (one, instructions) = Meter::new().count(|| hash(1));
        println!("extracted instructions={=u32}", one.map(|_| instructions)?);
        for windows in [1, 8] {
            println!("extracted windows={=u32} hash={=u64:016x}", windows, hash(windows)?);
        }
        Ok(())
    }
}
