//! Features of a window of samples: log band energies, standardised. All in `f32`, the same bits on
//! device and host.
//!
//! Mean removed → real FFT → Hann window as a three-tap filter on the spectrum → energy of bands of
//! equal width, the constant left out → natural logarithm. Vibration is judged by energy a band
//! because a fault rings a resonance; the logarithm makes a change of load a shift, which a linear
//! head can learn.

use microfft::Complex32;

use crate::Error;
use crate::scalar::{Scalar, all_sound};

/// Samples in a window.
pub const WINDOW: usize = 1024;
/// Added to every band energy, so that silence has a finite logarithm.
const FLOOR: f32 = 1e-6;

/// Log energies of `BANDS` bands of equal width between 0 and half the sample rate; `BANDS` must
/// divide 512. The window is used up as the transform's scratch.
///
/// ln(Σ|X_k|² + 10⁻⁶) with X the unnormalised 1024-point transform of the Hann-windowed,
/// mean-free samples; the unit is that of the samples, squared.
///
/// # Errors
/// [`Error::Unsound`]: a sample is NaN or infinite, or so large that an energy overflows.
pub fn log_bands<const BANDS: usize>(window: &mut [f32; WINDOW]) -> Result<[f32; BANDS], Error> {
    const { assert!(BANDS > 0 && (WINDOW / 2).is_multiple_of(BANDS), "BANDS must divide 512") }
    if !all_sound(window) {
        return Err(Error::Unsound);
    }
    remove_mean(window);
    let spectrum = microfft::real::rfft_1024(window);
    // The transform keeps the real value at half the sample rate in the imaginary part of bin 0.
    let [first, ..] = spectrum;
    let nyquist = Complex32::new(first.im, 0.0);
    *first = Complex32::new(first.re, 0.0);

    let mut bands = [0.0; BANDS];
    let mut before = *first;
    let mut bins = spectrum.iter().skip(1).copied().chain(core::iter::once(nyquist));
    let mut here = bins.next().unwrap_or_default();
    for (index, after) in (1..WINDOW / 2).zip(bins) {
        let tapered = here.scale(0.5) - (before + after).scale(0.25);
        if let Some(band) = bands.get_mut(index * BANDS / (WINDOW / 2)) {
            *band += tapered.re * tapered.re + tapered.im * tapered.im;
        }
        (before, here) = (here, after);
    }
    if !all_sound(&bands) {
        return Err(Error::Unsound);
    }
    Ok(bands.map(|energy| Scalar::ln(energy + FLOOR)))
}

fn remove_mean(window: &mut [f32; WINDOW]) {
    let mean = window.iter().sum::<f32>() / WINDOW as f32;
    window.iter_mut().for_each(|sample| *sample -= mean);
}

/// Standardisation found in the lab: (x − mean) / deviation, feature by feature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standardise<const FEATURES: usize> {
    /// Mean of each feature.
    pub mean: [f32; FEATURES],
    /// 1 / standard deviation of each feature.
    pub inverse_deviation: [f32; FEATURES],
}

impl<const FEATURES: usize> Standardise<FEATURES> {
    /// The features in units of their lab deviation, in the head's number type.
    pub fn apply<S: Scalar>(&self, features: &[f32; FEATURES]) -> [S; FEATURES] {
        let mut standard = [S::ZERO; FEATURES];
        let parameters = self.mean.iter().zip(&self.inverse_deviation);
        for ((out, &feature), (&mean, &inverse)) in
            standard.iter_mut().zip(features).zip(parameters)
        {
            *out = S::from_f32((feature - mean) * inverse);
        }
        standard
    }
}
