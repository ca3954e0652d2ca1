//! What the device answered, for people and as JSON.

use std::fmt::{self, Display};
use std::path::Path;

use fejer::port;
use fejer::tuner::Ruling;
use serde::Serialize;

use crate::cli::{Failure, bad};

/// One line, or one JSON object.
pub fn print<T: Serialize + Display>(is_json: bool, answer: &T) -> Result<(), Failure> {
    if is_json {
        println!("{}", serde_json::to_string(answer).map_err(bad)?);
    } else {
        println!("{answer}");
    }
    Ok(())
}

/// 64 bits are text in JSON: not every reader keeps them as a number.
fn hash(hash: u64) -> String {
    format!("{hash:016x}")
}

#[derive(Serialize)]
pub struct State {
    weights: String,
    uses_learnt: bool,
    ruling: Option<&'static str>,
    is_settled: bool,
    has_drifted: bool,
    labels: u32,
    unstored: u32,
    remembered: u16,
    held: u16,
    visits: u32,
    pending: u16,
    counter: u32,
    stores: u32,
    answered: u32,
    stack: u32,
    is_resumed: bool,
}

impl From<port::State> for State {
    fn from(state: port::State) -> Self {
        Self {
            weights: hash(state.weights),
            uses_learnt: state.uses_learnt,
            ruling: state.ruling.map(Ruling::word),
            is_settled: state.is_settled,
            has_drifted: state.has_drifted,
            labels: state.labels,
            unstored: state.unstored,
            remembered: state.remembered,
            held: state.held,
            visits: state.visits,
            pending: state.pending,
            counter: state.counter,
            stores: state.stores,
            answered: state.answered,
            stack: state.stack,
            is_resumed: state.is_resumed,
        }
    }
}

impl Display for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = if self.is_resumed { "resumed" } else { "from the factory" };
        let used = if self.uses_learnt { "in use" } else { "not in use" };
        let ruling = match (self.is_settled, self.ruling) {
            (false, _) => "at work",
            (true, None) => "none yet",
            (true, Some(ruling)) => ruling,
        };
        let drift = if self.has_drifted { "a drift" } else { "no drift" };
        write!(
            formatter,
            "weights {}, {used}, verdict: {ruling}, {drift}, {} labels ({} not in the flash), {} \
             remembered, {} held out, {} visits, {} windows without a label, counter {}, {} stores, {} \
             answers, {} bytes of stack, started {start}",
            self.weights,
            self.labels,
            self.unstored,
            self.remembered,
            self.held,
            self.visits,
            self.pending,
            self.counter,
            self.stores,
            self.answered,
            self.stack
        )
    }
}

#[derive(Serialize)]
pub struct Description {
    features: u16,
    outputs: u16,
    memory: u16,
    holdout: u16,
    clean: u16,
    labels_a_store: u16,
    revisits: u16,
    pending: u16,
    scalar: [u8; 2],
    body: u16,
    checkpoint: u32,
    factory: String,
    is_keyed: bool,
}

impl From<port::Description> for Description {
    fn from(device: port::Description) -> Self {
        Self {
            features: device.features,
            outputs: device.outputs,
            memory: device.memory,
            holdout: device.holdout,
            clean: device.clean,
            labels_a_store: device.labels_a_store,
            revisits: device.revisits,
            pending: device.pending,
            scalar: device.scalar,
            body: device.body,
            checkpoint: device.checkpoint,
            factory: hash(device.factory),
            is_keyed: device.is_keyed,
        }
    }
}

impl Display for Description {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers = match self.scalar {
            [1, 0] => "f32".to_owned(),
            [2, 0] => "f64".to_owned(),
            [_, bits] => format!("fixed point with {bits} fraction bits"),
        };
        let key = if self.is_keyed { "asks for a key" } else { "without a key" };
        write!(
            formatter,
            "{} features, {} outputs, {numbers}, remembers {} samples, judges by {} clean ones and {} \
             held out, waits for the labels of {} windows, stores every {} labels, checkpoints of at \
             most {} bytes, factory head {}, {key}",
            self.features,
            self.outputs,
            self.memory,
            self.clean,
            self.holdout,
            self.pending,
            self.labels_a_store,
            self.checkpoint,
            self.factory
        )
    }
}

#[derive(Serialize)]
pub struct Certificate {
    gap: f32,
    drift: f32,
    distance: f32,
    residual: f32,
}

impl From<fejer::Certificate<f32>> for Certificate {
    fn from(certificate: fejer::Certificate<f32>) -> Self {
        let fejer::Certificate { gap, drift, distance, residual } = certificate;
        Self { gap, drift, distance, residual }
    }
}

impl Display for Certificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { gap, drift, distance, residual } = self;
        write!(
            formatter,
            "duality gap {gap:.3e} nats, distance at most {distance:.3e}, residual {residual:.3e}, \
             drift {drift:.3e}"
        )
    }
}

#[derive(Serialize)]
pub struct Predicted(pub crate::port::Predicted);

impl Display for Predicted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let crate::port::Predicted { window, class, share, is_rejected, is_learnt } = self.0;
        let head = if is_learnt { "what was learnt" } else { "the factory head" };
        let doubt = if is_rejected { ", not sure enough" } else { "" };
        write!(formatter, "window {window}: class {class} at {share:.3} by {head}{doubt}")
    }
}

#[derive(Serialize)]
pub struct SelfTest {
    sums: bool,
    factory: bool,
    head: bool,
    stored: bool,
}

impl From<port::SelfTest> for SelfTest {
    fn from(found: port::SelfTest) -> Self {
        let port::SelfTest { sums, factory, head, stored } = found;
        Self { sums, factory, head, stored }
    }
}

impl Display for SelfTest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |well: bool| if well { "well" } else { "NOT WELL" };
        write!(
            formatter,
            "checksums {}, factory head {}, learnt head {}, flash {}",
            word(self.sums),
            word(self.factory),
            word(self.head),
            word(self.stored)
        )
    }
}

#[derive(Serialize)]
pub struct Got<'a> {
    pub bytes: usize,
    pub out: &'a Path,
}

impl Display for Got<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} bytes; wrote {}", self.bytes, self.out.display())
    }
}
