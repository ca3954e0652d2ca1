//! Whatever the flash holds, a device starts, with the factory head or with one that is sound.

use fejer::Scalar;
use fejer_firmware::flash::{Flash, SECTOR};
use fejer_firmware::model::{FACTORY, TUNED_CHECKPOINT};
use fejer_firmware::persist::Slots;

use crate::support::{Random, figure};
use crate::{CAPACITY, comes_up, erased, teach, with_device};

const FLASHES: usize = 4_000;

/// Bytes of anything, some of them runs of one byte.
fn anything(random: &mut Random, length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length);
    while bytes.len() < length {
        let run = if random.below(4) == 0 { random.below(200) } else { 1 };
        let byte = random.below(256) as u8;
        bytes.extend(std::iter::repeat_n(byte, run.min(length - bytes.len())));
    }
    bytes
}

/// Changes some bytes, numbers of the headers among them, and puts the CRC of both parts right: of the
/// learner, and of what it is judged by.
fn forged(random: &mut Random, whole: &[u8]) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    let first = u32::from_le_bytes(whole[8..12].try_into().expect("four bytes")) as usize;
    for _ in 0..=random.below(4) {
        let at = match random.below(3) {
            0 => random.below(64),
            1 => first + random.below(40),
            _ => random.below(bytes.len()),
        };
        bytes[at] = match random.below(3) {
            0 => random.below(256) as u8,
            1 => 0xFF,
            _ => bytes[at] ^ 1 << random.below(8),
        };
    }
    if random.below(4) == 0 {
        bytes.truncate(4 + random.below(bytes.len() - 4));
    }
    let end = first.min(bytes.len());
    let (learner, judged) = bytes.split_at_mut(end);
    [learner, judged].map(put_right);
    bytes
}

fn put_right(part: &mut [u8]) {
    let Some((covered, sum)) = part.split_last_chunk_mut::<4>() else { return };
    *sum = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(covered).to_le_bytes();
}

#[test]
fn random_flash_contents_never_panic_and_never_give_an_unsound_head() {
    let mut random = Random::new(11);
    let mut stored = erased();
    with_device(&mut stored[..], None, |device| (1..=9).for_each(|seed| teach(device, seed)));
    let mut buffer = [0; TUNED_CHECKPOINT];
    let mut slots = Slots::new(Flash::new(&mut stored[..]));
    let whole = slots.load(&mut buffer, |bytes| Ok::<_, ()>(bytes.to_vec())).expect("read");
    let whole = whole.state.expect("stored").0;

    let (mut from_factory, mut resumed) = (0, 0);
    for round in 0..FLASHES {
        let mut flash = match round % 4 {
            0 => anything(&mut random, CAPACITY),
            1 => [stored.clone(), anything(&mut random, CAPACITY)]
                .concat()
                .split_off(SECTOR * random.below(9))[..CAPACITY]
                .to_vec(),
            _ => erased(),
        };
        if round % 4 > 1 {
            let mut slots = Slots::new(Flash::new(&mut flash[..]));
            for number in 0..round % 4 {
                let payload = forged(&mut random, &whole);
                slots.store(&payload, number as u32).expect("room");
            }
        }
        with_device(&mut flash[..], None, |device| {
            let head = device.tuner().learner().head();
            assert!(device.tuner().head().point().iter().all(|weight| weight.is_sound()));
            assert!(head.point().iter().all(|weight| weight.is_sound()), "round {round}");
            let is_factory = head.hash() == FACTORY.hash();
            from_factory += usize::from(is_factory);
            resumed += usize::from(!is_factory);
            teach(device, round as u64);
        });
        comes_up(&mut flash);
    }
    assert!(resumed > FLASHES / 50, "the forgeries are read: {resumed}");
    figure(
        "random flash contents",
        "no panic, no unsound head, and the device goes on learning",
        format!(
            "{FLASHES} flashes, a half of them forged with right checksums: {from_factory} started \
             from the factory, {resumed} from what was there"
        ),
        from_factory + resumed == FLASHES,
    );
}
