//! The life of a worked application on the desktop, from the same bytes, to the last bit.

use fejer::features::{Standardise, WINDOW};
use fejer::tuner::{Clean, Learnt, Tuner};

use super::line::{Done, Line};
use super::stream::{self, Record};
use super::{Factory, Labelled};
use crate::dataset::digits;
use crate::pretrain;

/// Why a stream cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The bytes are none.
    #[error(transparent)]
    Stream(#[from] stream::Error),
    /// The factory is refused.
    #[error("the factory cannot learn on the device: {0}; pre-train it again")]
    Factory(#[from] fejer::Error),
}

/// How a program makes features of the samples of a window.
pub type Sense<const FEATURES: usize> = fn(&[f32]) -> Result<[f32; FEATURES], fejer::Error>;

/// Log bands, as `bearing` does.
///
/// # Errors
/// [`fejer::Error::Unsound`]: another length than a window's, or samples that are not sound.
pub fn bands(samples: &[f32]) -> Result<[f32; pretrain::FEATURES], fejer::Error> {
    let window: &[f32; WINDOW] = samples.try_into().map_err(|_| fejer::Error::Unsound)?;
    pretrain::bands(window)
}

/// Log-mel energies of segments, as `digits` does.
///
/// # Errors
/// As [`digits::features`].
pub fn spoken(samples: &[f32]) -> Result<[f32; digits::FEATURES], fejer::Error> {
    digits::features(samples)
}

/// Features as they come, as `activity` and `calibration` do.
///
/// # Errors
/// [`fejer::Error::Unsound`]: another number of them.
pub fn plain<const FEATURES: usize>(samples: &[f32]) -> Result<[f32; FEATURES], fejer::Error> {
    samples.try_into().map_err(|_| fejer::Error::Unsound)
}

/// What the device says to a stream, its stack apart. `M` labels are remembered, `H` held out.
///
/// # Errors
/// See [`Error`].
pub fn replay<
    T,
    const F: usize,
    const ROWS: usize,
    const O: usize,
    const M: usize,
    const H: usize,
>(
    bytes: &[u8],
    factory: &Factory<T, F, ROWS, O>,
    sense: Sense<F>,
) -> Result<Vec<Line>, Error>
where
    T: Labelled<O>,
{
    let records = stream::records(bytes)?;
    let clean = Clean { codes: &factory.clean_codes, targets: &factory.clean_targets };
    let tuner = Tuner::new(&factory.head, clean, factory.settings)?;
    let mut replay = Replay::<_, F, ROWS, O, M, H> {
        standardise: factory.standardise,
        tuner: Box::new(tuner),
        done: nothing(),
    };
    let line = |record: &Record| {
        let used = sense(&record.samples).and_then(|features| replay.window(record, &features));
        used.unwrap_or_else(|why| {
            replay.done.refused += 1;
            Some(Line::Refused { window: record.number, reason: why.word().to_owned() })
        })
    };
    let mut lines: Vec<Line> = records.iter().filter_map(line).collect();
    lines.push(replay.end());
    Ok(lines)
}

struct Replay<
    'a,
    T,
    const F: usize,
    const ROWS: usize,
    const O: usize,
    const M: usize,
    const H: usize,
> {
    standardise: Standardise<F>,
    tuner: Box<Tuner<'a, f32, T, ROWS, O, M, H>>,
    done: Done,
}

impl<T, const F: usize, const ROWS: usize, const O: usize, const M: usize, const H: usize>
    Replay<'_, T, F, ROWS, O, M, H>
where
    T: Labelled<O>,
{
    fn window(&mut self, record: &Record, raw: &[f32; F]) -> Result<Option<Line>, fejer::Error> {
        let features: [f32; F] = self.standardise.apply(raw);
        let target = T::from_number(record.target);
        if record.is_label {
            return self.learn(record.number, &features, target);
        }
        let before = self.tuner.learner().factory().predict(&features);
        let after = self.tuner.predict(&features);
        self.done.windows += 1;
        self.done.rejected += u32::from(after.is_rejected);
        for (which, outputs) in [before, after.outputs].iter().enumerate() {
            self.done.lost[which] += target.loss(outputs);
            self.done.predictions[which] = hash(self.done.predictions[which], outputs);
        }
        Ok(None)
    }

    fn learn(
        &mut self,
        window: u32,
        features: &[f32; F],
        target: T,
    ) -> Result<Option<Line>, fejer::Error> {
        let place = match self.tuner.learn(features, target)? {
            Learnt::Remembered => "memory",
            Learnt::Held => "holdout",
        };
        self.done.labels += 1;
        let weights = |tuner: &Tuner<'_, _, _, _, _, M, H>| tuner.learner().head().hash();
        Ok(self.tuner.settle().map(|verdict| Line::Learnt {
            window,
            place: place.to_owned(),
            ruling: verdict.ruling.word().to_owned(),
            gap: verdict.certificate.gap,
            clean: verdict.clean,
            held: verdict.held,
            weights: weights(&self.tuner),
        }))
    }

    fn end(self) -> Line {
        let Self { tuner, done, .. } = self;
        Line::Done(Done {
            uses_learnt: tuner.uses_learnt(),
            has_drifted: tuner.has_drifted(),
            weights: tuner.head().hash(),
            ..done
        })
    }
}

fn nothing() -> Done {
    const FIRST: u64 = 0xcbf2_9ce4_8422_2325;
    Done {
        labels: 0,
        windows: 0,
        refused: 0,
        rejected: 0,
        lost: [0.0; 2],
        predictions: [FIRST; 2],
        uses_learnt: false,
        has_drifted: false,
        weights: 0,
        stack: 0,
    }
}

/// Goes on with an FNV-1a hash over the bits of outputs.
fn hash(hash: u64, outputs: &[f32]) -> u64 {
    outputs
        .iter()
        .flat_map(|output| output.to_le_bytes())
        .fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
