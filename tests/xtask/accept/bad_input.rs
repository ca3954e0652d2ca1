//! Bad recordings: one clear line, exit code 2, nothing half-written. (Bad checkpoints are device
//! tests: `tests/qemu.rs`.)

use std::path::{Path, PathBuf};

use super::Line;
use crate::shell::{output, program};
use crate::{Stop, place};

/// A way to spoil a recording.
type Spoil = fn(&[u8]) -> Option<Vec<u8>>;

const CASES: [(&str, Spoil); 10] = [
    ("a missing recording", |_| None),
    ("a truncated recording", |whole| whole.get(..whole.len() / 2).map(<[u8]>::to_vec)),
    ("a file that is no .npy", |_| Some(b"not an array".to_vec())),
    ("a recording cut within its header", |whole| whole.get(..40).map(<[u8]>::to_vec)),
    ("an empty file", |_| Some(Vec::new())),
    // 4096 samples of two bytes, so that only the type is wrong
    ("another dtype", |_| replace(&npy("(4096,)", &[0.25; 2048]), b"<f4", b"<i2")),
    ("another shape", |_| Some(npy("(4, 4096)", &[0.25; 4 * 4096]))),
    ("a NaN sample", |_| Some(with_sample(f32::NAN))),
    ("an infinite sample", |_| Some(with_sample(f32::INFINITY))),
    ("a recording shorter than a window", |_| Some(npy("(1000,)", &[0.25; 1000]))),
];

pub fn lines(data: &Path) -> Result<Vec<Line>, Stop> {
    let mut lines = Vec::new();
    for (name, spoil) in CASES {
        lines.push(line(data, name, spoil)?);
    }
    lines.push(missing_tool()?);
    Ok(lines)
}

/// Nothing but Cargo and rustc can be found: no QEMU, and no package manager to install it.
fn missing_tool() -> Result<Line, Stop> {
    let toolchain = program("rustc").args(["--print", "sysroot"]).output();
    let toolchain = toolchain.map_err(|error| Stop::usage(error.to_string()))?;
    let path = Path::new(String::from_utf8_lossy(&toolchain.stdout).trim()).join("bin");
    let myself = std::env::current_exe().map_err(|error| Stop::failed(error.to_string()))?;
    let ran = output(program(myself).args(["demo", "--json"]).env("PATH", path))?;
    let complaint = String::from_utf8_lossy(&ran.stderr).trim().to_owned();
    let code = ran.status.code().unwrap_or(-1);
    Ok(Line::new(
        "a missing qemu-system-arm",
        "exit code 2, one line saying what to install",
        format!("exit code {code}: {}", complaint.replace('\n', " ⏎ ")),
        code == 2 && complaint.lines().count() == 1 && complaint.contains("apt-get install"),
    ))
}

fn line(data: &Path, name: &str, spoil: Spoil) -> Result<Line, Stop> {
    eprintln!("bad input: {name}");
    let scratch = place::target().join("fejer/bad-input");
    let failed = |error: std::io::Error| Stop::failed(format!("{}: {error}", scratch.display()));
    let _ = std::fs::remove_dir_all(&scratch);
    copy_with_one_spoilt(&data.join("cwru"), &scratch.join("cwru"), spoil).map_err(failed)?;
    let page = place::target().join("fejer/demo");
    let before = contents(&page);
    let myself = std::env::current_exe().map_err(failed)?;
    let ran = output(program(myself).args(["demo", "--json", "--data"]).arg(&scratch))?;
    let complaint = String::from_utf8_lossy(&ran.stderr).trim().to_owned();
    let code = ran.status.code().unwrap_or(-1);
    let untouched = contents(&page) == before && ran.stdout.is_empty();
    let _ = std::fs::remove_dir_all(&scratch);
    Ok(Line::new(
        format!("bad input: {name}"),
        "exit code 2, one line, nothing written",
        format!("exit code {code}: {}", complaint.replace('\n', " ⏎ ")),
        code == 2 && complaint.lines().count() == 1 && untouched,
    ))
}

/// Links to all recordings but one, which is spoilt: the last the loader comes to.
fn copy_with_one_spoilt(from: &Path, to: &Path, spoil: Spoil) -> std::io::Result<()> {
    const SPOILT: &str = "outer021_load2.npy";
    std::fs::create_dir_all(to)?;
    let from = from.canonicalize()?;
    for entry in std::fs::read_dir(&from)? {
        let name = entry?.file_name();
        if name != SPOILT {
            std::os::unix::fs::symlink(from.join(&name), to.join(&name))?;
        }
    }
    match spoil(&std::fs::read(from.join(SPOILT))?) {
        Some(bytes) => std::fs::write(to.join(SPOILT), bytes),
        None => Ok(()),
    }
}

/// Names, lengths and times of what is in a directory.
fn contents(directory: &Path) -> Vec<(PathBuf, u64, Option<std::time::SystemTime>)> {
    let mut found = Vec::new();
    let mut left = vec![directory.to_path_buf()];
    while let Some(directory) = left.pop() {
        for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
            let Ok(about) = entry.metadata() else { continue };
            if about.is_dir() {
                left.push(entry.path());
            } else {
                found.push((entry.path(), about.len(), about.modified().ok()));
            }
        }
    }
    found.sort();
    found
}

fn replace(whole: &[u8], old: &[u8], new: &[u8]) -> Option<Vec<u8>> {
    let at = whole.windows(old.len()).position(|window| window == old)?;
    let mut spoilt = whole.to_vec();
    spoilt[at..at + new.len()].copy_from_slice(new);
    Some(spoilt)
}

fn with_sample(value: f32) -> Vec<u8> {
    let mut samples = [0.25; 4096];
    samples[1234] = value;
    npy("(4096,)", &samples)
}

/// An array in NumPy's format 1.0.
fn npy(shape: &str, samples: &[f32]) -> Vec<u8> {
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}");
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    bytes
}
