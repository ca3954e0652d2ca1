//! What is written down comes back, and nothing else does.

use fejer::checkpoint::{self, Error as Bad, decode, encode};
use fejer::history::Record;
use fejer::{Class, Head, Link};

use super::*;

/// A checkpoint with some bytes replaced and the checksum put right: what a wrong writer makes.
pub fn forged(solve: &Solve<'_, f32>, at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut room = [0; checkpoint::full_length::<f32, Class, ROWS, OUTPUTS, MEMORY>()];
    let mut forged = encode(solve, &mut room).expect("room").to_vec();
    forged[at..at + bytes.len()].copy_from_slice(bytes);
    let end = forged.len() - 4;
    let crc = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(&forged[..end]);
    forged[end..].copy_from_slice(&crc.to_le_bytes());
    forged
}

#[test]
fn a_well_sealed_checkpoint_with_bad_numbers_is_refused() {
    let factory = factory::<f32>();
    let solve = taught(&factory);
    let sample = 40 + 4 * ROWS * OUTPUTS;
    let nan = f32::NAN.to_le_bytes();
    for (what, at, bytes) in [
        ("weight", 40, &nan[..]),
        ("label", sample + FEATURES, &[OUTPUTS as u8]),
        ("dual", sample + FEATURES + 1, &nan),
        ("precision NaN", 24, &nan),
        ("precision 0", 24, &0.0_f32.to_le_bytes()),
        ("precision -1", 24, &(-1.0_f32).to_le_bytes()),
    ] {
        let found = decode::<_, Class, _, _, MEMORY>(&forged(&solve, at, bytes), &factory).err();
        assert_eq!(found, Some(Bad::Unsound), "{what}");
    }
}

#[test]
fn every_weight_and_the_link_are_in_the_hash() {
    let head = factory::<f32>();
    for index in 0..ROWS * OUTPUTS {
        let mut other = head;
        other.point_mut()[index] += 1e-3;
        assert_ne!(other.hash(), head.hash(), "weight {index}");
    }
    assert_ne!(Head::new(Link::Sigmoid, *head.weights()).hash(), head.hash());
}

#[test]
fn every_record_of_a_history_comes_back() {
    for record in [
        Record::Window { number: 0, label: Some(0) },
        Record::Window { number: u32::MAX, label: Some(254) },
        Record::Window { number: 7, label: None },
        Record::Idle { number: 9 },
    ] {
        assert_eq!(Record::decode(&record.encode()), Some(record));
    }
    assert_eq!(Record::decode(&[2, 0, 0, 0, 0, 0, 0, 0]), None);
    assert_eq!(Record::decode(&[0, 0, 1, 0, 0, 0, 0, 0]), None);
}
