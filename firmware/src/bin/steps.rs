//! Every step of core and nothing else: no log, no files. Its image must hold no panic machinery;
//! `tests/panic_free.rs` looks.

#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("steps is firmware: build it with --target thumbv7em-none-eabihf");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
mod device {
    use core::hint::black_box;

    use fejer::checkpoint::{encode, full_length, resume};
    use fejer::features::{Standardise, WINDOW, log_bands};
    use fejer::{Anchored, Class, Head, Link, Sample};

    #[cfg(not(feature = "q16"))]
    type Number = f32;
    #[cfg(feature = "q16")]
    type Number = fixed::types::I16F16;

    const BYTES: usize = full_length::<Number, Class, 17, 4, 8>();
    static FACTORY: Head<Number, 17, 4> = Head::zeros(Link::Softmax);
    static STANDARD: Standardise<16> =
        Standardise { mean: [0.0; 16], inverse_deviation: [1.0; 16] };

    #[panic_handler]
    fn panic(_: &core::panic::PanicInfo) -> ! {
        stop()
    }

    fn stop() -> ! {
        loop {
            cortex_m::asm::wfi();
        }
    }

    #[cortex_m_rt::entry]
    fn main() -> ! {
        let Ok(mut learner) = Anchored::<Number, Class, 17, 4, 8>::new(black_box(&FACTORY)) else {
            stop()
        };
        loop {
            let _ = black_box(live(&mut learner, black_box([0.5; WINDOW]), black_box(3)));
        }
    }

    fn live(
        learner: &mut Anchored<'_, Number, Class, 17, 4, 8>,
        mut window: [f32; WINDOW],
        class: u8,
    ) -> Result<(), fejer::Error> {
        let features = STANDARD.apply::<Number>(&log_bands(&mut window)?);
        black_box(learner.predict(&features));
        black_box(learner.head().decide(&features));
        learner.learn(&features, Class(class))?;
        learner.revisit(3);
        black_box(learner.consolidate(3, black_box(1e-3)));
        learner.forget_oldest();
        let mut bytes = [0; BYTES];
        let length = encode(learner, &mut bytes).map_or(0, <[u8]>::len);
        let _ = black_box(resume(bytes.get(..length).unwrap_or(&bytes), learner));
        let mut head = *learner.head();
        let sample = Sample { features, target: learner.predict(&features) };
        let step = black_box(features[0]);
        head.projected_step(&sample, step)?;
        head.extragradient_step(&sample, step)?;
        black_box(head.hash());
        Ok(())
    }
}
