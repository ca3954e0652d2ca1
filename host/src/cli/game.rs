//! `fejer game`

use std::path::{Path, PathBuf};

use crate::export;
use crate::game::method::{Defaults, Written};
use crate::game::{Constraint, Name, Play, figures, page, tables, text};
use crate::report::{self, TrainingReport};

use super::{Failure, bad, environment, positive};

/// Play a two-player game with any method: who arrives, who circles, who leaves.
///
/// One player minimises, the other maximises; a solution is a zero of F = (∂φ/∂x, −∂φ/∂y). Plain
/// descent-ascent circles or leaves on most games worth the name. What brings a method back is
/// measured here, and what theory promises is printed beside it: a theorem with its conditions checked
/// for these numbers, or "no theorem" and why. Without a theorem a run may converge all the same: that
/// is an observation, of this start.
///
/// Methods are NAME or NAME:key=value:…, such as rapp:tau=50:step=.9:
///
///   gda            gradient descent-ascent, both at once
///   alternating    the same, one after the other
///   eg             extragradient
///   eg+            extragradient+, relaxed by alpha; in a box or with a penalty it is CEG+
///   ceg+           CEG+ that chooses its own alpha, relaxed by lambda
///   optimistic     past extragradient, one evaluation a step
///   extrapolation  operator extrapolation, one evaluation a step
///   osg            the name of optimistic under noise
///   oadagrad       optimistic Adagrad: a step for each number, offset delta
///   rapp           relaxed approximate proximal point: tau evaluations, relaxation lambda
///   proximal       its limit for large tau, where F is affine and free
///   la-NAME        Lookahead around any of them: tau base steps, then back to 1 − lambda of the way
///
/// alpha relaxes eg+, and what a la- is put around; inner is the tau of la-rapp's RAPP.
///
/// Columns: the natural residual ‖x − prox(x − F(x))‖ of F without noise after so many steps, the
/// distance to the solution, evaluations of F a step, the spectral radius of a step where game and
/// method are affine (≈ where it is measured on a run), runs that converged; the worst of all starts.
///
/// Exit code 0: done (a run that diverges is a result); 2: bad arguments.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    play: PlayArguments,
}

/// What else there is to do with games.
#[derive(clap::Subcommand)]
enum Command {
    /// Measure the reference tables anew and compare them cell by cell.
    ///
    /// Spectral radii on the quadratic and the bilinear game, the sublinear rate on 61 scales, the
    /// evaluations RAPP needs, and where extragradient ends; every number from runs of the methods. A
    /// cell that does not agree with the printed digits is shown with both.
    ///
    /// Exit code 0: every cell agrees; 1: one does not; 2: bad arguments.
    Tables(TablesArguments),
}

#[derive(clap::Args)]
struct TablesArguments {
    /// Run the sublinear table to 10^N steps only.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=5))]
    decades: u8,
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// Also draw the figures, and the tables below them, into this HTML page.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

#[derive(clap::Args)]
struct PlayArguments {
    /// Which game.
    #[arg(value_enum, required = true)]
    game: Option<Name>,
    /// Methods.
    #[arg(
        long,
        value_name = "NAME[:key=value…],…",
        value_delimiter = ',',
        default_value = "gda,eg,eg+,optimistic,rapp,la-gda"
    )]
    method: Vec<Written>,
    /// Steps of each; a step of rapp is tau evaluations.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    steps: u32,
    /// Step size γ; without it, half of 1/L.
    #[arg(long, value_name = "NUMBER", value_parser = positive)]
    step_size: Option<f64>,
    /// τ of rapp and of la-.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    tau: u32,
    /// λ of rapp, proximal, ceg+ and of la-, above 0 and below 2.
    #[arg(long, value_name = "NUMBER", default_value_t = 0.5, value_parser = relaxation)]
    lambda: f64,
    /// α of eg+, above 0 and below 2.
    #[arg(long, value_name = "NUMBER", default_value_t = 0.5, value_parser = relaxation)]
    alpha: f64,
    /// δ of oadagrad.
    #[arg(long, value_name = "NUMBER", default_value_t = 1.0, value_parser = positive)]
    delta: f64,
    /// ρ of quadratic and scales, whose L is 1; without it, -0.1.
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true, value_parser = comonotone)]
    rho: Option<f64>,
    /// Keep every number within ± this; without it, the game's own box if it has one.
    #[arg(long = "box", value_name = "RADIUS", value_parser = positive, group = "added")]
    radius: Option<f64>,
    /// Add this much of ‖x‖₁ for both players.
    #[arg(long, value_name = "STRENGTH", value_parser = positive, group = "added")]
    lasso: Option<f64>,
    /// Add half this much of ‖x‖₂² for both players.
    #[arg(long, value_name = "PRECISION", value_parser = positive, group = "added")]
    ridge: Option<f64>,
    /// Take the game out of its box.
    #[arg(long, group = "added")]
    free: bool,
    /// Deviation of the noise on every evaluation.
    #[arg(long, value_name = "NUMBER", default_value_t = 0.0, value_parser = not_negative)]
    noise: f64,
    /// Of the noise and of the random starts.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Starts: the game's own, then random ones no farther from the solution.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    starts: u32,
    /// Converged at this residual.
    #[arg(long, value_name = "NUMBER", default_value_t = 1e-8, value_parser = positive)]
    tolerance: f64,
    /// As JSON: one object a method.
    #[arg(long)]
    json: bool,
    /// Draw trajectories over the field, and residuals, into this HTML page.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

