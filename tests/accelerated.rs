//! Accelerated stochastic gradients under interpolation, without sampling: on the basis problem of
//! convex_nn.md §1 every coordinate is an independent random linear map T of (w, v), so the rate in
//! mean square is the spectral radius of E[T ⊗ T].

mod support;

use fejer::{Free, Method, Nesterov, ProjectedStep};
use support::{Random, assert_close, figure, largest_difference, tolerance};

/// Least squares with the samples a_i = √(n hᵢ) eᵢ, i = 1…n, and solution 0: one coordinate each. A
/// mini-batch of one hits a coordinate with probability 1/n, and its field there is n hᵢ wᵢ.
const SAMPLES: usize = 20;
/// Strong growth constant ρ = n, and L = 1.
const GROWTH: f64 = SAMPLES as f64;
/// μ = h_n.
const MODULUS: f64 = 1.0 / 50.0;
const STEP: f64 = 1.0 / GROWTH;

fn curvatures() -> [f64; SAMPLES] {
    core::array::from_fn(|i| MODULUS.powf(i as f64 / (SAMPLES - 1) as f64))
}

/// The state of one coordinate, (w, v) or (w, y).
type State = [f64; 2];
type Matrix = [[f64; 4]; 4];

fn linear(slope: f64) -> impl Fn(&[f64], &mut [f64]) {
    move |point, out| out[0] = slope * point[0]
}

/// Given the slope of the mini-batch and of the whole data.
type Map<'a> = &'a dyn Fn(f64, f64, State) -> State;

fn plain(batch: f64, _: f64, [w, _]: State) -> State {
    let mut point = [w];
    ProjectedStep([0.0]).advance(&linear(batch), &Free, STEP, &mut point);
    [point[0], 0.0]
}

fn same_sample(growth: f64, step: f64) -> impl Fn(f64, f64, State) -> State {
    move |batch, _, [w, v]| {
        let mut point = [w];
        let mut method = Nesterov::resume(MODULUS, growth, [v]);
        method.advance(&linear(batch), &Free, step, &mut point);
        [point[0], method.estimate()[0]]
    }
}

fn semi_stochastic(batch: f64, whole: f64, [w, v]: State) -> State {
    let mut point = [w];
    let mut method = Nesterov::resume(MODULUS, 1.0, [v]);
    method.advance_semi_stochastic(&linear(batch), &linear(whole), &Free, STEP, &mut point);
    [point[0], method.estimate()[0]]
}

/// The withdrawn form (arXiv 2404.02378, version 1): w⁺ = y − ηg, y⁺ = w⁺ + (1−s)/(1+s)·(w⁺ − w).
fn withdrawn(step: f64) -> impl Fn(f64, f64, State) -> State {
    move |batch, _, [w, y]| {
        let share = (MODULUS * step).sqrt();
        let next = y - step * batch * y;
        [next, next + (1.0 - share) / (1.0 + share) * (next - w)]
    }
}

/// E[T ⊗ T] of a coordinate with curvature h.
fn expected_square(map: Map<'_>, curvature: f64) -> Matrix {
    let mut sum = Matrix::default();
    for (batch, share) in [(GROWTH * curvature, 1.0 / GROWTH), (0.0, 1.0 - 1.0 / GROWTH)] {
        let columns = [map(batch, curvature, [1.0, 0.0]), map(batch, curvature, [0.0, 1.0])];
        let entry = |row: usize, column: usize| columns[column][row];
        for (i, row) in sum.iter_mut().enumerate() {
            for (j, value) in row.iter_mut().enumerate() {
                *value += share * entry(i / 2, j / 2) * entry(i % 2, j % 2);
            }
        }
    }
    sum
}

/// lim ‖Mᵏ‖^(1/k), by squaring M 40 times.
fn spectral_radius(mut matrix: Matrix) -> f64 {
    let mut logarithm = 0.0;
    for halvings in 0..40 {
        let size = matrix.as_flattened().iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        logarithm += size.ln() * 0.5_f64.powi(halvings);
        let scaled = matrix.map(|row| row.map(|value| value / size));
        matrix = core::array::from_fn(|i| {
            core::array::from_fn(|j| (0..4).map(|k| scaled[i][k] * scaled[k][j]).sum())
        });
    }
    logarithm.exp()
}

fn rate(map: Map<'_>) -> f64 {
    curvatures().map(|h| spectral_radius(expected_square(map, h))).into_iter().fold(0.0, f64::max)
}

