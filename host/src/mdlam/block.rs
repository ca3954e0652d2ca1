//! Nesterov's extrapolation with a test that gives the paper's lemma for real: a candidate from
//! v + ω(v − v₋) is taken only if F falls by (c/2)·θ·‖v₊ − v‖², c = 10⁻⁴; the proof in the paper has
//! *some* constant there, which bounds nothing. Else the step is made from v, where it lowers F by
//! (θ/2)·‖v₊ − v‖² at least.

/// The share c of the modulus.
const SHARE: f64 = 1e-4;

/// A candidate and what it would do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt {
    /// F at the candidate − F now, from the block's own terms.
    pub change: f64,
    /// ‖candidate − v‖²
    pub square: f64,
    /// θ
    pub modulus: f64,
}

/// A block that is minimised by one proximal step an epoch.
pub(super) trait Proximal {
    /// A candidate by a proximal step from v + ω(v − v₋).
    fn attempt(&mut self, extrapolation: f64) -> Attempt;

    /// v₋ ← v, v ← the candidate.
    fn accept(&mut self);

    /// v₋ ← v
    fn stay(&mut self);
}

/// How an update went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// As it was tried first.
    AtOnce,
    /// Without the extrapolation.
    FromPoint,
    /// Not at all: nothing but rounding was left to gain.
    Never,
}

/// Updates a block; F never rises.
pub(super) fn advance(block: &mut impl Proximal, extrapolation: f64) -> Taken {
    if extrapolation > 0.0 {
        let Attempt { change, square, modulus } = block.attempt(extrapolation);
        if change <= -0.5 * SHARE * modulus * square {
            block.accept();
            return Taken::AtOnce;
        }
    }
    if block.attempt(0.0).change <= 0.0 {
        block.accept();
        return if extrapolation > 0.0 { Taken::FromPoint } else { Taken::AtOnce };
    }
    block.stay();
    Taken::Never
}
