//! T4, T5 and T7 of svi.md §4: the field of a head is monotone, unbiased and zero at the truth, and
//! operator extrapolation solves what stochastic approximation circles.

mod support;

use fejer::{HeadOperator, L2Ball, Link, Method, Operator, OperatorExtrapolation};
use fejer::{ProjectedStep, Sample, Scalar};
use support::{Random, distance, dot, figure, norm, random_features, random_head, tolerance};

const FEATURES: usize = 4;
const ROWS: usize = 5;
const OUTPUTS: usize = 3;

/// Extreme eigenvalues of mean ηηᵀ, by the power method on it and on its mirror image.
fn spectrum(samples: &[Sample<f64, FEATURES, OUTPUTS>]) -> (f64, f64) {
    let apply = |x: &[f64; ROWS]| -> [f64; ROWS] {
        let mut out = [0.0; ROWS];
        for sample in samples {
            let eta: [f64; ROWS] =
                core::array::from_fn(|k| sample.features.get(k).copied().unwrap_or(1.0));
            let score = dot(&eta, x) / samples.len() as f64;
            (0..ROWS).for_each(|k| out[k] += score * eta[k]);
        }
        out
    };
    let largest = |apply: &dyn Fn(&[f64; ROWS]) -> [f64; ROWS]| {
        let mut x = [1.0, 0.7, -0.3, 0.2, 0.5];
        let mut size = 0.0;
        for _ in 0..2_000 {
            x = apply(&x);
            size = norm(&x);
            x = x.map(|value| value / size);
        }
        size
    };
    let top = largest(&apply);
    let bottom = top
        - largest(&|x| {
            let image = apply(x);
            core::array::from_fn(|k| top * x[k] - image[k])
        });
    (bottom, top)
}

/// T1: the field φ(u) − y is the gradient of the matching loss, here by central differences.
#[test]
fn the_field_is_the_gradient_of_the_matching_loss() {
    const WIDTH: f64 = 1e-5;
    let mut random = Random::new(9);
    let mut worst = 0.0_f64;
    for link in support::links() {
        for _ in 0..200 {
            // Away from the kinks of the rectifiers.
            let scores: [f64; OUTPUTS] = core::array::from_fn(|_| {
                let score = 2.0 * random.normal();
                score + WIDTH.copysign(score)
            });
            let target: [f64; OUTPUTS] = core::array::from_fn(|_| random.uniform());
            let mut field = scores;
            link.predict(&mut field);
            for k in 0..OUTPUTS {
                let loss = |shift: f64| {
                    let mut moved = scores;
                    moved[k] += shift;
                    link.matching_loss(&moved, &target)
                };
                let slope = (loss(WIDTH) - loss(-WIDTH)) / (2.0 * WIDTH);
                let exact = field[k] - target[k];
                worst = worst.max((slope - exact).abs() / exact.abs().max(1.0));
            }
        }
    }
    let pass = worst <= tolerance::DIFFERENCE_QUOTIENT;
    let line = "T1: field − gradient of the matching loss, 8 links";
    figure(line, "≤ 1e-6", format!("{worst:.0e}"), pass);
    assert!(pass, "{worst:e}");
}

/// T4: κ‖a − b‖² ≤ ⟨F(a) − F(b), a − b⟩ ≤ L‖a − b‖² with κ = κ_φ(largest score)·λ_min and
/// L = K_φ·λ_max of mean ηηᵀ.
#[test]
fn the_field_of_a_head_is_monotone_within_its_moduli() {
    let mut random = Random::new(11);
    let samples: Vec<Sample<f64, FEATURES, OUTPUTS>> = (0..40)
        .map(|_| Sample { features: random_features(&mut random), target: [0.0; OUTPUTS] })
        .collect();
    let (bottom, top) = spectrum(&samples);
    assert!(0.0 < bottom && bottom < top);
    let mut pairs = 0;
    for link in support::links() {
        let operator = HeadOperator { link, samples: &samples };
        for _ in 0..500 {
            let [a, b] = [0, 1].map(|_| random_head::<f64, ROWS, OUTPUTS>(&mut random, link));
            let (mut fa, mut fb) = ([0.0; ROWS * OUTPUTS], [0.0; ROWS * OUTPUTS]);
            operator.eval(a.point(), &mut fa);
            operator.eval(b.point(), &mut fb);
            let change: Vec<f64> = a.point().iter().zip(b.point()).map(|(a, b)| a - b).collect();
            let image: Vec<f64> = fa.iter().zip(fb).map(|(a, b)| a - b).collect();
            let ratio = dot(&change, &image) / dot(&change, &change);
            let scores = samples.iter().flat_map(|s| [a, b].map(|head| head.scores(&s.features)));
            let reach = scores.flatten().fold(0.0_f64, |most, score| most.max(score.abs()));
            let modulus = link.strong_monotonicity(reach) * bottom;
            assert!(ratio >= modulus - 1e-9, "{link:?}: {ratio} < {modulus}");
            let lipschitz = link.lipschitz::<f64>() * top;
            assert!(ratio <= lipschitz + 1e-9, "{link:?}: {ratio} > {lipschitz}");
            assert!(norm(&image) <= (lipschitz + 1e-9) * norm(&change), "{link:?}");
            pairs += 1;
        }
    }
    let bound = "κ ≤ ratio ≤ L for 8 links × 500 pairs";
    figure("T4: the field of a head is monotone", bound, pairs, pairs == 4_000);
}

