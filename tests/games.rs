//! Two-player games as `fejer game` plays them: the tables of mdlam_rapp.md B4 cell by cell from runs of
//! core's methods, and what is claimed.

#[allow(unused_imports, reason = "the figures and one distance alone are used")]
mod support;

use fejer::{ExtragradientPlus, Free, Method, ProjectedStep, Rapp};
use fejer_host::game::method::{RULES, Rule, Spec};
use fejer_host::game::{Constraint, Game, Name, Play, tables};
use support::figure;

const NAMES: [Name; 7] = [
    Name::Quadratic,
    Name::Bilinear,
    Name::Forsaken,
    Name::PolarI,
    Name::PolarIi,
    Name::PolarIii,
    Name::GlobalForsaken,
];

fn play(game: Game, methods: &[Spec], steps: u32) -> Play {
    Play {
        constraint: Constraint::of(&game),
        game,
        methods: methods.to_vec(),
        steps,
        noise: 0.0,
        seed: 1,
        starts: 4,
        tolerance: 1e-8,
    }
}

/// B4: 77 + 38 + 20 + 15 + 5 cells; the sublinear ones run to K = 10⁵.
#[test]
fn every_cell_of_the_reference_tables_has_its_printed_digits() {
    let tables = tables::all(5);
    let counts: Vec<(usize, usize)> = tables.iter().map(tables::Table::count).collect();
    for (table, (agree, all)) in tables.iter().zip(&counts) {
        let line = format!("games: {}: cells to the printed digits", table.title);
        figure(line, all, agree, agree == all);
    }
    let text: String = tables.iter().map(tables::Table::text).collect();
    assert_eq!(counts, [(77, 77), (38, 38), (20, 20), (15, 15), (5, 5)], "{text}");
}

/// Two implementations of the radius: a run's mean in the tables, eigenvalues of a step in the rows.
#[test]
fn the_radius_of_a_row_is_that_of_the_table() {
    let table = &tables::all(1)[0];
    let rapp = |tau, lambda| Spec { tau, lambda, ..Spec::new(Rule::Rapp, 0.99) };
    let methods = [Spec::new(Rule::Extragradient, 0.5), rapp(50, 0.5), rapp(400, 0.9)];
    for (column, rho) in [0.0, -0.1, -0.25, -0.4, -0.49, -0.6, -0.9].into_iter().enumerate() {
        let play = play(Name::Quadratic.game(rho), &methods, 1);
        let rows = play.rows(&play.run().expect("no proximal point"));
        for (row, index) in rows.iter().zip([0, 4, 6]) {
            let cell = &table.rows[index].cells[column];
            let radius = row.radius.expect("affine");
            assert!((radius - cell.measured).abs() < 1e-9, "{} ρ={rho}: {radius}", row.method);
        }
    }
}

/// On every game, in its box or not; equal up to the rounding of one average. Bit for bit on numbers
/// that need no rounding it is in `known_answers/identities.rs` and in the host's own tests.
#[test]
fn rapp_of_one_and_two_evaluations_are_the_plain_step_and_eg_plus_without_a_constraint() {
    let mut worst = 0_f64;
    for name in NAMES {
        let game = name.game(-0.2);
        let step = 0.8 / game.facts.lipschitz;
        let run = |method: &mut dyn Method<f64>, step: f64| {
            let mut point = [0.4, -0.3];
            (0..30).for_each(|_| method.advance(game.field.as_ref(), &Free, step, &mut point));
            point
        };
        let zeros = [0.0; 2];
        let pairs = [
            (run(&mut Rapp::new(0.3, 1, zeros), step), run(&mut ProjectedStep(zeros), 0.3 * step)),
            (
                run(&mut Rapp::new(0.3, 2, zeros), step),
                run(&mut ExtragradientPlus::new(0.3, zeros), step),
            ),
        ];
        for (rapp, twin) in pairs {
            worst = worst.max(support::distance(&rapp, &twin));
        }
    }
    figure(
        "games: RAPP τ = 1, 2 against gda(λγ), EG+",
        "< 1e-14",
        format!("{worst:.1e}"),
        worst < 1e-14,
    );
    assert!(worst < 1e-14, "{worst:e}");
}

/// Every rule on every game: what theory covers arrives or at least never leaves, from four starts.
#[test]
fn what_is_claimed_is_seen_and_forsaken_is_claimed_by_nobody() {
    let (mut covered, mut open, mut arrived_unclaimed) = (0, 0, 0);
    for (name, reach) in NAMES.into_iter().flat_map(|name| [(name, 0.9), (name, 0.4)]) {
        let game = name.game(-0.15);
        let step = reach / game.facts.lipschitz;
        let base =
            RULES.map(|(_, rule, _)| Spec { lambda: 0.6, alpha: 0.15, ..Spec::new(rule, step) });
        let base = base.into_iter().filter(|spec| spec.rule != Rule::ProximalPoint);
        let methods: Vec<Spec> = base.flat_map(|spec| [spec, spec.looking_ahead(2, 0.4)]).collect();
        let play = play(game, &methods, 60_000);
        for row in play.rows(&play.run().expect("no proximal point")) {
            match row.claim.is_covered {
                true => {
                    covered += 1;
                    assert_eq!(row.converged, row.runs, "{name:?}: {row:?}");
                }
                false => {
                    open += 1;
                    arrived_unclaimed += usize::from(row.converged == row.runs);
                }
            }
            assert!(name != Name::Forsaken || !row.claim.is_covered, "{row:?}");
        }
    }
    assert!(covered > 20 && open > 20, "{covered} {open}");
    let measured =
        format!("{covered} claims, all seen; {arrived_unclaimed} of {open} arrive unclaimed");
    figure(
        "games: claims against runs from four starts",
        "no claim is contradicted",
        measured,
        true,
    );
}

#[test]
fn the_page_of_the_figures_is_drawn_from_runs_and_is_the_same_every_time() {
    let page =
        || fejer_host::report::training_page(&fejer_host::game::figures::page().expect("runs"));
    let first = page();
    assert_eq!(first, page());
    let maps = first.matches("trajectories</h2>").count();
    figure(
        "games: figures of one command",
        "5 maps, twice the same",
        format!("{maps} maps"),
        maps == 5,
    );
    assert_eq!(maps, 5);
}
