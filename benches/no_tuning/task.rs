//! The three tasks: a factory head from the lab, and people, speakers or loads it has never met.

use std::path::Path;

use fejer::features::Standardise;
use fejer::memory::Remembered;
use fejer::{Class, DEFAULT_PRECISION, Head, Link};
use fejer_host::dataset::{CLASSES, Error, Windows, cwru, digits, har};
use fejer_host::pretrain::{bands, standardisation};
use rayon::prelude::*;

use crate::exact::Problem;

/// ‖F(W)‖_∞ of a factory head before it is rounded to f32.
const FACTORY_RESIDUAL: f64 = 1e-8;
/// Subjects up to this one are the lab's.
const LAB_SUBJECTS: u8 = 16;

/// One field: a head that leaves the factory, and the data of one subject, speaker or load.
pub struct Subject<const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize> {
    pub name: String,
    pub factory: Head<f32, ROWS, OUTPUTS>,
    /// Standardised as in the lab.
    pub features: Vec<[f32; FEATURES]>,
    pub labels: Vec<u8>,
}

/// The features of a sample as the device stores them, 1 appended, exact in every float.
pub fn stored<const FEATURES: usize, const ROWS: usize>(
    features: &[f32; FEATURES],
    label: u8,
) -> [f32; ROWS] {
    let stored = Remembered::<f32, Class, ROWS, 1>::new(features, Class(label));
    let mut all = [0.0; ROWS];
    all.iter_mut().zip(stored.features()).for_each(|(to, feature)| *to = feature);
    all
}

/// Features and labels as they come from the sensor.
type Raw<const FEATURES: usize> = (Vec<[f32; FEATURES]>, Vec<u8>);

/// Pre-trains a head in the lab, as `fejer head pretrain` does, and takes it to the fields.
///
/// `fejer_host::pretrain` visits the samples until the residual is small, which with thousands of
/// samples takes thousands of passes; Newton's method finds the same solution.
fn subjects<const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>(
    lab: &Raw<FEATURES>,
    fields: Vec<(String, Raw<FEATURES>)>,
) -> Vec<Subject<FEATURES, ROWS, OUTPUTS>> {
    let standardise: Standardise<FEATURES> = standardisation(&lab.0);
    let features: Vec<[f64; ROWS]> = lab
        .0
        .iter()
        .zip(&lab.1)
        .map(|(row, &label)| stored(&standardise.apply(row), label).map(f64::from))
        .collect();
    let zeros = vec![[0.0; OUTPUTS]; ROWS];
    let precision = f64::from(DEFAULT_PRECISION);
    let problem = Problem { features: &features, labels: &lab.1, factory: &zeros, precision };
    let solution = problem.solve(zeros.clone(), FACTORY_RESIDUAL);
    assert!(solution.residual <= FACTORY_RESIDUAL, "pre-training: {:e}", solution.residual);
    let mut factory = Head::zeros(Link::Softmax);
    for (weight, solved) in factory.point_mut().iter_mut().zip(solution.weights.as_flattened()) {
        *weight = *solved as f32;
    }
    let field = |(name, (rows, labels)): (String, Raw<FEATURES>)| {
        let features = rows.iter().map(|row| standardise.apply(row)).collect();
        Subject { name, factory, features, labels }
    };
    fields.into_iter().map(field).collect()
}

/// Human activity: every subject beyond the lab's sixteen.
pub fn activity(
    data: &Path,
) -> Result<Vec<Subject<{ har::FEATURES }, { har::FEATURES + 1 }, { har::CLASSES.len() }>>, Error> {
    let all = har::load(data)?;
    let raw = |who: &dyn Fn(u8) -> bool| {
        let some = all.of(who);
        (some.features, some.labels)
    };
    let mut field: Vec<u8> = all.of(|who| who > LAB_SUBJECTS).subjects;
    field.sort_unstable();
    field.dedup();
    let fields = field.iter().map(|&subject| (subject.to_string(), raw(&|who| who == subject)));
    Ok(subjects(&raw(&|who| who <= LAB_SUBJECTS), fields.collect()))
}

/// Spoken digits: each speaker, with a head that has heard all others.
pub fn spoken_digits(
    data: &Path,
) -> Result<Vec<Subject<{ digits::FEATURES }, { digits::FEATURES + 1 }, { digits::CLASSES }>>, Error>
{
    let recordings = digits::load(data)?;
    let features: Vec<[f32; digits::FEATURES]> = recordings
        .par_iter()
        .map(|recording| digits::features(&recording.samples).expect("at least one frame, finite"))
        .collect();
    let mut speakers: Vec<&str> = recordings.iter().map(|r| r.speaker.as_str()).collect();
    speakers.sort_unstable();
    speakers.dedup();
    let raw = |who: &dyn Fn(&str) -> bool| {
        let some = recordings.iter().zip(&features).filter(|(r, _)| who(&r.speaker));
        some.map(|(recording, row)| (*row, recording.digit)).unzip()
    };
    let field = |speaker: &&str| {
        let own = (speaker.to_string(), raw(&|who| who == *speaker));
        subjects(&raw(&|who| who != *speaker), vec![own])
    };
    Ok(speakers.iter().flat_map(field).collect())
}

/// Bearing faults: motor loads 1 and 2, with a head that knows load 0.
pub fn bearings(data: &Path) -> Result<Vec<Subject<64, 65, { CLASSES.len() }>>, Error> {
    let load = |number: u8| -> Result<Raw<64>, Error> {
        let Windows { samples, labels } = cwru::load(data, number)?;
        let features = samples.par_iter().map(|window| bands(window).expect("finite samples"));
        Ok((features.collect(), labels))
    };
    let fields = vec![("load 1".to_owned(), load(1)?), ("load 2".to_owned(), load(2)?)];
    Ok(subjects(&load(0)?, fields))
}
