//! Alternating minimisation: the promises of `fejer_host::mdlam`.

mod closed;
mod invariants;
mod naive;
mod problem;
mod propagated;
#[path = "../support/mod.rs"]
mod support;
mod training;
mod twin;
