//! The outputs of a head in parts of at most six: what the registers of a Cortex-M hold at once.

/// The most outputs at a time.
const MOST: usize = 6;

/// Parts there are.
pub(super) const fn count(outputs: usize) -> usize {
    outputs.div_ceil(MOST)
}

/// The first output of a part.
pub(super) const fn first(outputs: usize, part: usize) -> usize {
    let count = count(outputs);
    match (part * outputs).checked_div(count) {
        Some(first) => first,
        None => 0,
    }
}

/// Outputs of a part; 0 for a part there is not.
pub(super) const fn length(outputs: usize, part: usize) -> usize {
    if part < count(outputs) { first(outputs, part + 1) - first(outputs, part) } else { 0 }
}
