//! Steps along a velocity, in PyTorch's convention: v ← μv + F, from v = 0, so that the first step
//! is the plain one (an average (1 − μ)F would be ten times shorter at μ = .9, svi.md §1.3).

use fejer::{Method, Operator, Prox};

use crate::matrix::vectorised;
use crate::real::Real;

/// x ← x − γv, or with Nesterov's look ahead x ← x − γ(F + μv).
#[derive(Clone, Debug)]
pub struct Momentum<T> {
    momentum: T,
    is_nesterov: bool,
    velocity: Vec<T>,
    field: Vec<T>,
}

impl<T: Real> Momentum<T> {
    /// For a point of this length, at rest.
    pub fn new(momentum: f64, is_nesterov: bool, length: usize) -> Self {
        let zeros = vec![T::ZERO; length];
        let momentum = T::from_f64(momentum);
        Self { momentum, is_nesterov, velocity: zeros.clone(), field: zeros }
    }

    /// v
    pub fn velocity(&self) -> &[T] {
        &self.velocity
    }

    /// v, to be set.
    pub fn velocity_mut(&mut self) -> &mut [T] {
        &mut self.velocity
    }

    /// Whether a step needs the field for its velocity alone.
    pub(super) fn is_fused(&self) -> bool {
        !self.is_nesterov
    }

    /// The same step for a field that `accumulate` adds to what it is given, on all of the space. At
    /// μ = 0 it goes straight to the point, times −γ.
    pub(super) fn advance_fused(
        &mut self,
        step: T,
        point: &mut [T],
        accumulate: impl FnOnce(Target<'_, T>),
    ) {
        if self.momentum == T::ZERO {
            return accumulate(Target::Point(point));
        }
        let (momentum, velocity) = (self.momentum, &mut self.velocity[..point.len()]);
        velocity.iter_mut().for_each(|velocity| *velocity *= momentum);
        accumulate(Target::Velocity(point, &mut *velocity));
        vectorised(
            #[inline(always)]
            || point.iter_mut().zip(&*velocity).for_each(|(x, &velocity)| *x -= step * velocity),
        );
    }
}

/// What a field is added to.
pub(super) enum Target<'a, T> {
    /// The point it is taken at, times −γ.
    Point(&'a mut [T]),
    /// The velocity, at this point.
    Velocity(&'a [T], &'a mut [T]),
}

impl<T: Real> Method<T> for Momentum<T> {
    fn advance(
        &mut self,
        operator: &dyn Operator<T>,
        prox: &dyn Prox<T>,
        step: T,
        point: &mut [T],
    ) {
        let momentum = self.momentum;
        let velocity = &mut self.velocity[..point.len()];
        let field = &mut self.field[..point.len()];
        operator.eval(point, field);
        for ((value, velocity), &field) in point.iter_mut().zip(velocity).zip(&*field) {
            *velocity = momentum * *velocity + field;
            let direction = if self.is_nesterov { field + momentum * *velocity } else { *velocity };
            *value -= step * direction;
        }
        prox.prox(step, point);
    }
}

#[cfg(test)]
mod tests {
    use fejer::Free;

    use super::*;

    /// PyTorch 2: SGD(lr=.1, momentum=.9) on x²/2 from 1, three steps, by hand.
    #[test]
    fn the_first_step_is_plain_and_the_velocity_is_no_average() {
        let gradient = |point: &[f64], out: &mut [f64]| out.copy_from_slice(point);
        let run = |is_nesterov| {
            let mut method = Momentum::new(0.9, is_nesterov, 1);
            let mut point = [1.0];
            for _ in 0..3 {
                method.advance(&gradient, &Free, 0.1, &mut point);
            }
            point[0]
        };
        // v = 1, 1.8, 2.34; x = .9, .72, .486
        assert!((run(false) - 0.486_f64).abs() < 1e-15);
        // v = 1; x = 1 − .1(1 + .9) = .81; v = 1.71; x = .81 − .1(.81 + 1.539) = .5751; …
        let third = 0.5751 - 0.1 * (0.5751 + 0.9 * (0.9 * 1.71 + 0.5751));
        assert!((run(true) - third).abs() < 1e-15);
    }
}
