//! What leaves the desktop: the factory head as Rust source for the firmware, and as a checkpoint.
//!
//! A file is replaced whole or not at all.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use fejer::checkpoint;

use crate::head::{self, Head, Standardise};
use crate::pretrain::{Factory, OUTPUTS, ROWS};

/// Why a file could not be written. The file that was there before is untouched.
#[derive(Debug, thiserror::Error)]
#[error("{}: cannot be written: {source}; check that its directory exists, its permissions and the space left", path.display())]
pub struct Error {
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

/// The factory head as items of Rust for the firmware to include; `origin` says in a few words what
/// it was pre-trained on.
pub fn factory_source(factory: &Factory, origin: &str) -> String {
    let Factory { standardise, head } = factory;
    let standardise = Some(Standardise {
        mean: standardise.mean.to_vec(),
        inverse_deviation: standardise.inverse_deviation.to_vec(),
    });
    let weights = head.point().to_vec();
    let head = Head { link: head.link(), outputs: OUTPUTS, weights, standardise };
    head::source(&head, &format!("pre-trained on {origin}"))
}

/// The factory head, without a memory, as the bytes of a checkpoint.
pub fn checkpoint(factory: &Factory) -> Vec<u8> {
    let mut buffer = [0; checkpoint::head_length::<f32, ROWS, OUTPUTS>()];
    // the buffer has the length the format asks for
    checkpoint::encode_head(&factory.head, &mut buffer).map(<[u8]>::to_vec).unwrap_or_default()
}

/// Writes a file so that at every moment it holds either all of the old or all of the new bytes.
/// Missing directories are made.
///
/// # Errors
/// What the system says, with the file's name.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let replace = || -> io::Result<()> {
        let directory = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        std::fs::create_dir_all(directory)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".fejer-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = builder.tempfile_in(directory)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    replace().map_err(|source| Error { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pretrain::FEATURES;
    use fejer::Link;
    use fejer::features::Standardise;

    type Head = fejer::Head<f32, ROWS, OUTPUTS>;

    fn factory() -> Factory {
        let mut head = Head::zeros(Link::Softmax);
        for (index, weight) in head.point_mut().iter_mut().enumerate() {
            *weight = index as f32 - 100.0;
        }
        let standardise = Standardise {
            mean: [-0.0; FEATURES],
            inverse_deviation: std::array::from_fn(|index| index as f32),
        };
        Factory { standardise, head }
    }

    #[test]
    fn the_source_holds_every_number_bit_for_bit() {
        let factory = factory();
        let source = factory_source(&factory, "a test\nof lines");
        let words: Vec<f32> = source
            .split(['[', ']', ',', ' ', '\n'])
            .filter_map(|word| u32::from_str_radix(word.strip_prefix("0x")?, 16).ok())
            .map(f32::from_bits)
            .collect();
        let Standardise { mean, inverse_deviation } = &factory.standardise;
        let expected = [&mean[..], inverse_deviation, factory.head.point()].concat();
        assert_eq!(words.len(), expected.len());
        assert!(words.iter().zip(&expected).all(|(a, b)| a.to_bits() == b.to_bits()));
        assert_eq!(
            source.lines().next(),
            Some("// Written by `fejer`: a head pre-trained on a test of lines.")
        );
        assert!(source.contains("pub const WEIGHTS: [[u32; 9]; 65] = ["));
    }

    #[test]
    fn the_checkpoint_decodes_to_the_same_head() {
        let factory = factory();
        let head: Head = fejer::checkpoint::decode_head(&checkpoint(&factory)).unwrap();
        assert_eq!(head, factory.head);
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("head.bin");
        write(&path, b"old").unwrap();
        write(&path, b"new and longer").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new and longer");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
        write(&directory.path().join("new/one/head.bin"), b"x").unwrap();
        let error = write(&path.join("below a file.bin"), b"x").unwrap_err();
        assert!(error.to_string().contains("below a file.bin: cannot be written"));
    }
}
