//! The bytes of an extractor: [`fejer::extractor`] draws them.

use crc::{CRC_32_ISO_HDLC, Crc};

use super::scale::Scaled;
use super::steps::{Axis, Kind, Step};

const MAGIC: [u8; 4] = *b"FJEX";
const VERSION: u8 = 1;
/// Bytes before the layers, and where the length of the whole stands.
const HEADER: usize = 24;
const LENGTH: usize = 8;
const CHECKSUM: usize = 4;
const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// Writes layers from below.
pub struct Writer {
    bytes: Vec<u8>,
    layers: usize,
    /// The first layer with a number too large for the format.
    too_large: Option<usize>,
}

impl Writer {
    /// For an input of so many codes a unit.
    pub fn new(steps: &[Step], per_unit: f32) -> Self {
        let mut writer = Self { bytes: vec![], layers: 0, too_large: None };
        writer.bytes.extend(MAGIC);
        writer.bytes.extend([VERSION, u8::try_from(steps.len()).unwrap_or(0), 0, 0, 0, 0, 0, 0]);
        if let Some(Step { input, .. }) = steps.first() {
            for side in [input.height, input.width, input.channels] {
                writer.short(side);
            }
        }
        writer.bytes.resize(HEADER - 4, 0);
        writer.bytes.extend(per_unit.to_le_bytes());
        writer
    }

    pub fn pool(&mut self, step: &Step) {
        let kind = if matches!(step.kind, Kind::Maximum) { 2 } else { 3 };
        self.fixed(kind, 0, step);
    }

    pub fn filters(&mut self, step: &Step, Scaled(filters): &Scaled) {
        let products = step.rows.size * step.columns.size * step.input.channels;
        if products > usize::from(u16::MAX) {
            self.too_large.get_or_insert(self.layers);
        }
        self.fixed(1, filters.len(), step);
        for filter in filters {
            self.bytes.extend(filter.bias.to_le_bytes());
            self.bytes.extend(filter.multiplier.to_le_bytes());
            self.bytes.extend([filter.shift, filter.least.cast_unsigned(), 0, 0]);
        }
        let weights = filters.iter().flat_map(|filter| &filter.weights);
        self.bytes.extend(weights.map(|weight| weight.cast_unsigned()));
    }

    fn fixed(&mut self, kind: u8, filters: usize, step: &Step) {
        self.bytes.extend([kind, 0]);
        self.short(filters);
        for Axis { size, stride, padding } in [step.rows, step.columns] {
            for number in [size, stride, padding] {
                self.short(number);
            }
        }
        self.layers += 1;
    }

    fn short(&mut self, number: usize) {
        let short = u16::try_from(number).unwrap_or_else(|_| {
            self.too_large.get_or_insert(self.layers);
            0
        });
        self.bytes.extend(short.to_le_bytes());
    }

    /// Length and checksum; or which layer is too large.
    pub fn finish(mut self) -> Result<Vec<u8>, usize> {
        if self.layers > usize::from(u8::MAX) {
            return Err(usize::from(u8::MAX));
        }
        if let Some(layer) = self.too_large {
            return Err(layer);
        }
        let length = u32::try_from(self.bytes.len() + CHECKSUM).map_err(|_| self.layers)?;
        self.bytes[LENGTH..LENGTH + 4].copy_from_slice(&length.to_le_bytes());
        self.bytes.extend(CRC.checksum(&self.bytes).to_le_bytes());
        Ok(self.bytes)
    }
}
