//! Core's codes are those of the definition.

use fejer::extractor::{Buffers, Extractor};

use crate::naive::{Layer, Network, filters, network};
use crate::support::{Random, figure};

fn window(random: &mut Random, length: usize) -> Vec<f32> {
    (0..length).map(|_| 2.0 * random.normal() as f32).collect()
}

/// Every code of core for this network and window, and those of the slow twin.
fn both(network: &Network, window: &[f32]) -> [Vec<i64>; 2] {
    let bytes = network.encode();
    let extractor = Extractor::new(&bytes).expect("a network");
    let mut buffers = [(); 2].map(|()| vec![77_i8; extractor.room()]);
    let [from, to] = &mut buffers;
    let found = extractor.extract_in(window, [from, to]).expect("a window");
    [found.iter().copied().map(i64::from).collect(), network.run(window).values]
}

#[test]
fn random_networks_give_the_codes_of_the_definition() {
    let mut random = Random::new(11);
    let (mut codes, mut clamped) = (0, 0);
    for trial in 0..2000 {
        let network = network(&mut random);
        let window = window(&mut random, network.input.iter().product());
        let [found, expected] = both(&network, &window);
        assert_eq!(found, expected, "trial {trial}: {network:?}");
        codes += found.len();
        clamped += found.iter().filter(|code| code.abs() == 127 || **code == 0).count();
    }
    assert!(clamped * 2 < codes, "most codes say something: {clamped} of {codes}");
    let line = "the 8-bit network of core against a slow twin in 64 and 128 bits";
    figure(line, "every code equal", format!("{codes} codes of 2000 networks equal"), true);
}

#[test]
fn extremes_neither_overflow_nor_panic() {
    let mut random = Random::new(12);
    // The most products there may be, all at their largest, and the largest bias.
    let mut network = Network { input: [1, 65_535, 1], per_unit: 127.0, layers: vec![] };
    let mut kind = filters(&mut random, 2, 65_535);
    if let crate::naive::Kind::Filters(filters) = &mut kind {
        for (filter, sign) in filters.iter_mut().zip([1, -1]) {
            filter.weights.fill(127 * sign);
            filter.bias = i32::from(sign) << 30;
            (filter.multiplier, filter.shift) = (i32::MAX, 54);
        }
    }
    network.layers.push(Layer { rows: [1, 1, 0], columns: [65_535, 1, 0], kind });
    for sample in [1.0, -1.0, 1e20, -1e20] {
        let [found, expected] = both(&network, &vec![sample; 65_535]);
        assert_eq!(found, expected);
    }
}

#[test]
fn arrays_and_slices_give_the_same_codes() {
    let mut random = Random::new(13);
    let network = Network {
        input: [1, 16, 2],
        per_unit: 30.0,
        layers: vec![Layer {
            rows: [1, 1, 0],
            columns: [16, 1, 0],
            kind: filters(&mut random, 5, 32),
        }],
    };
    let (bytes, window) = (network.encode(), window(&mut random, 32));
    let extractor = Extractor::new(&bytes).expect("a network");
    let mut buffers = Buffers::<32>::new();
    let codes: [i8; 5] = extractor.extract(&window, &mut buffers).expect("fits");
    assert_eq!(codes.map(i64::from).to_vec(), network.run(&window).values);
}
