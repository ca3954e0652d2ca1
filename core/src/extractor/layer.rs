//! One layer: what its bytes mean, and what it makes of codes.

use super::blob::{number, short};

/// Bytes of a layer before its filters.
const FIXED: usize = 16;
/// Bytes of a filter's bias, multiplier, shift and least code.
const SCALE: usize = 12;
/// The most products in a sum: 127·128 times as many, and a bias of 2³⁰, fit 32 bits.
const MOST_PRODUCTS: usize = 65_535;
const LARGEST_BIAS: i32 = 1 << 30;

/// An image of codes, channels last; a signal is one of height 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Shape {
    /// Pixels from top to bottom.
    pub height: u16,
    /// Pixels from left to right.
    pub width: u16,
    /// Numbers a pixel.
    pub channels: u16,
}

impl Shape {
    /// Numbers in all; `None` if they are too many for an i32.
    pub fn volume(self) -> Option<usize> {
        let pixels = i32::from(self.height).checked_mul(i32::from(self.width))?;
        usize::try_from(pixels.checked_mul(i32::from(self.channels))?).ok()
    }
}

/// Rows or columns: how long the input is, a window, the way to the next, the zeros on each side.
#[derive(Clone, Copy, Debug)]
struct Axis {
    length: usize,
    size: usize,
    stride: usize,
    padding: usize,
}

impl Axis {
    fn read(length: u16, bytes: &[u8], at: usize) -> Option<Self> {
        let side = |place: usize| short(bytes, at + 2 * place).map(usize::from);
        let axis =
            Self { length: length.into(), size: side(0)?, stride: side(1)?, padding: side(2)? };
        // A window of zeros alone would be no window.
        let fits = (1..=axis.padded()).contains(&axis.size) && axis.padding < axis.size;
        (fits && axis.stride > 0).then_some(axis)
    }

    fn padded(&self) -> usize {
        self.length + 2 * self.padding
    }

    /// Windows along this axis.
    fn windows(&self) -> Option<u16> {
        let steps = self.padded().checked_sub(self.size)?.checked_div(self.stride)?;
        u16::try_from(steps + 1).ok()
    }

    /// Of a window: how much of it lies before the input, where in the input it begins, and how long
    /// it is there.
    fn within(&self, window: usize) -> (usize, usize, usize) {
        let start = window * self.stride;
        let before = self.padding.saturating_sub(start);
        let from = start.saturating_sub(self.padding);
        let to = (start + self.size).saturating_sub(self.padding).min(self.length);
        (before, from, to.saturating_sub(from))
    }
}

/// What becomes of a window.
#[derive(Clone, Copy, Debug)]
enum Kind<'b> {
    Convolution { scales: &'b [u8], weights: &'b [u8] },
    Maximum,
    Mean,
}

/// A layer whose bytes were found good.
#[derive(Clone, Copy, Debug)]
pub struct Layer<'b> {
    rows: Axis,
    columns: Axis,
    channels: usize,
    output: Shape,
    kind: Kind<'b>,
}

impl<'b> Layer<'b> {
    /// The first layer of these bytes over an input of this shape, and the bytes after it.
    pub(super) fn read(bytes: &'b [u8], input: Shape) -> Option<(Self, &'b [u8])> {
        let (fixed, rest) = bytes.split_at_checked(FIXED)?;
        let [kind, zero] = *fixed.first_chunk()?;
        let rows = Axis::read(input.height, fixed, 4)?;
        let columns = Axis::read(input.width, fixed, 10)?;
        let filters = short(fixed, 2)?;
        let channels = usize::from(input.channels);
        let (kind, outputs, rest) = match (kind, zero) {
            (1, 0) if filters > 0 => {
                let products = rows.size.checked_mul(columns.size)?.checked_mul(channels)?;
                let products = Some(products).filter(|&count| count <= MOST_PRODUCTS)?;
                let count = usize::from(filters);
                let (scales, rest) = rest.split_at_checked(count * SCALE)?;
                let (weights, rest) = rest.split_at_checked(count.checked_mul(products)?)?;
                let (scales, _) = scales.as_chunks::<SCALE>();
                if !scales.iter().all(Scale::is_good) {
                    return None;
                }
                let scales = scales.as_flattened();
                (Kind::Convolution { scales, weights }, filters, rest)
            }
            (2 | 3, 0) if filters == 0 && (rows.padding, columns.padding) == (0, 0) => {
                Some(rows.size.checked_mul(columns.size)?).filter(|&c| c <= MOST_PRODUCTS)?;
                let pool = if kind == 2 { Kind::Maximum } else { Kind::Mean };
                (pool, input.channels, rest)
            }
            _ => return None,
        };
        let (height, width) = (rows.windows()?, columns.windows()?);
        let output = Shape { height, width, channels: outputs };
        output.volume()?;
        Some((Self { rows, columns, channels, output, kind }, rest))
    }

    /// The image it gives.
    pub(super) fn output(&self) -> Shape {
        self.output
    }

