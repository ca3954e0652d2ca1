//! Drift is told with a stated rate of false alarms.

use fejer::Settings;
use fejer::tuner::Detector;

use crate::support::Random;
use crate::world::{Factory, Place, teach, windows};

/// Windows to the alarm, at most `limit`.
fn time_to_alarm(share: f64, seed: u64, limit: u32) -> u32 {
    let mut detector = Detector::new(0.05, 500.0);
    let mut random = Random::new(seed);
    (1..=limit).find(|_| detector.observe(random.uniform() < share)).unwrap_or(limit)
}

#[test]
fn false_alarms_are_at_least_as_rare_as_stated_and_a_change_is_told_soon() {
    const RUNS: u64 = 400;
    let mean = |share, limit| {
        let times = (0..RUNS).map(|seed| u64::from(time_to_alarm(share, seed, limit)));
        let total: u64 = times.sum();
        total as f64 / RUNS as f64
    };
    // Cut at 20 000 windows, which only lowers the mean.
    let quiet = mean(0.05, 20_000);
    assert!(quiet >= 500.0, "{quiet}");
    assert!(mean(0.02, 20_000) > 2.0 * quiet, "rarer where less is odd");
    let told = mean(0.3, 20_000);
    assert!(told < 30.0, "{told}");
}

#[test]
fn the_statistic_grows_by_one_a_window_at_most_in_the_mean() {
    for share in [0.001, 0.01, 0.05, 0.3, 0.6, 0.89] {
        let after = |is_odd: bool| {
            let mut detector = Detector::new(share, 1e9);
            detector.observe(is_odd);
            detector.statistic()
        };
        let mean = share * after(true) + (1.0 - share) * after(false);
        assert!((mean - 1.0_f64).abs() < 1e-9, "{share}: {mean}");
        assert!(after(true) > 1.0 && after(false) < 1.0);
    }
}

#[test]
fn a_device_in_the_field_says_that_it_drifted_until_what_it_learnt_is_in_use() {
    let factory = Factory::<f32>::new();
    let settings = Settings { confidence: 0.7, alarm: 100.0, ..Settings::new() };
    let mut device = factory.device_with(settings);
    for (features, _) in windows::<f32>(Place::Lab, 60, 41) {
        device.predict(&features);
    }
    assert!(!device.has_drifted());
    for (features, _) in windows::<f32>(Place::Field, 200, 42) {
        device.predict(&features);
    }
    assert!(device.has_drifted());
    teach(&mut device, &windows::<f32>(Place::Field, 36, 43));
    assert!(device.uses_learnt() && !device.has_drifted());

    let mut labelled = factory.device_with(Settings { alarm: 100.0, ..Settings::new() });
    for (features, class) in windows::<f32>(Place::Field, 30, 44) {
        labelled.learn(&features, class).expect("sound");
    }
    assert!(labelled.has_drifted(), "by its mistakes alone");
}
