//! Training of whole networks: the promises of `fejer_host::trainer`.

mod citations;
mod resume;
mod rules;
#[path = "../support/mod.rs"]
mod support;
mod task;
