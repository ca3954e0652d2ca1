//! Pointers from C, looked at before they are believed.

use core::ffi::c_void;

use super::{FejerStatus, Learner};

/// What a head's storage begins with.
const MAGIC: u32 = u32::from_le_bytes(*b"FJHD");

/// The beginning of a head's storage.
#[repr(C, align(8))]
pub struct Door {
    magic: u32,
    /// Bytes of the whole storage in use.
    length: usize,
    /// Where it was put: it holds pointers into itself.
    address: usize,
    learner: *mut dyn Learner,
}

/// A head whose handle was found good, and where its storage is.
pub struct Opened<'h> {
    /// The head.
    pub learner: &'h mut dyn Learner,
    start: *const u8,
    length: usize,
}

impl Door {
    /// Closes the door of this storage, so that a handle from before is refused.
    ///
    /// # Safety
    /// `storage` is aligned as a `Door` and has room for one.
    pub unsafe fn close(storage: *mut c_void) {
        // SAFETY: the field is within the room, which the caller promises.
        unsafe { (&raw mut (*storage.cast::<Self>()).magic).write(0) }
    }

    /// Opens the storage from where it begins to the learner in it.
    ///
    /// # Safety
    /// As [`Door::close`]; `learner` is sound and within the storage of `length` bytes.
    pub unsafe fn build(
        storage: *mut c_void,
        length: usize,
        learner: *mut dyn Learner,
    ) -> *mut Self {
        let door = storage.cast::<Self>();
        // SAFETY: as the caller promises.
        unsafe { door.write(Self { magic: MAGIC, length, address: storage.addr(), learner }) };
        door
    }

    /// The head behind a handle.
    ///
    /// # Safety
    /// `door` is null or points to a readable `Door`, and, if that is what [`Door::build`] made,
    /// nobody else uses its storage for as long as `'h`.
    pub unsafe fn open<'h>(door: *mut Self) -> Result<Opened<'h>, FejerStatus> {
        if door.is_null() {
            return Err(FejerStatus::Null);
        }
        if !door.is_aligned() {
            return Err(FejerStatus::Alignment);
        }
        // SAFETY: it is not null, it is aligned, and the caller promises the rest; only integers are
        // looked at before the magic word and the address have shown that `build` made it.
        unsafe {
            if (&raw const (*door).magic).read() != MAGIC
                || (&raw const (*door).address).read() != door.addr()
            {
                return Err(FejerStatus::Handle);
            }
            Ok(Opened {
                learner: &mut *(*door).learner,
                start: door.cast_const().cast(),
                length: (*door).length,
            })
        }
    }
}

impl Opened<'_> {
    /// Numbers to be read, apart from the head.
    ///
    /// # Safety
    /// As [`read`].
    pub unsafe fn read<'a, T>(
        &self,
        pointer: *const T,
        count: usize,
    ) -> Result<&'a [T], FejerStatus> {
        self.keep_off(pointer, count)?;
        // SAFETY: as the caller promises.
        unsafe { read(pointer, count) }
    }

    /// Room to write to, apart from the head.
    ///
    /// # Safety
    /// As [`room`].
    pub unsafe fn room<'a, T: Number>(
        &self,
        pointer: *mut T,
        count: usize,
    ) -> Result<&'a mut [T], FejerStatus> {
        self.keep_off(pointer, count)?;
        // SAFETY: as the caller promises.
        unsafe { room(pointer, count) }
    }

    /// Writes one value apart from the head.
    ///
    /// # Safety
    /// As [`write`].
    pub unsafe fn put<T>(&self, pointer: *mut T, value: T) -> Result<(), FejerStatus> {
        self.keep_off(pointer, 1)?;
        // SAFETY: as the caller promises.
        unsafe { write(pointer, value) }
    }

    fn keep_off<T>(&self, pointer: *const T, count: usize) -> Result<(), FejerStatus> {
        let bytes = count.saturating_mul(size_of::<T>());
        if overlap(pointer.cast(), bytes, self.start, self.length) {
            return Err(FejerStatus::Overlap);
        }
        Ok(())
    }
}

/// What is a number whatever its bits are.
pub trait Number: Copy {}

impl Number for u8 {}
impl Number for f32 {}

/// Do two runs of bytes have one in common? Those that reach around the end of all addresses do.
pub(super) fn overlap(a: *const u8, a_length: usize, b: *const u8, b_length: usize) -> bool {
    let (a, b) = (a.addr(), b.addr());
    let (Some(a_end), Some(b_end)) = (a.checked_add(a_length), b.checked_add(b_length)) else {
        return true;
    };
    a < b_end && b < a_end
}

/// `count` values at a pointer.
///
/// # Safety
/// `pointer` is null or points to `count` sound values that nobody writes for as long as `'a`.
pub unsafe fn read<'a, T>(pointer: *const T, count: usize) -> Result<&'a [T], FejerStatus> {
    check(pointer, count)?;
    // SAFETY: not null, aligned, not longer than there is memory; the caller promises the rest.
    Ok(unsafe { core::slice::from_raw_parts(pointer, count) })
}

/// Room for `count` numbers at a pointer, all 0 at first: what C left there may be nothing at all.
///
/// # Safety
/// `pointer` is null or points to room for `count` values that nobody else uses for as long as `'a`.
pub unsafe fn room<'a, T: Number>(
    pointer: *mut T,
    count: usize,
) -> Result<&'a mut [T], FejerStatus> {
    check(pointer, count)?;
    // SAFETY: not null, aligned, not longer than there is memory, and zeros are sound numbers; the
    // caller promises the rest.
    unsafe {
        pointer.write_bytes(0, count);
        Ok(core::slice::from_raw_parts_mut(pointer, count))
    }
}

/// Writes a value to a pointer.
///
/// # Safety
/// `pointer` is null or points to room for a value.
pub unsafe fn write<T>(pointer: *mut T, value: T) -> Result<(), FejerStatus> {
    check(pointer, 1)?;
    // SAFETY: not null and aligned; the caller promises the rest.
    unsafe { pointer.write(value) };
    Ok(())
}

fn check<T>(pointer: *const T, count: usize) -> Result<(), FejerStatus> {
    if pointer.is_null() {
        return Err(FejerStatus::Null);
    }
    if !pointer.is_aligned() {
        return Err(FejerStatus::Alignment);
    }
    let bytes = count.checked_mul(size_of::<T>()).and_then(|bytes| isize::try_from(bytes).ok());
    bytes.map(|_| ()).ok_or(FejerStatus::Length)
}
