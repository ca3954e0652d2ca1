//! A cascade of heads: the first that is sure enough answers (adaptive inference on the device).
//!
//! Heads stand in order of cost. Each has a threshold for its confidence, the share of the class it
//! decides for; below it the next head is asked. Features are computed only for the heads that are
//! asked, which is where the cost is.
//!
//! How much a cascade could save at best is the *adaptive oracle* of Hor, Qian, Pilanci & Arbabian
//! 2024 (arXiv 2402.04359): for each input the cheapest head that is right. With costs R₁ < … < R_N
//! and Uᵢ the share of inputs that some head up to i gets right,
//!
//! ```text
//! accuracy = U_N        cost = R₁ + Σᵢ₌₂ (Rᵢ − R₁)(Uᵢ − Uᵢ₋₁)        gain = R_N / cost
//! ```
//!
//! The oracle knows the labels: it is a bound, and a head that guesses raises it. Heads are *nested*
//! where what a cheap one gets right the dearer ones do too; then Uᵢ = max(A₁, …, Aᵢ).

use crate::head::argmax;
use crate::scalar::Scalar;

/// When to leave, and what it costs to come so far.
///
/// ```
/// use fejer::{Cascade, Head, Link};
/// let small = Head::<f32, 2, 2>::new(Link::Softmax, [[2.0, -2.0], [0.0, 0.0]]); // 1 feature
/// let large = Head::<f32, 3, 2>::new(Link::Softmax, [[2.0, -2.0], [-9.0, 9.0], [0.0, 0.0]]);
/// let cascade = Cascade::new([0.9, 0.0], [1.0, 10.0]);
/// let decide = |a: f32, b: f32| {
///     cascade.decide(|exit| if exit == 0 { small.predict(&[a]) } else { large.predict(&[a, b]) })
/// };
/// assert_eq!((decide(1.0, 1.0).class, decide(1.0, 1.0).exit), (0, 0)); // sure enough
/// assert_eq!((decide(0.1, 1.0).class, decide(0.1, 1.0).cost), (1, 11.0)); // both were asked
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cascade<S, const EXITS: usize> {
    thresholds: [S; EXITS],
    costs: [S; EXITS],
}

/// What a cascade decided.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Decision<S> {
    /// The class, counted from 0.
    pub class: usize,
    /// The head that answered, counted from 0.
    pub exit: usize,
    /// Its confidence: the share of the class.
    pub confidence: S,
    /// What asking it and all before it costs.
    pub cost: S,
}

impl<S: Scalar, const EXITS: usize> Cascade<S, EXITS> {
    /// Head i answers if its confidence is at least `thresholds[i]`; the last head always does,
    /// whatever its threshold. `costs[i]` is that of asking head i alone, in any unit.
    pub const fn new(thresholds: [S; EXITS], costs: [S; EXITS]) -> Self {
        const { assert!(EXITS > 0, "a cascade has a head") }
        Self { thresholds, costs }
    }

    /// Asks head after head for its prediction, shares of `OUTPUTS` classes, until one is sure enough. A prediction that is NaN
    /// is never sure.
    pub fn decide<const OUTPUTS: usize>(
        &self,
        mut predict: impl FnMut(usize) -> [S; OUTPUTS],
    ) -> Decision<S> {
        let mut decision = Decision { class: 0, exit: 0, confidence: S::ZERO, cost: S::ZERO };
        for (exit, (&threshold, &cost)) in self.thresholds.iter().zip(&self.costs).enumerate() {
            let prediction = predict(exit);
            let class = argmax(&prediction);
            let confidence = prediction.get(class).copied().unwrap_or(S::ZERO);
            decision = Decision { class, exit, confidence, cost: decision.cost + cost };
            if confidence >= threshold {
                break;
            }
        }
        decision
    }
}

/// Where the oracle leaves an input that no head gets right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GiveUp {
    /// With the cheapest head: it knows there is no point.
    First,
    /// With the dearest: it tries them all.
    Last,
}

/// Mean cost of the adaptive oracle. `costs[i]` is the whole cost of an answer of head i, in
/// ascending order (for a cascade, that of all heads up to i); `solved[i]` is Uᵢ, so both have one
/// number a head. The result is in the unit of the costs, 0 without heads.
pub fn oracle_cost<S: Scalar>(costs: &[S], solved: &[S], give_up: GiveUp) -> S {
    let Some((&first, &last)) = costs.first().zip(costs.last()) else { return S::ZERO };
    let (mut cost, mut before) = (first, solved.first().copied().unwrap_or(S::ZERO));
    for (&price, &solved) in costs.iter().zip(solved).skip(1) {
        cost = cost.add_product(price - first, solved - before);
        before = solved;
    }
    match give_up {
        GiveUp::First => cost,
        GiveUp::Last => cost.add_product(last - first, S::ONE - before),
    }
}

/// Turns the accuracies Aᵢ of nested heads into Uᵢ = max(A₁, …, Aᵢ), in place.
pub fn nested<S: Scalar>(accuracies: &mut [S]) {
    let mut best = S::ZERO;
    for accuracy in accuracies {
        best = best.max(*accuracy);
        *accuracy = best;
    }
}
