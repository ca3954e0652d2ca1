//! A day of a device: 24 simulated hours at a window every ten seconds, spoken to over its UART under
//! QEMU, faster than life. The sensor drifts twice, the power is cut every three hours, also while the
//! device stores, labels come late and some are wrong.

#[path = "support/spoken.rs"]
mod spoken;
mod support;

use std::path::Path;
use std::thread;
use std::time::Duration;

use fejer::features::log_bands;
use fejer::port::{Command, State};
use fejer_firmware::model::{FEATURES, STANDARDISE, TUNED};
use fejer_host::dataset::simulated::{Condition, windows};
use fejer_host::device::{Image, Running};
use fejer_host::port::{Client, Line, Record, exchanges, summarise};
use spoken::{image, switch_on};
use support::{Random, figure};

/// A window every ten seconds.
const HOUR: usize = 360;
const HOURS: usize = 24;
/// A label comes for every so manieth window, so many windows late.
const LABEL_EVERY: usize = 30;
const LATE: usize = 5;
/// One label in so many is wrong.
const WRONG_EVERY: usize = 7;
/// The power is cut after so many hours.
const CUT_EVERY: usize = 3;
const PAGE: &str = "day.html";

/// What the sensor gives: one amplification for every third of the day.
struct World {
    windows: Vec<(Vec<f32>, u8)>,
}

impl World {
    fn new() -> Self {
        let field = windows(Condition::Field, 6);
        let mut random = Random::new(24);
        let window = |number: usize| {
            let at = random.below(field.len());
            let gain = [1.0, 0.7, 1.3][3 * number / (HOURS * HOUR)];
            let mut samples = field.samples[at].map(|sample| gain * sample);
            let bands = log_bands(&mut samples).expect("finite");
            let features: [f32; FEATURES] = STANDARDISE.apply(&bands);
            (features.to_vec(), field.labels[at])
        };
        Self { windows: (0..HOURS * HOUR).map(window).collect() }
    }
}

struct Owner<'a> {
    image: &'a Image,
    directory: &'a Path,
    running: Option<Running>,
    client: Client<Line>,
    /// Windows that wait for their label: name, class.
    waiting: Vec<(usize, u32, u8)>,
    random: Random,
    labels: usize,
    wrong: usize,
}

impl<'a> Owner<'a> {
    fn new(image: &'a Image, directory: &'a Path) -> Self {
        let (running, client) = Self::connect(image, directory);
        let random = Random::new(7);
        let running = Some(running);
        Self { image, directory, running, client, waiting: vec![], random, labels: 0, wrong: 0 }
    }

    fn connect(image: &Image, directory: &Path) -> (Running, Client<Line>) {
        let (running, mut client) = switch_on(image, directory, None);
        let record = Record::open(&directory.join("record.bin")).expect("a record");
        client.record(record).expect("recorded");
        client.status().expect("it is back");
        (running, client)
    }

    fn see(&mut self, number: usize, features: &[f32], class: u8) {
        let window = self.client.predict(features).expect("predicted").window;
        if number.is_multiple_of(LABEL_EVERY) {
            let is_wrong = self.random.below(WRONG_EVERY) == 0;
            let class = if is_wrong { (class + 1 + self.random.below(8) as u8) % 9 } else { class };
            self.wrong += usize::from(is_wrong);
            self.waiting.push((number + LATE, window, class));
        }
        let due = |waiting: &(usize, u32, u8)| waiting.0 <= number;
        while let Some(at) = self.waiting.iter().position(due) {
            let (_, window, class) = self.waiting.swap_remove(at);
            // One that waited over a reset is refused, and that is right.
            self.labels += usize::from(self.client.tell(&Command::Label { window, class }).is_ok());
            // This waits for the verdict.
            self.client.status().expect("judged");
        }
    }

    /// Cuts the power in the middle of a command that stores, if anything is not stored, and starts
    /// again.
    fn lose_power(&mut self) {
        let (running, delay) = (self.running.take(), self.random.below(40) as u64);
        let killer = thread::spawn(move || {
            thread::sleep(Duration::from_millis(delay));
            drop(running);
        });
        self.client.timeout = Duration::from_secs(1);
        let _ = self.client.tell(&Command::Idle);
        killer.join().expect("cut");
        let (running, client) = Self::connect(self.image, self.directory);
        (self.running, self.client) = (Some(running), client);
    }
}

#[test]
fn a_day_with_drift_resets_and_wrong_labels_leaks_nothing_and_wears_as_budgeted() {
    if std::env::var_os("FEJER_DAY").is_none() {
        println!("skipped: FEJER_DAY is not set; `cargo xtask accept 5` lives through a day");
        return;
    }
    let Some(image) = image() else { return };
    let directory = tempfile::tempdir().expect("a directory");
    let world = World::new();
    let mut owner = Owner::new(&image, directory.path());
    let mut hours: Vec<State> = Vec::new();
    for (number, (features, class)) in world.windows.iter().enumerate() {
        owner.see(number, features, *class);
        if (number + 1) % HOUR == 0 {
            hours.push(owner.client.tell(&Command::Idle).expect("stored"));
            if hours.len().is_multiple_of(CUT_EVERY) {
                assert!(owner.client.self_test().expect("looked").passes());
                owner.lose_power();
            }
        }
    }
    let record = std::fs::read(directory.path().join("record.bin")).expect("a record");
    let summary = exchanges(&record).and_then(|record| summarise(&record)).expect("a record");
    let page = summary.page("24 simulated hours");
    std::fs::write(directory.path().join(PAGE), &page).expect("written");

    // The same in every hour of a run: all was done in its first. The very first run also made the flash.
    let runs: Vec<Vec<u32>> =
        hours.chunks(CUT_EVERY).map(|run| run.iter().map(|hour| hour.stack).collect()).collect();
    let is_constant = runs.iter().all(|run| run.iter().all(|&stack| stack == run[0] && stack > 0))
        && runs[0] >= runs[1]
        && runs[1..].iter().all(|run| *run == runs[1]);
    let is_bounded = hours.iter().all(|state| usize::from(state.remembered) <= TUNED);
    let stores = summary.stores();
    figure(
        "24 simulated hours",
        "no panic, no leak, constant stack, every reset survived, one page",
        format!(
            "{} windows, {} labels ({} wrong), {} resets, {} refused with a reason; stack {} B in \
             every hour after the first reset; {stores} stores; page of {} B",
            world.windows.len(),
            owner.labels,
            owner.wrong,
            summary.resets,
            summary.refused(),
            runs[1][0],
            page.len()
        ),
        is_constant && is_bounded && summary.resets == HOURS / CUT_EVERY,
    );
    assert!(is_constant, "{runs:?}");
    assert!(is_bounded && page.starts_with("<!DOCTYPE html>"));
    assert_eq!(summary.resets, HOURS / CUT_EVERY);
    assert!(summary.stack().is_some_and(|[_, most]| most >= runs[0][0]));
}
