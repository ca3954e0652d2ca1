//! Loops compiled for the widest vectors of the processor they run on. None of them contracts a
//! product and a sum into one rounding, so the bits are the same on every processor.

/// Runs `loops` with what this processor has. Their closure has to be `#[inline(always)]`, and what it
/// calls inlined: code that stays a function of its own is compiled for the oldest processor.
#[inline]
pub fn vectorised<R>(loops: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(loops)
}
