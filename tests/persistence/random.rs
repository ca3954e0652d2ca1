//! Whatever the flash holds, a device starts, with the factory head or with one that is sound.

use fejer::port::{Command, Reason, Reply};
use fejer::{Error, Scalar};
use fejer_firmware::flash::{Flash, Medium, SECTOR};
use fejer_firmware::model::{FACTORY, FEATURES, TUNED_CHECKPOINT};
use fejer_firmware::persist::Slots;
use fejer_firmware::port::Device;

use crate::support::{Random, figure};
use crate::{CAPACITY, comes_up, erased, teach, told, with_device};

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
    put_right(learner);
    put_right(judged);
    bytes
}

fn put_right(part: &mut [u8]) {
    let Some((covered, sum)) = part.split_last_chunk_mut::<4>() else { return };
    *sum = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(covered).to_le_bytes();
}

/// Can it learn a window with what it came up with?
fn is_learning<M: Medium>(device: &mut Device<'_, Flash<M>>, seed: u64) -> bool {
    let features = [(seed % 7) as f32 / 8.0; FEATURES].map(f32::to_le_bytes);
    let features = Command::Predict { features: features.as_flattened() };
    let window = told(device, &features, |reply| match reply {
        Reply::Predicted { window, .. } => window,
        other => panic!("{other:?}"),
    });
    told(device, &Command::Label { window, class: 0 }, |reply| match reply {
        Reply::State(_) => true,
        Reply::Refused(Reason::Head(Error::Unsound)) => false,
        other => panic!("{other:?}"),
    })
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

    let (mut from_factory, mut resumed, mut stuck) = (0, 0, 0);
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
            // Numbers so large that no window can be learnt with them are sound too.
            if !is_learning(device, round as u64) {
                stuck += 1;
                let is_reset = |reply: Reply<'_>| matches!(reply, Reply::State(_));
                assert!(told(device, &Command::FactoryReset, is_reset));
            }
            teach(device, round as u64);
        });
        comes_up(&mut flash);
    }
    assert!(resumed > FLASHES / 50, "the forgeries are read: {resumed}");
    figure(
        "random flash contents",
        "no panic, no unsound head, and the device goes on learning, at worst after a factory reset",
        format!(
            "{FLASHES} flashes, a half of them forged with right checksums: {from_factory} started \
             from the factory, {resumed} from what was there, {stuck} of them of use only after a reset"
        ),
        from_factory + resumed == FLASHES,
    );
}
