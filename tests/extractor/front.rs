//! Any function can stand where the network does.

use fejer::extractor::{Buffers, Extractor, Frozen, Refused, learn, predict};
use fejer::{Anchored, Class, Error, Head, Link};

use crate::naive::{Layer, Network, filters};
use crate::support::{Random, random_head};

type Solve<'a> = Anchored<'a, f32, Class, 6, 3, 4>;

#[test]
fn a_head_learns_behind_a_network_and_behind_a_callback_alike() {
    let mut random = Random::new(21);
    let columns = [8, 1, 0];
    let kind = filters(&mut random, 5, 8);
    let layers = vec![Layer { rows: [1, 1, 0], columns, kind }];
    let network = Network { input: [1, 8, 1], per_unit: 30.0, layers };
    let bytes = network.encode();
    let factory: Head<f32, 6, 3> = random_head(&mut random, Link::Softmax);
    let mut buffers = Buffers::<8>::new();
    let extractor = Extractor::new(&bytes).expect("a network");
    let mut frozen = Frozen::<8, 5>::new(extractor, &mut buffers).expect("it fits");
    // The slow twin, in floats.
    let mut callback = |window: &[f32]| {
        if window.len() != 8 {
            return Err("eight samples");
        }
        Ok(std::array::from_fn::<f32, 5, _>(|at| network.run(window).values[at] as f32 / 32.0))
    };
    let (mut one, mut two) = (Solve::new(&factory).unwrap(), Solve::new(&factory).unwrap());
    for label in 0..6_u8 {
        let window: [f32; 8] = std::array::from_fn(|_| random.normal() as f32);
        let before = predict(&mut frozen, one.head(), &window).expect("sound");
        assert_eq!(before, predict(&mut callback, two.head(), &window).expect("sound"));
        learn(&mut frozen, &mut one, &window, Class(label % 3)).expect("sound");
        learn(&mut callback, &mut two, &window, Class(label % 3)).expect("sound");
        assert_eq!(one.head().hash(), two.head().hash());
    }
    assert_ne!(one.head(), &factory);

    let hash = two.head().hash();
    let short = learn(&mut callback, &mut two, &[1.0; 7], Class(0));
    assert_eq!(short, Err(Refused::Front("eight samples")));
    let label = learn(&mut callback, &mut two, &[1.0; 8], Class(3));
    assert_eq!(label, Err(Refused::Head(Error::Target)));
    assert_eq!(two.head().hash(), hash);
}
