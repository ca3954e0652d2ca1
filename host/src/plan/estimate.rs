//! Figures between the sizes that were measured.
//!
//! An operation takes a + b·K + c·D·K for D features and K outputs, but for where the compiler
//! unrolls: the least relative squares over the measured sizes. What that leaves at each of them is a
//! factor near 1; elsewhere the factors are averaged with weights 1/distance², distance in the
//! logarithms of D and K (Shepard 1968). So a measured size is given exactly.

use crate::figures::Figure;

/// A size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub features: usize,
    pub classes: usize,
}

/// What an operation takes at a size.
pub(super) struct Estimate {
    pub is_measured: bool,
    pub instructions: u64,
    pub cycles: Option<u64>,
    pub ram_bytes: u64,
    pub text_bytes: u64,
    pub links_bytes: u64,
}

impl Estimate {
    /// From the figures of one operation at several sizes; none if there are none.
    pub fn new(rows: &[&Figure], shape: Shape) -> Option<Self> {
        let is_this =
            |row: &&&Figure| row.features == shape.features && row.classes == shape.classes;
        if let Some(row) = rows.iter().find(is_this) {
            return Some(Self {
                is_measured: true,
                instructions: row.instructions,
                cycles: row.cycles,
                ram_bytes: row.ram_bytes,
                text_bytes: row.text_bytes,
                links_bytes: row.links_bytes,
            });
        }
        let fitted = |of: fn(&Figure) -> u64, count| {
            let points = rows.iter().map(|row| {
                let shape = Shape { features: row.features, classes: row.classes };
                (shape, of(row) as f64)
            });
            interpolate(&points.collect::<Vec<_>>(), shape, count)
        };
        let has_model = rows.iter().all(|row| row.cycles.is_some());
        Some(Self {
            is_measured: false,
            instructions: fitted(|row| row.instructions, 3)?,
            cycles: has_model.then(|| fitted(|row| row.cycles.unwrap_or(0), 3)).flatten(),
            // Neither grows with the features.
            ram_bytes: fitted(|row| row.ram_bytes, 2)?.next_multiple_of(8),
            text_bytes: fitted(|row| row.text_bytes, 2)?,
            links_bytes: rows.iter().map(|row| row.links_bytes).max()?,
        })
    }
}

/// 1, K and D·K.
fn terms(shape: Shape) -> [f64; 3] {
    let (features, classes) = (shape.features as f64, shape.classes as f64);
    [1.0, classes, features * classes]
}

/// The value at a shape from values at others, by the first `count` terms.
fn interpolate(points: &[(Shape, f64)], shape: Shape, count: usize) -> Option<u64> {
    let coefficients = fit(points, count)?;
    let value = |shape| {
        let products = terms(shape).into_iter().zip(&coefficients);
        products.map(|(term, coefficient)| term * coefficient).sum::<f64>()
    };
    let place = |shape: Shape| ((shape.features as f64).ln(), (shape.classes as f64).ln());
    let (mut factors, mut weights) = (0.0, 0.0);
    for &(other, measured) in points {
        let ((x, y), (u, v)) = (place(shape), place(other));
        let weight = 1.0 / ((x - u).powi(2) + (y - v).powi(2));
        factors += weight * measured / value(other);
        weights += weight;
    }
    // Small heads may be below the fit's constant; nothing takes less than the smallest measured / 4.
    let least = points.iter().map(|&(_, measured)| measured).fold(f64::INFINITY, f64::min);
    Some((value(shape) * factors / weights).max(least / 4.0).round() as u64)
}

/// Coefficients of the first `count` terms with the least sum of squared relative errors.
fn fit(points: &[(Shape, f64)], count: usize) -> Option<Vec<f64>> {
    let mut normal = vec![vec![0.0; count + 1]; count];
    for &(shape, measured) in points {
        let row: Vec<f64> = terms(shape).iter().take(count).map(|term| term / measured).collect();
        for (i, line) in normal.iter_mut().enumerate() {
            for (entry, factor) in line.iter_mut().zip(row.iter().chain([&1.0])) {
                *entry += row[i] * factor;
            }
        }
    }
    for pivot in 0..count {
        let best = (pivot..count)
            .max_by(|&a, &b| normal[a][pivot].abs().total_cmp(&normal[b][pivot].abs()))?;
        normal.swap(pivot, best);
        let line = normal[pivot].clone();
        if line[pivot] == 0.0 {
            return None;
        }
        for (_, other) in normal.iter_mut().enumerate().filter(|(row, _)| *row != pivot) {
            let factor = other[pivot] / line[pivot];
            other.iter_mut().zip(&line).for_each(|(entry, line)| *entry -= factor * line);
        }
    }
    Some((0..count).map(|row| normal[row][count] / normal[row][row]).collect())
}
