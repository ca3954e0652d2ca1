//! What is no extractor is refused by name, and nothing panics.

use fejer::extractor::{Buffers, Error, Extractor};

use crate::naive::{network, seal};
use crate::support::Random;

#[test]
fn every_cut_and_every_flipped_bit_is_refused() {
    let bytes = network(&mut Random::new(3)).encode();
    for length in 0..bytes.len() {
        assert!(Extractor::new(&bytes[..length]).is_err(), "{length}");
    }
    let mut spoilt = bytes.clone();
    for bit in 0..8 * bytes.len() {
        spoilt[bit / 8] ^= 1 << (bit % 8);
        assert!(Extractor::new(&spoilt).is_err(), "{bit}");
        spoilt[bit / 8] ^= 1 << (bit % 8);
    }
    let mut longer = bytes;
    longer.extend([0xff; 100]);
    assert!(Extractor::new(&longer).is_ok(), "a whole flash region");
}

/// With the checksum put right, so that what is behind it is looked at.
#[test]
fn whatever_is_sealed_is_refused_or_runs() {
    let mut random = Random::new(4);
    let mut good = 0;
    for _ in 0..20_000 {
        let mut bytes = network(&mut random).encode();
        bytes.truncate(bytes.len() - 4);
        for _ in 0..1 + random.below(3) {
            let at = random.below(bytes.len().min(80));
            bytes[at] = random.below(256) as u8;
        }
        let bytes = seal(bytes);
        let Ok(extractor) = Extractor::new(&bytes) else { continue };
        if extractor.room() > 1 << 16 {
            continue;
        }
        let volume = extractor.input().volume().expect("it was checked");
        let mut buffers = [(); 2].map(|()| vec![0_i8; extractor.room()]);
        let [from, to] = &mut buffers;
        let features = extractor.extract_in(&vec![0.5; volume], [from, to]).expect("it runs");
        assert_eq!(features.len(), extractor.features());
        good += 1;
    }
    assert!((1000..19_000).contains(&good), "{good}");
}

#[test]
fn windows_that_cannot_be_seen_are_refused() {
    let network = network(&mut Random::new(5));
    let bytes = network.encode();
    let extractor = Extractor::new(&bytes).expect("a network");
    let volume: usize = network.input.iter().product();
    let mut window = vec![0.25; volume];
    let mut buffers = [(); 2].map(|()| vec![0_i8; extractor.room()]);
    let mut see = |window: &[f32], short: usize| {
        let [from, to] = &mut buffers;
        let to = &mut to[short..];
        extractor.extract_in(window, [from, to]).map(<[i8]>::len)
    };
    assert_eq!(see(&window, 0), Ok(extractor.features()));
    assert_eq!(see(&window[1..], 0), Err(Error::Length(volume)));
    assert_eq!(see(&window, 1), Err(Error::Room(extractor.room())));
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        window[volume - 1] = bad;
        assert_eq!(see(&window, 0), Err(Error::Unsound));
    }
    window[volume - 1] = 0.0;
    let mut buffers = Buffers::<4096>::default();
    let other = extractor.extract::<4096, 4095>(&window, &mut buffers);
    assert_eq!(other, Err(Error::Length(extractor.features())));
}

#[test]
fn every_error_names_itself() {
    let all = [
        Error::Truncated,
        Error::NotAnExtractor,
        Error::Version(2),
        Error::Checksum,
        Error::Layer(3),
        Error::Room(10),
        Error::Length(7),
        Error::Unsound,
    ];
    let words: std::collections::BTreeSet<_> = all.iter().map(|error| error.word()).collect();
    assert_eq!(words.len(), all.len());
    assert!(all.iter().all(|error| error.to_string().len() > 20));
}