#[test]
fn mean_square_rates_on_the_basis_problem() {
    let six = tolerance::SIX_DECIMALS;
    let rates = [rate(&plain), rate(&same_sample(GROWTH, STEP)), rate(&semi_stochastic)];
    let printed = [0.998020, 0.989658, 0.937772];
    let apart = largest_difference(&rates, &printed);
    let found = format!("{rates:.6?}");
    figure("mean-square rates", ".998020 .989658 .937772", found, apart <= six);
    assert_close(rates[0], printed[0], six, "stochastic gradient");
    assert_close(rates[1], printed[1], six, "Vaswani");
    assert_close(rates[2], printed[2], six, "semi-stochastic");
    assert!(rate(&same_sample(GROWTH, STEP)) <= 1.0 - (MODULUS / GROWTH.powi(2)).sqrt());
    assert!(rate(&semi_stochastic) <= 1.0 - (MODULUS / GROWTH).sqrt());
}

/// A regression: the form its authors withdrew must not come back as a fast one.
#[test]
fn the_withdrawn_momentum_form_diverges() {
    let found = rate(&withdrawn(STEP));
    let is_printed = (found - 1.349677).abs() <= tolerance::SIX_DECIMALS;
    figure("the withdrawn momentum form diverges", "1.349677", format!("{found:.6}"), is_printed);
    assert_close(found, 1.349677, tolerance::SIX_DECIMALS, "momentum form");
    // With the same sample in both lines and s = √(μη) it is the same method.
    assert_close(rate(&same_sample(1.0, STEP)), 1.349677, tolerance::SIX_DECIMALS, "w, v form");
    let shorter = [(8.0, 1.0290), (10.0, 1.0214), (12.0, 1.0165), (16.0, 1.0104), (20.0, 1.0070)];
    for (factor, expected) in shorter {
        let found = rate(&withdrawn(STEP / factor));
        assert_close(found, expected, tolerance::FOUR_DECIMALS, "momentum form, shorter step");
    }
}

/// E f and E‖w‖² after every step, from w = v = 1 in every coordinate: exact, without sampling.
fn expected_objectives(map: Map<'_>, steps: usize) -> Vec<f64> {
    let maps = curvatures().map(|h| (h, expected_square(map, h)));
    let mut moments = [[1.0; 4]; SAMPLES];
    (0..steps)
        .map(|_| {
            let mut objective = 0.0;
            for (moment, (curvature, map)) in moments.iter_mut().zip(&maps) {
                objective += 0.5 * curvature * moment[0];
                let next = |row: &[f64; 4]| (0..4).map(|k| row[k] * moment[k]).sum();
                *moment = core::array::from_fn(|i| next(&map[i]));
            }
            objective
        })
        .collect()
}

/// E(f − f*) ≤ (1 − √(μ/(ρL)))ᵏ (f_0 − f* + μ/2 ‖w_0 − w*‖²) at every k.
#[test]
fn the_semi_stochastic_bound_holds_at_every_step() {
    let objectives = expected_objectives(&semi_stochastic, 2_000);
    let start = objectives[0] + 0.5 * MODULUS * SAMPLES as f64;
    let shrink = 1.0 - (MODULUS / GROWTH).sqrt();
    for (k, objective) in objectives.into_iter().enumerate() {
        let bound = shrink.powi(k as i32) * start;
        assert!(objective <= bound, "step {k}: {objective:e} > {bound:e}");
    }
}

#[test]
fn on_full_batches_all_accelerated_forms_are_one() {
    const DIMENSION: usize = 6;
    let mut random = Random::new(3);
    let rows: Vec<[f64; DIMENSION]> =
        (0..30).map(|_| core::array::from_fn(|_| random.normal())).collect();
    let truth: [f64; DIMENSION] = core::array::from_fn(|_| random.normal());
    let gradient = |point: &[f64], out: &mut [f64]| {
        out.fill(0.0);
        for row in &rows {
            let miss: f64 = (0..DIMENSION).map(|k| row[k] * (point[k] - truth[k])).sum();
            (0..DIMENSION).for_each(|k| out[k] += miss * row[k] / rows.len() as f64);
        }
    };
    let (step, modulus): (f64, f64) = (0.2, 0.3);
    let zeros = [0.0; DIMENSION];
    let mut vaswani = Nesterov::new(modulus, 1.0, zeros);
    let mut semi = Nesterov::new(modulus, 1.0, zeros);
    let share = (modulus * step).sqrt();
    let momentum = (1.0 - share) / (1.0 + share);
    let (mut w, mut y, mut field) = (zeros, zeros, zeros);
    let (mut first, mut second) = (zeros, zeros);
    for k in 0..300 {
        vaswani.advance(&gradient, &Free, step, &mut first);
        semi.advance_semi_stochastic(&gradient, &gradient, &Free, step, &mut second);
        gradient(&y, &mut field);
        for (w, (y, field)) in w.iter_mut().zip(y.iter_mut().zip(field)) {
            let next = *y - step * field;
            *y = next + momentum * (next - *w);
            *w = next;
        }
        assert!(largest_difference(&first, &w) < tolerance::F64_REORDERED, "step {k}");
        assert!(largest_difference(&second, &w) < tolerance::F64_REORDERED, "step {k}");
    }
    assert!(largest_difference(&w, &truth) < 1e-9, "and it converges");
}
