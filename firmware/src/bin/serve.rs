//! A device that is spoken to: it learns under guard what it is told over its UART, works on it while
//! nobody speaks, and keeps it over a reset.
//!
//! Under QEMU `flash.bin` stands for its flash, `key.bin`, if it is there, for the secret of its owner,
//! and `-serial` connects the UART; `fejer device --port` speaks to it.

#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("serve is firmware: build it with --target thumbv7em-none-eabihf");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
mod device {
    use fejer_firmware::board::{self, Serial};
    use fejer_firmware::keeper::Keeper;
    use fejer_firmware::log::{self, Failure};
    use fejer_firmware::model::{TUNED_CHECKPOINT, tuned};
    use fejer_firmware::port::{Device, secret};

    #[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
    #[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
    fn main() -> ! {
        board::exit(run().map_or_else(log::failure, |()| 0))
    }

    fn run() -> Result<(), Failure> {
        let mut tuner = tuned();
        let tuner = tuner.as_mut().map_err(|why| *why)?; // in place: it is too large to move
        let mut buffer = [0; TUNED_CHECKPOINT];
        let keeper = Keeper::new(board::open_flash()?, &mut buffer);
        let key = match board::open_key().map_err(Failure::Key)? {
            Some(bytes) => Some(secret(&bytes).ok_or(Failure::NoSeals)?),
            None => None,
        };
        let mut device = Device::new(tuner, keeper, key, board::stack_bytes);
        let start = device.start()?;
        log::boot(device.tuner().learner(), &start);
        let Ok(()) = device.serve(&mut Serial::open());
        Ok(())
    }
}
