//! A factory head from the lab and a field it has not met, from real recordings.

use std::path::{Path, PathBuf};

use fejer::{Anchored, Class, Head, Link};
use fejer_host::dataset::{CLASSES, cwru, har};
use fejer_host::pretrain::{bands, standardisation};

use super::support::{Random, dot, norm};

/// Subjects up to this one are the lab's.
const LAB_SUBJECTS: u8 = 16;
/// Samples of the lab that the factory head is made from, and how often each is visited.
const LAB: usize = 1024;
const PASSES: u32 = 10;

/// Features and labels as they come from the sensor.
type Raw<const FEATURES: usize> = (Vec<[f32; FEATURES]>, Vec<u8>);
type Labelled<const FEATURES: usize> = Vec<([f32; FEATURES], u8)>;

pub(super) struct Task<const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize> {
    pub name: &'static str,
    pub factory: Head<f32, ROWS, OUTPUTS>,
    /// Standardised as in the lab.
    pub taught: Labelled<FEATURES>,
    pub rest: Labelled<FEATURES>,
    /// 1/L of the field of the taught samples.
    pub step: f32,
}

impl<const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize> Task<FEATURES, ROWS, OUTPUTS> {
    /// Draws `labels` samples of the field to learn from.
    fn new(name: &'static str, lab: &Raw<FEATURES>, field: &Raw<FEATURES>, labels: usize) -> Self {
        let standard = standardisation(&lab.0);
        let standardised = |raw: &Raw<FEATURES>| -> Labelled<FEATURES> {
            raw.0.iter().zip(&raw.1).map(|(row, &label)| (standard.apply(row), label)).collect()
        };
        let mut taught = standardised(field);
        let mut random = Random::new(1);
        for drawn in 0..labels {
            let left = taught.len() - drawn;
            taught.swap(drawn, drawn + random.below(left));
        }
        let rest = taught.split_off(labels);
        let step = 1.0 / lipschitz(&taught) as f32;
        Self { name, factory: pretrained(&standardised(lab)), taught, rest, step }
    }
}

/// The anchored solve of the lab's samples, evenly spaced, around zero.
fn pretrained<const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>(
    lab: &Labelled<FEATURES>,
) -> Head<f32, ROWS, OUTPUTS> {
    let zeros = Head::zeros(Link::Softmax);
    let mut solve =
        Box::new(Anchored::<f32, Class, ROWS, OUTPUTS, LAB>::new(&zeros).expect("sound"));
    for (features, label) in lab.iter().step_by(lab.len().div_ceil(LAB)) {
        solve.learn(features, Class(*label)).expect("sound");
    }
    (1..PASSES).for_each(|_| solve.consolidate_pass());
    *solve.head()
}

/// ½ λ_max(mean ηηᵀ), by the power method.
fn lipschitz<const FEATURES: usize>(samples: &Labelled<FEATURES>) -> f64 {
    let rows: Vec<Vec<f64>> = samples
        .iter()
        .map(|(features, _)| features.iter().map(|&x| f64::from(x)).chain([1.0]).collect())
        .collect();
    let mut x = vec![1.0; FEATURES + 1];
    let mut size = 0.0;
    for _ in 0..200 {
        let mut image = vec![0.0; x.len()];
        for row in &rows {
            let score = dot(row, &x) / rows.len() as f64;
            image.iter_mut().zip(row).for_each(|(out, eta)| *out += score * eta);
        }
        size = norm(&image);
        x = image.iter().map(|value| value / size).collect();
    }
    0.5 * size
}

fn data() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let data = std::env::var_os("FEJER_DATA").map_or(beside, PathBuf::from);
    if data.is_dir() {
        return Some(data);
    }
    assert!(std::env::var_os("CI").is_none(), "no recordings: set FEJER_DATA");
    println!("skipped: no recordings in {}: set FEJER_DATA", data.display());
    None
}

/// Bearing faults: pre-trained at motor load 0, 45 labels of loads 1 and 2.
pub(super) fn bearings() -> Option<Task<64, 65, { CLASSES.len() }>> {
    let data = data()?;
    let load = |number: u8| -> Raw<64> {
        let windows = cwru::load(&data, number).expect("recordings");
        let features = windows.samples.iter().map(|window| bands(window).expect("finite"));
        (features.collect(), windows.labels)
    };
    let (mut field, more) = (load(1), load(2));
    field.0.extend(more.0);
    field.1.extend(more.1);
    Some(Task::new("CWRU", &load(0), &field, 45))
}

/// Human activity: pre-trained on subjects 1 to 16, 120 labels of the others.
pub(super) fn activity()
-> Option<Task<{ har::FEATURES }, { har::FEATURES + 1 }, { har::CLASSES.len() }>> {
    let all = har::load(&data()?).expect("recordings");
    let raw = |is_lab: bool| {
        let some = all.of(|who| (who <= LAB_SUBJECTS) == is_lab);
        (some.features, some.labels)
    };
    Some(Task::new("HAR", &raw(true), &raw(false), 120))
}