    /// to ← the layer over from; both are long enough.
    pub(super) fn apply(&self, from: &[i8], to: &mut [i8]) {
        let outputs = usize::from(self.output.channels).max(1);
        let mut pixels = to.chunks_exact_mut(outputs);
        for row in 0..usize::from(self.output.height) {
            for column in 0..usize::from(self.output.width) {
                let Some(pixel) = pixels.next() else { return };
                let (rows, columns) = (self.rows.within(row), self.columns.within(column));
                let window = Window { layer: self, from, rows, columns };
                match self.kind {
                    Kind::Convolution { scales, weights } => {
                        window.convolve(scales, weights, pixel)
                    }
                    Kind::Maximum => window.largest(pixel),
                    Kind::Mean => window.mean(pixel),
                }
            }
        }
    }
}

/// A layer over one place of its input.
struct Window<'w> {
    layer: &'w Layer<'w>,
    from: &'w [i8],
    /// As [`Axis::within`] has them.
    rows: (usize, usize, usize),
    columns: (usize, usize, usize),
}

impl Window<'_> {
    /// Hands out the runs of codes in the window, each with where it begins in a filter.
    #[inline(always)]
    fn each_run(&self, mut run: impl FnMut(usize, &[i8])) {
        let Layer { columns, channels, .. } = *self.layer;
        let ((above, top, height), (before, left, width)) = (self.rows, self.columns);
        let (below, across) = (columns.length * channels, columns.size * channels);
        let mut start = top * below + left * channels;
        let mut place = above * across + before * channels;
        for _ in 0..height {
            if let Some(codes) = self.from.get(start..start + width * channels) {
                run(place, codes);
            }
            (start, place) = (start + below, place + across);
        }
    }

    fn convolve(&self, scales: &[u8], weights: &[u8], pixel: &mut [i8]) {
        let Layer { rows, columns, channels, .. } = *self.layer;
        let products = (rows.size * columns.size * channels).max(1);
        let (scales, _) = scales.as_chunks::<SCALE>();
        let filters = weights.chunks_exact(products).zip(scales);
        for (code, (filter, scale)) in pixel.iter_mut().zip(filters) {
            let scale = Scale::of(scale);
            let mut sum = scale.bias;
            self.each_run(|place, codes| {
                let weights = filter.get(place..).unwrap_or_default();
                for (&weight, &code) in weights.iter().zip(codes) {
                    let product = i32::from(weight.cast_signed()) * i32::from(code);
                    sum = sum.wrapping_add(product);
                }
            });
            *code = scale.code(sum);
        }
    }

    fn largest(&self, pixel: &mut [i8]) {
        pixel.fill(i8::MIN);
        self.each_run(|_, codes| {
            for codes in codes.chunks_exact(pixel.len().max(1)) {
                for (largest, &code) in pixel.iter_mut().zip(codes) {
                    *largest = code.max(*largest);
                }
            }
        });
    }

    /// Rounded to the nearest, halves upwards.
    #[expect(clippy::cast_possible_truncation, reason = "a mean of codes is one")]
    fn mean(&self, pixel: &mut [i8]) {
        let Layer { rows, columns, channels, .. } = *self.layer;
        let count = i32::try_from(rows.size * columns.size).unwrap_or(1).clamp(1, 65_535);
        for (channel, mean) in pixel.iter_mut().enumerate() {
            let mut sum = 0_i32;
            self.each_run(|_, codes| {
                let of_channel = codes.iter().skip(channel).step_by(channels.max(1));
                of_channel.for_each(|&code| sum = sum.wrapping_add(i32::from(code)));
            });
            // ⌊sum/count + ½⌋
            let twice = sum.wrapping_mul(2).wrapping_add(count);
            *mean = twice.checked_div_euclid(2 * count).unwrap_or(0) as i8;
        }
    }
}

/// How a sum becomes a code.
struct Scale {
    bias: i32,
    multiplier: i32,
    shift: u32,
    /// The code of 0 with a ReLU, else −127.
    least: i8,
}

impl Scale {
    fn of(bytes: &[u8; SCALE]) -> Self {
        let at = |place| number(bytes, place).unwrap_or(0);
        let [shift, least, ..] = at(8).to_le_bytes();
        Self {
            bias: at(0).cast_signed(),
            multiplier: at(4).cast_signed(),
            shift: shift.into(),
            least: least.cast_signed(),
        }
    }

    fn is_good(bytes: &[u8; SCALE]) -> bool {
        let Self { bias, multiplier, shift, least } = Self::of(bytes);
        let is_small = (-LARGEST_BIAS..=LARGEST_BIAS).contains(&bias);
        is_small && multiplier >= 0 && (1..=62).contains(&shift) && least >= -127
    }

    /// ⌊sum·multiplier/2^shift + ½⌋, clamped; |sum·multiplier| < 2⁶².
    #[expect(clippy::cast_possible_truncation, reason = "clamped to the range of i8")]
    fn code(&self, sum: i32) -> i8 {
        let product = i64::from(sum) * i64::from(self.multiplier);
        let half = 1_i64.wrapping_shl(self.shift.wrapping_sub(1));
        let scaled = product.wrapping_add(half).wrapping_shr(self.shift);
        // Not `clamp`, which panics where its bounds are the wrong way round.
        scaled.min(127).max(self.least.into()) as i8
    }
}
