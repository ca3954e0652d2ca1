//! The bytes of version 2, and what is not of it.

use fejer::port::{
    Command, Description, Key, Reason, Receiver, Reply, State, digest, read_command, read_reply,
    stuff, write_command, write_reply,
};
use fejer::tuner::Ruling;
use proptest::prelude::*;

const ROOM: usize = 600;

fn framed(body: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    stuff(body, &mut |piece| frame.extend_from_slice(piece));
    frame
}

fn bodies(bytes: &[u8]) -> Vec<Result<Vec<u8>, Reason>> {
    let mut receiver = Receiver::<ROOM>::new();
    let mut taken = Vec::new();
    for &byte in bytes {
        taken.extend(receiver.take(byte).map(|body| body.map(<[u8]>::to_vec)));
    }
    taken
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn key() -> Key {
    Key::new(b"Jefe")
}

fn command(kind: u8, number: u32, bytes: &[u8]) -> Command<'_> {
    match kind % 16 {
        0 => Command::Describe,
        1 => Command::Status,
        2 => Command::Certificate,
        3 => Command::Predict { features: bytes },
        4 => Command::Label { window: number, class: number as u8 },
        5 => Command::Idle,
        6 => Command::ReadHead,
        7 => Command::ReadChunk { offset: number },
        8 => Command::WriteHead { length: number },
        9 => Command::WriteChunk { offset: number, bytes },
        10 => Command::TakeHead { digest: digest(bytes) },
        11 => Command::ForgetClass { class: number as u8 },
        12 => Command::ForgetAll,
        13 => Command::RollBack,
        14 => Command::FactoryReset,
        _ => Command::SelfTest,
    }
}

/// The commands in their order, each with fixed fields. Version 1 had the same commands.
#[test]
fn the_bytes_of_version_2_are_those_of_the_day_it_was_frozen() {
    let mut buffer = [0; ROOM];
    let mut golden = String::new();
    for kind in 0..16 {
        let command = command(kind, 0x1234, &[1, 0, 2]);
        let seal_key = key();
        let seal = (kind == 4).then_some((&seal_key, 7));
        let body = write_command(0x0102, &command, seal, &mut buffer).expect("room");
        golden += &format!("{}\n", hex(&framed(body)));
    }
    let state = State {
        weights: 0x0123_4567_89ab_cdef,
        uses_learnt: true,
        ruling: Some(Ruling::WorseOnClean),
        is_settled: false,
        has_drifted: true,
        labels: 700,
        unstored: 6,
        remembered: 5,
        held: 4,
        visits: 300,
        pending: 2,
        counter: 9,
        stores: 11,
        answered: 12,
        stack: 5000,
        is_resumed: true,
    };
    let description = Description {
        features: 64,
        outputs: 9,
        memory: 48,
        holdout: 8,
        clean: 90,
        labels_a_store: 60,
        revisits: 3,
        pending: 16,
        scalar: [1, 0],
        body: 296,
        checkpoint: 8848,
        factory: 1,
        is_keyed: false,
    };
    let replies = [
        Reply::Refused(Reason::Counter { above: 8 }),
        Reply::Device(description),
        Reply::State(state),
        Reply::Predicted {
            window: 3,
            class: 1,
            share: 0.5,
            is_rejected: true,
            is_learnt: false,
            slices: 130,
        },
        Reply::Head { length: 3, digest: digest(b"abc") },
        Reply::Chunk { offset: 4, bytes: b"abc" },
        Reply::Expected { offset: 7 },
    ];
    for reply in replies {
        golden +=
            &format!("{}\n", hex(&framed(write_reply(3, &reply, &mut buffer).expect("room"))));
    }
    assert_eq!(golden, include_str!("version_2.hex"));
}

