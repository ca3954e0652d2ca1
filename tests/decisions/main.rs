//! Fixed point decides as `f64` does: every batch method and every streaming step learns a subject or
//! a motor load the factory head has not met, in each number format, and what the learnt heads decide
//! on the rest of it is compared.
//!
//! A number format is a line in `for_every_format`, a method a line in `doors`, a task a test. Data
//! are looked for in FEJER_DATA, then beside the checkout; without them the tests are skipped, except
//! in a CI.

mod doors;
#[path = "../support/mod.rs"]
mod support;
mod task;

use std::marker::PhantomData;

use fejer::fixed::types::{I8F24, I16F16};
use fejer::{Scalar, Short, Stored};
use support::figure;
use task::Task;

/// Share of the decisions that must be those of `f64`: issue 2.
const AGREEMENT: f64 = 0.995;

/// A number type and how features are stored.
trait Format {
    type Number: Scalar;
    type Feature: Stored<Self::Number> + 'static;

    fn store<const FEATURES: usize>(features: &[f32; FEATURES]) -> [Self::Feature; FEATURES];
}

/// Features stored as numbers.
struct Plain<S>(PhantomData<S>);

impl<S: Scalar> Format for Plain<S> {
    type Number = S;
    type Feature = S;

    fn store<const FEATURES: usize>(features: &[f32; FEATURES]) -> [S; FEATURES] {
        features.map(S::from_f32)
    }
}

/// Features stored in 16 bits.
struct Shorts<S>(PhantomData<S>);

impl<S: Scalar> Format for Shorts<S> {
    type Number = S;
    type Feature = Short;

    fn store<const FEATURES: usize>(features: &[f32; FEATURES]) -> [Short; FEATURES] {
        Short::store(features).expect("standardised features are sound")
    }
}

macro_rules! for_every_format {
    ($check:ident, $($arguments:expr),*) => {
        [
            $check::<Plain<I8F24>, _, _, _>("Q8.24", $($arguments),*),
            $check::<Plain<I16F16>, _, _, _>("Q16.16", $($arguments),*),
            $check::<Shorts<I8F24>, _, _, _>("Q8.24 on 16-bit features", $($arguments),*),
            $check::<Shorts<I16F16>, _, _, _>("Q16.16 on 16-bit features", $($arguments),*),
        ]
    };
}

/// What each method decided on the samples it did not learn from.
type Decisions = Vec<(&'static str, Vec<usize>)>;

fn share<T: PartialEq>(one: &[T], other: &[T]) -> f64 {
    assert_eq!(one.len(), other.len());
    one.iter().zip(other).filter(|(a, b)| a == b).count() as f64 / one.len() as f64
}

fn agrees<F: Format, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>(
    format: &str,
    task: &Task<FEATURES, ROWS, OUTPUTS>,
    reference: &Decisions,
) -> bool {
    let found = doors::decisions::<F, FEATURES, ROWS, OUTPUTS>(task);
    let methods = found.iter().zip(reference);
    let shares: Vec<_> = methods.map(|((name, a), (_, b))| (share(a, b), *name)).collect();
    for (share, name) in &shares {
        println!("{}, {format}, {name}: {share:.4}", task.name);
    }
    let (least, method) =
        shares.iter().copied().min_by(|a, b| a.0.total_cmp(&b.0)).expect("methods");
    let short = shares.iter().filter(|(share, _)| *share < AGREEMENT).count();
    let count = shares.len();
    let bound = format!("≥ {AGREEMENT} of {} for {count} methods and steps", task.rest.len());
    let measured = format!("least {least:.4} ({method}), {short} below");
    let line = format!("fixed point: {} in {format}, decisions as in f64", task.name);
    figure(line, bound, measured, short == 0);
    short == 0
}

fn check<const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>(
    task: &Task<FEATURES, ROWS, OUTPUTS>,
) {
    let exact = doors::decisions::<Plain<f64>, FEATURES, ROWS, OUTPUTS>(task);
    // That they agree says something only where learning changed what is decided.
    let factory: Vec<usize> = task.rest.iter().map(|(x, _)| task.factory.decide(x)).collect();
    for (name, decisions) in &exact {
        let labels: Vec<usize> = task.rest.iter().map(|(_, label)| usize::from(*label)).collect();
        let (kept, right) = (share(decisions, &factory), share(decisions, &labels));
        println!("{}, f64, {name}: right {right:.4}, as the factory head {kept:.4}", task.name);
        assert!(kept < AGREEMENT, "{name} on {} learnt nothing: {kept}", task.name);
    }
    let agreed = for_every_format!(agrees, task, &exact);
    assert!(agreed.iter().all(|&agreed| agreed), "{}: {agreed:?}", task.name);
}

#[test]
fn bearing_decisions_in_fixed_point_are_those_of_f64() {
    task::bearings().iter().for_each(check);
}

#[test]
fn activity_decisions_in_fixed_point_are_those_of_f64() {
    task::activity().iter().for_each(check);
}
