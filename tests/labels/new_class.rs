//! Classes that were not there at the factory.

use fejer::fixed::types::{I8F24, I16F16};
use fejer::{Anchored, Class, Head, Link, Scalar, checkpoint};

use super::support::{Random, largest_difference};
use super::*;

/// A head of five outputs that left the factory with three classes; the fourth is shown in the
/// field, the fifth never is.
fn a_class_at_run_time<S: Scalar>(precision: f32) {
    const CAPACITY: usize = 5;
    let centres: [[f64; FEATURES]; CAPACITY] = [
        [1.5, 0.0, 0.0, 0.0],
        [0.0, 1.5, 0.0, 0.0],
        [0.0, 0.0, 1.5, 0.0],
        [0.0, 0.0, 0.0, 1.5],
        [-1.5, -1.5, 0.0, 0.0],
    ];
    let mut random = Random::new(7);
    let mut near = |class: usize| -> [S; FEATURES] {
        core::array::from_fn(|k| S::from_f32((centres[class][k] + 0.2 * random.normal()) as f32))
    };
    let precision = S::from_f32(precision);
    let blank = Head::<S, ROWS, CAPACITY>::zeros(Link::Softmax);
    let mut lab =
        Anchored::<S, Class, ROWS, CAPACITY, 30>::with_precision(&blank, precision).expect("sound");
    assert!(!(0..CAPACITY).any(|output| lab.knows(output)));
    for index in 0..30 {
        lab.learn(&near(index % 3), Class((index % 3) as u8)).expect("sound");
    }
    lab.consolidate_pass();
    // The spare columns leave the factory empty.
    let mut weights = *lab.head().weights();
    weights.iter_mut().for_each(|row| row[3..].fill(S::ZERO));
    let factory = Head::new(Link::Softmax, weights);
    let mut field = Anchored::<S, Class, ROWS, CAPACITY, 12>::with_precision(&factory, precision)
        .expect("sound");
    let known = |solve: &Anchored<'_, S, Class, ROWS, CAPACITY, 12>| -> Vec<bool> {
        (0..CAPACITY).map(|output| solve.knows(output)).collect()
    };
    assert_eq!(known(&field), [true, true, true, false, false]);
    for index in 0..200 {
        assert!(field.decide(&near(index % CAPACITY)) < 3, "a spare is never decided for");
    }
    for index in 0..8 {
        let class = if index % 2 == 0 { 3 } else { (index / 2) % 3 };
        field.learn(&near(class), Class(class as u8)).expect("sound");
    }
    field.consolidate_pass();
    assert_eq!(known(&field), [true, true, true, true, false]);
    for index in 0..400 {
        let class = index % 4;
        assert_eq!(field.decide(&near(class)), class, "learnt, and nothing forgotten");
        assert!(field.decide(&near(4)) < 4);
    }
    // Which outputs are known is kept, because it follows from what is kept.
    let mut buffer = vec![0; checkpoint::full_length::<S, Class, ROWS, CAPACITY, 12>()];
    let bytes = checkpoint::encode(&field, &mut buffer).expect("fits");
    let mut back = field.clone();
    while back.samples().len() > 0 {
        back.forget_oldest();
    }
    checkpoint::resume(bytes, &mut back).expect("just written");
    assert_eq!(known(&back), known(&field));
    while field.samples().len() > 0 {
        field.forget_oldest();
    }
    assert_eq!(known(&field), [true, true, true, false, false]);
    field.rebuild();
    assert!(largest_difference(field.head().point(), factory.point()) == 0.0);
}

#[test]
fn a_class_is_added_at_run_time() {
    a_class_at_run_time::<f32>(0.3);
    a_class_at_run_time::<f64>(0.3);
    a_class_at_run_time::<I16F16>(0.3);
    // Q8.24 holds ±64: a full memory must not carry a weight beyond it.
    a_class_at_run_time::<I8F24>(4.0);
}

/// Where the factory's scores are all below the 0 of a spare, only what is known is decided for.
#[test]
fn a_spare_with_the_highest_score_is_left_out() {
    let factory = Head::new(Link::Softmax, [[1.0_f32, -1.0, 0.0], [-5.0, -5.0, 0.0]]);
    let mut field = Anchored::<_, Class, 2, 3, 4>::new(&factory).expect("sound");
    assert_eq!(
        (field.decide(&[1.0]), field.decide(&[-1.0]), field.head().decide(&[1.0])),
        (0, 1, 2)
    );
    field.learn(&[0.0], Class(2)).expect("sound");
    assert_eq!(field.decide(&[1.0]), 2, "known now, and the scores say so");
}
