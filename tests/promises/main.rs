//! Promises no other test holds to: found by breaking the code on purpose.

mod fixed_point;
mod learning;
mod predicting;
mod solving;
mod stored;
#[path = "../support/mod.rs"]
mod support;

use fejer::Scalar;
use fejer::{Anchored, Class, Head, Link};
use support::{Random, random_head, teach};

const FEATURES: usize = 4;
const ROWS: usize = 5;
const OUTPUTS: usize = 3;
const MEMORY: usize = 6;
type Solve<'a, S> = Anchored<'a, S, Class, ROWS, OUTPUTS, MEMORY>;

fn factory<S: Scalar>() -> Head<S, ROWS, OUTPUTS> {
    random_head(&mut Random::new(1), Link::Softmax)
}

fn taught<S: Scalar>(factory: &Head<S, ROWS, OUTPUTS>) -> Solve<'_, S> {
    let mut solve = Solve::new(factory).expect("sound");
    teach::<S, FEATURES, ROWS, OUTPUTS, MEMORY>(&mut solve, &mut Random::new(2), 8);
    solve
}
