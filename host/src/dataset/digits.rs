//! Spoken digits: recordings as WAV files, and their features.
//!
//! `DIR/fsdd/{digit}_{speaker}_{number}.wav`: 8 kHz, mono, 16 bit.
//!
//! The log-mel energies of frames of 256 samples are averaged over 8 segments of equal length
//! ([`segment_bands`]); 20 bands × 8 segments give 160 features.
//!
//! Reference: Jackson, *Free Spoken Digit Dataset*, 2016 (CC BY-SA 4.0).

use std::path::{Path, PathBuf};

use fejer::features::{LogMel, segment_bands};

use super::Error;

/// Samples a second.
pub const RATE: u32 = 8000;
/// Digits.
pub const CLASSES: usize = 10;
/// Mel bands from 0 to half the sample rate.
pub const BANDS: usize = 20;
/// Segments of a recording.
pub const SEGMENTS: usize = 8;
/// Features of a recording.
pub const FEATURES: usize = BANDS * SEGMENTS;

/// Samples of a frame.
const FRAME: usize = 256;

/// One spoken digit.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// 0 to 9.
    pub digit: u8,
    /// Who spoke.
    pub speaker: String,
    /// The sound, in [−1, 1); at least one frame.
    pub samples: Vec<f32>,
}

/// All recordings of `directory/fsdd/`, in the order of digit, speaker and number.
///
/// # Errors
/// See [`Error`].
pub fn load(directory: &Path) -> Result<Vec<Recording>, Error> {
    let recordings = directory.join("fsdd");
    let unreadable = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::NotFound => Error::MissingDirectory {
            path: recordings.clone(),
            remedy: "the data directory is the one that contains fsdd/",
        },
        _ => Error::Unreadable { path: recordings.clone(), source },
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&recordings).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "wav") {
            let name = name(&path).ok_or_else(|| Error::Name { path: path.clone() })?;
            files.push((name, path));
        }
    }
    if files.is_empty() {
        let path = recordings.join("0_speaker_0.wav");
        return Err(Error::MissingFile { path, remedy: "put the recordings there" });
    }
    files.sort();
    let read = |((digit, speaker, _), path): ((u8, String, u32), PathBuf)| {
        Ok(Recording { digit, speaker, samples: read_sound(&path)? })
    };
    files.into_iter().map(read).collect()
}

/// Digit, speaker and number from a file's name.
fn name(path: &Path) -> Option<(u8, String, u32)> {
    let mut parts = path.file_stem()?.to_str()?.splitn(3, '_');
    let digit = parts.next()?.parse().ok().filter(|&digit| usize::from(digit) < CLASSES)?;
    let speaker = parts.next().filter(|speaker| !speaker.is_empty())?;
    Some((digit, speaker.to_owned(), parts.next()?.parse().ok()?))
}

/// The samples of one sound, in [−1, 1).
pub(super) fn read_sound(path: &Path) -> Result<Vec<f32>, Error> {
    let bad = |reason: String| {
        let reason = reason.lines().next().unwrap_or_default().to_owned();
        Error::Wav { path: path.to_owned(), reason }
    };
    let bytes = std::fs::read(path)
        .map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
    let reader = hound::WavReader::new(bytes.as_slice()).map_err(|error| bad(error.to_string()))?;
    let spec = reader.spec();
    let form = (spec.sample_rate, spec.channels, spec.bits_per_sample, spec.sample_format);
    if form != (RATE, 1, 16, hound::SampleFormat::Int) {
        return Err(bad(format!(
            "{} Hz, {} channels, {} bits",
            spec.sample_rate, spec.channels, spec.bits_per_sample
        )));
    }
    let samples = reader
        .into_samples::<i16>()
        .map(|sample| sample.map(|sample| f32::from(sample) / 32_768.0))
        .collect::<Result<Vec<f32>, _>>()
        .map_err(|error| bad(error.to_string()))?;
    if samples.len() < FRAME {
        let (path, samples) = (path.to_owned(), samples.len());
        return Err(Error::TooShort { path, samples, needed: FRAME });
    }
    Ok(samples)
}

