//! Accelerated stochastic gradients where every sample can be fitted (interpolation), with an exact
//! account of their mean squares.
//!
//! ```text
//! y  = (w + s·v)/(1 + s)              s = √(μη), or √(μη/ρ) (Vaswani, Bach & Schmidt)
//! w⁺ = y − η·g(y)                     g: mean gradient of a random batch
//! v⁺ = (1 − s)·v + s·y − (s/μ)·g′     g′ = g, or the full gradient (semi-stochastic)
//! ```
//!
//! Strong growth: E‖g‖² ≤ ρ‖∇f‖²; steps of η = 1/(ρL) make sufficient progress. With g′ = g and
//! s = √(μη) this is the usual momentum, for which the rate 1 − √(μ/(ρL)) was claimed and withdrawn
//! (arXiv 2404.02378 v1 and v2): on [`Problem::basis`] its mean square grows.
//!
//! Reference: Vaswani, Bach & Schmidt, *Fast and faster convergence of SGD for over-parameterized
//! models*, 2019.

mod mean_square;
mod problem;
mod scheme;

pub use mean_square::rate;
pub use problem::{Kind, Problem};
pub use scheme::{Scheme, State, iterations};
