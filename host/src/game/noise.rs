//! The field as a run sees it: with noise, and counted.

use std::cell::{Cell, RefCell};

use fejer::Operator;

use super::Field;
use crate::random::Random;

/// F(x) + σξ, ξ standard normal and fresh for every evaluation: unbiased, of variance σ² an entry.
pub struct Noisy<'a> {
    field: &'a Field,
    deviation: f64,
    random: RefCell<Random>,
    evaluations: Cell<u64>,
}

impl<'a> Noisy<'a> {
    /// With the deviation σ ≥ 0; exact at 0. `seed` and `stream` decide every draw.
    pub fn new(field: &'a Field, deviation: f64, seed: u64, stream: u64) -> Self {
        let random = RefCell::new(Random::new(seed, stream));
        Self { field, deviation, random, evaluations: Cell::new(0) }
    }

    /// How often it was evaluated.
    pub fn evaluations(&self) -> u64 {
        self.evaluations.get()
    }
}

impl Operator<f64> for Noisy<'_> {
    fn eval(&self, point: &[f64], out: &mut [f64]) {
        self.field.eval(point, out);
        self.evaluations.set(self.evaluations.get() + 1);
        if self.deviation > 0.0 {
            let mut random = self.random.borrow_mut();
            out.iter_mut().for_each(|value| *value += self.deviation * random.normal());
        }
    }
}
