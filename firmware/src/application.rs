//! What the four worked applications have in common: they learn the labels of a stream under guard,
//! then predict the rest with the factory head and with their own, and count.
//!
//! A program adds its shapes and its sensor: how samples become features.

mod factory;
pub mod hearing;
mod stream;

use fejer::features::Standardise;
use fejer::tuner::{Learnt, Verdict};
use fejer::{Class, Target, Tuner};

pub use factory::Factory;
pub use stream::{Record, Stream};

use crate::recording::{self, Source};

/// The factory this image is built around, as the host wrote it; empty if `FEJER_APPLICATION` was not
/// set.
pub const FILE: &[u8] = include_bytes!(env!("FEJER_APPLICATION_FILE"));

/// A kind of label that a number in a stream can stand for.
pub trait Labelled<const OUTPUTS: usize>: Target<f32, OUTPUTS> {
    /// What the number stands for; not valid if it stands for nothing.
    fn from_number(number: f32) -> Self;
}

impl<const OUTPUTS: usize> Labelled<OUTPUTS> for Class {
    fn from_number(number: f32) -> Self {
        let class = number as u8;
        Self(if f32::from(class) == number { class } else { u8::MAX })
    }
}

impl Labelled<1> for [f32; 1] {
    fn from_number(number: f32) -> Self {
        [number]
    }
}

/// Why there are no features.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing<E> {
    /// The stream is at fault: nothing can follow.
    Stream(recording::Error<E>),
    /// The window is: the next may be better.
    Window(fejer::Error),
}

impl<E> From<recording::Error<E>> for Missing<E> {
    fn from(error: recording::Error<E>) -> Self {
        Self::Stream(error)
    }
}

impl<E> From<fejer::Error> for Missing<E> {
    fn from(error: fejer::Error) -> Self {
        Self::Window(error)
    }
}

/// What is worth a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// A label was taken and judged.
    Learnt {
        /// Of the window.
        number: u32,
        /// Where the label went.
        place: Learnt,
        /// What the guard says after it.
        verdict: Verdict<f32>,
        /// Hash of the learnt weights, in use or not.
        weights: u64,
    },
    /// A window was not used; the head is as before.
    Refused {
        /// Of the window.
        number: u32,
        /// Why.
        why: fejer::Error,
    },
}

/// What came of a stream.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tally {
    /// Labels learnt or held out.
    pub labels: u32,
    /// Windows predicted.
    pub windows: u32,
    /// Windows and labels not used.
    pub refused: u32,
    /// Windows for which the device was not sure enough.
    pub rejected: u32,
    /// Loss of the factory head and of the one in use, summed over the windows.
    pub lost: [f32; 2],
    /// FNV-1a hashes of the predictions of both, bit for bit.
    pub predictions: [u64; 2],
}

impl Tally {
    /// Of nothing.
    pub const fn new() -> Self {
        const FIRST: u64 = 0xcbf2_9ce4_8422_2325;
        let (lost, predictions) = ([0.0; 2], [FIRST; 2]);
        Self { labels: 0, windows: 0, refused: 0, rejected: 0, lost, predictions }
    }

    fn count<const OUTPUTS: usize>(
        &mut self,
        target: &impl Target<f32, OUTPUTS>,
        predictions: [&[f32; OUTPUTS]; 2],
    ) {
        self.windows += 1;
        let sums = self.lost.iter_mut().zip(&mut self.predictions);
        for ((lost, hash), outputs) in sums.zip(predictions) {
            *lost += target.loss(outputs);
            let bytes = outputs.iter().flat_map(|output| output.to_le_bytes());
            *hash = bytes.fold(*hash, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
            });
        }
    }
}

impl Default for Tally {
    fn default() -> Self {
        Self::new()
    }
}

/// Lives through a stream. `sense` makes features of a window's samples, of which it is told the
/// number; `say` hears every event.
///
/// # Errors
/// Those of the stream.
pub fn run<
    R,
    T,
    const F: usize,
    const ROWS: usize,
    const O: usize,
    const M: usize,
    const H: usize,
>(
    standardise: &Standardise<F>,
    tuner: &mut Tuner<'_, f32, T, ROWS, O, M, H>,
    mut stream: Stream<R>,
    mut sense: impl FnMut(&mut Stream<R>, usize) -> Result<[f32; F], Missing<R::Error>>,
    mut say: impl FnMut(&Event),
) -> Result<Tally, recording::Error<R::Error>>
where
    R: Source,
    T: Labelled<O>,
{
    let mut tally = Tally::new();
    while let Some(Record { is_label, number, target, samples }) = stream.record()? {
        let target = T::from_number(target);
        let used = match sense(&mut stream, samples as usize) {
            Err(Missing::Stream(why)) => return Err(why),
            Err(Missing::Window(why)) => Err(why),
            Ok(raw) => {
                let features = standardise.apply(&raw);
                if is_label {
                    learn(tuner, number, &features, target, &mut say).map(|()| tally.labels += 1)
                } else {
                    let before = tuner.learner().factory().predict(&features);
                    let after = tuner.predict(&features);
                    tally.rejected += u32::from(after.is_rejected);
                    tally.count(&target, [&before, &after.outputs]);
                    Ok(())
                }
            }
        };
        if let Err(why) = used {
            tally.refused += 1;
            say(&Event::Refused { number, why });
        }
    }
    Ok(tally)
}

/// Takes a label, and the idle time after it.
fn learn<T, const F: usize, const ROWS: usize, const O: usize, const M: usize, const H: usize>(
    tuner: &mut Tuner<'_, f32, T, ROWS, O, M, H>,
    number: u32,
    features: &[f32; F],
    target: T,
    say: &mut impl FnMut(&Event),
) -> Result<(), fejer::Error>
where
    T: Target<f32, O>,
{
    let place = tuner.learn(features, target)?;
    if let Some(verdict) = tuner.settle() {
        let weights = tuner.learner().head().hash();
        say(&Event::Learnt { number, place, verdict, weights });
    }
    Ok(())
}
