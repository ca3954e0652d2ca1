//! Which microcontroller a head needs: memory, instructions and time, before any code is written.
//!
//! The figures are those of the device bench ([`crate::figures`]): at a size it measured they are
//! given as they are, at others they are fitted in features and outputs, see `estimate`.

mod boards;
mod estimate;
mod page;

use clap::ValueEnum;
use serde::Serialize;

pub use boards::{BOARDS, Board, Core};
pub use page::text;

use crate::figures::{COMMITTED, Figure};
use estimate::{Estimate, Shape};

/// The number type of weights and features.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Scalar {
    /// `f32` weights and features: for cores with an FPU
    F32,
    /// 32-bit fixed-point weights, 16-bit features: for cores without one
    #[value(name = "q16", alias = "q24")]
    Q16,
}

/// The learning step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Method {
    /// One projected step a sample
    Projected,
    /// One extragradient step a sample
    Extragradient,
    /// The exact resolvent of a sample: the anchored solve visits one so, with any memory
    Anchored,
}

/// What is to run, and how often.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Features.
    pub features: usize,
    /// Classes.
    pub classes: usize,
    /// Numbers.
    pub scalar: Scalar,
    /// Learning step.
    pub method: Method,
    /// Labelled samples remembered.
    pub memory: usize,
    /// Only this board, by its name.
    pub board: Option<&'a str>,
    /// Clock in Hz in place of the boards' own.
    pub clock: Option<f64>,
    /// Windows a second: each is predicted and learnt.
    pub rate: f64,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such board.
    #[error("no board is called `{name}`: there are {known}; another one of the same core serves as well, with --clock", known = boards::names())]
    Board {
        /// What was asked for.
        name: String,
    },
    /// The committed figures are missing or damaged.
    #[error(
        "benches/device.json holds no figures for {0}: run `cargo bench -p fejer-benches --bench device`"
    )]
    Figures(&'static str),
    /// Nothing to plan for.
    #[error("{0} must be at least {1}")]
    TooFew(&'static str, usize),
}

/// What the head takes anywhere, and how it does on each board.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// Features.
    pub features: usize,
    /// Classes.
    pub classes: usize,
    /// Weights, bytes of RAM; as many of flash for the weights it leaves the factory with.
    pub weights_bytes: u64,
    /// Remembered samples, bytes.
    pub memory_bytes: u64,
    /// Windows a second.
    pub rate: f64,
    /// Each board.
    pub boards: Vec<OnBoard>,
}

/// One board.
#[derive(Debug, Clone, Serialize)]
pub struct OnBoard {
    /// The board.
    #[serde(flatten)]
    pub board: Board,
    /// What it takes there; none where the bench did not measure these numbers.
    pub cost: Option<Cost>,
}

/// What a head takes on a board.
#[derive(Debug, Clone, Serialize)]
pub struct Cost {
    /// Is the size one the bench measured?
    pub is_measured: bool,
    /// Weights, memory and stack, bytes.
    pub ram_bytes: u64,
    /// Stack of the deeper of the two operations, bytes.
    pub stack_bytes: u64,
    /// Text of both operations and the factory weights, bytes.
    pub flash_bytes: u64,
    /// A prediction.
    pub predict: Time,
    /// A learning step.
    pub learn: Time,
    /// Share of the time spent on predicting and learning every window.
    pub duty_cycle: f64,
    /// Do flash, RAM and time suffice?
    pub fits: bool,
}

/// How long an operation takes.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Time {
    /// Instructions.
    pub instructions: u64,
    /// Modelled cycles, where there is a model of the core.
    pub cycles: Option<u64>,
    /// Seconds at the clock; without a model at least these, one instruction a cycle.
    pub seconds: f64,
}

/// Plans.
///
/// # Errors
/// [`Error`]: what is wrong with the request, or figures that are missing.
pub fn plan(request: &Request<'_>) -> Result<Plan, Error> {
    for (name, value, least) in
        [("--features", request.features, 1), ("--classes", request.classes, 2)]
    {
        if value < least {
            return Err(Error::TooFew(name, least));
        }
    }
    let boards = boards::named(request.board)?;
    let figures: Vec<Figure> =
        serde_json::from_str(COMMITTED).map_err(|_| Error::Figures("any target"))?;
    let (features, classes) = (request.features as u64, request.classes as u64);
    let weights_bytes = 4 * (features + 1) * classes;
    // Codes of the features and the 1, the label in a byte, the dual values.
    let remembered = (features + 2).next_multiple_of(4) + 4 * classes;
    let memory_bytes = request.memory as u64 * remembered;
    let mut plan = Plan {
        features: request.features,
        classes: request.classes,
        weights_bytes,
        memory_bytes,
        rate: request.rate,
        boards: Vec::new(),
    };
    for mut board in boards {
        board.clock_hz = request.clock.unwrap_or(board.clock_hz);
        let cost = cost(request, &board, &figures, weights_bytes, memory_bytes)?;
        plan.boards.push(OnBoard { board, cost });
    }
    Ok(plan)
}

/// What a head holds besides its weights, on a device: its link, and how far they reach.
const HEAD_BYTES: u64 = 16;

fn cost(
    request: &Request<'_>,
    board: &Board,
    figures: &[Figure],
    weights_bytes: u64,
    memory_bytes: u64,
) -> Result<Option<Cost>, Error> {
    let scalar = match request.scalar {
        Scalar::F32 => "f32",
        Scalar::Q16 => "q24",
    };
    let target = board.core.target();
    let here: Vec<&Figure> =
        figures.iter().filter(|row| row.target == target && row.scalar == scalar).collect();
    if here.is_empty() {
        let is_known = figures.iter().any(|row| row.target == target);
        return if is_known { Ok(None) } else { Err(Error::Figures(target)) };
    }
    let method = match request.method {
        Method::Projected => "projected",
        Method::Extragradient => "extragradient",
        Method::Anchored => "anchored",
    };
    let shape = Shape { features: request.features, classes: request.classes };
    let of = |operation, method: &str| {
        let rows = here.iter().filter(|row| row.operation == operation && row.method == method);
        Estimate::new(&rows.copied().collect::<Vec<_>>(), shape).ok_or(Error::Figures(target))
    };
    let (predict, learn) = (of("predict", "any")?, of("learn", method)?);
    let time = |estimate: &Estimate| Time {
        instructions: estimate.instructions,
        cycles: estimate.cycles,
        seconds: estimate.cycles.unwrap_or(estimate.instructions) as f64 / board.clock_hz,
    };
    let stack_bytes = predict.ram_bytes.max(learn.ram_bytes);
    let ram_bytes = weights_bytes + HEAD_BYTES + memory_bytes + stack_bytes;
    let flash_bytes =
        weights_bytes + HEAD_BYTES + predict.text_bytes + learn.text_bytes + learn.links_bytes;
    let duty_cycle = request.rate * (time(&predict).seconds + time(&learn).seconds);
    Ok(Some(Cost {
        is_measured: predict.is_measured,
        ram_bytes,
        stack_bytes,
        flash_bytes,
        predict: time(&predict),
        learn: time(&learn),
        duty_cycle,
        fits: ram_bytes <= board.ram_bytes && flash_bytes <= board.flash_bytes && duty_cycle <= 1.0,
    }))
}

#[cfg(test)]
mod tests;
