//! Problems drawn from a seed.

pub mod probit;
pub mod recovery;

use super::Examples;
use crate::matrix::Matrix;
use crate::random::Random;

/// Two interleaving half circles of radius 1, the lower moved by (1, −½), with normal noise of this
/// deviation on each coordinate (scikit-learn's `make_moons`); each coordinate is standardised over
/// all `count` examples, whose order is random.
pub fn moons(count: usize, noise: f64, seed: u64) -> Examples<f32> {
    let mut random = Random::new(seed, 0);
    let upper = count / 2;
    let mut order: Vec<usize> = (0..count).collect();
    random.draw(&mut order, count);
    let mut points = Vec::with_capacity(count);
    let mut labels = Vec::with_capacity(count);
    for number in order {
        let is_lower = number >= upper;
        let (at, of) = if is_lower { (number - upper, count - upper) } else { (number, upper) };
        let angle = std::f64::consts::PI * at as f64 / (of.max(2) - 1) as f64;
        let (sine, cosine) = libm::sincos(angle);
        let [x, y] = if is_lower { [1.0 - cosine, 0.5 - sine] } else { [cosine, sine] };
        points.push([x + noise * random.normal(), y + noise * random.normal()]);
        labels.push(usize::from(is_lower));
    }
    let mean = |axis: usize| points.iter().map(|point| point[axis]).sum::<f64>() / count as f64;
    let means = [mean(0), mean(1)];
    let variance = |axis: usize| {
        let squares = points.iter().map(|point| (point[axis] - means[axis]).powi(2));
        squares.sum::<f64>() / count as f64
    };
    let deviations = [variance(0), variance(1)].map(libm::sqrt);
    let standard = |point: &[f64; 2]| {
        [0, 1].map(|axis| ((point[axis] - means[axis]) / deviations[axis]) as f32)
    };
    let inputs: Vec<f32> = points.iter().flat_map(standard).collect();
    Examples::classified(Matrix::new(count, 2, inputs), &labels, 2)
}

#[cfg(test)]
mod tests {
    #[test]
    fn moons_are_two_halves_standardised_and_repeat() {
        let moons = super::moons(1000, 0.1, 3);
        assert_eq!(moons.len(), 1000);
        let class =
            |class: usize| moons.target().each_row().filter(|row| row[class] == 1.0).count();
        assert_eq!([class(0), class(1)], [500, 500]);
        for axis in 0..2 {
            let column = || moons.input().each_row().map(|row| f64::from(row[axis]));
            let mean = column().sum::<f64>() / 1000.0;
            let square = column().map(|x| x * x).sum::<f64>() / 1000.0;
            assert!(mean.abs() < 1e-6 && (square - 1.0).abs() < 1e-5, "{mean} {square}");
        }
        assert_eq!(moons, super::moons(1000, 0.1, 3));
        assert_ne!(moons, super::moons(1000, 0.1, 4));
    }
}
