//! Every public step of core and nothing else: no log, no files. Its image must hold no panic
//! machinery; `tests/panic_free.rs` looks, and holds these files against what core makes public.

#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("steps is firmware: build it with --target thumbv7em-none-eabihf");
    std::process::exit(2);
}

#[cfg(target_os = "none")]
mod extracting;
#[cfg(target_os = "none")]
mod heads;
#[cfg(target_os = "none")]
mod learning;
#[cfg(target_os = "none")]
mod sensing;
#[cfg(target_os = "none")]
mod solving;
#[cfg(target_os = "none")]
mod speaking;
#[cfg(target_os = "none")]
mod storing;
#[cfg(target_os = "none")]
mod streaming;
#[cfg(target_os = "none")]
mod tuning;

#[cfg(target_os = "none")]
mod device {
    use core::hint::black_box;

    use fejer::{Head, Link, Sample, Scalar};

    #[cfg(not(feature = "q16"))]
    pub type Number = f32;
    #[cfg(feature = "q16")]
    pub type Number = fixed::types::I16F16;

    pub const FEATURES: usize = 16;
    pub const ROWS: usize = FEATURES + 1;
    pub const OUTPUTS: usize = 4;
    pub type SmallHead = Head<Number, ROWS, OUTPUTS>;
    pub type SmallSample = Sample<Number, FEATURES, OUTPUTS>;

    #[allow(unsafe_code)] // the name is the run time's
    unsafe extern "C" {
        fn DefaultHandler();
    }

    /// The run time wants a table; nothing interrupts here.
    #[allow(unsafe_code)]
    // SAFETY: functions in the section it looks in, under the name it asks for.
    #[unsafe(link_section = ".vector_table.interrupts")]
    #[unsafe(no_mangle)]
    static __INTERRUPTS: [unsafe extern "C" fn(); 1] = [DefaultHandler];

    #[panic_handler]
    fn panic(_: &core::panic::PanicInfo) -> ! {
        wait()
    }

    fn wait() -> ! {
        loop {
            cortex_m::asm::wfi();
        }
    }

    /// A number nobody can foresee.
    pub fn any() -> Number {
        black_box(Number::from_f32(0.375))
    }

    /// Numbers nobody knows how many: what has to be right is right for any slice.
    pub fn slice<T>(numbers: &mut [T]) -> &mut [T] {
        black_box(numbers)
    }

    #[cortex_m_rt::entry]
    fn main() -> ! {
        loop {
            let features = crate::sensing::all();
            let head = SmallHead::new(black_box(Link::Softmax), [[any(); OUTPUTS]; ROWS]);
            let sample = SmallSample { features, target: head.predict(&features) };
            crate::learning::all(&head, &sample);
            crate::streaming::all(&head, &sample);
            crate::heads::all(&head, &sample);
            crate::solving::all(&head, black_box(&[sample; 3]));
            crate::storing::all(&head, &sample);
            crate::tuning::all(&head, &sample);
            crate::extracting::all(&head);
            crate::speaking::all();
        }
    }
}
