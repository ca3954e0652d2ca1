//! Log-mel energies of a recording of any length, averaged over equal parts of it.
//!
//! ```text
//! recording  ├───── segment 0 ─────┼───── segment 1 ─────┼ …   of equal length, whatever its own
//! frames      ├───┤                                            centred in equal parts of a segment, at
//!               ├───┤                                          most half a frame apart, and all within
//!                 ├───┤                                        the recording
//! features   bands of segment 0, bands of segment 1, …         means over the frames of a segment
//! ```
//!
//! That is all the time alignment a spoken word needs for a linear head. Samples are taken as they
//! come and one frame of them is kept, so that no recording is too long for a small memory.

use super::LogMel;
use crate::Error;

/// Samples of a recording at most, so that products of places fit 32 bits.
const LONGEST: usize = 1 << 20;

/// Log-mel energies of each segment, segment after segment: `FEATURES / BANDS` segments of a
/// recording of `length` samples, which `next` hands out in order, as many as it is asked for. The
/// last few may not be asked for.
///
/// ```
/// use fejer::features::{LogMel, segment_bands};
/// let mel = LogMel::<256, 20>::new(8000.0, 0.0, 4000.0)?;
/// let mut time = 0.0;
/// let features: [f32; 160] = segment_bands(&mel, 3000, |samples| {
///     for sample in samples {
///         time += 1.0;
///         *sample = (0.3_f32 * time).sin();
///     }
///     Ok::<(), fejer::Error>(())
/// })?;
/// assert!(features[4] > features[15] && features[144] > features[155]);
/// # Ok::<(), fejer::Error>(())
/// ```
///
/// # Errors
/// [`Error::Unsound`]: there is not even one frame, or more than 2²⁰ samples, or as
/// [`LogMel::apply`]. Errors of `next`.
pub fn segment_bands<
    const FRAME: usize,
    const BANDS: usize,
    const FEATURES: usize,
    E: From<Error>,
>(
    mel: &LogMel<FRAME, BANDS>,
    length: usize,
    mut next: impl FnMut(&mut [f32]) -> Result<(), E>,
) -> Result<[f32; FEATURES], E> {
    const { assert!(FEATURES.is_multiple_of(BANDS), "each segment has all bands") }
    let last = length.checked_sub(FRAME).filter(|_| length <= LONGEST).ok_or(Error::Unsound)?;
    let segments = FEATURES / BANDS;
    let (mut sound, mut begin) = ([0.0; FRAME], 0);
    next(&mut sound)?;
    let mut features = [0.0; FEATURES];
    for (segment, bands) in features.chunks_exact_mut(BANDS).enumerate() {
        let edge = |segment: usize| segment * length / segments;
        let (from, extent) = (edge(segment), edge(segment + 1) - edge(segment));
        let frames = extent.div_ceil(FRAME / 2).max(1);
        for frame in 0..frames {
            let centre = from + (2 * frame + 1) * extent / (2 * frames);
            let start = centre.saturating_sub(FRAME / 2).min(last);
            move_on(&mut sound, start - begin, &mut next)?;
            begin = start;
            let mut heard = sound;
            for (band, energy) in bands.iter_mut().zip(mel.apply(&mut heard)?) {
                *band += energy / frames as f32;
            }
        }
    }
    Ok(features)
}

/// Lets go of the first samples of a frame and takes as many new ones. Never more than a frame's:
/// neighbouring frames overlap.
fn move_on<E>(
    sound: &mut [f32],
    samples: usize,
    next: &mut impl FnMut(&mut [f32]) -> Result<(), E>,
) -> Result<(), E> {
    let kept = sound.len().saturating_sub(samples);
    for place in 0..kept {
        if let Some(&sample) = sound.get(place + samples)
            && let Some(place) = sound.get_mut(place)
        {
            *place = sample;
        }
    }
    next(sound.get_mut(kept..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mel() -> LogMel<256, 20> {
        LogMel::new(8000.0, 0.0, 4000.0).expect("an order of frequencies")
    }

    fn from_slice(samples: &[f32]) -> Result<[f32; 160], Error> {
        let mut rest = samples;
        segment_bands(&mel(), samples.len(), |asked: &mut [f32]| {
            let (taken, left) = rest.split_at(asked.len());
            asked.copy_from_slice(taken);
            rest = left;
            Ok(())
        })
    }

    /// By the definition: each frame copied from the whole recording.
    fn naive(samples: &[f32]) -> [f32; 160] {
        let mut features = [0.0; 160];
        for (segment, bands) in features.as_chunks_mut::<20>().0.iter_mut().enumerate() {
            let from = segment * samples.len() / 8;
            let extent = (segment + 1) * samples.len() / 8 - from;
            let frames = extent.div_ceil(128);
            for frame in 0..frames {
                let centre = from + (2 * frame + 1) * extent / (2 * frames);
                let start = centre.saturating_sub(128).min(samples.len() - 256);
                let mut frame = [0.0; 256];
                frame.copy_from_slice(&samples[start..start + 256]);
                let energies = mel().apply(&mut frame).expect("sound samples");
                bands.iter_mut().zip(energies).for_each(|(band, e)| *band += e / frames as f32);
            }
        }
        features
    }

    #[test]
    fn samples_in_order_give_the_bits_of_the_whole_recording() {
        let mut seed = 7_u32;
        let mut sound = [0.0_f32; 10_504];
        for sample in &mut sound {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *sample = (seed >> 8) as f32 / (1 << 24) as f32 - 0.5;
        }
        for length in [256, 257, 300, 1023, 1024, 1025, 1148, 2048, 4097, 10_504] {
            let sound = &sound[..length];
            assert_eq!(from_slice(sound), Ok(naive(sound)), "{length} samples");
        }
    }

    #[test]
    fn too_short_too_long_and_unsound_recordings_are_refused() {
        assert_eq!(from_slice(&[0.0; 255]), Err(Error::Unsound));
        let endless = |_: &mut [f32]| Ok(());
        let long: Result<[f32; 160], Error> = segment_bands(&mel(), LONGEST + 1, endless);
        assert_eq!(long, Err(Error::Unsound));
        let mut sound = [0.0; 3000];
        sound[1500] = f32::NAN;
        assert_eq!(from_slice(&sound), Err(Error::Unsound));
        let silent = |_: &mut [f32]| Err(Error::Target);
        let broken: Result<[f32; 160], Error> = segment_bands(&mel(), 3000, silent);
        assert_eq!(broken, Err(Error::Target));
    }
}
