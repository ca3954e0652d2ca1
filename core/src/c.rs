//! The C interface: heads that learn, in storage the caller gives, for firmware written in C.
//!
//! Build the library with the shapes wanted (features x outputs x samples remembered), the labels
//! being classes or numbers, and take `core/include/fejer.h`:
//!
//! ```text
//! FEJER_SHAPES="classes:64x9x64 numbers:4x1x32" cargo rustc -p fejer --lib --features c \
//!     --crate-type staticlib --profile firmware --target thumbv7em-none-eabihf
//! ```
//!
//! **The contract.** A pointer is null (which is refused) or points to as many readable bytes, or
//! writable ones where it is not `const`, as the length beside it says; what one call is given is
//! used by no other thread or interrupt meanwhile. Everything else is checked: a handle that is none,
//! memory that overlaps or is not aligned, a length that is not the head's, labels, checkpoints and
//! numbers are refused with a [`FejerStatus`], and whatever was refused left the head as it was.
//! Storage must stay where it is: a head that was moved is refused.
//!
//! Nothing is allocated, and no step can panic: the linker finds the panic handler unused.

#![allow(unsafe_code)] // Pointers from C; each block says why it is sound.

mod checkpoint;
mod held;
mod memory;
mod status;

use core::ffi::{c_char, c_void};

use held::{Learner, SHAPES};
use memory::{Door, Opened, overlap, read, write};

pub use checkpoint::{fejer_hash, fejer_resume, fejer_save};
pub use held::{FejerCertificate, FejerLabel, FejerShape};
pub use status::FejerStatus;

/// The version of this interface; it grows when a program written for it would have to change.
pub const FEJER_INTERFACE: u32 = 1;

/// A head that learns, in its caller's storage. Nothing of it is for C to look at.
pub struct FejerHead {
    _private: [u64; 0],
}

/// The version of the interface the library was built with; compare it with FEJER_INTERFACE.
#[unsafe(no_mangle)]
pub extern "C" fn fejer_interface() -> u32 {
    FEJER_INTERFACE
}

/// The shape number `index` this library was built for, in no order, from 0; FEJER_STATUS_SHAPE
/// after the last.
///
/// # Safety
/// `shape` is null or points to a writable `fejer_shape`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fejer_shape_at(index: usize, shape: *mut FejerShape) -> FejerStatus {
    status::of(|| {
        let built = SHAPES.get(index).ok_or(FejerStatus::Shape)?;
        // SAFETY: as the caller promises.
        unsafe { write(shape, built.shape) }
    })
}

/// Makes a head in `storage` from a checkpoint of its factory weights, and gives its handle.
///
/// The number of features and outputs and the link are the checkpoint's; a softmax head learns from
/// classes, any other from numbers. `memory` is how many samples it remembers; the library must have
/// been built for that shape. `precision` is FEJER_PRECISION unless you know better: small trusts the
/// field's labels, large trusts the factory.
///
/// `storage` is FEJER_CLASSES_BYTES or FEJER_NUMBERS_BYTES long and aligned to 8 bytes; it belongs to
/// the head from now on and must not be moved. The factory's bytes are not needed any more.
///
/// # Safety
/// `head` is null or writable; `storage` and `factory` are null or as long as said.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fejer_init(
    head: *mut *mut FejerHead,
    storage: *mut c_void,
    storage_length: usize,
    factory: *const u8,
    factory_length: usize,
    memory: usize,
    precision: f32,
) -> FejerStatus {
    status::of(|| {
        // SAFETY: as the caller promises; the handle is written before the storage is used.
        unsafe { write(head, core::ptr::null_mut()) }?;
        // SAFETY: as the caller promises; no other reference to these bytes is made below unless
        // they are apart from the storage.
        let factory = unsafe { read(factory, factory_length) }?;
        if overlap(factory.as_ptr(), factory_length, storage.cast(), storage_length)
            || overlap(head.cast(), size_of::<*mut FejerHead>(), storage.cast(), storage_length)
        {
            return Err(FejerStatus::Overlap);
        }
        // SAFETY: `storage` is null or `storage_length` writable bytes, apart from the factory's.
        let door = unsafe { held::place(storage, storage_length, factory, memory, precision) }?;
        // SAFETY: it was written before.
        unsafe { write(head, door.cast()) }
    })
}

/// What the head is like and how many samples it remembers now.
///
/// # Safety
/// `head` is null or came from `fejer_init`, its storage still there; `shape` and `remembered` are
/// null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fejer_describe(
    head: *const FejerHead,
    shape: *mut FejerShape,
    remembered: *mut usize,
) -> FejerStatus {
    // SAFETY: as the caller promises, here and in the functions below.
    let look = |head: &Opened<'_>| unsafe {
        head.put(shape, head.learner.shape())?;
        head.put(remembered, head.learner.remembered())
    };
    unsafe { with(head, look) }
}

