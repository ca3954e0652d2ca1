//! LeCun's IDX files, as MNIST's, gzipped or not.
//!
//! ```text
//! 0 0 8 axes   length of each axis, u32 big-endian   bytes, row-major
//! ```

use std::io::Read;
use std::path::Path;

use super::Error;

/// The length of each axis, and the bytes.
pub(super) fn read(path: &Path) -> Result<(Vec<usize>, Vec<u8>), Error> {
    let refuse = |place: &str, reason: String| Error::Content {
        path: path.to_owned(),
        place: place.into(),
        reason,
        remedy: "get the file again, as it was published (.gz or unpacked)",
    };
    let bytes = std::fs::read(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => {
            Error::MissingFile { path: path.to_owned(), remedy: "give the path of an IDX file" }
        }
        _ => Error::Unreadable { path: path.to_owned(), source },
    })?;
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(bytes.as_slice())
            .read_to_end(&mut unpacked)
            .map_err(|error| refuse("gzip", error.to_string()))?;
        unpacked
    } else {
        bytes
    };
    let [0, 0, kind, axes, rest @ ..] = bytes.as_slice() else {
        return Err(refuse("header", "it does not begin with the two zeros of IDX".into()));
    };
    if *kind != 8 {
        return Err(refuse("header", format!("numbers of type {kind:#04x}, not bytes (0x08)")));
    }
    let (lengths, _) = rest.as_chunks::<4>();
    let Some(lengths) = lengths.get(..usize::from(*axes)) else {
        return Err(refuse("header", "it ends within the header".into()));
    };
    let shape: Vec<usize> =
        lengths.iter().map(|&length| u32::from_be_bytes(length) as usize).collect();
    let data = &rest[4 * usize::from(*axes)..];
    let expected = shape.iter().try_fold(1_usize, |product, &axis| product.checked_mul(axis));
    if expected != Some(data.len()) {
        let reason = format!("{} bytes for an array of shape {shape:?}", data.len());
        return Err(refuse("data", reason));
    }
    Ok((shape, data.to_vec()))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn gzipped_and_plain_are_the_same_and_damage_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("images");
        let bytes = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6];
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(read(&path).unwrap(), (vec![2, 3], vec![1, 2, 3, 4, 5, 6]));
        let packed = std::fs::File::create(&path).unwrap();
        let mut packed = flate2::write::GzEncoder::new(packed, flate2::Compression::fast());
        packed.write_all(&bytes).unwrap();
        packed.finish().unwrap();
        assert_eq!(read(&path).unwrap(), (vec![2, 3], vec![1, 2, 3, 4, 5, 6]));
        for length in 0..bytes.len() {
            std::fs::write(&path, &bytes[..length]).unwrap();
            let message = read(&path).unwrap_err().to_string();
            assert!(message.contains("images: ") && message.contains("get the file"), "{message}");
        }
        std::fs::write(&path, [0, 0, 13, 1, 0, 0, 0, 0]).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("0x0d"));
    }
}
