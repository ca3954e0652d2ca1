//! Log energies of triangular bands evenly spaced on the mel scale.
//!
//! ```text
//! mel(f) = 2595 log₁₀(1 + f/700)        e_j = mel⁻¹(mel(low) + j·(mel(high) − mel(low))/(B + 1))
//! band b: weight 0 at e_b, 1 at e_{b+1}, 0 at e_{b+2}, straight in between; b = 0 … B − 1
//! ```
//!
//! Between two neighbouring edges exactly two bands overlap, and their weights add up to 1: one walk
//! over the bins with the B + 2 edges gives every band, and no table of bins × bands is kept.
//!
//! Reference: O'Shaughnessy, *Speech Communication*, 1987 (the scale); Davis & Mermelstein 1980 (the
//! triangles).

use super::{FLOOR, remove_mean, tapered_powers};
use crate::Error;
use crate::scalar::{Scalar, all_sound};

/// Mel bands of frames of `FRAME` samples, 256 or 1024; another length does not compile.
///
/// ```
/// use fejer::features::LogMel;
/// let mel = LogMel::<256, 20>::new(8000.0, 0.0, 4000.0)?;
/// let mut frame = core::array::from_fn(|t| (0.3 * t as f32).sin());
/// let energies: [f32; 20] = mel.apply(&mut frame)?;
/// assert!(energies[4] > energies[15]); // 0.3 rad a sample is 382 Hz
/// # Ok::<(), fejer::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogMel<const FRAME: usize, const BANDS: usize> {
    /// Lower edge of the first band, in bins.
    low: f32,
    /// Peak of each band, which is the lower edge of the next, in bins.
    peaks: [f32; BANDS],
    /// Upper edge of the last band, in bins.
    high: f32,
}

impl<const FRAME: usize, const BANDS: usize> LogMel<FRAME, BANDS> {
    /// Bands between `low` and `high`, both in hertz, of a signal of `rate` samples a second.
    ///
    /// The edges are computed in f64 by `libm` and rounded, so every platform has the same ones.
    ///
    /// # Errors
    /// [`Error::Unsound`] unless 0 ≤ low < high ≤ rate/2, all finite.
    #[expect(clippy::cast_possible_truncation, reason = "an edge is at most FRAME/2")]
    pub fn new(rate: f32, low: f32, high: f32) -> Result<Self, Error> {
        const { assert!(FRAME == 256 || FRAME == 1024, "frames have 256 or 1024 samples") }
        const { assert!(BANDS > 0, "a spectrum has a band") }
        if !(rate.is_sound() && 0.0 <= low && low < high && high <= 0.5 * rate) {
            return Err(Error::Unsound);
        }
        let mel = |hertz: f32| libm::log1p(f64::from(hertz) / 700.0);
        let width = (mel(high) - mel(low)) / (BANDS as f64 + 1.0);
        let edge = |index: usize| {
            let hertz = 700.0 * libm::expm1(mel(low) + width * index as f64);
            (hertz * FRAME as f64 / f64::from(rate)) as f32
        };
        Ok(Self {
            low: edge(0),
            peaks: core::array::from_fn(|band| edge(band + 1)),
            high: edge(BANDS + 1),
        })
    }

    /// Bands with these edges, in bins of rate/FRAME: the lower edge of the first, the peaks, the upper
    /// edge of the last, as [`LogMel::edges`] gives them. For constants: a part that never computes
    /// edges needs no f64.
    ///
    /// # Errors
    /// [`Error::Unsound`] unless 0 ≤ low < the first peak < … < high ≤ FRAME/2.
    #[expect(clippy::indexing_slicing, reason = "const fn has no iterators; bounds are the loop's")]
    pub const fn with_edges(low: f32, peaks: [f32; BANDS], high: f32) -> Result<Self, Error> {
        const { assert!(FRAME == 256 || FRAME == 1024, "frames have 256 or 1024 samples") }
        let (mut lower, mut band) = (low, 0);
        let mut is_rising = 0.0 <= low;
        while band < BANDS {
            is_rising = is_rising && lower < peaks[band];
            lower = peaks[band];
            band += 1;
        }
        let is_within = lower < high && high <= (FRAME / 2) as f32;
        if is_rising && is_within { Ok(Self { low, peaks, high }) } else { Err(Error::Unsound) }
    }

