//! What a run passed through, instruction by instruction, cut into the calls of the workload.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use crate::disassembly::Disassembly;
use crate::failure::Failure;

/// The addresses a run passed, in order.
pub struct Trace(Vec<u32>);

impl Trace {
    /// From QEMU's log (`-singlestep -d exec,nochain`), a line an instruction:
    /// `Trace 0: 0x… [00800400/000186a0/…] …`. Where QEMU takes an instruction back, to serve a timer
    /// or to read the clock, it says so in another line and logs the instruction again.
    pub fn read(file: &Path) -> Result<Self, Failure> {
        let open = File::open(file).map_err(Failure::while_doing(file.display()))?;
        let mut addresses = Vec::new();
        for line in BufReader::new(open).lines() {
            let line = line.map_err(Failure::while_doing(file.display()))?;
            if line.starts_with("Trace") {
                let address = line.split('/').nth(1);
                addresses.extend(address.and_then(|text| u32::from_str_radix(text, 16).ok()));
            } else if line.starts_with("Stopped execution") || line.starts_with("cpu_io_recompile")
            {
                addresses.pop();
            }
        }
        Ok(Self(addresses))
    }

    /// The first call of the function at this address, from its first instruction to its return.
    pub fn call(&self, disassembly: &Disassembly, entry: u32) -> Result<&[u32], Failure> {
        let start = self.0.windows(2).position(|pair| pair[1] == entry).map(|at| at + 1);
        let call = start.and_then(|start| {
            let after = disassembly.instructions.range(self.0[start - 1] + 1..).next()?.0;
            let length = self.0[start..].iter().position(|address| address == after)?;
            self.0.get(start..start + length)
        });
        call.ok_or_else(|| Failure(format!("the trace has no call of {entry:#x} that returns")))
    }
}
