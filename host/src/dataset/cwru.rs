//! Bearing recordings of Case Western Reserve University as NumPy files.
//!
//! `DIR/cwru/{ball,inner,outer}{007,014,021}_load{N}.npy`: drive-end accelerometer, 12 kHz,
//! little-endian 32-bit floats, one axis; N is the motor load in horsepower.
//!
//! Reference: CWRU Bearing Data Center; NumPy enhancement proposal 1 for the file format.

use std::path::Path;

use super::{CLASSES, Error, WINDOW, Windows, npy};

const MISSING: &str = "put the recording there (nine are needed for a motor load: \
                       {ball,inner,outer}{007,014,021}_load{N}.npy)";
const ONE_SIGNAL: &str =
    "one signal (n samples, one axis) is needed; save one channel as array.ravel()";

/// All windows of the nine faults at one motor load, class by class, from `directory/cwru/`.
pub fn load(directory: &Path, motor_load: u8) -> Result<Windows, Error> {
    let recordings = directory.join("cwru");
    if !recordings.is_dir() {
        let remedy = if !directory.is_dir() {
            return Err(Error::MissingDirectory {
                path: directory.to_owned(),
                remedy: "--data takes the directory that contains cwru/",
            });
        } else if directory.join(file_name(CLASSES[0], motor_load)).is_file() {
            "--data takes the directory that contains cwru/: pass its parent"
        } else {
            "--data takes the directory that contains cwru/"
        };
        return Err(Error::MissingDirectory { path: recordings, remedy });
    }
    let mut windows = Windows::default();
    for (label, class) in (0..).zip(CLASSES) {
        let path = recordings.join(file_name(class, motor_load));
        let signal = read_signal(&path)?;
        if windows.push_recording(&signal, label) == 0 {
            return Err(Error::TooShort { path, samples: signal.len(), needed: WINDOW });
        }
    }
    Ok(windows)
}

fn file_name(class: &str, motor_load: u8) -> String {
    format!("{class}_load{motor_load}.npy")
}

/// One signal of finite samples from a `.npy` file of little-endian 32-bit floats.
///
/// An axis of length 1 beside the samples is allowed, for files saved as a row or as a column.
pub fn read_signal(path: &Path) -> Result<Vec<f32>, Error> {
    let array = npy::read(path, npy::FLOAT, MISSING)?;
    if !matches!(array.shape[..], [_] | [1, _] | [_, 1]) {
        return Err(Error::Shape { path: path.to_owned(), found: array.shape, remedy: ONE_SIGNAL });
    }
    let signal = array.floats(path)?;
    if signal.len() < WINDOW {
        return Err(Error::TooShort {
            path: path.to_owned(),
            samples: signal.len(),
            needed: WINDOW,
        });
    }
    Ok(signal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn npy(description: &str, shape: &str, data: &[u8]) -> Vec<u8> {
        let header =
            format!("{{'descr': '{description}', 'fortran_order': False, 'shape': {shape}, }}\n");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend_from_slice(&u16::try_from(header.len()).unwrap().to_le_bytes());
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(data);
        bytes
    }

    fn samples(count: usize) -> Vec<u8> {
        (0..count).flat_map(|sample| (sample as f32).to_le_bytes()).collect()
    }

    fn read(bytes: &[u8]) -> Result<Vec<f32>, Error> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("signal.npy");
        std::fs::write(&path, bytes).unwrap();
        let result = read_signal(&path);
        if let Err(error) = &result {
            let line = error.to_string();
            assert!(line.contains("signal.npy") && line.contains(';'), "{line}");
            assert!(!line.contains('\n'), "{line}");
        }
        result
    }

    #[test]
    fn a_signal_is_read_from_one_axis_a_row_and_a_column() {
        for shape in ["(1500,)", "(1, 1500)", "(1500, 1)"] {
            let signal = read(&npy("<f4", shape, &samples(1500))).unwrap();
            assert_eq!(signal.len(), 1500);
            assert_eq!(signal[1499], 1499.0);
        }
    }

    #[test]
    fn each_defect_of_a_file_has_its_own_error() {
        use Error::*;
        let good = npy("<f4", "(1500,)", &samples(1500));
        assert!(matches!(read(&good[..good.len() - 1]), Err(Truncated { expected: 6000, .. })));
        assert!(matches!(read(&good[..100]), Err(Truncated { .. } | NotNpy { .. })));
        for length in 0..60 {
            assert!(matches!(read(&good[..length]), Err(NotNpy { .. })), "{length}");
        }
        assert!(matches!(read(b"RIFF....WAVEfmt "), Err(NotNpy { .. })));
        for description in [">f4", "<f8", "<i2", "|u1", "|O", "<c8"] {
            let result = read(&npy(description, "(1500,)", &[0; 24_000]));
            assert!(matches!(result, Err(Type { .. })), "{description}");
        }
        assert!(matches!(read(&npy("<f4", "(750, 2)", &samples(1500))), Err(Shape { .. })));
        assert!(matches!(read(&npy("<f4", "()", &samples(1500))), Err(Shape { .. })));
        assert!(matches!(read(&npy("<f4", "(1000,)", &samples(1000))), Err(TooShort { .. })));
        let mut broken = npy("<f4", "(1500,)", &samples(1500));
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let position = broken.len() - 4 * 10;
            broken[position..position + 4].copy_from_slice(&value.to_le_bytes());
            assert!(matches!(read(&broken), Err(NotFinite { sample: 1490, .. })), "{value}");
        }
    }

    #[test]
    fn hostile_headers_are_refused_without_a_panic() {
        let shapes = [
            "(99999999999999999999999,)".to_owned(),
            "(4294967296, 4294967296, 4294967296)".to_owned(),
            "(999999999999999999,)".to_owned(),
            "(0xffffffffffffffff, 0xffffffffffffffff)".to_owned(),
            "(-5,)".to_owned(),
            "5".to_owned(),
            "(".repeat(9000),
            "[".repeat(60),
            "((((1,),),),)".repeat(50),
        ];
        for shape in shapes {
            let result = read(&npy("<f4", &shape, &samples(1500)));
            assert!(matches!(result, Err(Error::NotNpy { .. } | Error::Truncated { .. })));
        }
        assert!(matches!(read(b"\x93NUMPY\x02\x00\xff\xff\xff\xff{}"), Err(Error::NotNpy { .. })));
        assert!(matches!(read(b"\x93NUMPY\x09\x00\x01\x00{}{}"), Err(Error::NotNpy { .. })));
    }

    #[test]
    fn a_missing_directory_or_file_is_named_with_its_remedy() {
        let directory = tempfile::tempdir().unwrap();
        let remedy = |path: &Path| load(path, 0).unwrap_err().to_string();
        assert!(remedy(&directory.path().join("absent")).contains("absent: no such directory"));
        assert!(remedy(directory.path()).contains("cwru: no such directory"));
        let recordings = directory.path().join("cwru");
        std::fs::create_dir(&recordings).unwrap();
        assert!(remedy(directory.path()).contains("ball007_load0.npy: no such file"));
        std::fs::write(recordings.join("ball007_load0.npy"), npy("<f4", "(1500,)", &samples(1500)))
            .unwrap();
        assert!(remedy(directory.path()).contains("ball014_load0.npy: no such file"));
        assert!(remedy(&recordings).contains("pass its parent"));
        std::fs::create_dir(recordings.join("ball014_load0.npy")).unwrap();
        assert!(matches!(load(directory.path(), 0), Err(Error::Unreadable { .. })));
    }
}