fn relaxation(text: &str) -> Result<f64, String> {
    let number = positive(text)?;
    if number < 2.0 { Ok(number) } else { Err("must be below 2".to_owned()) }
}

fn not_negative(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if number.is_finite() && number >= 0.0 { Ok(number) } else { Err("must be at least 0".into()) }
}

fn comonotone(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if number.abs() <= 1.0 { Ok(number) } else { Err("must be from -1 to 1, as L is 1".to_owned()) }
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.command {
        Some(Command::Tables(arguments)) => run_tables(arguments),
        None => run_game(&arguments.play),
    }
}

fn run_game(arguments: &PlayArguments) -> Result<(), Failure> {
    let name = arguments.game.ok_or_else(|| bad("which game? fejer game --help lists them"))?;
    let play = play(arguments, name)?;
    let played = play.run().map_err(bad)?;
    let rows = play.rows(&played);
    let facts = &play.game.facts;
    let told = format!(
        "{}, {}; L = {:.4}, weak Minty ρL = {:.4}, {}; {} steps, {}, {} start{}",
        play.game.formula,
        play.constraint,
        facts.lipschitz,
        facts.weak_minty * facts.lipschitz,
        facts.comonotone.map_or_else(
            || "comonotone with no ρ".to_owned(),
            |rho| format!("comonotone ρL = {:.4}", rho * facts.lipschitz)
        ),
        play.steps,
        if play.noise > 0.0 { format!("noise {}", play.noise) } else { "no noise".to_owned() },
        play.starts,
        if play.starts == 1 { "" } else { "s" }
    );
    if arguments.json {
        println!("{}", serde_json::to_string(&rows).map_err(bad)?);
    } else {
        print!("{told}\n\n{}", text(&rows));
    }
    let Some(file) = &arguments.report else { return Ok(()) };
    let title = clap::ValueEnum::to_possible_value(&name);
    let title = title.map_or_else(String::new, |value| value.get_name().to_owned());
    write(file, page(&title, &told, &[(title.clone(), &play, &played)]), arguments.json)
}

fn play(arguments: &PlayArguments, name: Name) -> Result<Play, Failure> {
    if arguments.rho.is_some() && !name.takes_comonotone() {
        return Err(bad("--rho: only quadratic and scales can choose theirs; leave it out"));
    }
    let game = name.game(arguments.rho.unwrap_or(-0.1));
    let defaults = Defaults {
        step: arguments.step_size.unwrap_or(0.5 / game.facts.lipschitz),
        tau: arguments.tau,
        lambda: arguments.lambda,
        alpha: arguments.alpha,
        delta: arguments.delta,
    };
    let constraint = match (arguments.radius, arguments.lasso, arguments.ridge) {
        (Some(radius), ..) => Constraint::Box { radius },
        (_, Some(strength), _) => Constraint::Lasso { strength },
        (.., Some(precision)) => Constraint::Ridge { precision },
        _ if arguments.free => Constraint::Free,
        _ => Constraint::of(&game),
    };
    Ok(Play {
        game,
        constraint,
        methods: arguments.method.iter().map(|written| written.fill(defaults)).collect(),
        steps: arguments.steps,
        noise: arguments.noise,
        seed: arguments.seed,
        starts: arguments.starts,
        tolerance: arguments.tolerance,
    })
}

fn run_tables(arguments: &TablesArguments) -> Result<(), Failure> {
    let tables = tables::all(usize::from(arguments.decades));
    if arguments.json {
        println!("{}", serde_json::to_string(&tables).map_err(bad)?);
    } else {
        tables.iter().for_each(|table| println!("{}", table.text()));
    }
    if let Some(file) = &arguments.report {
        let mut report = figures::page().map_err(bad)?;
        let titled = |table: &tables::Table| (table.title.to_owned(), table.cells());
        report.tables = tables.iter().map(titled).collect();
        write(file, report, arguments.json)?;
    }
    let differing: Vec<&str> = tables
        .iter()
        .filter(|table| table.count().0 < table.count().1)
        .map(|table| table.title)
        .collect();
    match differing.as_slice() {
        [] => Ok(()),
        titles => Err((1, format!("cells differ in: {}", titles.join("; ")))),
    }
}

fn write(file: &Path, report: TrainingReport, is_quiet: bool) -> Result<(), Failure> {
    let report = TrainingReport { environment: environment(), ..report };
    export::write(file, report::training_page(&report).as_bytes()).map_err(bad)?;
    if !is_quiet {
        println!("wrote {}", file.display());
    }
    Ok(())
}