/// T4, the other way round: nothing of this holds for a joint field of two layers (here 2-8-1, ReLU
/// and sigmoid, every weight standard normal), whose hidden part is J₁ᵀ of the signal from above.
#[test]
fn the_joint_field_of_two_layers_is_not_monotone() {
    const HIDDEN: usize = 8;
    type Net = [f64; 4 * HIDDEN];
    let mut random = Random::new(5);
    let inputs: Vec<([f64; 2], f64)> =
        (0..32).map(|_| (random_features(&mut random), random.uniform().round())).collect();
    let field = |net: &Net| {
        let mut out = [0.0; 4 * HIDDEN];
        for (x, y) in &inputs {
            let rows = || (0..HIDDEN).map(|j| &net[4 * j..4 * j + 4]);
            let above: Vec<f64> =
                rows().map(|row| (row[0] * x[0] + row[1] * x[1] + row[2]).max(0.0)).collect();
            let mut prediction = [rows().zip(&above).map(|(row, h)| row[3] * h).sum::<f64>()];
            let score = prediction;
            Link::Sigmoid.predict(&mut prediction);
            let mut signal = [prediction[0] - y];
            let last = signal[0];
            Link::Sigmoid.pull_back(&score, &prediction, &mut signal);
            for (j, out) in out.chunks_mut(4).enumerate() {
                let hidden = signal[0] * net[4 * j + 3];
                out[0] += hidden * x[0];
                out[1] += hidden * x[1];
                out[2] += hidden;
                out[3] += last * above[j];
            }
        }
        out
    };
    let pairs = 2_000;
    let negative = (0..pairs)
        .filter(|_| {
            let [a, b]: [Net; 2] = [0, 1].map(|_| core::array::from_fn(|_| random.normal()));
            let (fa, fb) = (field(&a), field(&b));
            (0..a.len()).map(|k| (fa[k] - fb[k]) * (a[k] - b[k])).sum::<f64>() < 0.0
        })
        .count();
    let some = negative > pairs / 200 && negative < pairs / 4;
    let found = format!("{negative} of {pairs}");
    figure("T4: the joint field of two layers is not", "about 3 % of pairs negative", found, some);
    assert!(some, "{negative} of {pairs} pairs violate monotonicity");
}

/// T5: F(Θ*) = 0 where the targets are φ(ηΘ*), in every number type to the last bit, and mini-batch
/// fields average to the whole one.
#[test]
fn the_truth_solves_its_own_problem_and_mini_batches_are_unbiased() {
    fn at_the_truth<S: Scalar>() {
        for link in support::links() {
            let mut random = Random::new(3);
            let truth = random_head::<S, ROWS, OUTPUTS>(&mut random, link);
            let samples: Vec<_> = (0..10)
                .map(|_| {
                    let features = random_features::<S, FEATURES>(&mut random);
                    Sample { features, target: truth.predict(&features) }
                })
                .collect();
            let mut field = [S::ONE; ROWS * OUTPUTS];
            HeadOperator { link, samples: &samples }.eval(truth.point(), &mut field);
            assert!(field.iter().all(|&value| value == S::ZERO), "{link:?}");
        }
    }
    at_the_truth::<f32>();
    at_the_truth::<f64>();
    at_the_truth::<fejer::fixed::types::I16F16>();
    figure("T5: F(Θ*) = 0 to the last bit", "8 links × 3 scalars", 24, true);
    let mut worst = 0.0_f64;

    let mut random = Random::new(4);
    let samples: Vec<Sample<f64, FEATURES, OUTPUTS>> = (0..24)
        .map(|_| Sample {
            features: random_features(&mut random),
            target: random_features(&mut random),
        })
        .collect();
    for link in support::links() {
        let head = random_head::<f64, ROWS, OUTPUTS>(&mut random, link);
        let field = |samples: &[_]| {
            let mut out = [0.0; ROWS * OUTPUTS];
            HeadOperator { link, samples }.eval(head.point(), &mut out);
            out
        };
        let whole = field(&samples);
        for size in [1, 4, 12] {
            let batches: Vec<_> = samples.chunks(size).map(field).collect();
            let mean: [f64; ROWS * OUTPUTS] = core::array::from_fn(|k| {
                batches.iter().map(|batch| batch[k]).sum::<f64>() / batches.len() as f64
            });
            worst = worst.max(distance(&mean, &whole));
            assert!(worst < tolerance::F64_REORDERED, "{link:?}");
        }
    }
    let found = format!("{worst:.0e}");
    figure("T5: mini-batch fields average to the whole", "≤ 1e-12, 8 links", found, true);
}

/// T7: on F(x, y) = (y, −x), γ = ½, in the ball of radius 2, 400 steps.
#[test]
fn operator_extrapolation_solves_the_rotation_that_stochastic_approximation_circles() {
    let rotation = |point: &[f64], out: &mut [f64]| {
        out[0] = point[1];
        out[1] = -point[0];
    };
    let ball = L2Ball { radius: 2.0 };
    let after = |method: &mut dyn Method<f64>| {
        let mut point = [1.0, 1.0];
        (0..400).for_each(|_| method.advance(&rotation, &ball, 0.5, &mut point));
        norm(&point)
    };
    let plain = after(&mut ProjectedStep([0.0; 2]));
    assert_eq!(after(&mut OperatorExtrapolation::new(0.0, [0.0; 2])).to_bits(), plain.to_bits());
    assert!((plain - 2.0).abs() < 1e-12, "on the boundary");
    let extrapolated = after(&mut OperatorExtrapolation::new(1.0, [0.0; 2]));
    let found = format!("{plain}, {extrapolated:.1e}");
    let pass = extrapolated < 1e-56;
    figure("T7: where the projected step and OE end", "2, below 1e-56", found, pass);
    assert!(pass, "{extrapolated:e}: the notes have 2e-58");
}
