//! Published figures, reproduced: the bars of `fejer reproduce` with its own seeds.

use std::path::{Path, PathBuf};

use fejer_host::reproduce::{Experiment, Report, SEEDS, Setting, reproduce};

fn report(experiment: Experiment) -> Report {
    let setting = Setting { data: None, seeds: SEEDS.to_vec(), observe: &|_, _| () };
    reproduce(experiment, &setting).expect("needs no data")
}

/// `FEJER_DATA`, else beside the checkout; none is an error in CI.
fn data() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let data = std::env::var_os("FEJER_DATA").map_or(beside, PathBuf::from);
    if data.is_dir() {
        return Some(data);
    }
    assert!(std::env::var_os("CI").is_none(), "no data sets: set FEJER_DATA");
    println!("skipped: no data sets in {}: set FEJER_DATA", data.display());
    None
}

fn mean(report: &Report, case: &str, contender: &str, epoch: u32, quantity: &str) -> f64 {
    let figure = report.figure(case, contender, epoch, quantity);
    figure
        .and_then(|figure| figure.mean)
        .unwrap_or_else(|| panic!("{case}, {contender}, {quantity}"))
}

/// How many bars there are, so that none is lost, and that each holds.
fn holds(report: &Report, bars: usize) {
    let missed: Vec<_> = report.missed().collect();
    assert!(missed.is_empty(), "{missed:#?}");
    assert_eq!(report.figures.iter().filter(|figure| figure.bar.is_some()).count(), bars);
}

/// B2 of svi.md: ± .01 of .596/.484, .682/.593, .779/.717.
#[test]
fn probit_parameter_errors_are_the_published_ones() {
    let report = report(Experiment::Probit);
    holds(&report, 6);
    let error = |contender| mean(&report, "p = 50", contender, 200, "parameter error");
    // [R] of svi.md §2.2
    assert!((error("monotone field, step × 10") - 0.0716).abs() < 0.01);
    assert!((error("SGD on the matching loss") - error("monotone field")).abs() < 1e-6);
    assert!(error("SGD on squared error, tuned") < error("monotone field"), "said in the remark");
}

/// B5 and B7 of svi.md: the first version, the published SGD and the real one; the second fails.
#[test]
fn moons_are_the_published_ones_and_the_second_version_fails_on_two_layers() {
    let report = report(Experiment::Moons);
    holds(&report, 4);
    let error = |contender| mean(&report, "H = 64", contender, 100, "test error");
    assert!(error("monotone field, second version") > 0.05, "the remark says it fails");
    assert!(error("SGD on squared error, same step") < error("monotone field, first version"));
}

/// B3 of svi.md on the first of the published seeds; the mean over all three is left to `fejer
/// reproduce gcn`, which takes minutes here. The bar of the first version, .070, is one of the mean:
/// this seed alone gives .073.
#[test]
fn a_graph_network_is_recovered_as_published() {
    let setting = Setting { data: None, seeds: SEEDS[..1].to_vec(), observe: &|_, _| () };
    let report = reproduce(Experiment::Gcn, &setting).expect("needs no data");
    let case = "n = 15, H = 16, 2 layers";
    let error = |contender| mean(&report, case, contender, 200, "ℓ2 error of probabilities");
    let [first, second, sgd] = [
        "monotone field, first version",
        "monotone field, second version",
        "SGD on squared error, same step",
    ]
    .map(error);
    assert!(second <= 0.062 && (0.075..=0.095).contains(&sgd), "{second} {sgd}");
    assert!(second < first && first < sgd, "{second} {first} {sgd}");
    assert!(error("SGD on squared error, step-matched") <= 0.035);
    assert!(error("Adam") < second, "said in the remark");
    assert_eq!(report.figures.iter().filter(|figure| figure.bar.is_some()).count(), 4);
}

/// B6 of svi.md, and the check value of the estimated graph.
#[test]
fn solar_events_are_predicted_as_published() {
    let Some(data) = data() else { return };
    let setting = Setting { data: Some(data), seeds: SEEDS.to_vec(), observe: &|_, _| () };
    let report = reproduce(Experiment::Solar, &setting).expect("the data set");
    holds(&report, 3);
    assert!(report.about.contains("24 directed edges"), "{}", report.about);
    let error = |contender, epoch| mean(&report, "CA, H = 64", contender, epoch, "test error");
    let second = "monotone field, second version";
    assert!(error(second, 20) < error("SGD on squared error, same step", 20));
    // the remark calls them level
    let matched = "SGD on squared error, step-matched";
    assert!([20, 100].iter().all(|&at| (error(second, at) - error(matched, at)).abs() < 0.01));
}
