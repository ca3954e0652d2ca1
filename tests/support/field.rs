//! Made-up fields of worked applications: a lab, a factory head from it, and a field that differs.

use fejer::memory::Remembered;
use fejer::{Anchored, Head, Link, Settings};
use fejer_host::application::replay::{Sense, plain};
use fejer_host::application::{Factory, Field, Labelled};
use fejer_host::pretrain::standardisation;
use fejer_host::random::Random;

/// Clean samples of a device that is calibrated.
const CLEAN: usize = 20;
/// Samples of a lab.
const LAB: usize = 200;

/// A field whose windows `draw` makes, given where it is (0 in the lab), their number and randomness.
pub fn field<T, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>(
    (name, link): (&str, Link),
    (clean, windows): (usize, usize),
    sense: Sense<FEATURES>,
    draw: impl Fn(f32, usize, &mut Random) -> (Vec<f32>, T),
) -> Field<T, FEATURES, ROWS, OUTPUTS>
where
    T: Labelled<OUTPUTS>,
{
    let mut random = Random::new(11, 0);
    let mut draws = |place, count| -> (Vec<Vec<f32>>, Vec<T>) {
        (0..count).map(|number| draw(place, number, &mut random)).unzip()
    };
    let sensed = |windows: &[Vec<f32>]| -> Vec<[f32; FEATURES]> {
        windows.iter().map(|window| sense(window).expect("a sound window")).collect()
    };
    let (lab, labels) = draws(0.0, LAB);
    let lab = sensed(&lab);
    let standardise = standardisation(&lab);
    let lab: Vec<[f32; FEATURES]> = lab.iter().map(|raw| standardise.apply(raw)).collect();
    let nothing = Head::zeros(link);
    let learner = Anchored::<f32, T, ROWS, OUTPUTS, LAB>::new(&nothing);
    let mut learner = Box::new(learner.expect("zeros can learn"));
    for (features, &label) in lab.iter().zip(&labels) {
        learner.learn(features, label).expect("a sound sample");
    }
    learner.consolidate(20, 0.01);
    let code = |features: &[f32; FEATURES], &label: &T| {
        Remembered::<f32, T, ROWS, OUTPUTS>::new(features, label).codes().to_vec()
    };
    let codes = lab.iter().zip(&labels).take(clean).flat_map(|(x, label)| code(x, label));
    let factory = Factory {
        standardise,
        head: *learner.head(),
        clean_codes: codes.collect(),
        clean_targets: labels[..clean].to_vec(),
        // A sensor that has aged is wrong about the lab by design.
        settings: Settings { margin: 1.0, ..Settings::new() },
    };
    let (windows, targets) = draws(1.0, windows);
    let features = sensed(&windows).iter().map(|raw| factory.standardise.apply(raw)).collect();
    Field { name: name.to_owned(), factory, windows, features, targets }
}

/// A sensor whose reading and slope have drifted.
pub fn calibration() -> Field<[f32; 1], 5, 6, 1> {
    field(("aged", Link::Identity), (CLEAN, 160), plain, |age, _, random| {
        let mut uniform = || 2.0 * random.uniform() as f32 - 1.0;
        let (truth, warmth, ambient, noise) = (uniform(), uniform(), uniform(), uniform());
        let slope = 1.0 + 0.3 * age;
        let reading = slope * truth + 0.2 * warmth + 0.4 * age + 0.02 * noise;
        (vec![reading, warmth, ambient, reading * reading, reading * warmth], [truth])
    })
}
