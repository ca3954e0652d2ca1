//! The bytes of a factory, which the firmware takes in at compile time:
//! `firmware/src/application/factory.rs` draws them.

use crc::{CRC_32_ISO_HDLC, Crc};
use fejer::Settings;

use super::{Factory, Labelled};

const MAGIC: [u8; 4] = *b"FJAP";
const VERSION: u8 = 1;
const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// The file of a factory. Equal factories have equal files.
pub fn bytes<T, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>(
    factory: &Factory<T, FEATURES, ROWS, OUTPUTS>,
) -> Vec<u8>
where
    T: Labelled<OUTPUTS>,
{
    let Factory { standardise, head, clean_codes, clean_targets, settings } = factory;
    let [link, parameter] = head.link().tag();
    let mut bytes = MAGIC.to_vec();
    bytes.extend([VERSION, 0, 0, 0]);
    for count in [FEATURES, OUTPUTS, clean_targets.len()] {
        bytes.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
    }
    bytes.extend([link, parameter, 0, 0]);
    bytes.extend(words(settings).into_iter().flat_map(u32::to_le_bytes));
    let parameters = standardise.mean.iter().chain(&standardise.inverse_deviation);
    for number in parameters.chain(head.point()) {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(clean_codes.iter().map(|code| code.cast_unsigned()));
    bytes.extend(clean_targets.iter().flat_map(|target| target.number().to_le_bytes()));
    bytes.extend(CRC.checksum(&bytes).to_le_bytes());
    bytes
}

/// Settings in their order, each in 32 bits.
fn words(settings: &Settings<f32>) -> [u32; 11] {
    let Settings { precision, held_every, revisits, gap, passes, margin, .. } = *settings;
    let Settings { streak, confidence, doubtful, mistaken, alarm, .. } = *settings;
    [
        precision.to_bits(),
        held_every,
        revisits,
        gap.to_bits(),
        passes,
        margin.to_bits(),
        u32::from(streak),
        confidence.to_bits(),
        doubtful.to_bits(),
        mistaken.to_bits(),
        alarm.to_bits(),
    ]
}
