//! Arm's two-wire serial interface (SBCon), the last on the board: where QEMU puts a device that is
//! given no bus.

use super::SENSORS;
use crate::board::lines::Line;

/// Reads the lines; written, lets go of those whose bits are set.
const CONTROLS: usize = SENSORS;
/// Written, pulls down the lines whose bits are set.
const CONTROLC: usize = SENSORS + 4;

/// The clock.
pub(in crate::board) const CLOCK_LINE: Line = line(1);
/// The data.
pub(in crate::board) const DATA_LINE: Line = line(2);

/// There is nothing to prepare.
pub(in crate::board) fn prepare_lines() {}

const fn line(bit: u32) -> Line {
    Line { release: (CONTROLS, bit), pull: (CONTROLC, bit), level: (CONTROLS, bit) }
}
