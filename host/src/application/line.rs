//! What a device with a worked application says: one line an event, `word key=value …`.
//!
//! Numbers are decimal, hashes and raw bits hexadecimal. A replay says the same through
//! [`Line`]'s `Display`.

use std::fmt;
use std::str::FromStr;

/// One event of the device's life.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// A label was taken and judged.
    Learnt {
        /// Of the window.
        window: u32,
        /// `memory` or `holdout`.
        place: String,
        /// What the guard said, [`fejer::tuner::Ruling::word`].
        ruling: String,
        /// Duality gap.
        gap: f32,
        /// Loss of the factory head and of the learnt one over the clean set.
        clean: [f32; 2],
        /// The same over the labels held out.
        held: [f32; 2],
        /// Hash of the learnt weights.
        weights: u64,
    },
    /// A window was not used; the head is as before.
    Refused {
        /// Of the window.
        window: u32,
        /// Why.
        reason: String,
    },
    /// It ended.
    Done(Done),
}

/// What came of a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// Labels learnt or held out.
    pub labels: u32,
    /// Windows predicted.
    pub windows: u32,
    /// Windows and labels not used.
    pub refused: u32,
    /// Windows for which the device was not sure enough.
    pub rejected: u32,
    /// Loss of the factory head and of the one in use, summed over the windows.
    pub lost: [f32; 2],
    /// Hashes of the predictions of both.
    pub predictions: [u64; 2],
    /// Is what was learnt in use?
    pub uses_learnt: bool,
    /// Is there an alarm of drift?
    pub has_drifted: bool,
    /// Hash of the weights in use.
    pub weights: u64,
    /// Deepest stack, in bytes; 0 on the desktop.
    pub stack: u32,
}

/// A line of ours that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the device's line `{line}` has no valid `{key}`: firmware and host are of different versions"
)]
pub struct LineError {
    /// The line.
    pub line: String,
    /// What is missing or malformed.
    pub key: &'static str,
}

impl Line {
    /// Understands a line; `None` if it is not an event but text for people.
    ///
    /// # Errors
    /// [`LineError`] if it is an event with a missing or malformed value.
    pub fn parse(line: &str) -> Result<Option<Self>, LineError> {
        let values = Values(line);
        Ok(Some(match line.split(' ').next() {
            Some("learnt") => Self::Learnt {
                window: values.number("window")?,
                place: values.number("where")?,
                ruling: values.number("ruling")?,
                gap: values.of("gap", float)?,
                clean: values.of("clean", |text| pair(text, float))?,
                held: values.of("held", |text| pair(text, float))?,
                weights: values.of("weights", hash)?,
            },
            Some("refused") => {
                Self::Refused { window: values.number("window")?, reason: values.number("reason")? }
            }
            Some("done") => Self::Done(Done {
                labels: values.number("labels")?,
                windows: values.number("windows")?,
                refused: values.number("refused")?,
                rejected: values.number("rejected")?,
                lost: values.of("lost", |text| pair(text, float))?,
                predictions: values.of("predictions", |text| pair(text, hash))?,
                uses_learnt: values.of("head", head)?,
                has_drifted: values.number("drift")?,
                weights: values.of("weights", hash)?,
                stack: values.number("stack")?,
            }),
            _ => return Ok(None),
        }))
    }

    /// Without what only a device can know: its stack.
    pub fn common(mut self) -> Self {
        if let Self::Done(done) = &mut self {
            done.stack = 0;
        }
        self
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Learnt { window, place, ruling, gap, clean, held, weights } => {
                write!(f, "learnt window={window} where={place} ruling={ruling} ")?;
                write!(f, "gap={:08x} clean={} held={} ", gap.to_bits(), bits(clean), bits(held))?;
                write!(f, "weights={weights:016x}")
            }
            Self::Refused { window, reason } => {
                write!(f, "refused window={window} reason={reason}")
            }
            Self::Done(done) => {
                let Done { labels, windows, refused, rejected, lost, predictions, .. } = done;
                let Done { uses_learnt, has_drifted, weights, stack, .. } = done;
                let [factory, tuned] = predictions;
                let head = if *uses_learnt { "learnt" } else { "factory" };
                write!(f, "done labels={labels} windows={windows} refused={refused} ")?;
                write!(f, "rejected={rejected} lost={} ", bits(lost))?;
                write!(f, "predictions={factory:016x},{tuned:016x} head={head} ")?;
                write!(f, "drift={has_drifted} weights={weights:016x} stack={stack}")
            }
        }
    }
}

fn bits([first, second]: &[f32; 2]) -> String {
    format!("{:08x},{:08x}", first.to_bits(), second.to_bits())
}

fn hash(text: &str) -> Option<u64> {
    u64::from_str_radix(text, 16).ok()
}

fn float(text: &str) -> Option<f32> {
    u32::from_str_radix(text, 16).ok().map(f32::from_bits)
}

fn head(text: &str) -> Option<bool> {
    match text {
        "learnt" => Some(true),
        "factory" => Some(false),
        _ => None,
    }
}

fn pair<T>(text: &str, parse: impl Fn(&str) -> Option<T>) -> Option<[T; 2]> {
    let (first, second) = text.split_once(',')?;
    Some([parse(first)?, parse(second)?])
}

struct Values<'a>(&'a str);

impl<'a> Values<'a> {
    fn of<T>(
        &self,
        key: &'static str,
        parse: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<T, LineError> {
        let mut tokens = self.0.split(' ').filter_map(|token| token.split_once('='));
        let found = tokens.find(|(name, _)| *name == key).and_then(|(_, value)| parse(value));
        found.ok_or_else(|| LineError { line: self.0.to_owned(), key })
    }

    fn number<T: FromStr>(&self, key: &'static str) -> Result<T, LineError> {
        self.of(key, |text| text.parse().ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines() -> [Line; 3] {
        let (place, ruling) = ("holdout".to_owned(), "kept".to_owned());
        let (gap, clean, held) = (1.5e-3, [3.0, 4.0], [0.25, f32::MAX]);
        let done = Done {
            labels: 45,
            windows: 300,
            refused: 1,
            rejected: 7,
            lost: [30.0, 0.1],
            predictions: [1, u64::MAX],
            uses_learnt: true,
            has_drifted: false,
            weights: 0xabc,
            stack: 9000,
        };
        [
            Line::Learnt { window: 7, place, ruling, gap, clean, held, weights: 5 },
            Line::Refused { window: 3, reason: "unsound".to_owned() },
            Line::Done(done),
        ]
    }

    #[test]
    fn every_line_comes_back_from_its_text() {
        for line in lines() {
            assert_eq!(Line::parse(&line.to_string()), Ok(Some(line.clone())), "{line}");
        }
        assert_eq!(Line::parse("error: a text for people"), Ok(None));
        assert_eq!(Line::parse(""), Ok(None));
    }

    #[test]
    fn an_event_without_one_of_its_values_is_an_error_that_names_it() {
        for line in lines() {
            let text = line.to_string();
            for token in text.split(' ').skip(1) {
                let without = text.replacen(&format!(" {token}"), "", 1);
                let error = Line::parse(&without).unwrap_err();
                assert_eq!(token.split('=').next(), Some(error.key), "{without}");
            }
        }
    }
}
