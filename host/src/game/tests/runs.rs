//! Runs as they are played: where they stay, that they repeat, and what they show.

use fejer::Outcome;

use super::*;

#[test]
fn points_of_a_constrained_run_never_leave_the_box() {
    for name in [Name::Bilinear, Name::Forsaken, Name::PolarI, Name::GlobalForsaken] {
        let game = name.game(0.0);
        let radius = game.facts.radius.unwrap_or(1.0);
        // What is relaxed from Hx, EG+ and CEG+, may step outside; its midpoints do not.
        let is_kept = |spec: &Spec| !matches!(spec.rule, Rule::ExtragradientPlus | Rule::Adaptive);
        let rules: Vec<Spec> =
            every_rule(3.0 / game.facts.lipschitz).into_iter().filter(is_kept).collect();
        let ahead = rules.iter().map(|spec| spec.looking_ahead(4, 0.4));
        let methods: Vec<Spec> = rules.iter().copied().chain(ahead).collect();
        let play = Play {
            constraint: Constraint::Box { radius },
            starts: 4,
            noise: 0.5,
            ..play(game, &methods, 300)
        };
        let mut touched = false;
        for (spec, runs) in methods.iter().zip(play.run().unwrap()) {
            for point in runs.iter().flat_map(|run| &run.path) {
                let most = point[0].abs().max(point[1].abs());
                // An average of points in the box may be off by a last place.
                assert!(most <= radius * (1.0 + 1e-15), "{name:?} {spec}: {point:?}");
                touched |= most > radius * (1.0 - 1e-12);
            }
        }
        assert!(touched, "{name:?}: the box was felt");
    }
}

#[test]
fn noise_repeats_with_its_seed_on_any_number_of_threads_and_differs_with_another() {
    let methods = every_rule(0.05);
    let with = |seed: u64, threads: usize| {
        let play =
            Play { noise: 0.1, starts: 3, seed, ..play(Name::Forsaken.game(0.0), &methods, 200) };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let played = pool.install(|| play.run().unwrap());
        let ends = played.iter().flatten().map(|run| (run.point.clone(), run.residuals.clone()));
        ends.collect::<Vec<_>>()
    };
    let one = with(7, 1);
    assert_eq!(one, with(7, 4));
    assert_ne!(one, with(8, 1));
    // The same draws for every method; another stream for every start.
    assert_ne!(one[0], one[1]);
}

#[test]
fn evaluations_are_counted_and_marks_are_the_last_powers_of_ten() {
    let rapp = Spec { tau: 7, ..Spec::new(Rule::Rapp, 0.5) };
    let methods = [Spec::new(Rule::Extragradient, 0.5), rapp, Spec::new(Rule::Plain, 0.5)];
    let play = play(Name::Bilinear.game(0.0), &methods, 2_000);
    let rows = play.rows(&play.run().unwrap());
    assert_eq!(
        rows.iter().map(|row| row.evaluations).collect::<Vec<_>>(),
        [Some(2.0), Some(7.0), None]
    );
    assert_eq!(play.marks(), [10, 100, 1_000, 2_000]);
    assert_eq!((rows[1].converged, rows[2].diverged), (1, 1));
    assert_eq!(rows[2].residuals[3], (2_000, None));
    assert!(rows[0].distance.unwrap() < 1e-8);
}

/// With F = iz the midpoints follow y_{k+1} = y_k − 2γi·y_k + γi·y_{k−1}: r² − (1 − 2γi)r − γi = 0.
#[test]
fn a_radius_measured_on_a_run_is_the_largest_root_of_the_recurrence() {
    let methods = [Spec::new(Rule::Optimistic, 0.3), Spec::new(Rule::Extrapolation, 0.3)];
    let play = play(Name::Bilinear.game(0.0), &methods, 10);
    let rows = play.rows(&play.run().unwrap());
    // The discriminant is 1 − 4γ²: (1 ± √(1 − 4γ²))/2 − γi.
    let largest = (0.5 + 0.5 * (1.0_f64 - 4.0 * 0.09).sqrt()).hypot(0.3);
    for row in rows {
        assert!((row.radius.unwrap() - largest).abs() < 1e-6, "{row:?} {largest}");
    }
}

/// Figure 2 in words: RAPP and LA-GDA arrive beyond 1/L, RAPP without relaxation does not.
#[test]
fn the_figures_show_what_the_paper_says_of_them() {
    let figures = super::super::figures::figures();
    let outcomes = |index: usize| -> Vec<(String, Outcome)> {
        let play = &figures[index].play;
        let played = play.run().unwrap();
        let ends = played.iter().map(|runs| runs[0].outcome);
        play.methods.iter().map(ToString::to_string).zip(ends).collect()
    };
    let forsaken = outcomes(0);
    let arrived = forsaken.iter().map(|(_, outcome)| *outcome == Outcome::Converged);
    assert_eq!(arrived.collect::<Vec<_>>(), [false, false, true, false, true], "{forsaken:?}");
    let polar = outcomes(1);
    assert_eq!(polar[0].1, Outcome::Exhausted, "descent-ascent circles: {polar:?}");
    assert!(polar[1..4].iter().all(|(_, outcome)| *outcome == Outcome::Converged), "{polar:?}");
    let quadratic = outcomes(2);
    assert!(quadratic[0].1 != Outcome::Converged, "{quadratic:?}");
    assert!(
        quadratic[1..4].iter().all(|(_, outcome)| *outcome == Outcome::Converged),
        "{quadratic:?}"
    );
}
