//! Activity of a wearer the lab never met: 265 features of a phone's motion, 6 activities, 112 labels
//! remembered. `cargo xtask apply activity` runs it.

#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("activity is firmware: `cargo xtask apply activity` builds and runs it");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
mod device {
    use fejer::Class;
    use fejer_firmware::application::{self, FILE, Factory, Stream};
    use fejer_firmware::board::{self, File};
    use fejer_firmware::log::{self, Failure};

    const FEATURES: usize = 265;
    const OUTPUTS: usize = 6;
    const CLEAN: usize = 60;
    const MEMORY: usize = 112;
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
