//! What a learning device says: one line an event, `word key=value …`.
//!
//! Numbers are decimal, hashes and raw bits hexadecimal. The same line comes back from
//! [`DeviceLine`]'s `Display`, so a replay on the desktop can say exactly what the device says.

use std::fmt;
use std::str::FromStr;

/// One event of the device's life.
#[derive(Debug, Clone, PartialEq)]
pub enum DeviceLine {
    /// It started.
    Boot {
        /// With what it had learnt before, not with the factory head.
        resumed: bool,
        /// Why a stored state was refused; `none` if none was, `erased` if there never was one.
        reason: String,
        /// Hash of the weights.
        weights: u64,
        /// Samples in memory.
        remembered: u32,
        /// Records of its history already consumed.
        records: u32,
    },
    /// A window without a label.
    Predicted {
        /// Its number.
        window: u32,
        /// The class predicted.
        class: u8,
    },
    /// A window with a label, learnt, with the revisits, and stored.
    Learnt {
        /// Its number.
        window: u32,
        /// Its label.
        class: u8,
        /// What would have been predicted before.
        predicted: u8,
        /// Hash of the weights after.
        weights: u64,
        /// Samples in memory after.
        remembered: u32,
        /// Instructions the learning step took; 0 if they were not counted.
        instructions: u32,
    },
    /// A pass over the memory in idle time, with its certificate.
    Idle {
        /// Its number.
        pass: u32,
        /// Hash of the weights after.
        weights: u64,
        /// Duality gap.
        gap: f32,
        /// Bound on the distance to the exact solution.
        distance: f32,
        /// Natural residual.
        residual: f32,
        /// Distance of the stored weights from those of the dual values.
        drift: f32,
    },
    /// A window that was not used; the head is as before.
    Refused {
        /// Its number.
        window: u32,
        /// Why.
        reason: String,
    },
    /// A row of the final weights.
    Weights {
        /// Its number; the last is the bias.
        row: u32,
        /// Raw bits of the row's weights.
        values: Vec<u32>,
    },
    /// It ended.
    Done {
        /// Records of the history consumed, those before a resumption included.
        records: u32,
        /// Deepest stack, in bytes.
        stack: u32,
    },
}

/// A line of ours that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the device's line `{line}` has no valid `{key}`: firmware and host are of different versions"
)]
pub struct LineError {
    /// The line.
    pub line: String,
    /// What is missing or malformed.
    pub key: &'static str,
}

impl DeviceLine {
    /// Understands a line; `None` if it is not an event but text for people.
    ///
    /// # Errors
    /// [`LineError`] if it is an event with a missing or malformed value.
    pub fn parse(line: &str) -> Result<Option<Self>, LineError> {
        let tokens = Tokens(line);
        Ok(Some(match line.split(' ').next() {
            Some("boot") => Self::Boot {
                resumed: tokens.resumed()?,
                reason: tokens.number("reason")?,
                weights: tokens.bits("weights")?,
                remembered: tokens.number("remembered")?,
                records: tokens.number("records")?,
            },
            Some("predicted") => {
                Self::Predicted { window: tokens.number("window")?, class: tokens.number("class")? }
            }
            Some("learnt") => Self::Learnt {
                window: tokens.number("window")?,
                class: tokens.number("class")?,
                predicted: tokens.number("predicted")?,
                weights: tokens.bits("weights")?,
                remembered: tokens.number("remembered")?,
                instructions: tokens.number("instructions")?,
            },
            Some("idle") => Self::Idle {
                pass: tokens.number("pass")?,
                weights: tokens.bits("weights")?,
                gap: tokens.float("gap")?,
                distance: tokens.float("distance")?,
                residual: tokens.float("residual")?,
                drift: tokens.float("drift")?,
            },
            Some("refused") => {
                Self::Refused { window: tokens.number("window")?, reason: tokens.number("reason")? }
            }
            Some("weights") => {
                Self::Weights { row: tokens.number("row")?, values: tokens.row("values")? }
            }
            Some("done") => {
                Self::Done { records: tokens.number("records")?, stack: tokens.number("stack")? }
            }
            _ => return Ok(None),
        }))
    }
}

impl fmt::Display for DeviceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boot { resumed, reason, weights, remembered, records } => {
                let head = if *resumed { "resumed" } else { "factory" };
                write!(f, "boot head={head} reason={reason} weights={weights:016x} ")?;
                write!(f, "remembered={remembered} records={records}")
            }
            Self::Predicted { window, class } => {
                write!(f, "predicted window={window} class={class}")
            }
            Self::Learnt { window, class, predicted, weights, remembered, instructions } => {
                write!(f, "learnt window={window} class={class} predicted={predicted} ")?;
                write!(f, "weights={weights:016x} remembered={remembered} ")?;
                write!(f, "instructions={instructions}")
            }
            Self::Idle { pass, weights, gap, distance, residual, drift } => {
                write!(f, "idle pass={pass} weights={weights:016x} gap={:08x} ", gap.to_bits())?;
                write!(f, "distance={:08x} ", distance.to_bits())?;
                write!(f, "residual={:08x} drift={:08x}", residual.to_bits(), drift.to_bits())
            }
            Self::Refused { window, reason } => {
                write!(f, "refused window={window} reason={reason}")
            }
            Self::Weights { row, values } => {
                write!(f, "weights row={row} values=")?;
                for (index, value) in values.iter().enumerate() {
                    write!(f, "{}{value:08x}", if index == 0 { "" } else { "," })?;
                }
                Ok(())
            }
            Self::Done { records, stack } => write!(f, "done records={records} stack={stack}"),
        }
    }
}

struct Tokens<'a>(&'a str);

impl<'a> Tokens<'a> {
    fn find(&self, key: &str) -> Option<&'a str> {
        self.0.split(' ').find_map(|token| token.strip_prefix(key)?.strip_prefix('='))
    }

    fn value<T>(
        &self,
        key: &'static str,
        parse: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<T, LineError> {
        let found = self.find(key).and_then(parse);
        found.ok_or_else(|| LineError { line: self.0.to_owned(), key })
    }

    fn number<T: FromStr>(&self, key: &'static str) -> Result<T, LineError> {
        self.value(key, |text| text.parse().ok())
    }

    fn resumed(&self) -> Result<bool, LineError> {
        self.value("head", |text| match text {
            "resumed" => Some(true),
            "factory" => Some(false),
            _ => None,
        })
    }

    fn bits(&self, key: &'static str) -> Result<u64, LineError> {
        self.value(key, |text| u64::from_str_radix(text, 16).ok())
    }

    fn float(&self, key: &'static str) -> Result<f32, LineError> {
        self.value(key, |text| u32::from_str_radix(text, 16).ok().map(f32::from_bits))
    }

    fn row(&self, key: &'static str) -> Result<Vec<u32>, LineError> {
        self.value(key, |text| {
            text.split(',').map(|word| u32::from_str_radix(word, 16).ok()).collect()
        })
    }
}
