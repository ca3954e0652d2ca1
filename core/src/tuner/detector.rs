//! Is something seen more often than in the lab? With a stated rate of false alarms.
//!
//! In the lab a window is odd (not sure enough, or mistaken) with probability p₀ at most. The
//! Shiryaev–Roberts statistic of a likelihood ratio against p₁ = 3p₀ (at most (1 + p₀)/2),
//!
//! ```text
//! R ← (1 + R)·e,   e = p₁/p₀ if odd, else (1 − p₁)/(1 − p₀)
//! ```
//!
//! has E R_t ≤ t while the probability is at most p₀, because then E e ≤ 1 whatever was before; so
//! the mean time to an alarm R ≥ A is at least A windows if nothing has changed.
//!
//! Reference: Pollak 1985; Shin, Ramdas & Rinaldo 2023 (e-detectors, arXiv 2203.03532), theorem 2.4.

use crate::scalar::Scalar;

/// Watches one rate. Its alarm stays until it is reset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detector<F> {
    /// e of an odd window, and of another.
    factors: [F; 2],
    /// A.
    alarm: F,
    statistic: F,
}

impl<F: Scalar> Detector<F> {
    /// For a share p₀ of odd windows in the lab (kept within [.001, .9]) and `alarm` windows to a false
    /// alarm.
    pub fn new(share: F, alarm: F) -> Self {
        let (one, half) = (F::ONE, F::from_scaled(1, 1));
        let share = share.max(F::from_f32(1e-3)).min(F::from_f32(0.9));
        let raised = (share + share + share).min((one + share) * half);
        let factors = [raised.divide(share), (one - raised).divide(one - share)];
        Self { factors, alarm, statistic: F::ZERO }
    }

    /// Takes a window into account; is there an alarm?
    pub fn observe(&mut self, is_odd: bool) -> bool {
        let [odd, other] = self.factors;
        if !self.is_alarmed() {
            self.statistic = (F::ONE + self.statistic) * if is_odd { odd } else { other };
        }
        self.is_alarmed()
    }

    /// Is there an alarm?
    pub fn is_alarmed(&self) -> bool {
        self.statistic >= self.alarm
    }

    /// Starts again.
    pub fn reset(&mut self) {
        self.statistic = F::ZERO;
    }

    /// R, the whole state.
    pub fn statistic(&self) -> F {
        self.statistic
    }

    /// Goes on from a stored state.
    pub(crate) fn restore(&mut self, statistic: F) {
        self.statistic = statistic;
    }
}
