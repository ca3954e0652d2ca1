//! Heads as bytes: saved, resumed, compared.

use super::memory::overlap;
use super::{FejerHead, FejerStatus, with, with_mut};

/// Writes the head with all it remembers; `fejer_resume` goes on from there to the last bit.
/// `written` is how many bytes of `buffer` were taken; a `fejer_shape` says how many it may be.
///
/// # Safety
/// `head` as everywhere; `buffer` is null or `capacity` bytes long, `written` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fejer_save(
    head: *const FejerHead,
    buffer: *mut u8,
    capacity: usize,
    written: *mut usize,
) -> FejerStatus {
    unsafe {
        with(head, |head| {
            if overlap(written.cast(), size_of::<usize>(), buffer, capacity) {
                return Err(FejerStatus::Overlap);
            }
            head.put(written, 0)?;
            let used = head.learner.save(head.room(buffer, capacity)?)?;
            head.put(written, used)
        })
    }
}

/// Puts the head where a checkpoint of `fejer_save` left it. It must have been learnt from the same
/// factory head. Bytes after the checkpoint are ignored, so a whole flash page can be given.
///
/// # Safety
/// `head` as everywhere; `checkpoint` is null or that many bytes long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fejer_resume(
    head: *mut FejerHead,
    checkpoint: *const u8,
    checkpoint_length: usize,
) -> FejerStatus {
    unsafe {
        with_mut(head, |head| {
            let checkpoint = head.read(checkpoint, checkpoint_length)?;
            head.learner.resume(checkpoint)
        })
    }
}

/// Hash of link and weights: equal heads have equal hashes on device and desktop.
///
/// # Safety
/// `head` as everywhere; `hash` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fejer_hash(head: *const FejerHead, hash: *mut u64) -> FejerStatus {
    unsafe { with(head, |head| head.put(hash, head.learner.hash())) }
}
