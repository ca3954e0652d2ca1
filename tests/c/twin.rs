//! What `firmware/c/main.c` does, in Rust; and the recording it does it with.

use std::fmt::Write;

use fejer::memory::Remembered;
use fejer::{Anchored, Class, DEFAULT_PRECISION, Head, checkpoint};
use fejer_firmware::model::{FACTORY, FEATURES, MEMORY, OUTPUTS, ROWS, STANDARDISE};
use fejer_host::dataset::Windows;
use fejer_host::dataset::simulated::{Condition, windows};
use fejer_host::pretrain::bands;

use crate::holds;
use crate::support::Random;

type Solve<'a> = Anchored<'a, f32, Class, ROWS, OUTPUTS, MEMORY>;

/// Labels, and windows to measure on.
const EACH: usize = 45;

/// A sample as the device's memory would hold it, and its class.
struct Recorded {
    codes: Vec<i8>,
    class: u8,
}

impl Recorded {
    fn features(&self) -> [f32; FEATURES] {
        std::array::from_fn(|index| f32::from(self.codes[index]) / 32.0)
    }
}

/// Windows of the field, first those to learn, then those to measure on.
fn recording() -> Vec<Recorded> {
    let field: Windows = windows(Condition::Field, 2);
    let mut random = Random::new(3);
    let mut numbers: Vec<usize> = (0..field.len()).collect();
    for place in 0..2 * EACH {
        let other = place + random.below(numbers.len() - place);
        numbers.swap(place, other);
    }
    let recorded = |&number: &usize| {
        let features = STANDARDISE.apply::<f32>(&bands(&field.samples[number]).expect("sound"));
        let class = field.labels[number];
        let remembered = Remembered::<f32, _, ROWS, OUTPUTS>::new(&features, Class(class));
        Recorded { codes: remembered.codes().to_vec(), class }
    };
    numbers[..2 * EACH].iter().map(recorded).collect()
}

fn factory() -> Vec<u8> {
    let mut bytes = [0; checkpoint::head_length::<f32, ROWS, OUTPUTS>()];
    checkpoint::encode_head(&FACTORY, &mut bytes).expect("room").to_vec()
}

/// `firmware/c/recording.h`.
fn header(recording: &[Recorded]) -> String {
    let mut text = format!(
        "/* Written by tests/c/twin.rs: the factory head and {} windows of simulated bearings. */\n\
         #ifndef RECORDING_H\n#define RECORDING_H\n\n#include <stdint.h>\n\n\
         #define FEATURES {FEATURES}\n#define OUTPUTS {OUTPUTS}\n\
         #define LABELS {EACH}\n#define TESTS {EACH}\n",
        2 * EACH
    );
    array(&mut text, "uint8_t FACTORY[]", &factory());
    for (name, part) in ["LABELLED", "TEST"].iter().zip(recording.chunks(EACH)) {
        let codes: Vec<i8> = part.iter().flat_map(|sample| sample.codes.clone()).collect();
        let classes: Vec<u8> = part.iter().map(|sample| sample.class).collect();
        writeln!(text, "\n/* In 1/32. */\nstatic const int8_t {name}[{EACH}][FEATURES] = {{")
            .expect("a string");
        for codes in codes.chunks(FEATURES) {
            text.push_str("    {");
            numbers(&mut text, codes);
            text.push_str("    },\n");
        }
        text.push_str("};\n");
        array(&mut text, &format!("uint8_t {name}_CLASS[]"), &classes);
    }
    text + "\n#endif\n"
}

fn array(text: &mut String, name: &str, values: &[u8]) {
    write!(text, "\nstatic const {name} = {{").expect("a string");
    numbers(text, values);
    text.push_str("};\n");
}

fn numbers<T: std::fmt::Display>(text: &mut String, values: &[T]) {
    for values in values.chunks(24) {
        text.push_str("\n   ");
        values.iter().for_each(|value| write!(text, " {value},").expect("a string"));
    }
    text.push('\n');
}

#[test]
fn the_committed_recording_is_what_the_simulator_gives() {
    holds("firmware/c/recording.h", &header(&recording()));
}

fn correct(solve: &Solve<'_>, tests: &[Recorded]) -> usize {
    tests.iter().filter(|s| solve.head().decide(&s.features()) == usize::from(s.class)).count()
}

fn weights(when: &str, head: &Head<f32, ROWS, OUTPUTS>) -> String {
    format!("{when} weights={:016x}\n", head.hash())
}

/// What the program in C has to say, but for its last line, the stack.
pub fn said() -> String {
    let recording = recording();
    let (labelled, tests) = recording.split_at(EACH);
    let mut solve = Solve::with_precision(&FACTORY, DEFAULT_PRECISION).expect("sound");
    let mut text = weights("factory", solve.head());
    writeln!(text, "before correct={} of={EACH}", correct(&solve, tests)).expect("a string");
    for sample in labelled {
        solve.learn(&sample.features(), Class(sample.class)).expect("sound");
        solve.revisit(3);
    }
    text += &weights("learnt", solve.head());
    let mut passes = 0;
    let found = loop {
        let found = solve.consolidate(1, 1e-3);
        passes += 1;
        if found.converged || passes == 100 {
            break found.certificate;
        }
    };
    let [gap, distance, residual] = [found.gap, found.distance, found.residual].map(f32::to_bits);
    writeln!(
        text,
        "certified passes={passes} gap={gap:08x} distance={distance:08x} residual={residual:08x}"
    )
    .expect("a string");
    text += &weights("consolidated", solve.head());
    writeln!(text, "after correct={} of={EACH}", correct(&solve, tests)).expect("a string");
    let mut buffer = [0; checkpoint::full_length::<f32, Class, ROWS, OUTPUTS, MEMORY>()];
    let saved = checkpoint::encode(&solve, &mut buffer).expect("room");
    writeln!(text, "saved bytes={}", saved.len()).expect("a string");
    let resumed: Solve<'_> = checkpoint::decode(saved, &FACTORY).expect("whole");
    text += &weights("resumed", resumed.head());
    text + &weights("refused", solve.head())
}
