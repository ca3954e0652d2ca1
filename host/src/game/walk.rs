//! A method at work on a game, by one door.

use fejer::{Free, Method, Operator, Prox};

use super::Game;
use super::method::{Rule, Spec};

/// Where a method is. The exact proximal point takes F's resolvent for A's and no F: its steps are then
/// those of core's methods.
pub(super) struct Walk<'a> {
    method: Box<dyn Method<f64>>,
    operator: &'a dyn Operator<f64>,
    prox: &'a dyn Prox<f64>,
    step: f64,
}

impl<'a> Walk<'a> {
    /// On F as `operator` gives it, with A's resolvent.
    pub(super) fn new(
        spec: &Spec,
        game: &'a Game,
        operator: &'a dyn Operator<f64>,
        prox: &'a dyn Prox<f64>,
    ) -> Self {
        let method = spec.build(game.facts.start.len());
        match game.resolvent.as_deref() {
            Some(exact) if spec.rule == Rule::ProximalPoint => {
                Self { method, operator: &nothing, prox: exact, step: spec.step }
            }
            _ => Self { method, operator, prox, step: spec.step },
        }
    }

    /// On F alone, exact.
    pub(super) fn free(spec: &Spec, game: &'a Game) -> Self {
        Self::new(spec, game, game.field.as_ref(), &Free)
    }

    /// So many steps of the method.
    pub(super) fn advance(&mut self, point: &mut [f64], steps: u32) {
        for _ in 0..steps {
            self.method.advance(self.operator, self.prox, self.step, point);
        }
    }
}

/// F = 0.
fn nothing(_: &[f64], out: &mut [f64]) {
    out.fill(0.0);
}
