//! The figures of the device bench, and whether they are those of today's kernels.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// What one operation costs on one target: one object of the bench's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Target of the Rust compiler.
    pub target: String,
    /// Number type of the weights: `f32`, or `q24` for 32-bit fixed point with 16-bit features.
    pub scalar: String,
    /// `projected`, `extragradient`, `anchored`; `any` for a prediction.
    pub method: String,
    /// Features.
    pub features: usize,
    /// Outputs.
    pub classes: usize,
    /// `predict` or `learn`.
    pub operation: String,
    /// Most instructions of one call over a thousand random samples.
    pub instructions: u64,
    /// Cycles by the model of a Cortex-M4F, of the first call; none for other targets.
    pub cycles: Option<u64>,
    /// Most minus fewest instructions.
    pub jitter: u64,
    /// Stack and variables of the call, bytes.
    pub ram_bytes: u64,
    /// Text of all it may call with its link, softmax, bytes.
    pub text_bytes: u64,
    /// What the other links add to that, once in an image, bytes.
    pub links_bytes: u64,
}

/// The committed figures.
pub const COMMITTED: &str = include_str!("../../benches/device.json");
/// [`fingerprint`] of the sources they were measured on.
pub const COMMITTED_SOURCES: &str = include_str!("../../benches/device.sources");

/// What the steps are made of, in `core/src`: files, and directories with all in them.
const SOURCES: [&str; 11] = [
    "anchored/resolvent",
    "anchored/resolvent.rs",
    "head.rs",
    "kernel",
    "kernel.rs",
    "link.rs",
    "scalar",
    "scalar.rs",
    "stored.rs",
    "streaming",
    "streaming.rs",
];

/// FNV-1a over the code, not the comments and unit tests, of the sources the figures depend on, as
/// 16 hexadecimal digits. `core` is the directory of core's sources.
///
/// # Errors
/// A source that cannot be read.
pub fn fingerprint(core: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    for name in SOURCES {
        collect(&core.join(name), &mut files)?;
    }
    files.sort();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for file in files {
        let text = std::fs::read_to_string(&file)?;
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let lines = code.lines().map(str::trim).filter(|line| !line.starts_with("//"));
        for byte in lines.flat_map(str::bytes) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    Ok(format!("{hash:016x}"))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(path)? {
        collect(&entry?.path(), files)?;
    }
    Ok(())
}
