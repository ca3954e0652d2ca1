//! Whatever makes features of a window: a frozen network, or any function.

use super::{Buffers, Error, Extractor};
use crate::anchored::Anchored;
use crate::head::Head;
use crate::memory::Target;
use crate::scalar::Scalar;
use crate::stored::Stored;

/// What stands in front of a head: a [`Frozen`] network, or any callback from a window of `I` to
/// features `X`.
pub trait Front<I, X, const FEATURES: usize> {
    /// Why a window has no features.
    type Error;

    /// Features of a window.
    ///
    /// # Errors
    /// Its own: a window that cannot be seen is an error, never a window of zeros.
    fn features(&mut self, window: &[I]) -> Result<[X; FEATURES], Self::Error>;
}

impl<I, X, E, F, const FEATURES: usize> Front<I, X, FEATURES> for F
where
    F: FnMut(&[I]) -> Result<[X; FEATURES], E>,
{
    type Error = E;

    fn features(&mut self, window: &[I]) -> Result<[X; FEATURES], E> {
        self(window)
    }
}

/// An extractor with the buffers it works in.
#[derive(Debug)]
pub struct Frozen<'b, 'r, const ROOM: usize, const FEATURES: usize> {
    extractor: Extractor<'b>,
    buffers: &'r mut Buffers<ROOM>,
}

impl<'b, 'r, const ROOM: usize, const FEATURES: usize> Frozen<'b, 'r, ROOM, FEATURES> {
    /// A network that gives so many features.
    ///
    /// # Errors
    /// [`Error::Length`]: it gives another number of them; [`Error::Room`].
    pub fn new(extractor: Extractor<'b>, buffers: &'r mut Buffers<ROOM>) -> Result<Self, Error> {
        if extractor.features() != FEATURES {
            return Err(Error::Length(extractor.features()));
        }
        if extractor.room() > ROOM {
            return Err(Error::Room(extractor.room()));
        }
        Ok(Self { extractor, buffers })
    }
}

impl<const ROOM: usize, const FEATURES: usize> Front<f32, i8, FEATURES>
    for Frozen<'_, '_, ROOM, FEATURES>
{
    type Error = Error;

    fn features(&mut self, window: &[f32]) -> Result<[i8; FEATURES], Error> {
        self.extractor.extract(window, self.buffers)
    }
}

/// Why a window was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Refused<E> {
    /// It has no features.
    Front(E),
    /// The head cannot learn from them.
    Head(crate::Error),
}

/// Prediction of a head behind a front.
///
/// ```
/// use fejer::extractor::predict;
/// use fejer::{Head, Link};
/// let head = Head::new(Link::Softmax, [[1.0_f32, -1.0], [0.0, 0.0]]);
/// let mut mean = |window: &[i16]| match window.len() {
///     0 => Err("an empty window"),
///     count => Ok([window.iter().map(|&x| f32::from(x)).sum::<f32>() / count as f32]),
/// };
/// assert!(predict(&mut mean, &head, &[2, 4])?[0] > 0.9);
/// assert_eq!(predict(&mut mean, &head, &[]), Err("an empty window"));
/// # Ok::<(), &str>(())
/// ```
///
/// # Errors
/// That of the front.
pub fn predict<F, I, X, S, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>(
    front: &mut F,
    head: &Head<S, ROWS, OUTPUTS>,
    window: &[I],
) -> Result<[S; OUTPUTS], F::Error>
where
    F: Front<I, X, FEATURES>,
    X: Stored<S>,
    S: Scalar,
{
    Ok(head.predict(&front.features(window)?))
}

/// Learns the label of a window behind a front; see [`Anchored::learn`].
///
/// # Errors
/// [`Refused`]: by the front or by the head, which is then as before.
pub fn learn<
    F,
    I,
    X,
    S,
    T,
    const FEATURES: usize,
    const ROWS: usize,
    const OUTPUTS: usize,
    const MEMORY: usize,
>(
    front: &mut F,
    solve: &mut Anchored<'_, S, T, ROWS, OUTPUTS, MEMORY>,
    window: &[I],
    target: T,
) -> Result<(), Refused<F::Error>>
where
    F: Front<I, X, FEATURES>,
    X: Stored<S>,
    S: Scalar,
    T: Target<S, OUTPUTS>,
{
    let features = front.features(window).map_err(Refused::Front)?;
    solve.learn(&features, target).map_err(Refused::Head)
}
