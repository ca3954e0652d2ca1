//! The tuner, with every kind of label, and what it keeps over a reset.

use core::hint::black_box;

use fejer::checkpoint::{encode_tuner, resume_tuner, tuner_length};
use fejer::memory::{Target, Weight};
use fejer::tuner::{Clean, Detector};
use fejer::{Class, Settings, Smoothed, Tuner, Weighted};

use crate::device::{Number, OUTPUTS, ROWS, SmallHead, SmallSample, slice};

type Device<'a, T> = Tuner<'a, Number, T, ROWS, OUTPUTS, 8, 3>;

pub fn all(head: &SmallHead, sample: &SmallSample) {
    let class = Class(black_box(2));
    let smoothed = Smoothed { class, smoothing_256ths: black_box(26) };
    let weight = Weight::balanced(black_box(3), black_box(9), black_box(4));
    live(head, sample, class);
    live(head, sample, Weighted { target: smoothed, weight });
    live(head, sample, Weighted { target: sample.target, weight });
    watch();
}

fn live<T: Target<Number, OUTPUTS>>(head: &SmallHead, sample: &SmallSample, target: T) {
    let (mut codes, targets) = ([black_box(3_i8); 4 * (ROWS - 1)], [target; 4]);
    let clean = Clean { codes: slice(&mut codes), targets: black_box(&targets) };
    let settings = black_box(Settings::new());
    black_box(settings.is_held(black_box(7)));
    let Ok(mut device) = Device::<T>::new(head, clean, settings) else { return };
    let features = &sample.features;
    let _ = black_box(device.learn(features, target));
    black_box(device.predict(features));
    if let Some(verdict) = device.idle(black_box(5)) {
        black_box((verdict.ruling.word(), verdict.clean, verdict.held, verdict.certificate));
    }
    black_box(device.settle());
    black_box((device.is_settled(), device.uses_learnt(), device.has_drifted(), device.labels()));
    black_box((device.head().point(), device.learner().visits(), device.held().len()));
    keep(&mut device);
    device.forget(|label: &T| label.is_valid(head.link()) && black_box(true));
    device.forget_all();
}

fn keep<T: Target<Number, OUTPUTS>>(device: &mut Device<'_, T>) {
    let mut bytes = [0; tuner_length::<Number, [Number; OUTPUTS], ROWS, OUTPUTS, 8, 3>() + 11];
    let length = encode_tuner(device, slice(&mut bytes)).map_or(0, <[u8]>::len);
    let written = black_box(bytes.get(..length).unwrap_or(&bytes));
    if let Err(error) = resume_tuner(written, device) {
        black_box(error.word());
    }
}

/// A detector of one's own.
fn watch() {
    let mut detector = Detector::new(black_box(0.05_f32), black_box(1e4));
    black_box(detector.observe(black_box(true)));
    black_box((detector.is_alarmed(), detector.statistic()));
    detector.reset();
}
