//! Smoothed labels, and what a checkpoint keeps of a label.

use fejer::fixed::types::I16F16;
use fejer::{Class, Link, Scalar, Smoothed, Target, Weighted, checkpoint};

use super::support::{Random, random_head, tolerance, value};
use super::*;

fn smoothing_is_the_target_it_says<S: Scalar>() {
    let mut random = Random::new(5);
    let factory = random_head::<S, ROWS, OUTPUTS>(&mut random, Link::Softmax);
    let samples = labelled::<S>(&mut random, MEMORY);
    for smoothing_256ths in [0, 26, 255] {
        let smoothed = |class| Smoothed { class, smoothing_256ths };
        for class in 0..OUTPUTS as u8 {
            let shares: [S; OUTPUTS] = smoothed(Class(class)).expected();
            let epsilon = f64::from(smoothing_256ths) / 256.0;
            let room = tolerance::resolvent::<S>();
            assert!((shares.map(value).iter().sum::<f64>() - 1.0).abs() <= room);
            for (output, &share) in shares.iter().enumerate() {
                let own = if output == usize::from(class) { 1.0 - epsilon } else { 0.0 };
                assert!((value(share) - own - epsilon / OUTPUTS as f64).abs() <= room);
            }
        }
        let ours = learnt(&factory, samples.iter().map(|&(x, class)| (x, smoothed(class))), 2);
        let theirs =
            learnt(&factory, samples.iter().map(|&(x, class)| (x, smoothed(class).expected())), 2);
        assert_eq!(ours.head().hash(), theirs.head().hash());
        if smoothing_256ths == 0 {
            let plain = learnt(&factory, samples.iter().copied(), 2);
            assert_eq!(ours.head().hash(), plain.head().hash());
        }
    }
}

#[test]
fn smoothing_changes_the_target_and_nothing_else() {
    smoothing_is_the_target_it_says::<f32>();
    smoothing_is_the_target_it_says::<f64>();
    smoothing_is_the_target_it_says::<I16F16>();
    let invalid = Smoothed { class: Class(3), smoothing_256ths: 26 };
    assert!(!Target::<f32, OUTPUTS>::is_valid(&invalid, Link::Softmax));
}

fn round_trip<S: Scalar, T: Target<S, OUTPUTS>>(target: impl Fn(Class) -> T) {
    let mut random = Random::new(6);
    let factory = random_head::<S, ROWS, OUTPUTS>(&mut random, Link::Softmax);
    let samples = labelled::<S>(&mut random, MEMORY + 3);
    let mut solve = learnt(&factory, samples.iter().map(|&(x, class)| (x, target(class))), 1);
    let mut buffer = vec![0; checkpoint::full_length::<S, T, ROWS, OUTPUTS, MEMORY>()];
    let bytes = checkpoint::encode(&solve, &mut buffer).expect("fits").to_vec();
    let mut back: Solve<'_, S, T> = checkpoint::decode(&bytes, &factory).expect("just written");
    // Learning goes on to the last bit.
    solve.consolidate_pass();
    back.consolidate_pass();
    assert_eq!(
        (solve.head().hash(), solve.certificate()),
        (back.head().hash(), back.certificate())
    );
    let other = checkpoint::decode::<S, Class, ROWS, OUTPUTS, MEMORY>(&bytes, &factory);
    assert_eq!(other.err(), Some(checkpoint::Error::Target), "another kind of label");
}

#[test]
fn checkpoints_keep_weights_and_smoothing() {
    let smoothed = |class| Smoothed { class, smoothing_256ths: 26 };
    round_trip::<f32, _>(smoothed);
    round_trip::<I16F16, _>(smoothed);
    round_trip::<f32, _>(|target| Weighted { target, weight: weight(1 + target.0) });
    round_trip::<f64, _>(|target| Weighted { target: smoothed(target), weight: weight(99) });
    // A weight of 0 is no weight.
    let read = |bytes: &[u8]| <Weighted<Class> as Target<f32, OUTPUTS>>::read(bytes);
    assert_eq!(read(&[16, 2]), Some(Weighted { target: Class(2), weight: weight(16) }));
    assert_eq!((read(&[0, 2]), read(&[129, 2]), read(&[16])), (None, None, None));
}
