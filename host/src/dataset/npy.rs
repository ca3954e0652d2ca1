//! Arrays of NumPy from files that may be anything.
//!
//! Reference: NumPy enhancement proposal 1 for the file format.

use std::io::{Cursor, ErrorKind};
use std::path::Path;

use super::Error;

// NumPy's own limit on a header
const HEADER_LIMIT: usize = 10_000;
// a dictionary, a list of fields, a field, its shape; and once more for a nested record
const NESTING_LIMIT: usize = 6;

/// A type of numbers: NumPy's name for it, its width in bytes, and how to get there.
#[derive(Clone, Copy)]
pub(super) struct Type {
    name: &'static str,
    width: u64,
    remedy: &'static str,
}

/// 32-bit floats, little-endian.
pub(super) const FLOAT: Type = Type {
    name: "'<f4'",
    width: 4,
    remedy: "little-endian 32-bit floats ('<f4') are needed; convert with array.astype('<f4')",
};

/// Bytes.
pub(super) const BYTE: Type = Type {
    name: "'|u1'",
    width: 1,
    remedy: "unsigned bytes ('|u1') are needed; convert with array.astype('u1')",
};

/// An array as in the file, in row-major order.
pub(super) struct Array {
    /// NumPy's name of their type.
    name: String,
    /// The length of each axis.
    pub shape: Vec<u64>,
    /// The bytes of its numbers, all of them.
    pub data: Vec<u8>,
}

impl Array {
    /// Its 32-bit floats, every one finite; `path` is for the error.
    pub fn floats(&self, path: &Path) -> Result<Vec<f32>, Error> {
        let (words, _) = self.data.as_chunks::<4>();
        let numbers: Vec<f32> = words.iter().map(|&word| f32::from_le_bytes(word)).collect();
        match numbers.iter().position(|value| !value.is_finite()) {
            Some(sample) => {
                Err(Error::NotFinite { path: path.to_owned(), sample, value: numbers[sample] })
            }
            None => Ok(numbers),
        }
    }
}

/// NumPy's name of a type, its width in bytes, and how a number of it is read.
type AnyType = (&'static str, u64, fn(&[u8]) -> f64);

/// Every type of real numbers NumPy writes on ordinary machines, for arrays of any of them.
const ANY: [AnyType; 10] = [
    ("'<f4'", 4, |b| f64::from(f32::from_le_bytes(b.try_into().unwrap_or_default()))),
    ("'<f8'", 8, |b| f64::from_le_bytes(b.try_into().unwrap_or_default())),
    ("'|u1'", 1, |b| f64::from(b[0])),
    ("'|b1'", 1, |b| f64::from(b[0])),
    ("'|i1'", 1, |b| f64::from(b[0] as i8)),
    ("'<i2'", 2, |b| f64::from(i16::from_le_bytes(b.try_into().unwrap_or_default()))),
    ("'<i4'", 4, |b| f64::from(i32::from_le_bytes(b.try_into().unwrap_or_default()))),
    ("'<u4'", 4, |b| f64::from(u32::from_le_bytes(b.try_into().unwrap_or_default()))),
    ("'<i8'", 8, |b| i64::from_le_bytes(b.try_into().unwrap_or_default()) as f64),
    ("'<u8'", 8, |b| u64::from_le_bytes(b.try_into().unwrap_or_default()) as f64),
];
const ANY_REMEDY: &str = "little-endian real numbers are needed; convert with array.astype('<f4')";

/// An array of numbers of this type; `missing` says what to do if there is no such file.
pub(super) fn read(path: &Path, numbers: Type, missing: &'static str) -> Result<Array, Error> {
    parse(path, &bytes(path, missing)?, &|_| numbers)
}

/// An array of real numbers of any type, in row-major order: the length of each axis, and all
/// numbers as `f64`. They may be infinite or NaN.
pub(super) fn read_any(
    path: &Path,
    missing: &'static str,
) -> Result<(Vec<usize>, Vec<f64>), Error> {
    parse_any(path, &bytes(path, missing)?)
}

/// The same from bytes; `path` is for the error.
pub(super) fn parse_any(path: &Path, bytes: &[u8]) -> Result<(Vec<usize>, Vec<f64>), Error> {
    let kind = |found: &str| ANY.iter().find(|(name, ..)| *name == found).unwrap_or(&ANY[0]);
    let choose = |found: &str| {
        let &(name, width, _) = kind(found);
        Type { name, width, remedy: ANY_REMEDY }
    };
    let array = parse(path, bytes, &choose)?;
    let &(_, width, convert) = kind(&array.name);
    let values = array.data.chunks_exact(width as usize).map(convert).collect();
    Ok((array.shape.iter().map(|&axis| axis as usize).collect(), values))
}

fn bytes(path: &Path, missing: &'static str) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| match source.kind() {
        ErrorKind::NotFound => Error::MissingFile { path: path.to_owned(), remedy: missing },
        _ => Error::Unreadable { path: path.to_owned(), source },
    })
}

