//! What this device is: its shapes, its number type, and the factory head it leaves with.

use fejer::checkpoint::{full_length, tuner_length};
use fejer::features::Standardise;
use fejer::tuner::Clean;
use fejer::{Anchored, Class, Error, Head, Link, Settings, Tuner};

/// Log band energies of a window.
pub const FEATURES: usize = 64;
/// One row of weights a feature and one for the bias.
pub const ROWS: usize = FEATURES + 1;
/// Classes.
pub const OUTPUTS: usize = 9;
/// Labelled windows remembered: what fits into 16 KB of RAM with everything else, or more.
pub const MEMORY: usize = if cfg!(board = "microbit") { 24 } else { 64 };
/// Remembered windows visited again after each label.
pub const REVISITS: u32 = 3;
/// Bytes of the longest checkpoint.
pub const CHECKPOINT: usize = full_length::<Number, Class, ROWS, OUTPUTS, MEMORY>();
/// Labelled windows that are remembered under guard: fewer, for what is judged by takes room too.
pub const TUNED: usize = if cfg!(board = "microbit") { 16 } else { 40 };
/// Labelled windows that are held out at most.
pub const HOLDOUT: usize = if cfg!(board = "microbit") { 4 } else { 8 };
/// Bytes of the longest checkpoint of what learns under guard.
pub const TUNED_CHECKPOINT: usize = tuner_length::<Number, Class, ROWS, OUTPUTS, TUNED, HOLDOUT>();

/// The number type of the weights.
#[cfg(not(feature = "q16"))]
pub type Number = f32;
/// The number type of the weights.
#[cfg(feature = "q16")]
pub type Number = fejer::fixed::types::I16F16;

/// A head that learns on this device.
pub type Learner = Anchored<'static, Number, Class, ROWS, OUTPUTS, MEMORY>;

/// A head that learns on this device under guard.
pub type Tuned = Tuner<'static, Number, Class, ROWS, OUTPUTS, TUNED, HOLDOUT>;

/// The head as it left the factory; it stays in flash.
#[cfg(not(feature = "q16"))]
pub static FACTORY: Head<Number, ROWS, OUTPUTS> = EXPORTED;
/// The head as it left the factory; it stays in flash.
#[cfg(feature = "q16")]
pub static FACTORY: Head<Number, ROWS, OUTPUTS> = Head::from_f32(&EXPORTED);

/// The standardisation found in the lab.
pub static STANDARDISE: Standardise<FEATURES> = Standardise {
    mean: floats(&exported::MEAN),
    inverse_deviation: floats(&exported::INVERSE_DEVIATION),
};

/// What left the factory with the head, to judge by; it stays in flash.
pub static CLEAN: Clean<'static, Class> = Clean { codes: CODES.as_flattened(), targets: &TARGETS };

static CODES: [[i8; FEATURES]; clean::LABELS.len()] = clean::CODES;
static TARGETS: [Class; clean::LABELS.len()] = classes(&clean::LABELS);

/// As it leaves the factory.
///
/// # Errors
/// The factory head or its clean set is not sound.
#[inline(never)] // what making it takes is not part of the caller's stack
pub fn tuned() -> Result<Tuned, Error> {
    Tuned::new(&FACTORY, CLEAN, settings())
}

/// What the lab found for the guard.
pub fn settings() -> Settings<f32> {
    Settings {
        revisits: REVISITS,
        confidence: f32::from_bits(clean::CONFIDENCE),
        mistaken: f32::from_bits(clean::MISTAKEN),
        ..Settings::new()
    }
}

const EXPORTED: Head<f32, ROWS, OUTPUTS> = {
    let mut weights = [[0.0; OUTPUTS]; ROWS];
    let mut row = 0;
    while row < ROWS {
        weights[row] = floats(&exported::WEIGHTS[row]);
        row += 1;
    }
    Head::new(Link::Softmax, weights)
};

const fn floats<const LENGTH: usize>(bits: &[u32; LENGTH]) -> [f32; LENGTH] {
    let mut values = [0.0; LENGTH];
    let mut index = 0;
    while index < LENGTH {
        values[index] = f32::from_bits(bits[index]);
        index += 1;
    }
    values
}

const fn classes<const LENGTH: usize>(labels: &[u8; LENGTH]) -> [Class; LENGTH] {
    let mut classes = [Class(0); LENGTH];
    let mut index = 0;
    while index < LENGTH {
        classes[index] = Class(labels[index]);
        index += 1;
    }
    classes
}

/// Written by the host: raw bits, so that nothing is rounded on the way.
mod exported {
    include!(env!("FEJER_FACTORY_FILE"));
}

/// Written by the host too.
mod clean {
    include!(env!("FEJER_CLEAN_FILE"));
}
