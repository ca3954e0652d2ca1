//! The port: every frame is answered, only a valid command changes anything, and what was stored
//! survives.

mod emulated;
mod format;
mod hostile;
#[path = "../support/spoken.rs"]
mod spoken;
#[path = "../support/mod.rs"]
mod support;
mod wire;

use fejer::port::Key;
use fejer_firmware::flash::{ERASED, Flash, SECTOR};
use fejer_firmware::keeper::Keeper;
use fejer_firmware::model::{
    CLEAN, FACTORY, FEATURES, STANDARDISE, TUNED_CHECKPOINT, settings, tuned,
};
use fejer_firmware::port::Device;
use fejer_host::clean::CleanSet;
use fejer_host::pretrain::Factory;
use support::Random;

/// A device with its flash in an array.
type Simulated<'a> = Device<'a, Flash<&'a mut [u8]>>;

/// An erased flash.
fn erased() -> Vec<u8> {
    vec![ERASED; 8 * SECTOR]
}

/// Starts a device with what is in this flash.
fn with_device<T>(
    flash: &mut [u8],
    key: Option<Key>,
    work: impl FnOnce(&mut Simulated<'_>) -> T,
) -> T {
    let mut tuner = tuned().expect("a sound head");
    let mut buffer = [0; TUNED_CHECKPOINT];
    let keeper = Keeper::new(Flash::new(flash), &mut buffer);
    let mut device = Device::new(&mut tuner, keeper, key, || 0);
    device.start().expect("it starts");
    work(&mut device)
}

/// What is committed with the firmware.
fn committed() -> (Factory, CleanSet) {
    let clean = CleanSet {
        codes: CLEAN.codes.to_vec(),
        targets: CLEAN.targets.to_vec(),
        confidence: settings().confidence,
        mistaken: settings().mistaken,
    };
    (Factory { standardise: STANDARDISE, head: FACTORY }, clean)
}

/// Standardised features of a window.
fn features(random: &mut Random) -> [f32; FEATURES] {
    std::array::from_fn(|_| random.normal() as f32)
}
