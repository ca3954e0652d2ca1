//! What `benches/device` reads: a line a measurement.

use defmt::println;
use fejer_firmware::board::Meter;

use crate::device::{About, Spread};

/// Loops of known length.
pub fn begin(meter: &Meter) {
    for turns in [1, 1001, 100_001] {
        println!("calibration turns={=u32} instructions={=u32}", turns, meter.spin(turns));
    }
}

/// One operation.
pub fn measured(about: &About, operation: &str, spread: &Spread, calling: &Spread, hash: u64) {
    println!(
        "measured scalar={=str} features={=usize} classes={=usize} operation={=str} least={=u32} \
         most={=u32} sum={=u64} stack={=u32} call={=u32} hash={=u64}",
        about.scalar,
        about.features,
        about.classes,
        operation,
        spread.least,
        spread.most,
        spread.sum,
        spread.stack,
        calling.most,
        hash,
    );
}

/// The exit code.
pub fn end() -> i32 {
    0
}
