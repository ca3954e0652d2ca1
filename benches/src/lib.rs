//! What several measurements share.

pub mod failure;
pub mod python;
