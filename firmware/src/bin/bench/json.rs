//! The JSON of `benches/device.json`, a line an object, with cycles a real core counted.

use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

use defmt::println;
use fejer_firmware::board::Meter;

use crate::device::{About, Spread};

static IS_FIRST: AtomicBool = AtomicBool::new(true);

/// Begins the array, or says that nothing it holds can be believed.
pub fn begin(meter: &Meter) {
    if !meter.counts() {
        println!("error: the cycle counter does not count: is the debugger's clock on?");
    }
    println!("[");
}

/// One operation. The cycles are the most of all calls, without those of calling.
pub fn measured(about: &About, operation: &str, spread: &Spread, calling: &Spread, _: u64) {
    let (method, operation) = match operation {
        "predict" => ("any", "predict"),
        method => (method, "learn"),
    };
    println!(
        "{=str}{{\"target\": \"thumbv7em-none-eabihf\", \"scalar\": \"{=str}\", \"method\": \"{=str}\", \
         \"features\": {=usize}, \"classes\": {=usize}, \"operation\": \"{=str}\", \
         \"instructions\": null, \"cycles\": {=u32}, \"jitter\": {=u32}, \"ram_bytes\": {=u32}, \
         \"text_bytes\": null, \"links_bytes\": null}}",
        if IS_FIRST.swap(false, Relaxed) { " " } else { "," },
        about.scalar,
        method,
        about.features,
        about.classes,
        operation,
        spread.most.saturating_sub(calling.least),
        spread.most - spread.least,
        spread.stack,
    );
}

/// Ends it; the exit code.
pub fn end() -> i32 {
    println!("]");
    0
}