/// Log-mel energies of each segment, segment after segment, by the arithmetic of the device.
///
/// # Errors
/// [`fejer::Error::Unsound`]: there is not even one frame, or a sample is not finite.
pub fn features(samples: &[f32]) -> Result<[f32; FEATURES], fejer::Error> {
    let mel = LogMel::<FRAME, BANDS>::new(RATE as f32, 0.0, 0.5 * RATE as f32)?;
    let mut rest = samples;
    segment_bands(&mel, samples.len(), |asked: &mut [f32]| {
        let (taken, left) = rest.split_at_checked(asked.len()).ok_or(fejer::Error::Unsound)?;
        asked.copy_from_slice(taken);
        rest = left;
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, rate: u32, channels: u16, count: usize) {
        let spec = hound::WavSpec {
            channels,
            sample_rate: rate,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(path, spec).unwrap();
        for time in 0..count {
            writer.write_sample(((0.7 * time as f32).sin() * 16_384.0) as i16).unwrap();
        }
        writer.finalize().unwrap();
    }

    #[test]
    fn recordings_come_in_the_order_of_their_names() {
        let directory = tempfile::tempdir().unwrap();
        let files = directory.path().join("fsdd");
        std::fs::create_dir(&files).unwrap();
        assert!(matches!(load(directory.path()), Err(Error::MissingFile { .. })));
        for name in ["1_b_0.wav", "0_a_10.wav", "0_a_9.wav", "notes.txt"] {
            write(&files.join(name), RATE, 1, if name.contains("_10") { 400 } else { 300 });
        }
        let all = load(directory.path()).unwrap();
        let names: Vec<_> = all.iter().map(|r| (r.digit, r.speaker.as_str())).collect();
        assert_eq!(names, [(0, "a"), (0, "a"), (1, "b")]);
        assert_eq!(all[1].samples.len(), 400);
        assert!((all[0].samples[2] - 0.5 * 1.4_f32.sin()).abs() < 1e-4);
        for name in ["x_a_1.wav", "10_a_1.wav", "3_a.wav", "3__1.wav", "3_a_b.wav"] {
            write(&files.join(name), RATE, 1, 300);
            assert!(matches!(load(directory.path()), Err(Error::Name { .. })), "{name}");
            std::fs::remove_file(files.join(name)).unwrap();
        }
    }

    #[test]
    fn each_defect_of_a_sound_has_its_own_error() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("0_a_0.wav");
        let read = || read_sound(&path);
        for (rate, channels) in [(16_000, 1), (RATE, 2)] {
            write(&path, rate, channels, 600);
            assert!(matches!(read(), Err(Error::Wav { .. })));
        }
        write(&path, RATE, 1, FRAME - 1);
        assert!(matches!(read(), Err(Error::TooShort { samples: 255, needed: 256, .. })));
        write(&path, RATE, 1, 300);
        let bytes = std::fs::read(&path).unwrap();
        for length in [0, 3, 20, 43, bytes.len() - 1] {
            std::fs::write(&path, &bytes[..length]).unwrap();
            let line = read().unwrap_err().to_string();
            assert!(line.contains("0_a_0.wav") && !line.contains('\n'), "{line}");
        }
        assert!(matches!(load(directory.path()), Err(Error::MissingDirectory { .. })));
    }

    #[test]
    fn a_tone_in_one_segment_is_heard_there_and_in_its_band() {
        let mut samples = [0.0_f32; 8 * 700];
        for (time, sample) in samples.iter_mut().enumerate().skip(3 * 700).take(700) {
            *sample = 0.5 * (core::f32::consts::TAU * 1000.0 * time as f32 / RATE as f32).sin();
        }
        let features = features(&samples).unwrap();
        let (loudest, _) =
            features.iter().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b)).unwrap();
        // 1 kHz is 1000 mel, 9.8 of the 21 steps to 4 kHz: nearest to the peak of band 9
        assert_eq!((loudest / BANDS, loudest % BANDS), (3, 9));
        assert!(features[BANDS..2 * BANDS].iter().all(|&band| band < -13.0));
        assert_eq!(super::features(&[0.0; FRAME - 1]), Err(fejer::Error::Unsound));
    }
}
