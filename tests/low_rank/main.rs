//! Fine-tuning with few numbers: known answers of arXiv 2402.02347, recomputed, and the low-rank head.

mod adamw;
mod conditioning;
mod fixture;
mod head;
mod matrix;
#[path = "../support/mod.rs"]
mod support;

use fejer::low_rank::{Order, ScaledStep};

fn rule(step: f64, damping: f64, order: Order) -> ScaledStep<f64> {
    ScaledStep { step, damping, order }
}
