//! Spoken digits of a speaker the lab never heard: 20 log-mel bands of 8 segments of a recording at
//! 8 kHz, which may be of any length and is never held in memory; 144 labels are. `cargo xtask apply digits` runs it.

#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("digits is firmware: `cargo xtask apply digits` builds and runs it");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
mod device {
    use fejer::Class;
    use fejer::features::segment_bands;
    use fejer_firmware::application::hearing::SPEECH;
    use fejer_firmware::application::{self, FILE, Factory, Stream};
    use fejer_firmware::board::{self, File};
    use fejer_firmware::log::{self, Failure};

    const FEATURES: usize = 160;
    const OUTPUTS: usize = 10;
    const CLEAN: usize = 100;
    const MEMORY: usize = 144;
    const HOLDOUT: usize = 16;

    static FACTORY: Factory<Class, FEATURES, { FEATURES + 1 }, OUTPUTS, CLEAN> =
        Factory::<Class, _, _, _, _>::parse(FILE);

    #[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
    #[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
    fn main() -> ! {
        board::exit(run().map_or_else(log::failure, |()| 0))
    }

    fn run() -> Result<(), Failure> {
        let stream = Stream::new(board::open_history()?)?;
        let mut tuner = FACTORY.tuner::<MEMORY, HOLDOUT>();
        let tuner = tuner.as_mut().map_err(|why| Failure::Application(*why))?;
        let sense = |stream: &mut Stream<File>, length| {
            segment_bands(&SPEECH, length, |samples| Ok(stream.fill(samples)?))
        };
        let say = log::application::event;
        let tally = application::run(&FACTORY.standardise, tuner, stream, sense, say)?;
        log::application::done(&tally, tuner, board::stack_bytes());
        Ok(())
    }
}
