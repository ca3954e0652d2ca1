//! A bearing simulator, so that everything runs without a download.
//!
//! A ball that passes a spall strikes it twice, at its entry and, harder, at its exit. The strikes
//! repeat at the fault frequency of the damaged part (with the jitter of slipping balls), are
//! weighted by the load where they happen, and make the housing ring:
//!
//! ```text
//! x(t) = gain · ( Σₖ Aₖ · Σₘ gₘ e^{−ζωₘ(t−tₖ)} sin ωₘ(t−tₖ)  +  shaft harmonics  +  noise )
//! ```
//!
//! The *lab* turns fast without load. In the *field* the shaft turns slower under load: strikes and
//! the notch between entry and exit move, stiffer contacts shift the resonances, the load zone
//! widens, and the sensor is mounted less well (gain, noise).
//!
//! Assumption: a linear housing and a constant path from each part to the sensor. Reference:
//! McFadden & Smith, *Model for the vibration produced by a single point defect in a rolling element
//! bearing*, 1984; Randall & Antoni, *Rolling element bearing diagnostics – a tutorial*, 2011.

use core::f64::consts::TAU;

use super::{CLASSES, WINDOW, Windows};
use crate::random::Random;

/// Windows of each class in each condition, as many as ten seconds give.
pub const WINDOWS_PER_CLASS: usize = 118;

const SAMPLE_RATE_HZ: f64 = 12_000.0;

// which nine bearings were built: the lab and the field must see the same ones
const BEARINGS: u64 = 0;

/// Where the machine runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Where the head is pre-trained: no load.
    Lab,
    /// Where the device works: lower speed, load, another mounting of the sensor.
    Field,
}

struct Operation {
    shaft_hz: f64,
    /// Ratio of the resonances to those of the lab.
    stiffening: f64,
    /// Force of a strike relative to the lab.
    force: f64,
    /// Half the projected width of the load zone, as a part of the diameter.
    load_zone: f64,
    gain: f64,
    noise: f64,
}

