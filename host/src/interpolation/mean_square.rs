//! The exact rate of a mean square. On least squares a step is a linear map T of the error
//! e = (w − w*, v − v*), drawn with the sample; so E(eeᵀ) goes on as C ← E(TCTᵀ), a linear map of
//! symmetric matrices, and its spectral radius is the rate.

use super::problem::Problem;
use super::scheme::{Scheme, State};
use crate::matrix::{Matrix, matmul};

/// How often the map is squared: ‖Mᵏ‖^(1/k) of Gelfand's formula at k = 2²⁸.
const SQUARINGS: i32 = 28;

/// Spectral radius of C ← E(TCTᵀ) for batches of one, on coordinates `of` a least-squares problem (all
/// that its samples mix; those of [`Problem::basis`] can be looked at one by one).
pub fn rate(problem: &Problem, scheme: &Scheme, of: &[usize]) -> f64 {
    let size = 2 * of.len();
    let maps: Vec<Vec<f64>> =
        (0..problem.len()).map(|sample| step_map(problem, scheme, of, sample)).collect();
    let pairs: Vec<(usize, usize)> =
        (0..size).flat_map(|row| (0..=row).map(move |column| (row, column))).collect();
    let mut map = Matrix::zeros(pairs.len(), pairs.len());
    for (column, &(a, b)) in pairs.iter().enumerate() {
        for (row, &(c, d)) in pairs.iter().enumerate() {
            // (T E Tᵀ)_cd of E = e_a e_bᵀ + e_b e_aᵀ, or e_a e_aᵀ
            let image = |t: &Vec<f64>| {
                let one = t[c * size + a] * t[d * size + b];
                if a == b { one } else { one + t[c * size + b] * t[d * size + a] }
            };
            map.row_mut(row)[column] = maps.iter().map(image).sum::<f64>() / maps.len() as f64;
        }
    }
    spectral_radius(map)
}

/// T of one sample, row after row: the images of unit errors.
fn step_map(problem: &Problem, scheme: &Scheme, of: &[usize], sample: usize) -> Vec<f64> {
    let size = 2 * of.len();
    let mut map = vec![0.0; size * size];
    let zero = State::new(problem.solution().to_vec());
    for column in 0..size {
        let mut state = zero.clone();
        let part = if column < of.len() { &mut state.point } else { &mut state.leader };
        part[of[column % of.len()]] += 1.0;
        state.step(problem, scheme, &[sample]);
        for (row, &k) in of.iter().enumerate() {
            map[row * size + column] = state.point[k] - problem.solution()[k];
            map[(row + of.len()) * size + column] = state.leader[k] - problem.solution()[k];
        }
    }
    map
}

fn spectral_radius(mut map: Matrix<f64>) -> f64 {
    let mut logarithm = 0.0;
    let mut square = Matrix::zeros(map.rows(), map.columns());
    for k in 0..SQUARINGS {
        let norm = libm::sqrt(map.values().iter().map(|value| value * value).sum::<f64>());
        if norm == 0.0 {
            return 0.0;
        }
        map.values_mut().iter_mut().for_each(|value| *value /= norm);
        logarithm += libm::log(norm) * libm::scalbn(1.0, -k);
        matmul(map.view(), map.view(), square.view_mut());
        std::mem::swap(&mut map, &mut square);
    }
    libm::exp(logarithm)
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;

    fn worst(scheme: &Scheme, problem: &Problem) -> f64 {
        (0..problem.dimensions()).map(|k| rate(problem, scheme, &[k])).fold(0.0, f64::max)
    }

    #[test]
    fn the_rates_on_the_basis_are_those_of_the_notes() {
        let problem = Problem::basis(20, 50.0, 1);
        let momentum = Scheme::momentum(&problem, 1);
        let rows = [
            (Scheme::sgd(&problem, 1), 0.998020, 1e-6),
            (Scheme::vaswani(&problem, 1), 0.989658, 1e-6),
            (Scheme::semi_stochastic(&problem, 1), 0.937772, 1e-6),
            (momentum, 1.349677, 1e-6),
            (momentum.shorter(&problem, 8.0), 1.0290, 1e-4),
            (momentum.shorter(&problem, 12.0), 1.0165, 1e-4),
            (momentum.shorter(&problem, 20.0), 1.0070, 1e-4),
        ];
        for (scheme, expected, within) in rows {
            let rate = worst(&scheme, &problem);
            assert!((rate - expected).abs() < within, "{rate} {expected} {scheme:?}");
        }
    }

    #[test]
    fn coordinates_that_samples_mix_are_looked_at_together() {
        let problem = Problem::gaussian(Kind::LeastSquares, [12, 3], 5.0, 6);
        let scheme = Scheme::sgd(&problem, 1);
        let exact = rate(&problem, &scheme, &[0, 1, 2]);
        let promised = 1.0 - problem.convexity * scheme.step;
        assert!(exact < promised * promised + 1.0 / problem.growth && exact < 1.0, "{exact}");
        // E(eeᵀ) by brute force: all 12² ways of two steps, twice
        let all: Vec<[usize; 2]> = (0..12).flat_map(|a| (0..12).map(move |b| [a, b])).collect();
        let mut states = vec![State::new(vec![0.0; 3])];
        let mut traces = Vec::new();
        for _ in 0..2 {
            states = states
                .iter()
                .flat_map(|state| all.iter().map(move |pair| (state, pair)))
                .map(|(state, pair)| {
                    let mut state = state.clone();
                    pair.iter().for_each(|&sample| state.step(&problem, &scheme, &[sample]));
                    state
                })
                .collect();
            let error = |state: &State| {
                let pairs = state.point.iter().zip(problem.solution());
                pairs.map(|(w, s)| (w - s) * (w - s)).sum::<f64>()
            };
            traces.push(states.iter().map(error).sum::<f64>() / states.len() as f64);
        }
        let seen = libm::sqrt(traces[1] / traces[0]);
        assert!(seen <= exact * 1.001 && seen > 0.5 * exact, "{seen} {exact}");
    }
}
