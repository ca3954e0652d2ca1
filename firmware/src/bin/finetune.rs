//! A device that learns: it predicts every window, learns those that come with a label, uses idle
//! time to consolidate, and keeps what it learnt over a reset.

#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("finetune is firmware: build it with --target thumbv7em-none-eabihf");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
mod device {
    use fejer::features::{WINDOW, log_bands};
    use fejer::{Class, history::Record};
    use fejer_firmware::board::{self, Meter};
    use fejer_firmware::keeper::Keeper;
    use fejer_firmware::log::{self, Failure};
    use fejer_firmware::model::{CHECKPOINT, FACTORY, Learner, Number, REVISITS, STANDARDISE};
    use fejer_firmware::recording::Recording;

    #[cortex_m_rt::entry]
    fn main() -> ! {
        board::exit(run().map_or_else(log::failure, |()| 0))
    }

    fn run() -> Result<(), Failure> {
        let mut history = Recording::new(board::open_history()?)?;
        let mut buffer = [0; CHECKPOINT];
        let mut keeper = Keeper::new(board::open_flash()?, &mut buffer);
        let mut learner = Learner::new(&FACTORY);
        let learner = learner.as_mut().map_err(|why| *why)?; // in place: it is too large to move
        let start = keeper.resume(learner)?;
        log::boot(learner, &start);
        let (meter, mut window) = (Meter::new(), [0.0; WINDOW]);
        history.pass_over(start.records, &mut window)?;

        while let Some(record) = history.next(&mut window)? {
            match record {
                Record::Window { number, label } => {
                    match see(learner, &mut window, label, &meter) {
                        Err(why) => log::refused(number, why),
                        Ok((predicted, None)) => log::predicted(number, predicted),
                        Ok((predicted, Some((label, instructions)))) => {
                            keeper.keep(learner, history.records())?;
                            log::learnt(number, label, predicted, learner, instructions);
                        }
                    }
                }
                Record::Idle { number } => {
                    learner.consolidate_pass();
                    keeper.keep(learner, history.records())?;
                    log::idle(number, learner);
                }
            }
        }
        log::done(learner, history.records(), board::stack_bytes());
        Ok(())
    }

    /// The prediction and, if there was a label, the label and the instructions learning it took.
    type Seen = (u8, Option<(u8, u32)>);

    fn see(
        learner: &mut Learner,
        window: &mut [f32; WINDOW],
        label: Option<u8>,
        meter: &Meter,
    ) -> Result<Seen, fejer::Error> {
        let features = STANDARDISE.apply::<Number>(&log_bands(window)?);
        let predicted = learner.head().decide(&features) as u8;
        let Some(label) = label else { return Ok((predicted, None)) };
        let (learnt, instructions) = meter.count(|| {
            learner.learn(&features, Class(label))?;
            learner.revisit(REVISITS);
            Ok(())
        });
        learnt.map(|()| (predicted, Some((label, instructions))))
    }
}
