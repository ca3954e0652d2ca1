//! The checkpoint of a head alone, in `f32`, of any shape: [`fejer::checkpoint`] draws the bytes.

use crc::{CRC_32_ISO_HDLC, Crc};
use fejer::Link;
use fejer::Scalar;

use super::Head;

const MAGIC: [u8; 4] = *b"FJER";
const VERSION: u8 = 1;
/// Bytes before the weights.
const HEADER: usize = 40;
const CHECKSUM: usize = 4;
const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// Why bytes are no checkpoint of a head in `f32`, or a head fits into none.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Anything but a checkpoint.
    #[error("not a checkpoint of fejer; write one with `fejer head fit`, `export` or `import`")]
    NotACheckpoint,
    /// A later format.
    #[error("checkpoint format {0}, this program reads 1: update it or export again")]
    Version(u8),
    /// It ends too early, or a bit has flipped.
    #[error("the checkpoint is damaged (its length or checksum is wrong): copy it again")]
    Damaged,
    /// Other numbers.
    #[error("the checkpoint's numbers are of kind {0}, not f32 (1): export it for f32")]
    Scalar(u8),
    /// A link this version does not know.
    #[error("the checkpoint has an unknown link {0}; update this program")]
    Link(u8),
    /// A weight is no number.
    #[error("weight {0} of the head is NaN, infinite or beyond 1e30; train it again")]
    Unsound(usize),
    /// More rows or outputs than the format can say.
    #[error("{rows} rows and {outputs} outputs: a checkpoint holds up to 65535 of each")]
    Shape {
        /// Features and the bias.
        rows: usize,
        /// Outputs.
        outputs: usize,
    },
}

/// The bytes; what standardises the features has no place in them.
///
/// # Errors
/// [`Error::Unsound`], [`Error::Shape`].
pub fn encode(head: &Head) -> Result<Vec<u8>, Error> {
    let (rows, outputs) = (head.features() + 1, head.outputs);
    let (Ok(short_rows), Ok(short_outputs)) = (u16::try_from(rows), u16::try_from(outputs)) else {
        return Err(Error::Shape { rows, outputs });
    };
    if let Some(at) = head.weights.iter().position(|weight| !weight.is_sound()) {
        return Err(Error::Unsound(at));
    }
    let [link, parameter] = head.link.tag();
    let [kind, fraction] = f32::TAG;
    let length = HEADER + 4 * head.weights.len() + CHECKSUM;
    let mut bytes = Vec::with_capacity(length);
    bytes.extend(MAGIC);
    bytes.extend([VERSION, link, kind, fraction]);
    bytes.extend(u32::try_from(length).map_err(|_| Error::Shape { rows, outputs })?.to_le_bytes());
    bytes.extend(short_rows.to_le_bytes());
    bytes.extend(short_outputs.to_le_bytes());
    bytes.extend([0, parameter]);
    bytes.resize(HEADER, 0);
    bytes.extend(head.weights.iter().flat_map(|weight| weight.to_le_bytes()));
    bytes.extend(CRC.checksum(&bytes).to_le_bytes());
    Ok(bytes)
}

/// The head of a checkpoint; samples in it are left out.
///
/// # Errors
/// [`Error`].
pub fn decode(bytes: &[u8]) -> Result<Head, Error> {
    let Some((header, _)) = bytes.split_first_chunk::<HEADER>() else {
        return Err(Error::NotACheckpoint);
    };
    if header[..4] != MAGIC {
        return Err(Error::NotACheckpoint);
    }
    if header[4] != VERSION {
        return Err(Error::Version(header[4]));
    }
    let length = u32::from_le_bytes([header[8], header[9], header[10], header[11]]) as usize;
    let whole = bytes.get(..length).ok_or(Error::Damaged)?;
    let (covered, checksum) = whole.split_last_chunk::<CHECKSUM>().ok_or(Error::Damaged)?;
    if CRC.checksum(covered) != u32::from_le_bytes(*checksum) {
        return Err(Error::Damaged);
    }
    if header[6..8] != f32::TAG {
        return Err(Error::Scalar(header[6]));
    }
    let link = Link::from_tag([header[5], header[17]]).ok_or(Error::Link(header[5]))?;
    let short = |at: usize| usize::from(u16::from_le_bytes([header[at], header[at + 1]]));
    let (rows, outputs) = (short(12), short(14));
    let end = HEADER + 4 * rows * outputs;
    let weights = covered.get(HEADER..end).filter(|_| rows > 0 && outputs > 0);
    let (words, _) = weights.ok_or(Error::Damaged)?.as_chunks::<4>();
    let weights: Vec<f32> = words.iter().map(|&word| f32::from_le_bytes(word)).collect();
    match weights.iter().position(|weight| !weight.is_sound()) {
        Some(at) => Err(Error::Unsound(at)),
        None => Ok(Head { link, outputs, weights, standardise: None }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> Head {
        let weights = (0..12).map(|k| k as f32 / 8.0 - 0.7).collect();
        Head { link: Link::Softmax, outputs: 3, weights, standardise: None }
    }

    #[test]
    fn the_bytes_are_those_of_core() {
        let head = head();
        let mut weights = [[0.0; 3]; 4];
        weights.as_flattened_mut().copy_from_slice(&head.weights);
        let same = fejer::Head::new(Link::Softmax, weights);
        let mut buffer = [0; fejer::checkpoint::head_length::<f32, 4, 3>()];
        let expected = fejer::checkpoint::encode_head(&same, &mut buffer).unwrap();
        assert_eq!(encode(&head).unwrap(), expected);
        assert_eq!(decode(expected).unwrap(), head);
        let read: fejer::Head<f32, 4, 3> =
            fejer::checkpoint::decode_head(&encode(&head).unwrap()).unwrap();
        assert_eq!(read, same);
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_noticed() {
        let bytes = encode(&head()).unwrap();
        for length in 0..bytes.len() {
            assert!(decode(&bytes[..length]).is_err(), "{length}");
        }
        for bit in 0..8 * bytes.len() {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(decode(&bytes).is_err(), "bit {bit}");
        }
        let nan = Head { weights: vec![f32::NAN; 12], ..head() };
        assert_eq!(encode(&nan), Err(Error::Unsound(0)));
    }
}
