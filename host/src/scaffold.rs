//! A firmware project around a head: everything needed to build for a Cortex-M4F, with two functions
//! left to whoever knows the sensor and where labels come from.

use std::path::{Path, PathBuf};

use fejer::Link;

use crate::export;
use crate::head::{self, Head};

/// Name in the project and text of every file; `@…@` are filled in.
const FILES: [(&str, &str); 5] = [
    ("Cargo.toml", include_str!("scaffold/template/Cargo.toml.in")),
    ("README.md", include_str!("scaffold/template/README.md.in")),
    ("memory.x", include_str!("scaffold/template/memory.x.in")),
    (".cargo/config.toml", include_str!("scaffold/template/config.toml.in")),
    ("src/main.rs", include_str!("scaffold/template/main.rs.in")),
];

/// Why there is no project.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No name of a package.
    #[error(
        "`{0}` is no name of a Cargo package; use lower-case letters, digits, - and _, a letter first"
    )]
    Name(String),
    /// Something is there already.
    #[error("{}: is there already; give another name, or remove it", .0.display())]
    Exists(PathBuf),
    /// A link that a const cannot say.
    #[error(
        "a head with the link {0:?} cannot go on learning on a device as it is; give a softmax head"
    )]
    Link(Link),
    /// A file could not be written.
    #[error(transparent)]
    File(#[from] export::Error),
}

/// What the project is made of.
#[derive(Clone, Debug)]
pub struct Project<'a> {
    /// Of the package.
    pub name: &'a str,
    /// What it starts with.
    pub head: &'a Head,
    /// Where the head is from.
    pub origin: &'a str,
    /// `core/` of a checkout: the package is not on a registry.
    pub core: &'a Path,
    /// Samples to remember.
    pub memory: usize,
}

/// Writes the project to this directory, which must not be there yet.
///
/// # Errors
/// See [`Error`].
pub fn write(project: &Project<'_>, directory: &Path) -> Result<(), Error> {
    let name = project.name;
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(is_word) {
        return Err(Error::Name(name.to_owned()));
    }
    if directory.exists() {
        return Err(Error::Exists(directory.to_owned()));
    }
    if project.head.link != Link::Softmax {
        return Err(Error::Link(project.head.link));
    }
    let core = format!("{{ path = {:?} }}", project.core.to_string_lossy());
    let filled = |text: &str| {
        text.replace("@NAME@", name)
            .replace("@CORE@", &core)
            .replace("@FEATURES@", &project.head.features().to_string())
            .replace("@OUTPUTS@", &project.head.outputs.to_string())
            .replace("@MEMORY@", &project.memory.to_string())
            .replace("@ORIGIN@", project.origin)
    };
    for (file, text) in FILES {
        export::write(&directory.join(file), filled(text).as_bytes())?;
    }
    let source = head::source(project.head, project.origin);
    export::write(&directory.join("src/head.rs"), source.as_bytes())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_is_written_once_with_nothing_left_to_fill_in() {
        let directory = tempfile::tempdir().unwrap();
        let at = directory.path().join("field");
        let weights = vec![0.5; 10];
        let head = Head { link: Link::Softmax, outputs: 2, weights, standardise: None };
        let core = Path::new("checkout/core");
        let project = Project { name: "field", head: &head, origin: "of a test", core, memory: 8 };
        write(&project, &at).unwrap();
        for (file, _) in FILES {
            let text = std::fs::read_to_string(at.join(file)).unwrap();
            assert!(!text.contains('@'), "{file}: {text}");
        }
        let main = std::fs::read_to_string(at.join("src/main.rs")).unwrap();
        assert!(main.contains("const FEATURES: usize = 4;"), "{main}");
        assert!(matches!(write(&project, &at), Err(Error::Exists(_))));
        let other = directory.path().join("other");
        let named = |name| write(&Project { name, ..project.clone() }, &other);
        assert!(matches!(named("Field"), Err(Error::Name(_))));
        assert!(matches!(named("4"), Err(Error::Name(_))));
        let head = Head { link: Link::Relu, ..head.clone() };
        let refused = write(&Project { head: &head, ..project.clone() }, &other);
        assert!(matches!(refused, Err(Error::Link(Link::Relu))));
    }
}