/// Prediction for one sample: for a softmax head, the share of each class.
///
/// # Safety
/// `head` as everywhere; `features` and `prediction` are null or that many floats long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fejer_predict(
    head: *const FejerHead,
    features: *const f32,
    features_length: usize,
    prediction: *mut f32,
    prediction_length: usize,
) -> FejerStatus {
    unsafe {
        with(head, |head| {
            let features = head.read(features, features_length)?;
            let bytes = (size_of_val(features), prediction_length.saturating_mul(size_of::<f32>()));
            if overlap(features.as_ptr().cast(), bytes.0, prediction.cast(), bytes.1) {
                return Err(FejerStatus::Overlap);
            }
            head.learner.predict(features, head.room(prediction, prediction_length)?)
        })
    }
}

/// Learns a sample of this class (from 0) at once and remembers it; a full memory forgets its oldest.
///
/// # Safety
/// `head` as everywhere; `features` is null or that many floats long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fejer_learn_class(
    head: *mut FejerHead,
    features: *const f32,
    features_length: usize,
    class_index: u8,
) -> FejerStatus {
    unsafe {
        with_mut(head, |head| {
            let features = head.read(features, features_length)?;
            head.learner.learn_class(features, class_index)
        })
    }
}

/// Learns a sample whose prediction should have been these numbers, and remembers it.
///
/// # Safety
/// `head` as everywhere; `features` and `target` are null or that many floats long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fejer_learn_numbers(
    head: *mut FejerHead,
    features: *const f32,
    features_length: usize,
    target: *const f32,
    target_length: usize,
) -> FejerStatus {
    unsafe {
        with_mut(head, |head| {
            let features = head.read(features, features_length)?;
            let target = head.read(target, target_length)?;
            head.learner.learn_numbers(features, target)
        })
    }
}

/// Visits `count` remembered samples again: three after each label is the demo's habit.
///
/// # Safety
/// `head` as everywhere.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fejer_revisit(head: *mut FejerHead, count: u32) -> FejerStatus {
    unsafe {
        with_mut(head, |head| {
            head.learner.revisit(count);
            Ok(())
        })
    }
}

/// Passes over the memory in idle time until the duality gap is at most `gap`, at most `passes` of
/// them. FEJER_STATUS_GOOD: it is. FEJER_STATUS_GAP: it is not yet; the certificate is written all the
/// same.
///
/// # Safety
/// `head` as everywhere; `certificate` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fejer_consolidate(
    head: *mut FejerHead,
    passes: u32,
    gap: f32,
    certificate: *mut FejerCertificate,
) -> FejerStatus {
    unsafe {
        with_mut(head, |head| {
            // Before anything is changed.
            head.put(certificate, FejerCertificate::NOTHING)?;
            let (converged, found) = head.learner.consolidate(passes, gap);
            head.put(certificate, found)?;
            if converged { Ok(()) } else { Err(FejerStatus::Gap) }
        })
    }
}

/// How good the learnt weights are.
///
/// # Safety
/// `head` as everywhere; `certificate` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fejer_certify(
    head: *const FejerHead,
    certificate: *mut FejerCertificate,
) -> FejerStatus {
    unsafe { with(head, |head| head.put(certificate, head.learner.certificate())) }
}

/// Forgets the remembered sample with this index, oldest first, exactly: the head of the problem
/// without it, up to consolidation. FEJER_STATUS_LENGTH if there are not that many.
///
/// # Safety
/// `head` as everywhere.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fejer_forget(head: *mut FejerHead, index: usize) -> FejerStatus {
    unsafe { with_mut(head, |head| head.learner.forget(index)) }
}

/// One word for a log: "good", "null", "checksum", …; "unknown" for a number that is no status.
#[unsafe(no_mangle)]
pub extern "C" fn fejer_word(status: i32) -> *const c_char {
    status::word(status).as_ptr()
}

/// Looks at the head behind a handle.
unsafe fn with(
    head: *const FejerHead,
    look: impl FnOnce(&Opened<'_>) -> Result<(), FejerStatus>,
) -> FejerStatus {
    // SAFETY: as the caller promises; nothing is written through it.
    status::of(|| look(&unsafe { Door::open(head.cast_mut().cast()) }?))
}

/// Changes the head behind a handle.
unsafe fn with_mut(
    head: *mut FejerHead,
    change: impl FnOnce(&mut Opened<'_>) -> Result<(), FejerStatus>,
) -> FejerStatus {
    // SAFETY: as the caller promises.
    status::of(|| change(&mut unsafe { Door::open(head.cast()) }?))
}

/// There is nobody to tell: C's own way to stop. The linker drops it, since no step panics.
#[cfg(target_os = "none")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        safe fn abort() -> !;
    }
    abort()
}
