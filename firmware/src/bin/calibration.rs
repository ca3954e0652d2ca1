//! Calibration of a sensor that has aged: 5 features of its reading and two temperatures, one number,
//! 32 readings of a reference remembered. `cargo xtask apply calibration` runs it.

#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("calibration is firmware: `cargo xtask apply calibration` builds and runs it");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
mod device {
    use fejer_firmware::application::{self, FILE, Factory, Stream};
    use fejer_firmware::board::{self, File};
    use fejer_firmware::log::{self, Failure};

    const FEATURES: usize = 5;
    const OUTPUTS: usize = 1;
    const CLEAN: usize = 20;
    const MEMORY: usize = 32;
    const HOLDOUT: usize = 8;

    static FACTORY: Factory<[f32; 1], FEATURES, { FEATURES + 1 }, OUTPUTS, CLEAN> =
        Factory::<[f32; 1], _, _, _, _>::parse(FILE);

    #[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
    #[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
    fn main() -> ! {
        board::exit(run().map_or_else(log::failure, |()| 0))
    }

    fn run() -> Result<(), Failure> {
        let stream = Stream::new(board::open_history()?)?;
        let mut tuner = FACTORY.tuner::<MEMORY, HOLDOUT>();
        let tuner = tuner.as_mut().map_err(|why| Failure::Application(*why))?;
        let sense = |stream: &mut Stream<File>, _| {
            let mut features = [0.0; FEATURES];
            stream.window(&mut features)?;
            Ok(features)
        };
        let say = log::application::event;
        let tally = application::run(&FACTORY.standardise, tuner, stream, sense, say)?;
        log::application::done(&tally, tuner, board::stack_bytes());
        Ok(())
    }
}
