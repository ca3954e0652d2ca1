//! Bearing condition at a motor load the lab never saw: 64 log bands of 1024 samples of acceleration,
//! 9 conditions, 48 labels remembered, 24 on a micro:bit. `cargo xtask apply bearing` runs it.

#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("bearing is firmware: `cargo xtask apply bearing` builds and runs it");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
mod device {
    use fejer::Class;
    use fejer::features::{WINDOW, log_bands};
    use fejer_firmware::application::{self, FILE, Factory, Stream};
    use fejer_firmware::board::{self, File};
    use fejer_firmware::log::{self, Failure};

    const FEATURES: usize = 64;
    const OUTPUTS: usize = 9;
    const CLEAN: usize = 90;
    const MEMORY: usize = if cfg!(board = "microbit") { 24 } else { 48 };
    const HOLDOUT: usize = 8;

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
        let mut window = [0.0; WINDOW];
        let sense = |stream: &mut Stream<File>, _| {
            stream.window(&mut window)?;
            Ok(log_bands(&mut window)?)
        };
        let say = log::application::event;
        let tally = application::run(&FACTORY.standardise, tuner, stream, sense, say)?;
        log::application::done(&tally, tuner, board::stack_bytes());
        Ok(())
    }
}
