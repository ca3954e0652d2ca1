//! Three classes around the origin in the lab; in the field they have moved, and a third feature says
//! so, so that what is learnt there need not cost anything in the lab.

use fejer::tuner::{Clean, Verdict};
use fejer::{Anchored, Class, Head, Link, Scalar, Settings, Tuner, checkpoint};

use crate::support::Random;

pub const FEATURES: usize = 3;
pub const ROWS: usize = 4;
pub const OUTPUTS: usize = 3;
pub const MEMORY: usize = 40;
pub const HOLDOUT: usize = 6;
pub const LENGTH: usize = checkpoint::tuner_length::<f64, Class, ROWS, OUTPUTS, MEMORY, HOLDOUT>();

pub type Device<'a, S> = Tuner<'a, S, Class, ROWS, OUTPUTS, MEMORY, HOLDOUT>;
pub type Window<S> = ([S; FEATURES], Class);

/// Where windows come from.
#[derive(Clone, Copy, PartialEq)]
pub enum Place {
    Lab,
    Field,
}

/// A window of a random class.
pub fn window<S: Scalar>(place: Place, random: &mut Random) -> Window<S> {
    let class = (random.uniform() * 3.0) as u8;
    let turn = f64::from(class) * core::f64::consts::TAU / 3.0;
    let (shift, there) = if place == Place::Field { (1.4, 2.0) } else { (0.0, 0.0) };
    let noise = 0.35;
    let features = [
        1.5 * turn.cos() + shift + noise * random.normal(),
        1.5 * turn.sin() + noise * random.normal(),
        there + 0.1 * random.normal(),
    ];
    (features.map(|feature| S::from_f32(feature as f32)), Class(class))
}

pub fn windows<S: Scalar>(place: Place, count: usize, seed: u64) -> Vec<Window<S>> {
    let mut random = Random::new(seed);
    (0..count).map(|_| window(place, &mut random)).collect()
}

/// A head that knows the lab, and its clean set.
pub struct Factory<S: Scalar> {
    pub head: Head<S, ROWS, OUTPUTS>,
    codes: Vec<i8>,
    targets: Vec<Class>,
}

impl<S: Scalar> Factory<S> {
    pub fn new() -> Self {
        let zeros = Head::zeros(Link::Softmax);
        let mut lab = Anchored::<S, Class, ROWS, OUTPUTS, 90>::new(&zeros).expect("sound");
        for (features, class) in windows::<S>(Place::Lab, 90, 1) {
            lab.learn(&features, class).expect("sound");
        }
        (0..20).for_each(|_| lab.consolidate_pass());
        let (mut codes, mut targets) = (Vec::new(), Vec::new());
        for (features, class) in windows::<S>(Place::Lab, 30, 2) {
            codes.extend(features.map(|feature| (feature.to_f32() * 32.0).round() as i8));
            targets.push(class);
        }
        Self { head: *lab.head(), codes, targets }
    }

    pub fn clean(&self) -> Clean<'_, Class> {
        Clean { codes: &self.codes, targets: &self.targets }
    }

    pub fn device(&self) -> Device<'_, S> {
        self.device_with(Settings::new())
    }

    pub fn device_with(&self, settings: Settings<S::Float>) -> Device<'_, S> {
        Tuner::new(&self.head, self.clean(), settings).expect("a sound factory")
    }
}

/// Teaches and settles after every label.
pub fn teach<S: Scalar>(
    device: &mut Device<'_, S>,
    windows: &[Window<S>],
) -> Vec<Verdict<S::Float>> {
    let learn = |(features, class): &Window<S>| {
        device.learn(features, *class).expect("sound");
        device.settle().expect("there was something to do")
    };
    windows.iter().map(learn).collect()
}

/// Share of windows of the field that a head gets right.
pub fn accuracy<S: Scalar>(head: &Head<S, ROWS, OUTPUTS>) -> f64 {
    let test = windows::<S>(Place::Field, 400, 99);
    let right = test.iter().filter(|(x, class)| head.decide(x) == usize::from(class.0)).count();
    right as f64 / test.len() as f64
}

/// Everything a tuner keeps.
pub fn bytes<S: Scalar>(device: &Device<'_, S>) -> Vec<u8> {
    checkpoint::encode_tuner(device, &mut [0; LENGTH]).expect("room").to_vec()
}
