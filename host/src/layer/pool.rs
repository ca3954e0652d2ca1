//! Pooling: the mean or the maximum of square windows, channel by channel. It belongs to the input
//! side of the layer above (svi.md §1.3), so in the monotone field a signal meets it exactly as in
//! the gradient.

use super::{Cache, Error, Image, Layer, Mode, Shape, Wave, windows};
use crate::matrix::{Input, View, ViewMut, vectorised};
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

    /// Calls `visit` with every output site and pixel of its window: where the channels of both
    /// begin in an example.
    #[inline(always)]
    fn each_pixel(&self, mut visit: impl FnMut(usize, usize)) {
        let Self { image, size, stride, .. } = *self;
        let output = self.output_image();
        for site in 0..output.height * output.width {
            let (top, left) = (site / output.width * stride, site % output.width * stride);
            for pixel in 0..size * size {
                let (row, column) = (top + pixel / size, left + pixel % size);
                let from = (row * image.width + column) * image.channels;
                visit(site * image.channels, from);
            }
        }
    }

    /// The largest number of every window, channel by channel, and where it stands.
    #[inline(always)]
    fn maximum<T: Real>(&self, input: &[T], output: &mut [T], chosen: &mut [u32]) {
        let (channels, across) = (self.image.channels, self.output_image().width);
        let results = output.chunks_exact_mut(channels).zip(chosen.chunks_exact_mut(channels));
        for (site, (output, chosen)) in results.enumerate() {
            let (top, left) = (site / across * self.stride, site % across * self.stride);
            let corner = (top * self.image.width + left) * channels;
            let mut done = 0;
            macro_rules! strips {
                ($($width:literal),*) => {$(
                    while channels - done >= $width {
                        let (output, chosen) = (&mut output[done..], &mut chosen[done..]);
                        self.strip::<T, $width>(corner + done, input, output, chosen);
                        done += $width;
                    }
                )*};
            }
            strips!(16, 4, 2, 1);
        }
    }

    /// The same for as many channels of one window as fit into a register.
    #[inline(always)]
    fn strip<T: Real, const WIDTH: usize>(
        &self,
        corner: usize,
        input: &[T],
        output: &mut [T],
        chosen: &mut [u32],
    ) {
        let (mut best, mut place) = ([T::ZERO; WIDTH], [0; WIDTH]);
        best.copy_from_slice(&input[corner..corner + WIDTH]);
        (0..WIDTH).for_each(|channel| place[channel] = (corner + channel) as u32);
        for down in 0..self.size {
            for across in 0..self.size {
                let from = corner + (down * self.image.width + across) * self.image.channels;
                let values = &input[from..from + WIDTH];
                for channel in 0..WIDTH {
                    let is_better = values[channel] > best[channel];
                    let at = (from + channel) as u32;
                    best[channel] = if is_better { values[channel] } else { best[channel] };
                    place[channel] = if is_better { at } else { place[channel] };
                }
            }
        }
        output[..WIDTH].copy_from_slice(&best);
        chosen[..WIDTH].copy_from_slice(&place);
    }

    fn share<T: Real>(&self) -> T {
        T::ONE / T::from_f64((self.size * self.size) as f64)
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
        input: Input<'_, T>,
        _mode: Mode,
        cache: &mut Cache<T>,
        mut output: ViewMut<'_, T>,
    ) {
        let ([from, to], share) = (self.sizes(), self.share::<T>());
        cache.chosen.resize(output.values().len(), 0);
        let examples = input.dense().values().chunks_exact(from);
        let outputs = output.values().chunks_exact_mut(to).zip(cache.chosen.chunks_exact_mut(to));
        vectorised(
            #[inline(always)]
            || {
                for (input, (output, chosen)) in examples.zip(outputs) {
                    match self.pooling {
                        Pooling::Maximum => self.maximum(input, output, chosen),
                        Pooling::Average => {
                            output.fill(T::ZERO);
                            self.each_pixel(
                                #[inline(always)]
                                |to, from| {
                                    let sums = &mut output[to..to + self.image.channels];
                                    sums.iter_mut()
                                        .zip(&input[from..])
                                        .for_each(|(s, &x)| *s += x * share);
                                },
                            );
                        }
                    }
                }
            },
        );
    }

    fn pull_back(
        &self,
        _weights: &[T],
        _wave: Wave,
        signal: View<'_, T>,
        cache: &mut Cache<T>,
        mut below: ViewMut<'_, T>,
    ) {
        let ([from, to], share) = (self.sizes(), self.share::<T>());
        let examples = signal.values().chunks_exact(to).zip(below.values().chunks_exact_mut(from));
        vectorised(
            #[inline(always)]
            || {
                for ((signal, below), chosen) in examples.zip(cache.chosen.chunks_exact(to)) {
                    // while it is in the cache
                    below.fill(T::ZERO);
                    match self.pooling {
                        Pooling::Maximum => {
                            let chosen = signal.iter().zip(chosen);
                            chosen.for_each(|(&signal, &at)| below[at as usize] += signal);
                        }
                        Pooling::Average => self.each_pixel(
                            #[inline(always)]
                            |to, from| {
                                let signal = &signal[to..to + self.image.channels];
                                let pixel = below[from..].iter_mut().zip(signal);
                                pixel.for_each(|(sum, &signal)| *sum += signal * share);
                            },
                        ),
                    }
                }
            },
        );
    }
}