impl Condition {
    fn operation(self) -> Operation {
        match self {
            Self::Lab => Operation {
                shaft_hz: 1797.0 / 60.0,
                stiffening: 1.0,
                force: 1.0,
                load_zone: 0.45,
                gain: 1.0,
                noise: 0.03,
            },
            Self::Field => Operation {
                shaft_hz: 1750.0 / 60.0,
                stiffening: 1.035,
                force: 1.15,
                load_zone: 0.7,
                gain: 0.9,
                noise: 0.045,
            },
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Ball,
    Inner,
    Outer,
}

/// What a strike on each part excites, and how often it is struck; a deep-groove bearing 6205.
struct Path {
    strikes_per_turn: f64,
    mode_gain: [f64; MODES],
}

const CAGE_TURNS_PER_TURN: f64 = 0.398_28;
const PITCH_CIRCUMFERENCE_MM: f64 = 122.7;
const SLIP: f64 = 0.012;
const MODES: usize = 4;
const MODE_HZ: [f64; MODES] = [620.0, 1_480.0, 2_880.0, 4_150.0];
const MODE_DAMPING: [f64; MODES] = [0.060, 0.045, 0.035, 0.030];

impl Part {
    fn path(self) -> Path {
        match self {
            Self::Ball => Path { strikes_per_turn: 4.713_5, mode_gain: [0.30, 0.45, 0.60, 0.40] },
            Self::Inner => Path { strikes_per_turn: 5.415_2, mode_gain: [0.45, 0.70, 0.75, 0.60] },
            Self::Outer => Path { strikes_per_turn: 3.584_8, mode_gain: [0.55, 0.40, 1.10, 0.85] },
        }
    }
}

/// One test bearing: the damaged part, the width of the spall, and how this housing differs from
/// the drawing. The same bearing runs in the lab and in the field.
struct Bearing {
    part: Part,
    spall_mm: f64,
    mode_hz: [f64; MODES],
    mode_gain: [f64; MODES],
}

impl Bearing {
    fn new(label: u8) -> Self {
        let part = match label / 3 {
            0 => Part::Ball,
            1 => Part::Inner,
            _ => Part::Outer,
        };
        let mut random = Random::new(BEARINGS, u64::from(label) << 8);
        let gain = part.path().mode_gain;
        Self {
            part,
            spall_mm: 0.0254 * 7.0 * f64::from(label % 3 + 1),
            mode_hz: MODE_HZ.map(|hertz| hertz * (1.0 + 0.03 * random.normal())),
            mode_gain: gain.map(|gain| gain * libm::exp(0.3 * random.normal())),
        }
    }
}

/// All windows of one condition, class by class. The seed makes one recording differ from another
/// of the same condition; the nine bearings are always the same.
pub fn windows(condition: Condition, seed: u64) -> Windows {
    let mut windows = Windows::default();
    for (label, _) in (0..).zip(CLASSES) {
        windows.push_recording(&recording(label, condition, seed), label);
    }
    windows
}

/// A strike: when, in samples, and how hard.
struct Strike {
    time: f64,
    force: f64,
}

fn recording(label: u8, condition: Condition, seed: u64) -> Vec<f32> {
    let bearing = Bearing::new(label);
    let operation = condition.operation();
    let stream = u64::from(label) << 8 | (condition as u64 + 1);
    let mut random = Random::new(seed, stream);
    let samples = WINDOWS_PER_CLASS * WINDOW;
    let strikes = strikes(&bearing, &operation, samples, &mut random);
    let mut signal = ring(&bearing, &operation, &strikes, samples);

    let turn = TAU * operation.shaft_hz / SAMPLE_RATE_HZ;
    let harmonics = [(1.0, 0.05), (2.0, 0.03), (3.0, 0.012)];
    let harmonics = harmonics.map(|(order, height)| (order, height, TAU * random.uniform()));
    let mut rumble = 0.0;
    for (time, sample) in signal.iter_mut().enumerate() {
        let angle = turn * time as f64;
        for (order, height, phase) in harmonics {
            *sample += height * libm::sin(order * angle + phase);
        }
        // flow and belts: noise below about 600 Hz, beside the sensor's white noise
        rumble = 0.7 * rumble + 0.3 * random.normal();
        *sample += operation.noise * (rumble + 0.6 * random.normal());
    }
    signal.iter().map(|sample| (operation.gain * sample) as f32).collect()
}

fn strikes(
    bearing: &Bearing,
    operation: &Operation,
    samples: usize,
    random: &mut Random,
) -> Vec<Strike> {
    let period = SAMPLE_RATE_HZ / (operation.shaft_hz * bearing.part.path().strikes_per_turn);
    let cage_turn = operation.shaft_hz * CAGE_TURNS_PER_TURN / SAMPLE_RATE_HZ;
    // how long a ball takes across the spall
    let crossing = bearing.spall_mm / (PITCH_CIRCUMFERENCE_MM * cage_turn);
    let severity = bearing.spall_mm / 0.1778;
    let phase = random.uniform();
    let mut wobble = 0.0;
    let mut strikes = Vec::new();
    let mut time = period * random.uniform();
    while time < samples as f64 {
        let turns = match bearing.part {
            Part::Outer => 0.0,
            Part::Inner => phase + time * operation.shaft_hz / SAMPLE_RATE_HZ,
            Part::Ball => phase + time * cage_turn,
        };
        let load = operation.force * load_at(turns, operation.load_zone);
        // a ball also turns about its other axes, so that its spall misses the races at times
        wobble = 0.97 * wobble + 0.243 * random.normal();
        let aim = if bearing.part == Part::Ball { libm::exp(0.35 * wobble) } else { 1.0 };
        let force = load * aim * libm::exp(0.12 * random.normal());
        strikes.push(Strike { time, force: 0.45 * force });
        strikes.push(Strike { time: time + crossing, force: force * libm::sqrt(severity) });
        time += period * (1.0 + SLIP * random.normal());
    }
    strikes
}

/// Stribeck's load distribution, on the floor that preload leaves outside the load zone.
fn load_at(turns: f64, load_zone: f64) -> f64 {
    let inside = 1.0 - (1.0 - libm::cos(TAU * turns)) / (2.0 * load_zone);
    let inside = inside.max(0.0);
    0.2 + 0.8 * inside * libm::sqrt(inside)
}

/// The housing's answer: every mode a decaying rotation that each strike pushes on.
fn ring(bearing: &Bearing, operation: &Operation, strikes: &[Strike], samples: usize) -> Vec<f64> {
    let mut signal = vec![0.0; samples];
    let modes = bearing.mode_hz.iter().zip(MODE_DAMPING).zip(bearing.mode_gain);
    for ((mode_hz, damping), gain) in modes {
        let speed = TAU * mode_hz * operation.stiffening / SAMPLE_RATE_HZ;
        let decay = speed * damping;
        let after = |time: f64| {
            let (sine, cosine) = libm::sincos(speed * time);
            let size = libm::exp(-decay * time);
            (size * cosine, size * sine)
        };
        let (cosine, sine) = after(1.0);
        let (mut real, mut imaginary) = (0.0, 0.0);
        let mut strikes = strikes.iter().peekable();
        for (time, sample) in signal.iter_mut().enumerate() {
            (real, imaginary) =
                (cosine * real - sine * imaginary, sine * real + cosine * imaginary);
            let now = time as f64;
            while let Some(strike) = strikes.next_if(|strike| strike.time <= now) {
                let (real_part, imaginary_part) = after(now - strike.time);
                real += strike.force * real_part;
                imaginary += strike.force * imaginary_part;
            }
            *sample += gain * imaginary;
        }
    }
    signal
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FNV-1a over the bits of some samples of every class.
    fn fingerprint(windows: &Windows) -> u64 {
        let samples =
            windows.samples.iter().step_by(59).flat_map(|window| window.iter().step_by(17));
        samples.flat_map(|sample| sample.to_le_bytes()).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
    }

    #[test]
    fn the_recordings_are_the_same_bits_on_every_machine() {
        let lab = windows(Condition::Lab, 0);
        assert_eq!(lab.len(), CLASSES.len() * WINDOWS_PER_CLASS);
        assert_eq!(lab.labels.first(), Some(&0));
        assert_eq!(lab.labels.last(), Some(&8));
        assert!(lab.samples.as_flattened().iter().all(|sample| sample.is_finite()));
        assert_eq!(fingerprint(&lab), 0x382a_7407_16b7_6dcb, "{:#018x}", fingerprint(&lab));
        let field = windows(Condition::Field, 0);
        assert_eq!(fingerprint(&field), 0xe977_b5dc_b966_3a09, "{:#018x}", fingerprint(&field));
    }

    #[test]
    fn strikes_come_at_the_fault_frequency_of_the_part() {
        let seconds = 10.0;
        for (label, strikes_per_turn) in [(0, 4.7135), (4, 5.4152), (8, 3.5848)] {
            let operation = Condition::Lab.operation();
            let samples = (seconds * SAMPLE_RATE_HZ) as usize;
            let strikes =
                strikes(&Bearing::new(label), &operation, samples, &mut Random::new(3, 0));
            // entry and exit are two strikes of one passage
            let found = strikes.len() as f64 / 2.0 / seconds;
            let expected = strikes_per_turn * operation.shaft_hz;
            assert!((found / expected - 1.0).abs() < 0.005, "{label}: {found} Hz, {expected} Hz");
            assert!(strikes.is_sorted_by(|a, b| a.time < b.time));
        }
    }

    #[test]
    fn the_load_zone_weights_strikes_between_a_floor_and_one() {
        for load_zone in [0.45, 0.7] {
            assert_eq!(load_at(0.0, load_zone), 1.0);
            assert!(
                (0..100).all(|i| (0.2..=1.0).contains(&load_at(f64::from(i) / 7.0, load_zone)))
            );
        }
        assert_eq!(load_at(0.5, 0.45), 0.2);
        assert!(load_at(0.3, 0.7) > load_at(0.3, 0.45));
    }

    #[test]
    fn one_strike_rings_as_a_sum_of_decaying_sines() {
        let bearing = Bearing::new(6);
        let operation = Condition::Field.operation();
        let signal = ring(&bearing, &operation, &[Strike { time: 10.25, force: 2.0 }], 200);
        for (time, &sample) in signal.iter().enumerate() {
            let after = time as f64 - 10.25;
            let mode = |mode: usize| {
                let speed = TAU * bearing.mode_hz[mode] * operation.stiffening / SAMPLE_RATE_HZ;
                let decay = libm::exp(-speed * MODE_DAMPING[mode] * after);
                2.0 * bearing.mode_gain[mode] * decay * libm::sin(speed * after)
            };
            let expected = if after < 0.0 { 0.0 } else { (0..MODES).map(mode).sum() };
            assert!((sample - expected).abs() < 1e-12, "{time}");
        }
    }
}
