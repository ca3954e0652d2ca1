//! Arrays for NumPy: `.npy` files.

/// The bytes of an array of little-endian `f32`, rows first.
pub fn npy_of_floats(rows: usize, columns: usize, values: &[f32]) -> Vec<u8> {
    let data = values.iter().flat_map(|value| value.to_le_bytes());
    array("<f4", &format!("({rows}, {columns})"), data)
}

/// The bytes of an array of little-endian `u32`.
pub fn npy_of_labels(labels: &[usize]) -> Vec<u8> {
    let short = |&label: &usize| u32::try_from(label).unwrap_or(u32::MAX).to_le_bytes();
    array("<u4", &format!("({},)", labels.len()), labels.iter().flat_map(short))
}

/// NumPy enhancement proposal 1: the numbers begin at a multiple of 64.
fn array(kind: &str, shape: &str, data: impl Iterator<Item = u8>) -> Vec<u8> {
    const PREFIX: usize = 10;
    let mut header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}");
    let length = (PREFIX + header.len() + 1).next_multiple_of(64) - PREFIX;
    header.extend(std::iter::repeat_n(' ', length - header.len() - 1));
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(length).unwrap_or(u16::MAX).to_le_bytes());
    bytes.extend(header.bytes());
    bytes.extend(data);
    bytes
}
