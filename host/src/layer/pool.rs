//! Pooling: the mean or the maximum of square windows, channel by channel. It belongs to the input
//! side of the layer above (svi.md §1.3), so in the monotone field a signal meets it exactly as in
//! the gradient.

mod maximum;

use pulp::Arch;

use super::{Cache, Error, Image, Layer, Mode, Shape, Wave, windows};
use crate::matrix::{Input, View, ViewMut, vectorised};
use crate::real::Real;
use maximum::{BackToMaximum, Maximum};

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

    /// Calls `visit` with every output site: where its channels begin in an example, and those of the
    /// upper left pixel of its window.
    #[inline(always)]
    fn each_window(&self, lanes: usize, mut visit: impl FnMut(usize, usize)) {
        let (output, channels) = (self.output_image(), self.image.channels);
        for row in 0..output.height {
            for column in 0..output.width {
                let site = row * output.width + column;
                let corner = (row * self.image.width + column) * self.stride;
                // the last vector of a site overlaps the one before, or the site that follows
                for from in (0..channels).step_by(lanes) {
                    let from = from.min(channels.saturating_sub(lanes));
                    visit(site * channels + from, corner * channels + from);
                }
            }
        }
    }

    /// Where the pixels of a window begin after its first one.
    #[inline(always)]
    fn pixels(&self) -> impl Iterator<Item = usize> + use<> {
        let Self { image, size, .. } = *self;
        (0..size).flat_map(move |down| {
            (0..size).map(move |across| (down * image.width + across) * image.channels)
        })
    }

    /// Does every pixel belong to one window?
    fn is_tiled(&self) -> bool {
        let Self { image, size, stride, .. } = *self;
        size == stride && image.height.is_multiple_of(size) && image.width.is_multiple_of(size)
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
        let examples = input.dense().values().chunks_exact(from);
        if self.pooling == Pooling::Maximum {
            cache.lifted.reshape(output.rows(), output.columns());
            let chosen = cache.lifted.values_mut();
            let (input, output) = (input.dense().values(), output.values());
            return Arch::new().dispatch(Maximum { pool: self, input, output, chosen });
        }
        vectorised(
            #[inline(always)]
            || {
                for (input, output) in examples.zip(output.values().chunks_exact_mut(to)) {
                    output.fill(T::ZERO);
                    self.each_pixel(
                        #[inline(always)]
                        |to, from| {
                            let sums = &mut output[to..to + self.image.channels];
                            sums.iter_mut().zip(&input[from..]).for_each(|(s, &x)| *s += x * share);
                        },
                    );
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
        if self.pooling == Pooling::Maximum {
            let (chosen, signal, below) = (cache.lifted.values(), signal.values(), below.values());
            return Arch::new().dispatch(BackToMaximum { pool: self, chosen, signal, below });
        }
        let examples = signal.values().chunks_exact(to).zip(below.values().chunks_exact_mut(from));
        vectorised(
            #[inline(always)]
            || {
                for (signal, below) in examples {
                    // while it is in the cache
                    below.fill(T::ZERO);
                    self.each_pixel(
                        #[inline(always)]
                        |to, from| {
                            let signal = &signal[to..to + self.image.channels];
                            let pixel = below[from..].iter_mut().zip(signal);
                            pixel.for_each(|(sum, &signal)| *sum += signal * share);
                        },
                    );
                }
            },
        );
    }
}
