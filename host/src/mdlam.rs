//! mDLAM: alternating minimisation of a network that is taken apart, without a gradient through it
//! (Wang, Li & Zhao, *Accelerated gradient-free neural network training by multi-convex alternating
//! optimization*, Neurocomputing 2022; mdlam_rapp.md part A).
//!
//! ```text
//! minimise   R(Z_L; Y) + Σ_l Ω(W_l) + ρ/2 Σ_l ‖A_{l−1}·W_l + 1·b_lᵀ − Z_l‖²      (A_0 = X)
//! such that  |A_l − h_l(Z_l)| ≤ ε   for every number of every layer but the last
//! ```
//!
//! R is a sum over examples. The scores Z and outputs A of every layer are variables of their own,
//! so the problem is convex in each block W_l, b_l, Z_l, A_l, the others held; an epoch takes them in
//! this order, l = 1 … L. Z_l (l < L) and b_l are minimised exactly, Z_L to a residual, W_l and A_l by
//! one proximal step with an exact modulus from an extrapolated point, taken back where it does not
//! decrease the objective enough. ε is halved epoch after epoch; what the epochs of one ε have in
//! common is a *phase*, within which the objective never rises.
//!
//! A small objective alone says nothing: with a large ε the layers need not fit together at all.

mod activations;
mod bias;
mod block;
mod error;
mod fista;
mod interval;
mod last;
mod measure;
mod network;
mod objective;
mod penalty;
mod phase;
mod published;
mod room;
mod scores;
mod settings;
mod solver;
mod spectrum;
mod training;
mod variables;
mod weights;

pub use error::Error;
pub use objective::Objective;
pub use phase::Phase;
pub use settings::{Settings, Variant};
pub use solver::{Block, Solver};
pub use training::Training;
pub use variables::Variables;
