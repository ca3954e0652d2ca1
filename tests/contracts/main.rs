//! What every member of a family promises: number types, links, sets and regularisers, methods.
//!
//! A new member is one line: a number type in [`for_every_scalar`], a link (with its slow twin) in
//! `support::links::LINKS`, a set or regulariser in `members::members`, a method in
//! `methods::methods`. What core has and no list names fails in `lists`.

/// Makes a test of every contract on every number type there is.
macro_rules! for_every_scalar {
    ($($contract:ident),+ $(,)?) => {$(
        mod $contract {
            use fejer::fixed::types;
            use super::$contract as holds;

            #[test] fn f64() { holds::<f64>() }
            #[test] fn f32() { holds::<f32>() }
            #[test] fn q8_24() { holds::<types::I8F24>() }
            #[test] fn q12_20() { holds::<types::I12F20>() }
            #[test] fn q16_16() { holds::<types::I16F16>() }
            #[test] fn q20_12() { holds::<types::I20F12>() }
        }
    )+};
}

mod bounds;
mod certificates;
mod links;
mod lists;
mod losses;
mod members;
mod methods;
mod scalars;
mod sets;
mod streaming;
#[path = "../support/mod.rs"]
mod support;

use fejer::Scalar;
use support::value;

/// The exact values of a point.
fn exact<S: Scalar>(point: &[S]) -> Vec<f64> {
    point.iter().map(|&x| value(x)).collect()
}

fn minus(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}