    /// Lower edge of the first band, the peak of each, upper edge of the last, in bins.
    pub const fn edges(&self) -> (f32, &[f32; BANDS], f32) {
        (self.low, &self.peaks, self.high)
    }

    /// ln(Σ weight·|X_k|² + 10⁻⁶) of each band, X the unnormalised transform of the Hann-windowed,
    /// mean-free samples; the unit is that of the samples, squared. The frame is used up as the
    /// transform's scratch. A band so narrow that it holds no bin has energy 0.
    ///
    /// # Errors
    /// [`Error::Unsound`]: a sample is NaN or infinite, or so large that an energy overflows.
    pub fn apply(&self, frame: &mut [f32; FRAME]) -> Result<[f32; BANDS], Error> {
        if !all_sound(frame) {
            return Err(Error::Unsound);
        }
        remove_mean(frame);
        let mut bands = [0.0; BANDS];
        let mut edges = self.peaks.iter().copied().chain([self.high]);
        let (mut lower, mut upper, mut rising_band) = (self.low, edges.next(), 0_usize);
        let gather = |index: usize, power: f32| {
            let bin = index as f32;
            while let Some(edge) = upper
                && bin >= edge
            {
                (lower, upper) = (edge, edges.next());
                rising_band += 1;
            }
            let Some(edge) = upper.filter(|_| bin >= lower) else { return };
            let weight = (bin - lower) / (edge - lower);
            if let Some(energy) = bands.get_mut(rising_band) {
                *energy += weight * power;
            }
            let falling_band = rising_band.checked_sub(1);
            if let Some(energy) = falling_band.and_then(|band| bands.get_mut(band)) {
                *energy += (1.0 - weight) * power;
            }
        };
        if let Ok(frame) = <&mut [f32; 256]>::try_from(frame.as_mut_slice()) {
            tapered_powers(microfft::real::rfft_256(frame), gather);
        } else if let Ok(frame) = <&mut [f32; 1024]>::try_from(frame.as_mut_slice()) {
            tapered_powers(microfft::real::rfft_1024(frame), gather);
        }
        if !all_sound(&bands) {
            return Err(Error::Unsound);
        }
        Ok(bands.map(|energy| Scalar::ln(energy + FLOOR)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the definition: the window in time, the spectrum by direct sums, a table of weights.
    fn naive<const BANDS: usize>(signal: &[f32], rate: f64, low: f64, high: f64) -> [f64; BANDS] {
        let length = signal.len();
        let mean = signal.iter().map(|&x| f64::from(x)).sum::<f64>() / length as f64;
        let mel = |hertz: f64| 2595.0 * libm::log10(1.0 + hertz / 700.0);
        let step = (mel(high) - mel(low)) / (BANDS as f64 + 1.0);
        let hertz = |index: usize| {
            700.0 * (libm::pow(10.0, (mel(low) + step * index as f64) / 2595.0) - 1.0)
        };
        let mut bands = [0.0; BANDS];
        for bin in 1..length / 2 {
            let (mut re, mut im) = (0.0, 0.0);
            for (time, &sample) in signal.iter().enumerate() {
                let turn = core::f64::consts::TAU / length as f64;
                let taper = 0.5 - 0.5 * libm::cos(turn * time as f64);
                let angle = turn * ((bin * time) % length) as f64;
                re += taper * (f64::from(sample) - mean) * libm::cos(angle);
                im -= taper * (f64::from(sample) - mean) * libm::sin(angle);
            }
            let frequency = bin as f64 * rate / length as f64;
            for (band, energy) in bands.iter_mut().enumerate() {
                let (left, peak, right) = (hertz(band), hertz(band + 1), hertz(band + 2));
                let rise = (frequency - left) / (peak - left);
                let fall = (right - frequency) / (right - peak);
                *energy += rise.min(fall).max(0.0) * (re * re + im * im);
            }
        }
        bands.map(|energy| libm::log(energy + 1e-6))
    }

    fn noise<const FRAME: usize>() -> [f32; FRAME] {
        let mut seed = 5_u32;
        core::array::from_fn(|time| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            0.4 + (seed >> 8) as f32 / (1 << 24) as f32 + libm::sinf(0.2 * time as f32)
        })
    }

    fn agrees<const FRAME: usize, const BANDS: usize>(rate: f32, low: f32, high: f32) {
        let expected: [f64; BANDS] =
            naive(&noise::<FRAME>(), f64::from(rate), f64::from(low), f64::from(high));
        let found = LogMel::<FRAME, BANDS>::new(rate, low, high)
            .expect("an order of frequencies")
            .apply(&mut noise())
            .expect("sound samples");
        for (found, expected) in found.iter().zip(expected) {
            assert!((f64::from(*found) - expected).abs() < 2e-4, "{found} {expected}");
        }
    }

    #[test]
    fn the_walk_over_the_bins_gives_the_bands_of_the_definition() {
        agrees::<256, 20>(8000.0, 0.0, 4000.0);
        agrees::<256, 40>(16_000.0, 60.0, 7600.0);
        agrees::<1024, 20>(8000.0, 100.0, 4000.0);
        agrees::<1024, 64>(48_000.0, 20.0, 20_000.0);
        agrees::<256, 1>(8000.0, 500.0, 900.0);
    }

    #[test]
    fn bad_frequencies_and_samples_are_refused() {
        let new = LogMel::<256, 8>::new;
        for (rate, low, high) in [
            (8000.0, 0.0, 4001.0),
            (8000.0, -1.0, 4000.0),
            (8000.0, 300.0, 300.0),
            (8000.0, f32::NAN, 4000.0),
            (8000.0, 0.0, f32::NAN),
            (f32::NAN, 0.0, 4000.0),
            (f32::INFINITY, 0.0, 4000.0),
        ] {
            assert_eq!(new(rate, low, high), Err(Error::Unsound));
        }
        let mel = new(8000.0, 0.0, 4000.0).expect("an order of frequencies");
        for bad in [f32::NAN, f32::INFINITY, 1e20] {
            let mut frame = [0.0; 256];
            frame[100] = bad;
            assert_eq!(mel.apply(&mut frame), Err(Error::Unsound));
        }
        assert_eq!(mel.apply(&mut [3.0; 256]), Ok([Scalar::ln(FLOOR); 8]));
    }

    #[test]
    fn edges_make_the_bands_they_came_from_and_must_rise() {
        let mel = LogMel::<256, 8>::new(8000.0, 0.0, 4000.0).expect("an order of frequencies");
        let (low, &peaks, high) = mel.edges();
        assert_eq!(LogMel::with_edges(low, peaks, high), Ok(mel));
        let with = LogMel::<256, 2>::with_edges;
        assert!(with(0.0, [1.0, 2.0], 128.0).is_ok());
        for (low, first, second, high) in [
            (-1.0, 1.0, 2.0, 3.0),
            (f32::NAN, 1.0, 2.0, 3.0),
            (1.0, 1.0, 2.0, 3.0),
            (0.0, 2.0, 1.0, 3.0),
            (0.0, 1.0, f32::NAN, 3.0),
            (0.0, 1.0, 3.0, 3.0),
            (0.0, 1.0, 2.0, 128.5),
        ] {
            assert_eq!(with(low, [first, second], high), Err(Error::Unsound));
        }
    }
}
