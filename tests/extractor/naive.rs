//! The slow twin: a network as plain numbers, its bytes, and its codes by the definition in 64 and
//! 128 bits, one index at a time.

use crc::{CRC_32_ISO_HDLC, Crc};

use crate::support::Random;

/// An image of codes, channels last.
#[derive(Clone, Debug)]
pub struct Codes {
    pub height: usize,
    pub width: usize,
    pub channels: usize,
    pub values: Vec<i64>,
}

impl Codes {
    /// 0 outside of the image.
    fn at(&self, row: i64, column: i64, channel: usize) -> i64 {
        let inside = |place: i64, side: usize| (0..side as i64).contains(&place);
        if !(inside(row, self.height) && inside(column, self.width)) {
            return 0;
        }
        let pixel = row as usize * self.width + column as usize;
        self.values[pixel * self.channels + channel]
    }
}

/// Size, stride and padding.
pub type Axis = [usize; 3];

#[derive(Clone, Debug)]
pub struct Filter {
    pub weights: Vec<i8>,
    pub bias: i32,
    pub multiplier: i32,
    pub shift: u8,
    pub least: i8,
}

#[derive(Clone, Debug)]
pub enum Kind {
    Filters(Vec<Filter>),
    Maximum,
    Mean,
}

#[derive(Clone, Debug)]
pub struct Layer {
    pub rows: Axis,
    pub columns: Axis,
    pub kind: Kind,
}

#[derive(Clone, Debug)]
pub struct Network {
    pub input: [usize; 3],
    pub per_unit: f32,
    pub layers: Vec<Layer>,
}

/// ⌊a/b + ½⌋ for b > 0.
fn rounded(a: i128, b: i128) -> i64 {
    ((2 * a + b).div_euclid(2 * b)) as i64
}

impl Layer {
    fn apply(&self, below: &Codes) -> Codes {
        let windows =
            |side, [size, stride, padding]: Axis| (side + 2 * padding - size) / stride + 1;
        let (height, width) =
            (windows(below.height, self.rows), windows(below.width, self.columns));
        let channels = match &self.kind {
            Kind::Filters(filters) => filters.len(),
            _ => below.channels,
        };
        let mut above = Codes { height, width, channels, values: vec![] };
        for row in 0..height {
            for column in 0..width {
                for channel in 0..channels {
                    above.values.push(self.code(below, row, column, channel));
                }
            }
        }
        above
    }

    fn code(&self, below: &Codes, row: usize, column: usize, channel: usize) -> i64 {
        let at = |row_in: usize, column_in: usize, channel: usize| {
            let row = (row * self.rows[1] + row_in) as i64 - self.rows[2] as i64;
            let column = (column * self.columns[1] + column_in) as i64 - self.columns[2] as i64;
            below.at(row, column, channel)
        };
        let pixels = (0..self.rows[0]).flat_map(|row| (0..self.columns[0]).map(move |c| (row, c)));
        match &self.kind {
            Kind::Maximum => pixels.map(|(r, c)| at(r, c, channel)).max().expect("a window"),
            Kind::Mean => {
                let sum: i64 = pixels.map(|(row, column)| at(row, column, channel)).sum();
                rounded(sum.into(), (self.rows[0] * self.columns[0]) as i128)
            }
            Kind::Filters(filters) => {
                let filter = &filters[channel];
                let mut sum = i64::from(filter.bias);
                for (row, column) in pixels {
                    for from in 0..below.channels {
                        let place = (row * self.columns[0] + column) * below.channels + from;
                        sum += i64::from(filter.weights[place]) * at(row, column, from);
                    }
                }
                assert!(i32::try_from(sum).is_ok(), "sums fit 32 bits");
                let product = i128::from(sum) * i128::from(filter.multiplier);
                rounded(product, 1_i128 << filter.shift).min(127).max(filter.least.into())
            }
        }
    }

    fn encode(&self, bytes: &mut Vec<u8>) {
        let kind = match self.kind {
            Kind::Filters(_) => 1,
            Kind::Maximum => 2,
            Kind::Mean => 3,
        };
        let filters: &[Filter] =
            if let Kind::Filters(filters) = &self.kind { filters } else { &[] };
        bytes.extend([kind, 0]);
        let axes = [self.rows, self.columns].concat();
        for number in [filters.len()].into_iter().chain(axes) {
            bytes.extend((number as u16).to_le_bytes());
        }
        for filter in filters {
            bytes.extend(filter.bias.to_le_bytes());
            bytes.extend(filter.multiplier.to_le_bytes());
            bytes.extend([filter.shift, filter.least.cast_unsigned(), 0, 0]);
        }
        bytes.extend(filters.iter().flat_map(|f| f.weights.iter().map(|w| w.cast_unsigned())));
    }
}

