//! `fejer plan`: which microcontroller a head needs.

use crate::cli::{Failure, bad};
use crate::plan::{self, Method, Request, Scalar};

/// What a head needs and where.
#[derive(clap::Args)]
pub struct Arguments {
    /// Features the head sees, without the 1 of the bias.
    #[arg(long)]
    features: usize,
    /// Classes, or outputs.
    #[arg(long)]
    classes: usize,
    /// Numbers of the weights.
    #[arg(long, value_enum, default_value = "f32")]
    scalar: Scalar,
    /// Learning step.
    #[arg(long, value_enum, default_value = "anchored")]
    method: Method,
    /// Labelled samples to remember, 8 bits a feature.
    #[arg(long, value_name = "N", default_value_t = 0)]
    memory: usize,
    /// Only this board; without it, all there are.
    #[arg(long, value_name = "NAME")]
    board: Option<String>,
    /// Clock of the core, in place of each board's highest.
    #[arg(long, value_name = "HZ", value_parser = super::positive)]
    clock: Option<f64>,
    /// Windows a second, each predicted and learnt.
    #[arg(long, value_name = "WINDOWS_PER_SECOND", default_value_t = 1.0, value_parser = super::positive)]
    rate: f64,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// Prints the plan.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let request = Request {
        features: arguments.features,
        classes: arguments.classes,
        scalar: arguments.scalar,
        method: arguments.method,
        memory: arguments.memory,
        board: arguments.board.as_deref(),
        clock: arguments.clock,
        rate: arguments.rate,
    };
    let plan = plan::plan(&request).map_err(bad)?;
    if arguments.json {
        let json = serde_json::to_string(&plan).map_err(bad)?;
        println!("{json}");
    } else {
        print!("{}", plan::text(&plan));
    }
    let fits = plan.boards.iter().any(|board| board.cost.as_ref().is_some_and(|cost| cost.fits));
    match &arguments.board {
        Some(name) if !fits => Err((1, format!("it does not fit the {name}"))),
        _ => Ok(()),
    }
}
