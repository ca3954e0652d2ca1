//! Features of a window of samples, the same bits on device and host.
//!
//! * [`log_bands`]: log energies of bands of equal width. Vibration is judged by energy a band because
//!   a fault rings a resonance; the logarithm makes a change of load a shift, which a linear head can
//!   learn.
//! * [`LogMel`]: log energies of bands as wide as the ear's, for speech and sound.
//! * [`segment_bands`]: those of a recording of any length, such as a spoken word.
//! * [`Statistics`]: what a window looks like in time: RMS, kurtosis, crest factor, zero crossings.
//! * [`Standardise`], and [`RunningStandardise`] where there is no lab to find it in.
//!
//! Spectra are in `f32`: mean removed → real FFT → Hann window as a three-tap filter on the spectrum
//! → power, the constant left out. Statistics and standardisation are in any number type, for parts
//! without an FPU.

mod log_bands;
mod log_mel;
mod segments;
mod standardise;
mod statistics;

use microfft::Complex32;

pub use log_bands::{WINDOW, log_bands};
pub use log_mel::LogMel;
pub use segments::segment_bands;
pub use standardise::{RunningStandardise, Standardise};
pub use statistics::{Statistics, statistics};

/// Added to every band energy, so that silence has a finite logarithm.
const FLOOR: f32 = 1e-6;

fn remove_mean(window: &mut [f32]) {
    let mean = window.iter().sum::<f32>() / window.len() as f32;
    window.iter_mut().for_each(|sample| *sample -= mean);
}

/// Hands out the bins 1..N/2 of the Hann-windowed spectrum with their powers |X_k|², given the N/2
/// values of the real transform: in time the window is ½ − ½cos, on the spectrum ½X_k − ¼(X_{k−1} +
/// X_{k+1}).
#[inline]
fn tapered_powers(spectrum: &mut [Complex32], mut bin: impl FnMut(usize, f32)) {
    let half = spectrum.len();
    let Some(first) = spectrum.first_mut() else { return };
    // The transform keeps the real value at half the sample rate in the imaginary part of bin 0.
    let nyquist = Complex32::new(first.im, 0.0);
    *first = Complex32::new(first.re, 0.0);
    let mut before = *first;
    let mut bins = spectrum.iter().skip(1).copied().chain(core::iter::once(nyquist));
    let mut here = bins.next().unwrap_or_default();
    for (index, after) in (1..half).zip(bins) {
        let tapered = here.scale(0.5) - (before + after).scale(0.25);
        bin(index, tapered.re * tapered.re + tapered.im * tapered.im);
        (before, here) = (here, after);
    }
}
