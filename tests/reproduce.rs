//! Published figures, reproduced: the bars of `fejer reproduce` with its own seeds.

use fejer_host::reproduce::{Experiment, Report, SEEDS, Setting, reproduce};

fn report(experiment: Experiment) -> Report {
    let setting = Setting { data: None, seeds: SEEDS.to_vec(), observe: &|_, _| () };
    reproduce(experiment, &setting).expect("needs no data")
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
