//! Measures every operation of the workload, call by call. `benches/device` on the host runs it on
//! every board and holds what it says against the image.
//!
//! A real board measures everything, in cycles of its counter, and says it in the JSON of
//! `benches/device.json`; what only an image or an emulator can tell is null there.
//!
//! Words, for an emulated one: `f32`, `q24` or `portable` and numbers of features to leave everything else out, `once` for a single
//! step an operation, to be traced.

#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("bench is firmware: run `cargo bench -p fejer-benches --bench device`");
    std::process::exit(2);
}

#[cfg(all(target_os = "none", not(emulated)))]
#[path = "json.rs"]
mod say;
#[cfg(all(target_os = "none", emulated))]
#[path = "line.rs"]
mod say;

#[cfg(target_os = "none")]
mod device {
    use core::hint::black_box;

    use defmt::println;

    use crate::say;
    use fejer::streaming::SquaredNorm;
    use fejer::{Error, Head, Sample, Scalar, Stored};
    use fejer_firmware::board::{self, Meter, stack_of};
    use fejer_firmware::workload::{Case, Method, STEPS, Step, Visitor, visit_all};

    #[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
    #[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
    fn main() -> ! {
        let meter = Meter::new();
        say::begin(&meter);
        let steps = if board::is_told("once") { 1 } else { STEPS };
        board::exit(match visit_all(&mut Bench { meter, steps }) {
            Ok(()) => say::end(),
            Err(why) => {
                println!("refused reason={=str}", why.word());
                1
            }
        })
    }

    struct Bench {
        meter: Meter,
        steps: u32,
    }

    impl Visitor for Bench {
        fn visit<S, X, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>(
            &mut self,
            case: &Case<S, X, FEATURES, ROWS, OUTPUTS>,
        ) -> Result<(), Error>
        where
            S: Scalar,
            X: Stored<S>,
        {
            let is_meant =
                !cfg!(emulated) || board::is_told(case.scalar) && is_told_number(FEATURES);
            for method in Method::ALL.into_iter().filter(|_| is_meant) {
                self.measure(case, method)?;
            }
            Ok(())
        }
    }

    fn is_told_number(features: usize) -> bool {
        match features {
            16 => board::is_told("16"),
            64 => board::is_told("64"),
            128 => board::is_told("128"),
            _ => board::is_told("561"),
        }
    }

    impl Bench {
        /// Predictions are measured on the way of the first method: no step moves the weights twice.
        #[inline(never)]
        fn measure<S, X, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>(
            &self,
            case: &Case<S, X, FEATURES, ROWS, OUTPUTS>,
            method: Method,
        ) -> Result<(), Error>
        where
            S: Scalar,
            X: Stored<S>,
        {
            let (step, predict) = (black_box(case.step(method)), black_box(case.predict));
            let nothing = black_box(case.nothing);
            let (mut learning, mut predicting) = (Spread::new(), Spread::new());
            let mut calling = Spread::new();
            let mut head = case.zeros();
            case.train(&mut head, method, self.steps, |head, sample, norm, amount| {
                if method == Method::Projected {
                    let call = || black_box(predict(head, &sample.features));
                    let ((_, instructions), stack) = stack_of(|| self.meter.count(call));
                    predicting.add(instructions, stack);
                }
                let ((_, instructions), stack) = self.call(nothing, head, sample, norm, amount);
                calling.add(instructions, stack);
                let ((done, instructions), stack) = self.call(step, head, sample, norm, amount);
                learning.add(instructions, stack);
                done
            })?;
            let about = About { scalar: case.scalar, features: FEATURES, classes: OUTPUTS };
            if method == Method::Projected {
                say::measured(&about, "predict", &predicting, &calling, head.hash());
            }
            say::measured(&about, method.name(), &learning, &calling, head.hash());
            Ok(())
        }

        /// What a step returns, its instructions and its stack. Every step is called by this code, so
        /// that calling takes the same for all.
        #[inline(never)]
        fn call<S, X, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>(
            &self,
            step: Step<S, X, FEATURES, ROWS, OUTPUTS>,
            head: &mut Head<S, ROWS, OUTPUTS>,
            sample: &Sample<S, FEATURES, OUTPUTS, X>,
            norm: SquaredNorm<S>,
            amount: S,
        ) -> ((Result<(), Error>, u32), u32)
        where
            S: Scalar,
            X: Stored<S>,
        {
            stack_of(|| self.meter.count(|| step(head, sample, norm, amount)))
        }
    }

    /// Which head was measured.
    pub struct About {
        pub scalar: &'static str,
        pub features: usize,
        pub classes: usize,
    }

    /// What many calls took, and the deepest stack.
    pub struct Spread {
        pub least: u32,
        pub most: u32,
        pub sum: u64,
        pub stack: u32,
    }

    impl Spread {
        const fn new() -> Self {
            Self { least: u32::MAX, most: 0, sum: 0, stack: 0 }
        }

        fn add(&mut self, instructions: u32, stack: u32) {
            self.least = self.least.min(instructions);
            self.most = self.most.max(instructions);
            self.sum += u64::from(instructions);
            self.stack = self.stack.max(stack);
        }
    }
}