impl Network {
    pub fn run(&self, window: &[f32]) -> Codes {
        let [height, width, channels] = self.input;
        // f32: what a sensor's number is times the scale is rounded once, then the half is added.
        let code =
            |&x: &f32| f64::from(x * self.per_unit + 0.5).floor().clamp(-127.0, 127.0) as i64;
        let values = window.iter().map(code).collect();
        let input = Codes { height, width, channels, values };
        self.layers.iter().fold(input, |codes, layer| layer.apply(&codes))
    }

    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = b"FJEX".to_vec();
        bytes.extend([1, self.layers.len() as u8, 0, 0, 0, 0, 0, 0]);
        self.input.iter().for_each(|&side| bytes.extend((side as u16).to_le_bytes()));
        bytes.extend([0, 0]);
        bytes.extend(self.per_unit.to_le_bytes());
        self.layers.iter().for_each(|layer| layer.encode(&mut bytes));
        seal(bytes)
    }
}

/// Puts length and checksum right.
pub fn seal(mut bytes: Vec<u8>) -> Vec<u8> {
    let length = (bytes.len() + 4) as u32;
    bytes[8..12].copy_from_slice(&length.to_le_bytes());
    let checksum = Crc::<u32>::new(&CRC_32_ISO_HDLC).checksum(&bytes);
    bytes.extend(checksum.to_le_bytes());
    bytes
}

/// Filters whose codes are neither all 0 nor all clamped.
pub fn filters(random: &mut Random, count: usize, products: usize) -> Kind {
    let filter = |random: &mut Random| {
        // A sum of n products of codes of deviation 73 each.
        let deviation = 73.0 * 73.0 * (products as f64).sqrt();
        let factor = (20.0 + 40.0 * random.uniform()) / deviation;
        let shift = 31 + random.below(4) as i32 - (factor.log2().ceil() as i32);
        let shift = shift.clamp(1, 62);
        let multiplier = (factor * 2.0_f64.powi(shift)).min(f64::from(i32::MAX));
        Filter {
            weights: (0..products)
                .map(|_| random.below(255) as i16 - 127)
                .map(|w| w as i8)
                .collect(),
            bias: ((random.uniform() - 0.5) * deviation) as i32,
            multiplier: multiplier as i32,
            shift: shift as u8,
            least: [-127, 0, -40][random.below(3)],
        }
    };
    Kind::Filters((0..count).map(|_| filter(random)).collect())
}

/// A network of random layers over a random image, or a signal.
pub fn network(random: &mut Random) -> Network {
    let height = if random.below(3) == 0 { 1 } else { 1 + random.below(9) };
    let input = [height, 1 + random.below(20), 1 + random.below(4)];
    let mut shape = input;
    let mut layers = vec![];
    for _ in 0..1 + random.below(4) {
        let kind = random.below(4);
        let mut axis = |side: usize| {
            let size = 1 + random.below(side.min(5));
            let padding = if kind < 2 { random.below(size) } else { 0 };
            [size, 1 + random.below(3), padding]
        };
        let (mut rows, mut columns) = (axis(shape[0]), axis(shape[1]));
        let kind = match kind {
            0 | 1 => {
                if kind == 1 {
                    // Dense: the filters cover all.
                    (rows, columns) = ([shape[0], 1, 0], [shape[1], 1, 0]);
                }
                let count = 1 + random.below(6);
                filters(random, count, rows[0] * columns[0] * shape[2])
            }
            2 => Kind::Maximum,
            _ => Kind::Mean,
        };
        if let Kind::Filters(filters) = &kind {
            shape[2] = filters.len();
        }
        let windows =
            |side, [size, stride, padding]: Axis| (side + 2 * padding - size) / stride + 1;
        (shape[0], shape[1]) = (windows(shape[0], rows), windows(shape[1], columns));
        layers.push(Layer { rows, columns, kind });
    }
    Network { input, per_unit: 20.0 + 40.0 * random.uniform() as f32, layers }
}
