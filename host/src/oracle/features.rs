//! Naive features in f64: the window multiplied in time, the spectrum by its definition.
//!
//! ```text
//! wₜ = ½ − ½ cos(2πt/N)       X[k] = Σₜ wₜ (xₜ − x̄) e^{−2πikt/N}       k = 1 … N/2 − 1
//! ```
//!
//! A periodic Hann window in time is the three-tap filter ½Xₖ − ¼(Xₖ₋₁ + Xₖ₊₁) on the
//! spectrum, which the device uses; here it is applied in time.

use core::f64::consts::TAU;

/// The logarithm of the energy in `bands` bands of equally many bins, the constant bin left out.
pub fn log_bands(window: &[f32], bands: usize) -> Vec<f64> {
    let length = window.len();
    let mean = window.iter().map(|&sample| f64::from(sample)).sum::<f64>() / length as f64;
    let turn: Vec<f64> = (0..length).map(|time| TAU * time as f64 / length as f64).collect();
    let signal: Vec<f64> = window
        .iter()
        .zip(&turn)
        .map(|(&sample, angle)| (0.5 - 0.5 * angle.cos()) * (f64::from(sample) - mean))
        .collect();
    let wave: Vec<(f64, f64)> = turn.iter().map(|angle| angle.sin_cos()).collect();
    let energy = |bin: usize| {
        let (mut real, mut imaginary) = (0.0, 0.0);
        for (time, sample) in signal.iter().enumerate() {
            let (sine, cosine) = wave[bin * time % length];
            real += sample * cosine;
            imaginary -= sample * sine;
        }
        real * real + imaginary * imaginary
    };
    let width = length / 2 / bands;
    (0..bands)
        .map(|band| {
            let bins = (band * width).max(1)..(band + 1) * width;
            (bins.map(energy).sum::<f64>() + 1e-6).ln()
        })
        .collect()
}

/// The mean and the deviation of each feature.
pub fn moments(features: &[Vec<f64>]) -> (Vec<f64>, Vec<f64>) {
    let count = features.len() as f64;
    let columns = features.first().map_or(0, Vec::len);
    let mean: Vec<f64> = (0..columns)
        .map(|column| features.iter().map(|row| row[column]).sum::<f64>() / count)
        .collect();
    let deviation = (0..columns)
        .map(|column| {
            let square = features.iter().map(|row| (row[column] - mean[column]).powi(2));
            (square.sum::<f64>() / count).sqrt()
        })
        .collect();
    (mean, deviation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_on_a_bin_leaks_into_its_two_neighbours_only() {
        let tone: Vec<f32> =
            (0..256).map(|time| (TAU * 20.0 * f64::from(time) / 256.0).cos() as f32).collect();
        let bands = log_bands(&tone, 128);
        // amplitude 1: ½·N/2 on the bin itself and half of that beside it
        for (bin, expected) in [(19, 32.0_f64), (20, 64.0), (21, 32.0)] {
            assert!((bands[bin] - (expected * expected).ln()).abs() < 1e-6, "{bin}");
        }
        assert!(bands[18] < -10.0 && bands[22] < -10.0);
    }

    #[test]
    fn a_constant_has_no_energy() {
        for value in log_bands(&[3.5; 128], 8) {
            assert!((value - 1e-6_f64.ln()).abs() < 1e-9);
        }
    }

    #[test]
    fn moments_of_two_rows() {
        let (mean, deviation) = moments(&[vec![1.0, 5.0], vec![3.0, 5.0]]);
        assert_eq!((mean, deviation), (vec![2.0, 5.0], vec![1.0, 0.0]));
    }
}
