//! How fast a method shrinks an affine game: the spectral radius of its step.
//!
//! A step of a method without memory is an affine map z ↦ Mz + c of the point. M's columns are what one
//! step makes of the basis vectors; its radius is lim ‖M^(2ᵏ)‖^(1/2ᵏ) (Gelfand), by squaring M: an error
//! of the k-th square counts 2⁻ᵏ. A method with memory is run instead, and its growth measured.

use fejer::{Free, Method, Operator};

/// The matrix of an affine map of points of this length, row after row.
pub fn matrix(length: usize, map: &dyn Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    let mut point = vec![0.0; length];
    let origin = map(&point);
    let mut matrix = vec![0.0; length * length];
    for column in 0..length {
        point[column] = 1.0;
        for (row, (value, origin)) in map(&point).iter().zip(&origin).enumerate() {
            matrix[row * length + column] = value - origin;
        }
        point[column] = 0.0;
    }
    matrix
}

/// The spectral radius of a square matrix, row after row.
pub fn of_matrix(matrix: &[f64], length: usize) -> f64 {
    const SQUARINGS: u32 = 40;
    let mut matrix = matrix.to_vec();
    let (mut logarithm, mut share) = (0.0, 1.0);
    for _ in 0..SQUARINGS {
        let norm = matrix.iter().map(|value| value * value).sum::<f64>().sqrt();
        if norm == 0.0 {
            return 0.0;
        }
        matrix.iter_mut().for_each(|value| *value /= norm);
        logarithm += share * norm.ln();
        share *= 0.5;
        matrix = square(&matrix, length);
    }
    logarithm.exp()
}

fn square(matrix: &[f64], length: usize) -> Vec<f64> {
    let mut out = vec![0.0; matrix.len()];
    for (row, out) in matrix.chunks(length).zip(out.chunks_mut(length)) {
        for (&weight, other) in row.iter().zip(matrix.chunks(length)) {
            out.iter_mut().zip(other).for_each(|(out, value)| *out += weight * value);
        }
    }
    out
}

/// The factor a step of a run on the linear part of a field: the geometric mean of ‖z‖ over the second
/// half. The first half is for what dies out; several slow modes take longer than that.
pub fn growth(
    method: &mut dyn Method<f64>,
    field: &dyn Operator<f64>,
    step: f64,
    start: &[f64],
    steps: usize,
) -> f64 {
    let length = start.len();
    let eval = |point: &[f64]| {
        let mut out = vec![0.0; length];
        field.eval(point, &mut out);
        out
    };
    let matrix = matrix(length, &eval);
    let linear = |point: &[f64], out: &mut [f64]| {
        for (row, out) in matrix.chunks(length).zip(out) {
            *out = row.iter().zip(point).map(|(weight, value)| weight * value).sum();
        }
    };
    let mut point = start.to_vec();
    let mut lengths = vec![norm(&point)];
    // In the range of floats, where a norm is one.
    while lengths.len() <= steps
        && lengths.last().is_some_and(|last| (1e-140..1e140).contains(last))
    {
        method.advance(&linear, &Free, step, &mut point);
        lengths.push(norm(&point));
    }
    let last = lengths.len() - 1;
    let middle = last / 2;
    (lengths[last] / lengths[middle]).powf(1.0 / (last - middle) as f64)
}

fn norm(point: &[f64]) -> f64 {
    point.iter().map(|value| value * value).sum::<f64>().sqrt()
}

/// ‖a − b‖₂
pub(super) fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_radius_of_a_rotation_a_shear_and_nothing() {
        let turn = [0.6 * 0.9, -0.8 * 0.9, 0.8 * 0.9, 0.6 * 0.9];
        assert!((of_matrix(&turn, 2) - 0.9).abs() < 1e-12);
        // Far from normal: ‖M‖ = 1000, radius ½.
        assert!((of_matrix(&[0.5, 1e3, 0.0, 0.25], 2) - 0.5).abs() < 1e-9);
        assert_eq!(of_matrix(&[0.0, 1.0, 0.0, 0.0], 2), 0.0);
        assert_eq!(of_matrix(&[0.0; 4], 2), 0.0);
    }
}
