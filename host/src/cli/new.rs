//! `fejer new`

use std::path::PathBuf;

use crate::head;
use crate::scaffold::{self, Project};

use super::{Failure, bad};

/// Write a firmware project around a head.
///
/// A directory NAME with Cargo.toml, .cargo/config.toml, memory.x, README.md, src/head.rs (the head as
/// constants) and src/main.rs, which predicts, learns from labels and consolidates; reading the
/// sensor and the labels is left to you. It builds for thumbv7em-none-eabihf (Cortex-M4F).
///
/// The head is a checkpoint (features as they come) or the Rust file that `fejer head fit`, `export`,
/// `import` or `pretrain` wrote (with its standardisation).
///
/// Exit code 0: done; 2: bad input.
#[derive(clap::Args)]
pub struct Arguments {
    /// Of the package and of its directory.
    name: String,
    /// A checkpoint (.ckpt) or a file of constants (.rs).
    #[arg(long, value_name = "FILE")]
    head: PathBuf,
    /// core/ of a checkout of Fejér; the package is not on a registry.
    #[arg(long, value_name = "DIR")]
    core: PathBuf,
    /// Samples the device remembers.
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
    memory: u16,
    /// Directory to make it in.
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
}

pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let path = &arguments.head;
    let named = |error: &dyn std::fmt::Display| bad(format!("{}: {error}", path.display()));
    let head = if path.extension().is_some_and(|extension| extension == "rs") {
        let text = std::fs::read_to_string(path)
            .map_err(|error| named(&format!("cannot be read: {error}; give the path of a head")))?;
        let why = "not a file of MEAN, INVERSE_DEVIATION and WEIGHTS; write it with --rust";
        head::parse(&text).ok_or_else(|| named(&why))?
    } else {
        super::head::read(path)?
    };
    let core = &arguments.core;
    let manifest = core.join("Cargo.toml");
    let core = core.canonicalize().ok().filter(|_| manifest.is_file()).ok_or_else(|| {
        bad(format!("{}: not there; give core/ of a checkout", manifest.display()))
    })?;
    let origin = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into());
    let project = Project {
        name: &arguments.name,
        head: &head,
        origin: &format!("from {origin}"),
        core: &core,
        memory: arguments.memory.into(),
    };
    let directory = arguments.out.join(&arguments.name);
    scaffold::write(&project, &directory).map_err(bad)?;
    println!("wrote {}; its README.md says what to fill in", directory.display());
    Ok(())
}
