//! Pooling: the mean or the maximum of square windows, channel by channel. It belongs to the input
//! side of the layer above (svi.md §1.3), so in the monotone field a signal meets it exactly as in
//! the gradient.

use super::{Cache, Error, Image, Layer, Mode, Shape, windows};
use crate::matrix::{View, ViewMut};
use crate::real::Real;

/// What becomes of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// Its mean.
    Average,
    /// Its largest number, the first of equals.
    Maximum,
}

/// Windows without padding; what is left over at the lower and right edge is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Mean or maximum.
    pub pooling: Pooling,
    /// The image it takes.
    pub image: Image,
    /// Side of a window, in pixels.
    pub size: usize,
    /// Pixels from one window to the next.
    pub stride: usize,
}

impl Pool {
    /// The image it gives; 0 × 0 when no window fits.
    pub fn output_image(&self) -> Image {
        let fit = |length| windows(length, self.size, self.stride, 0);
        let (height, width) = (fit(self.image.height), fit(self.image.width));
        Image { height, width, channels: self.image.channels }
    }

    /// Where in an example the window of this output lies: one position a pixel.
    fn window(&self, output: usize) -> impl Iterator<Item = usize> + use<> {
        let Self { image, size, stride, .. } = *self;
        let (site, channel) = (output / image.channels, output % image.channels);
        let across = self.output_image().width;
        let (top, left) = (site / across * stride, site % across * stride);
        (0..size * size).map(move |pixel| {
            let (row, column) = (top + pixel / size, left + pixel % size);
            (row * image.width + column) * image.channels + channel
        })
    }

    fn sizes(&self) -> [usize; 2] {
        [self.image.shape(), self.output_image().shape()].map(|shape| shape.sites * shape.channels)
    }
}

impl<T: Real> Layer<T> for Pool {
    fn name(&self) -> &'static str {
        "pool"
    }

    fn output(&self, input: Shape) -> Result<Shape, Error> {
        let Image { height, width, .. } = self.image;
        if input != self.image.shape() {
            let expected = format!("{} ({height} × {width} pixels)", self.image.shape());
            let remedy = "give its image the height, width and channels of what comes from below";
            return Err(Error::Shape { expected, found: input, remedy });
        }
        let output = self.output_image().shape();
        if output.sites == 0 {
            return Err(Error::Window { size: self.size, height, width });
        }
        Ok(output)
    }

    fn forward(
        &self,
        _weights: &[T],
        input: View<'_, T>,
        _mode: Mode,
        cache: &mut Cache<T>,
        mut output: ViewMut<'_, T>,
    ) {
        let [from, to] = self.sizes();
        let share = T::ONE / T::from_f64((self.size * self.size) as f64);
        cache.chosen.clear();
        let examples = input.values().chunks_exact(from).zip(output.values().chunks_exact_mut(to));
        for (input, output) in examples {
            for (index, output) in output.iter_mut().enumerate() {
                let window = self.window(index);
                *output = match self.pooling {
                    Pooling::Average => window.fold(T::ZERO, |sum, at| sum + input[at]) * share,
                    Pooling::Maximum => {
                        let larger =
                            |best: usize, at| if input[at] > input[best] { at } else { best };
                        let chosen = window.reduce(larger).unwrap_or(0);
                        cache.chosen.push(chosen);
                        input[chosen]
                    }
                };
            }
        }
    }

    fn pull_back(
        &self,
        _weights: &[T],
        signal: View<'_, T>,
        cache: &mut Cache<T>,
        mut below: ViewMut<'_, T>,
    ) {
        let [from, to] = self.sizes();
        let share = T::ONE / T::from_f64((self.size * self.size) as f64);
        below.values().fill(T::ZERO);
        let examples = signal.values().chunks_exact(to).zip(below.values().chunks_exact_mut(from));
        for (example, (signal, below)) in examples.enumerate() {
            for (index, &signal) in signal.iter().enumerate() {
                match self.pooling {
                    Pooling::Average => {
                        self.window(index).for_each(|at| below[at] += signal * share)
                    }
                    Pooling::Maximum => below[cache.chosen[example * to + index]] += signal,
                }
            }
        }
    }
}
