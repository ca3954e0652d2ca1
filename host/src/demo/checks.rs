//! What must hold for the demonstration to end well.

use super::{Kind, Seed, Trials};
use crate::report::{Check, Headline};

/// Difference to the accuracy in f32 that fixed point may cost.
const FIXED_POINT_COST: f64 = 0.01;

pub(super) fn checks(
    kind: Kind,
    goal: f64,
    headline: &Headline,
    seeds: &[Seed],
    trials: &Trials,
) -> Vec<Check> {
    let differences: usize = seeds.iter().map(|seed| seed.differences).sum();
    let loosest =
        seeds.iter().map(|seed| seed.exactness.distance / seed.exactness.bound).fold(0.0, f64::max);
    let mut checks = vec![
        Check {
            name: "accuracy after learning, mean".to_owned(),
            bound: format!("≥ {goal}"),
            measured: format!("{:.4}", headline.accuracy_after),
            passed: headline.accuracy_after >= goal,
        },
        Check {
            name: "device = host: bit for bit".to_owned(),
            bound: "0 lines differ".to_owned(),
            measured: format!("{differences} lines differ"),
            passed: headline.bit_identical,
        },
        Check {
            name: "weights against the f64 oracle, worst step".to_owned(),
            bound: format!("≤ {:e}", kind.oracle_bound()),
            measured: format!("{:.1e}", headline.oracle_max_difference),
            passed: headline.oracle_max_difference <= kind.oracle_bound(),
        },
        Check {
            name: "distance to the exact solution / certified bound".to_owned(),
            bound: "≤ 1".to_owned(),
            measured: format!("{loosest:.3}"),
            passed: !seeds.is_empty() && seeds.iter().all(|seed| seed.exactness.holds()),
        },
        Check {
            name: "power cut: the device resumes with what it had learnt".to_owned(),
            bound: "resumed".to_owned(),
            measured: if trials.resumed {
                format!("resumed after record {}", trials.resumed_at)
            } else {
                "started from the factory".to_owned()
            },
            passed: trials.resumed,
        },
        Check {
            name: "power cut: weights of an uncut run, bit for bit".to_owned(),
            bound: "same bits".to_owned(),
            measured: if trials.cut_is_invisible { "same bits" } else { "they differ" }.to_owned(),
            passed: trials.cut_is_invisible,
        },
        Check {
            name: "instructions were counted".to_owned(),
            bound: "> 0".to_owned(),
            measured: trials.instructions.to_string(),
            passed: trials.instructions > 0,
        },
    ];
    if kind == Kind::Q16 {
        let in_f32 =
            seeds.iter().map(|seed| seed.accuracy_in_f32).sum::<f64>() / seeds.len().max(1) as f64;
        let apart = (headline.accuracy_after - in_f32).abs();
        checks.push(Check {
            name: "accuracy against f32".to_owned(),
            bound: format!("within {FIXED_POINT_COST}"),
            measured: format!("{apart:.4} apart"),
            passed: apart <= FIXED_POINT_COST,
        });
    }
    checks
}
