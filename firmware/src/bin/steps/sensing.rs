//! Features and their standardisation.

use core::hint::black_box;

use fejer::features::{
    LogMel, RunningStandardise, Standardise, WINDOW, log_bands, segment_bands, statistics,
};
use fejer::{Error, Scalar};

use crate::device::{FEATURES, Number, any, slice};

/// The features the other steps use.
pub fn all() -> [Number; FEATURES] {
    let _ = black_box(statistics(slice(&mut [any(); WINDOW])));
    mel::<256>();
    mel::<1024>();
    let mut window = black_box([0.5; WINDOW]);
    let bands = log_bands::<FEATURES>(&mut window).unwrap_or([any().to_f32(); FEATURES]);
    let mut running = RunningStandardise::new(black_box(100));
    let _ = black_box(running.observe(&bands));
    black_box(running.count());
    let fitted: Standardise<FEATURES> = running.standardise();
    let standard = fitted.apply::<Number>(&bands);
    let mut running = RunningStandardise::<FEATURES, Number>::new(black_box(100));
    let _ = black_box(running.observe(&standard));
    black_box(running.standardise().standard(&standard))
}

fn mel<const FRAME: usize>() {
    if let Ok(bank) =
        LogMel::<FRAME, FEATURES>::new(black_box(8000.0), black_box(50.0), black_box(3500.0))
    {
        let _ = black_box(bank.apply(&mut black_box([0.5; FRAME])));
        let (low, &peaks, high) = bank.edges();
        if let Ok(same) = LogMel::<FRAME, FEATURES>::with_edges(black_box(low), peaks, high) {
            let next = |samples: &mut [f32]| -> Result<(), Error> {
                slice(samples).fill(black_box(0.5));
                Ok(())
            };
            let bands: Result<[f32; 2 * FEATURES], Error> =
                segment_bands(&same, black_box(2000), next);
            let _ = black_box(bands);
        }
    }
}
