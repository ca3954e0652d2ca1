//! Slow, independent forms of what core computes fast, all in f64: bisection where core iterates
//! Newton or has a closed form, textbook formulas where core guards against overflow.

/// The zero of an increasing function, in [low, high].
pub fn bisect(mut low: f64, mut high: f64, function: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if function(middle) < 0.0 { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

pub fn norm(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// max ⟨d, y⟩ over a box, coordinate by coordinate.
pub fn interval_support(low: f64, high: f64, d: &[f64]) -> f64 {
    d.iter().map(|d| if *d > 0.0 { d * high } else { d * low }).sum()
}

/// ‖d‖_∞
pub fn largest(d: &[f64]) -> f64 {
    d.iter().fold(0.0, |most, d| most.max(d.abs()))
}

/// max d
pub fn top(d: &[f64]) -> f64 {
    d.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

pub fn each(x: &[f64], function: impl Fn(f64) -> f64) -> Vec<f64> {
    x.iter().map(|&x| function(x)).collect()
}

pub fn interval(low: f64, high: f64, x: &[f64]) -> Vec<f64> {
    each(x, |x| x.clamp(low, high))
}

/// x/(1 + ν) with the multiplier ν ≥ 0 that puts it on the sphere.
pub fn l2_ball(radius: f64, x: &[f64]) -> Vec<f64> {
    if norm(x) <= radius {
        return x.to_vec();
    }
    let multiplier = bisect(0.0, 1e9, |nu| radius - norm(&each(x, |x| x / (1.0 + nu))));
    each(x, |x| x / (1.0 + multiplier))
}

pub fn l1_ball(radius: f64, x: &[f64]) -> Vec<f64> {
    let beyond = |x: f64, theta: f64| (x.abs() - theta).max(0.0);
    if x.iter().map(|x| x.abs()).sum::<f64>() <= radius {
        return x.to_vec();
    }
    let theta = bisect(0.0, 1e9, |theta| radius - x.iter().map(|&x| beyond(x, theta)).sum::<f64>());
    each(x, |x| x.signum() * beyond(x, theta))
}

pub fn simplex(total: f64, x: &[f64]) -> Vec<f64> {
    let theta =
        bisect(-1e9, 1e9, |theta| total - x.iter().map(|x| (x - theta).max(0.0)).sum::<f64>());
    each(x, |x| (x - theta).max(0.0))
}

/// argmin over t of ½(t − x)² + λ|t| + μ/2 (t − a)², by its increasing derivative; `l1` = λ.
fn scalar_minimum(x: f64, l1: f64, precision: f64, anchor: f64) -> f64 {
    let derivative = |t: f64| t - x + l1 * t.signum() + precision * (t - anchor);
    let zero = bisect(-1e3, 1e3, derivative);
    if zero.abs() < 1e-13 { 0.0 } else { zero }
}

pub fn elastic_net(l1: f64, precision: f64, x: &[f64]) -> Vec<f64> {
    each(x, |x| scalar_minimum(x, l1, precision, 0.0))
}

pub fn anchor(precision: f64, anchor: &[f64], x: &[f64]) -> Vec<f64> {
    x.iter().zip(anchor).map(|(&x, &a)| scalar_minimum(x, 0.0, precision, a)).collect()
}

/// The length of each row by bisection; the direction is that of the row.
pub fn group_lasso(strength: f64, columns: usize, x: &[f64]) -> Vec<f64> {
    per_row(columns, x, |row| {
        let length = norm(row);
        let shorter = scalar_minimum(length, strength, 0.0, 0.0);
        each(row, |x| if length > 0.0 { x / length * shorter } else { 0.0 })
    })
}

pub fn per_row(columns: usize, x: &[f64], row: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    x.chunks(columns).flat_map(row).collect()
}

pub fn bias_exempt(outputs: usize, x: &[f64], weights: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    let (head, bias) = x.split_at(x.len() - outputs);
    [weights(head), bias.to_vec()].concat()
}
