//! Calibration drift: a head inverts a sensor's reading as it left the lab; in the field sensors have
//! aged, and a few references put them right.
//!
//! ```text
//! r = offset + gain·x·(1 + g t) + a t + b h + c x² + noise
//! ```
//!
//! with x the pressure in bar (within ±2), t and h the temperatures of the sensing element and of its
//! housing in tens of kelvin from 25 °C, r in volts. The features are r, t, h, r·t and r²; with them a
//! linear head inverts the sensor up to terms of second order. Ageing changes every parameter. All is
//! simulated from fixed seeds.

use super::factory::Rows;
use super::taught::REACH;
use super::{Error, Factory};
use crate::random::Random;

/// r, t, h, r·t, r².
pub const FEATURES: usize = 5;
/// The pressure.
pub const OUTPUTS: usize = 1;
/// Rows of the head.
pub const ROWS: usize = FEATURES + 1;
/// Samples remembered.
pub const MEMORY: usize = 32;
/// References held out at most.
pub const HOLDOUT: usize = 8;
/// References a sensor gets.
pub const LABELS: usize = 40;

/// What may be added to the mean squared error on the clean set, in bar². A sensor that has aged is
/// another sensor, so a head that is right for it is wrong in the lab by what it has aged.
const MARGIN: f32 = 0.2;
/// Sensors that have aged.
const AGED: u64 = 4;
/// Readings in the lab, and of each aged sensor.
const LAB_READINGS: usize = 400;
const FIELD_READINGS: usize = 200;
/// Deviation of a reading's noise, in volts; about as much in bar.
pub const NOISE: f64 = 0.02;
const SEED: u64 = 1964;

/// One sensor.
pub type Field = super::Field<[f32; 1], FEATURES, ROWS, OUTPUTS>;

/// The parameters of a sensor, in the units of the module's equation.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Sensor {
    offset: f64,
    gain: f64,
    gain_by_temperature: f64,
    by_temperature: f64,
    by_housing: f64,
    bend: f64,
}

/// As it leaves the lab.
const NEW: Sensor = Sensor {
    offset: 0.1,
    gain: 1.0,
    gain_by_temperature: 0.04,
    by_temperature: 0.12,
    by_housing: -0.06,
    bend: 0.02,
};

/// The fields.
///
/// # Errors
/// See [`Error`].
pub fn fields() -> Result<Vec<Field>, Error> {
    let factory =
        Factory::regression(&readings(NEW, LAB_READINGS, &mut Random::new(SEED, 0)), MARGIN)?;
    let field = |number| {
        let mut random = Random::new(SEED, number);
        let rows = readings(aged(&mut random), FIELD_READINGS, &mut random);
        let windows = rows.features.iter().map(|row| row.to_vec()).collect();
        factory.field(format!("sensor {number}"), windows, rows)
    };
    Ok((1..=AGED).map(field).collect())
}

/// A sensor after years: less sensitive, shifted, with other temperature coefficients.
fn aged(random: &mut Random) -> Sensor {
    let mut between = |low: f64, high: f64| low + (high - low) * random.uniform();
    Sensor {
        offset: NEW.offset + between(0.1, 0.25),
        gain: NEW.gain - between(0.08, 0.16),
        gain_by_temperature: NEW.gain_by_temperature + between(-0.02, 0.02),
        by_temperature: NEW.by_temperature + between(0.03, 0.08),
        by_housing: NEW.by_housing - between(0.0, 0.03),
        bend: NEW.bend + between(-0.01, 0.01),
    }
}

fn readings(sensor: Sensor, count: usize, random: &mut Random) -> Rows<[f32; 1], FEATURES> {
    let mut rows = Rows { features: Vec::new(), targets: Vec::new() };
    for _ in 0..count {
        let pressure = REACH * (2.0 * random.uniform() - 1.0);
        let element = random.normal();
        // the housing follows the element, and the weather
        let housing = 0.6 * element + 0.8 * random.normal();
        let gain = sensor.gain * (1.0 + sensor.gain_by_temperature * element);
        let shift = sensor.by_temperature * element + sensor.by_housing * housing;
        let bend = sensor.bend * pressure * pressure;
        let reading = sensor.offset + gain * pressure + shift + bend + NOISE * random.normal();
        let features = [reading, element, housing, reading * element, reading * reading];
        rows.features.push(features.map(|feature| feature as f32));
        rows.targets.push([pressure as f32]);
    }
    rows
}