/// RFC 4231, test cases 1 to 4, 6 and 7, cut to 16 bytes as in case 5.
#[test]
fn tags_are_those_of_rfc_4231() {
    let long = "This is a test using a larger than block-size key and a larger than block-size data. \
                The key needs to be hashed before being used by the HMAC algorithm.";
    let rising: Vec<u8> = (1..=25).collect();
    let cases: [(&[u8], &[u8], &str); 7] = [
        (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b"),
        (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c7"),
        (&[0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a7"),
        (&rising, &[0xcd; 50], "82558a389a443c0ea4cc819899f2083a"),
        (&[0x0c; 20], b"Test With Truncation", "a3b6167473100ee06e0c796c2955552b"),
        (
            &[0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f",
        ),
        (&[0xaa; 131], long.as_bytes(), "9b09ffa71b942fcb27635fbcd5b0e944"),
    ];
    for (key, data, tag) in cases {
        assert_eq!(hex(&Key::new(key).tag(data)), tag);
    }
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(hex(&digest(b"abc")), abc, "FIPS 180-4");
}

#[test]
fn every_flipped_bit_and_every_truncation_is_refused() {
    let mut buffer = [0; ROOM];
    let key = key();
    for seal in [None, Some((&key, 5))] {
        let command = Command::Label { window: 77, class: 2 };
        let frame = framed(write_command(3, &command, seal, &mut buffer).expect("room"));
        let is_same = |bytes: &[u8]| {
            bodies(bytes).into_iter().any(|body| body.is_ok_and(|body| read_command(&body).is_ok()))
        };
        assert!(is_same(&frame));
        for bit in 0..8 * frame.len() {
            let mut flipped = frame.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(!is_same(&flipped), "bit {bit}");
        }
        for length in 1..frame.len() - 1 {
            let mut cut = frame[..length].to_vec();
            cut.push(0);
            assert!(!is_same(&cut), "{length} bytes");
            let reasons = bodies(&cut);
            assert_eq!(reasons.len(), 1, "{length} bytes");
        }
    }
}

#[test]
fn what_is_no_command_is_refused_by_name() {
    let mut buffer = [0; ROOM];
    let sum = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC);
    let mut made = |change: &dyn Fn(&mut Vec<u8>)| {
        let body = write_command(3, &Command::Idle, None, &mut buffer).expect("room");
        let mut bytes = body[..body.len() - 4].to_vec();
        change(&mut bytes);
        let sum = sum.checksum(&bytes).to_le_bytes();
        bytes.extend_from_slice(&sum);
        read_command(&bytes).map(|_| ())
    };
    assert_eq!(made(&|_| {}), Ok(()));
    assert_eq!(made(&|bytes| bytes[0] = 1), Err((3, Reason::Version(1))));
    assert_eq!(made(&|bytes| bytes[1] = 2), Err((3, Reason::Kind(2))));
    assert_eq!(made(&|bytes| bytes[1] = 1), Err((3, Reason::Short)), "no room for a seal");
    assert_eq!(made(&|bytes| bytes[4] = 99), Err((3, Reason::Unknown)));
    assert_eq!(made(&|bytes| bytes.push(0)), Err((3, Reason::Trailing)));
    assert_eq!(made(&|bytes| bytes.truncate(4)), Err((3, Reason::Unknown)));
    assert_eq!(made(&|bytes| bytes.truncate(3)), Err((0, Reason::Short)));
    assert_eq!(read_command(&[1, 2, 3]).map(|_| ()), Err((0, Reason::Short)));
    assert_eq!(bodies(&framed(&[5; ROOM + 1])), [Err(Reason::TooLong { room: ROOM as u16 })]);
    assert_eq!(bodies(&[0, 0, 9, 1, 0, 0]), [Err(Reason::Stuffing)], "empty frames are idle");
    let reply = write_reply(1, &Reply::Expected { offset: 1 }, &mut buffer).expect("room").to_vec();
    assert_eq!(read_command(&reply).map(|_| ()), Err((1, Reason::Kind(2))));
    assert!(write_command(1, &Command::Idle, None, &mut [0; 8]).is_none());
}

proptest! {
    #[test]
    fn a_command_comes_back_as_it_was_sent(
        kind in 0_u8..16, number: u32, bytes in prop::collection::vec(any::<u8>(), 0..300),
        exchange: u16, counter in prop::option::of(any::<u32>()),
    ) {
        let mut buffer = [0; ROOM];
        let (command, key) = (command(kind, number, &bytes), key());
        let seal = counter.map(|counter| (&key, counter));
        let body = write_command(exchange, &command, seal, &mut buffer).expect("room").to_vec();
        prop_assert_eq!(&bodies(&framed(&body)), &[Ok(body.clone())]);
        let received = read_command(&body).expect("a command");
        prop_assert_eq!((received.exchange, received.command), (exchange, command));
        prop_assert_eq!(received.seal.map(|seal| seal.counter()), counter);
        if let Some(seal) = received.seal {
            prop_assert!(seal.is_by(&key) && !seal.is_by(&Key::new(b"jefe")));
        }
    }

    #[test]
    fn stuffing_is_that_of_the_published_crate(
        body in prop::collection::vec(prop_oneof![Just(0_u8), 1_u8..=255], 1..700),
        runs in prop::collection::vec((1_usize..600, 0_u8..3), 1..4),
    ) {
        let runs = runs.into_iter().flat_map(|(length, byte)| vec![byte; length]).collect();
        for body in [body, runs] {
            let mut published = cobs::encode_vec(&body);
            published.push(0);
            // The crate begins another run after a last one of 254 bytes, which means the same.
            let mine = framed(&body);
            let is_same = mine == published || [&mine[..mine.len() - 1], &[1, 0]].concat() == published;
            prop_assert!(is_same);
            prop_assert_eq!(cobs::decode_vec(&mine[..mine.len() - 1]), Ok(body.clone()));
            let mut receiver = Receiver::<2000>::new();
            let taken = published.iter().filter_map(|&b| receiver.take(b).map(|r| r.map(<[u8]>::to_vec)));
            prop_assert_eq!(taken.collect::<Vec<_>>(), [Ok(body)]);
        }
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = (read_command(&bytes), read_reply(&bytes));
        bodies(&bytes);
    }
}
