use std::path::Path;

use fejer::memory::Remembered;
use fejer::{Class, Head};

use super::*;
use crate::figures::{COMMITTED_SOURCES, fingerprint};

const REQUEST: Request<'_> = Request {
    features: 64,
    classes: 6,
    scalar: Scalar::F32,
    method: Method::Projected,
    memory: 0,
    board: Some("blackpill"),
    clock: None,
    rate: 1.0,
};

fn figures() -> Vec<Figure> {
    serde_json::from_str(COMMITTED).expect("benches/device.json")
}

fn of_blackpill(request: &Request<'_>) -> Cost {
    let plan = plan(request).expect("a plan");
    plan.boards.into_iter().next().and_then(|board| board.cost).expect("a measured core")
}

#[test]
fn the_figures_are_those_of_todays_kernels() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src");
    assert_eq!(
        fingerprint(&core).expect("core's sources"),
        COMMITTED_SOURCES.trim(),
        "core has changed since it was measured: run `cargo bench -p fejer-benches --bench device` \
         and commit benches/device.json and benches/device.sources"
    );
}

#[test]
fn a_measured_size_is_given_as_it_was_measured() {
    let mut count = 0;
    for row in figures().iter().filter(|row| row.operation == "learn") {
        let Some(board) = BOARDS.iter().find(|board| board.core.target() == row.target) else {
            panic!("no board has the core of {}", row.target);
        };
        let request = Request {
            features: row.features,
            classes: row.classes,
            scalar: if row.scalar == "f32" { Scalar::F32 } else { Scalar::Q16 },
            method: match row.method.as_str() {
                "projected" => Method::Projected,
                "extragradient" => Method::Extragradient,
                _ => Method::Anchored,
            },
            board: Some(board.name),
            ..REQUEST
        };
        let cost = of_blackpill(&request);
        assert!(cost.is_measured);
        assert_eq!((cost.learn.instructions, cost.learn.cycles), (row.instructions, row.cycles));
        assert!(cost.stack_bytes >= row.ram_bytes && cost.flash_bytes > row.text_bytes);
        count += 1;
    }
    // Four sizes of three methods: both numbers on four cores, fixed point alone on the M0.
    assert_eq!(count, 4 * 3 * (2 * 4 + 1));
}

#[test]
fn between_measured_sizes_figures_lie_between() {
    let instructions = |features, classes| {
        of_blackpill(&Request { features, classes, ..REQUEST }).learn.instructions
    };
    let (small, large) = (instructions(64, 6), instructions(561, 6));
    let mut before = small;
    for features in [65, 80, 100, 150, 200, 300, 400, 500, 560] {
        let here = instructions(features, 6);
        assert!((before..large).contains(&here), "{features}: {here} after {before}");
        before = here;
    }
    // Next to a measured size it is nearly that: 1/64 of the weights more cost about 1/64 more.
    assert!(instructions(65, 6) < small + small / 30);
    assert!(instructions(64, 7) > small && instructions(64, 2) < small);
}

#[test]
fn bytes_are_those_of_the_structs() {
    let request = Request { features: 64, classes: 9, memory: 30, ..REQUEST };
    let plan = plan(&request).expect("a plan");
    assert_eq!(plan.weights_bytes, size_of::<[[f32; 9]; 65]>() as u64);
    // A row's number takes 8 bytes here and 4 on a device.
    let head = size_of::<Head<f32, 65, 9>>() as u64;
    assert_eq!(plan.weights_bytes + super::HEAD_BYTES + 4, head);
    assert_eq!(plan.memory_bytes, 30 * size_of::<Remembered<f32, Class, 65, 9>>() as u64);
}

#[test]
fn what_does_not_fit_is_said() {
    let tight = Request { features: 561, memory: 30, board: Some("bluepill"), ..REQUEST };
    let cost = of_blackpill(&Request { scalar: Scalar::Q16, ..tight });
    assert!(!cost.fits && cost.ram_bytes > 20 * 1024, "{cost:?}");
    assert!(!of_blackpill(&Request { rate: 1e6, ..REQUEST }).fits, "more than all of the time");
    let soft = plan(&Request { board: Some("microbit"), ..REQUEST }).expect("a plan");
    assert!(soft.boards.iter().all(|board| board.cost.is_none()), "no soft floats on an M0");
    let unknown = plan(&Request { board: Some("arduino"), ..REQUEST });
    assert!(unknown.is_err_and(|error| error.to_string().contains("microbit, nucleo")));
    assert!(plan(&Request { classes: 1, ..REQUEST }).is_err());
}

#[test]
fn time_follows_the_clock() {
    let at = |clock| of_blackpill(&Request { clock: Some(clock), ..REQUEST });
    let (slow, fast) = (at(1e6), at(1e8));
    let cycles = slow.learn.cycles.expect("a model of the M4F") as f64;
    assert!((slow.learn.seconds * 1e6 - cycles).abs() < 1e-6);
    assert!((slow.duty_cycle / fast.duty_cycle - 100.0).abs() < 1e-9);
}
