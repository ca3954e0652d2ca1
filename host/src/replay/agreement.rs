//! Does what a device learnt agree with the independent oracle?
//!
//! The oracle takes the same steps in f64 on the codes the device stored, from the exported factory
//! head and the nominal Λ: the differences therefore contain every rounding of the device. At the
//! end the exact solution tests the certificate: no distance may exceed its bound.

use fejer::Scalar;

use super::{Learning, MEMORY, REVISITS};
use crate::device::DeviceLine;
use crate::oracle::steps::Learner;
use crate::oracle::{Anchor, Link, Sample, solution};
use crate::pretrain::{Factory, OUTPUTS};

/// The prior precision by name, not as a device rounds it.
pub const PRECISION: f64 = 0.3;

/// An oracle that follows a replay line by line.
#[derive(Clone, Debug)]
pub struct Agreement {
    anchor: Anchor,
    learner: Learner,
    largest: f64,
}

/// The certificate against the exact solution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exactness {
    /// ‖W − W*‖_F of the device's weights.
    pub distance: f64,
    /// What the device certified.
    pub bound: f64,
    /// Natural residual of the exact solution.
    pub residual: f64,
}

impl Exactness {
    /// Is the certificate true?
    pub fn holds(&self) -> bool {
        self.distance <= self.bound
    }
}

impl Agreement {
    /// An oracle at the factory head.
    pub fn new(factory: &Factory) -> Self {
        let anchor = Anchor {
            link: Link::Softmax,
            factory: factory.head.point().iter().map(|&weight| f64::from(weight)).collect(),
            outputs: OUTPUTS,
            precision: PRECISION,
        };
        Self { learner: Learner::new(anchor.clone()), anchor, largest: 0.0 }
    }

    /// Takes the step a line tells of and gives the largest difference of a weight after it.
    pub fn follow<S: Scalar<Float = f32>>(
        &mut self,
        line: &DeviceLine,
        learning: &Learning<'_, S>,
    ) -> f64 {
        match line {
            DeviceLine::Learnt { class, .. } => {
                let Some(newest) = learning.samples().last() else { return f64::INFINITY };
                self.learner.learn(Sample::from_codes(newest.codes(), *class, OUTPUTS));
                if self.learner.samples().len() > MEMORY {
                    self.learner.forget_oldest();
                }
                self.learner.revisit(REVISITS as usize);
            }
            DeviceLine::Idle { .. } => self.learner.revisit(self.learner.samples().len()),
            _ => return 0.0,
        }
        let difference = self
            .learner
            .weights()
            .iter()
            .zip(learning.head().point())
            .map(|(oracle, &weight)| (oracle - f64::from(weight.to_f32())).abs())
            .fold(0.0, f64::max);
        self.largest = self.largest.max(difference);
        difference
    }

    /// The largest difference of a weight after any step so far.
    pub fn largest(&self) -> f64 {
        self.largest
    }

    /// Compares the device's weights and certificate with the exact solution for its samples.
    pub fn exactness<S: Scalar<Float = f32>>(&self, learning: &Learning<'_, S>) -> Exactness {
        let exact = solution::solve(&self.anchor, self.learner.samples(), 1e-12);
        let squares = exact
            .weights
            .iter()
            .zip(learning.head().point())
            .map(|(exact, &weight)| (exact - f64::from(weight.to_f32())).powi(2));
        Exactness {
            distance: squares.sum::<f64>().sqrt(),
            bound: f64::from(learning.certificate().distance),
            residual: exact.residual,
        }
    }
}
