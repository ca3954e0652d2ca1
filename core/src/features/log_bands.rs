//! Log energies of bands of equal width.

use super::{FLOOR, remove_mean, tapered_powers};
use crate::Error;
use crate::scalar::{Scalar, all_sound};

/// Samples in a window.
pub const WINDOW: usize = 1024;

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
    let mut bands = [0.0; BANDS];
    tapered_powers(microfft::real::rfft_1024(window), |index, power| {
        if let Some(band) = bands.get_mut(index * BANDS / (WINDOW / 2)) {
            *band += power;
        }
    });
    if !all_sound(&bands) {
        return Err(Error::Unsound);
    }
    Ok(bands.map(|energy| Scalar::ln(energy + FLOOR)))
}