/// An array from bytes; `choose` says which type is needed, given the one in the file.
fn parse(path: &Path, bytes: &[u8], choose: &dyn Fn(&str) -> Type) -> Result<Array, Error> {
    let start = header_end(bytes).map_err(|reason| Error::not_npy(path, reason))?;
    let header = npyz::NpyHeader::from_reader(Cursor::new(&bytes[..start]))
        .map_err(|reason| Error::not_npy(path, reason))?;
    let found = header.dtype().descr();
    let numbers = choose(&found);
    if found != numbers.name {
        return Err(Error::Type { path: path.to_owned(), found, remedy: numbers.remedy });
    }
    let shape = header.shape().to_vec();
    // columns first would be read as rows; with one axis there is no difference
    if header.order() == npyz::Order::Fortran && shape.iter().filter(|&&axis| axis > 1).count() > 1
    {
        return Err(Error::not_npy(path, "it is in Fortran order, columns first"));
    }
    let expected = u128::from(numbers.width) * u128::from(header.len());
    let data = &bytes[start..];
    let Some(data) = usize::try_from(expected).ok().and_then(|expected| data.get(..expected))
    else {
        let expected = u64::try_from(expected).unwrap_or(u64::MAX);
        return Err(Error::Truncated { path: path.to_owned(), expected, found: data.len() as u64 });
    };
    Ok(Array { name: found, shape, data: data.to_vec() })
}

/// Where the numbers begin. Refuses headers that the parser of `npyz` would not survive: nesting,
/// on which it spends exponential time, or a shape whose product overflows.
fn header_end(bytes: &[u8]) -> Result<usize, &'static str> {
    if bytes.is_empty() {
        return Err("it is empty");
    }
    let (start, length) = match bytes {
        [0x93, b'N', b'U', b'M', b'P', b'Y', 1, _, low, high, ..] => {
            (10, usize::from(u16::from_le_bytes([*low, *high])))
        }
        [0x93, b'N', b'U', b'M', b'P', b'Y', 2 | 3, _, a, b, c, d, ..] => {
            (12, u32::from_le_bytes([*a, *b, *c, *d]) as usize)
        }
        [0x93, b'N', b'U', b'M', b'P', b'Y', _, _, _, _, _, _, ..] => {
            return Err("its format version is unknown");
        }
        _ => return Err("it does not begin with the magic bytes of NumPy"),
    };
    if length > HEADER_LIMIT {
        return Err("its header is longer than NumPy allows");
    }
    let header = bytes.get(start..start + length).ok_or("it ends within its header")?;
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in header {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    if deepest > NESTING_LIMIT {
        return Err("its header is nested too deeply");
    }
    // 18 digits of dimensions and the digits of a type give no product above 10¹⁹ < 2⁶⁴
    // (hexadecimal digits, which Python reads but never writes, would escape the count)
    let other_base = |pair: &[u8]| matches!(pair, [b'0', b'x' | b'X' | b'o' | b'O' | b'b' | b'B']);
    if header.iter().filter(|byte| byte.is_ascii_digit()).count() > 19
        || header.windows(2).any(other_base)
    {
        return Err("its header describes no array that fits into memory");
    }
    Ok(start + length)
}
