//! `fejer game` as an engineer calls it.

mod support;

use support::{done, json, refused, run};

#[test]
fn a_game_is_a_table_objects_and_a_page() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let methods =
        "gda,alternating,eg,eg+,ceg+,optimistic,extrapolation,osg,oadagrad,rapp:tau=20,la-gda";
    let told = done(&["game", "bilinear", "--method", methods, "--steps", "300"], path);
    assert!(told.contains("residual at 100") && told.contains("la-gda τ=5 λ=0.5 γ=0.5"), "{told}");
    let gda = told.lines().find(|line| line.starts_with("gda")).unwrap();
    assert!(gda.contains("1 diverged") && gda.contains("1.11803") && gda.contains("no theorem"));
    let eg = told.lines().find(|line| line.starts_with("eg γ")).unwrap();
    assert!(eg.contains("1 of 1") && eg.contains("Korpelevich"), "{eg}");
    let page = ["game", "polar-iii", "--starts", "3", "--report", "page.html", "--json"];
    let rows = json(&page, path);
    assert_eq!(rows.as_array().unwrap().len(), 6);
    assert_eq!(rows[0]["runs"], 3);
    assert_eq!(rows[4]["claim"]["is_covered"], false, "RAPP on a game that is weakly Minty");
    let page = std::fs::read_to_string(path.join("page.html")).unwrap();
    assert!(page.contains("trajectories") && page.contains("prefers-color-scheme:dark"));
    assert!(!page.contains("NaN") && !page.contains("src=") && !page.contains("href="));
}

#[test]
fn noise_and_seed_are_bits_and_options_reach_the_run() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let noisy = |seed| {
        let arguments =
            ["game", "quadratic", "--rho=-0.1", "--noise", "0.1", "--json", "--seed", seed];
        done(&arguments, path)
    };
    assert_eq!(noisy("3"), noisy("3"));
    assert_ne!(noisy("3"), noisy("4"));
    let rapp =
        ["game", "quadratic", "--rho=-0.3", "--method", "rapp:step=.9", "--tau", "70", "--json"];
    let rows = json(&rapp, path);
    assert_eq!(rows[0]["claim"]["is_covered"], true, "{rows}");
    assert_eq!(rows[0]["converged"], 1);
    for added in [["--box", "0.5"], ["--lasso", "0.1"], ["--ridge", "0.2"]] {
        let rows =
            json(&[&["game", "bilinear", "--method", "eg", "--json"][..], &added].concat(), path);
        assert_eq!(rows[0]["converged"], 1, "{added:?}: {rows}");
        assert!(rows[0]["distance"].is_null(), "its solution is another one");
    }
}

#[test]
fn bad_input_is_refused_with_what_there_is() {
    let directory = tempfile::tempdir().unwrap();
    let refused = |arguments: &[&str], parts: &[&str]| refused(arguments, directory.path(), parts);
    let games = ["quadratic", "bilinear", "forsaken", "polar-iii", "global-forsaken", "scales"];
    refused(&["game", "chess"], &[&["chess"][..], &games].concat());
    refused(&["game", "bilinear", "--method", "sgd"], &["sgd", "gda", "rapp", "oadagrad"]);
    refused(&["game", "bilinear", "--rho=0.1"], &["--rho", "quadratic"]);
    refused(&["game", "forsaken", "--method", "proximal"], &["proximal", "rapp"]);
    refused(&["game", "bilinear", "--box", "1", "--lasso", "1"], &["--lasso"]);
    refused(&["game", "bilinear", "--step-size", "0"], &["above 0"]);
    refused(&["game", "bilinear", "--lambda", "2"], &["below 2"]);
    refused(&["game"], &["<GAME>"]);
}

#[test]
fn tables_agree_cell_by_cell() {
    let directory = tempfile::tempdir().unwrap();
    let told = done(&["game", "tables", "--decades", "3"], directory.path());
    for title in ["77 of 77", "38 of 38", "12 of 12", "15 of 15", "5 of 5"] {
        assert!(told.contains(title), "{title} in {told}");
    }
    let help = run(&["game", "--help"], directory.path());
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    assert!(
        ["oadagrad", "no theorem", "tables", "global-forsaken"]
            .iter()
            .all(|word| help.contains(word))
    );
}
