//! One row an epoch: what was measured, as CSV.

use serde::{Deserialize, Serialize};

/// After one epoch. What is of the test is empty where no examples are kept for it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// From 1.
    pub epoch: u32,
    /// Since the beginning of the run.
    pub seconds: f64,
    /// Mean loss of its batches, each before its step.
    pub train_loss: f64,
    /// The loss on the test.
    pub test_loss: Option<f64>,
    /// Mean (p − y)² on the test.
    pub test_squared_error: Option<f64>,
    /// Share of wrong decisions on the test.
    pub test_error: Option<f64>,
    /// Weighted F1 on the test.
    pub test_weighted_f1: Option<f64>,
}

/// All rows as CSV, with their names in the first line.
pub fn to_csv(history: &[Epoch]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for epoch in history {
        // into memory, numbers only: cannot fail
        let _ = writer.serialize(epoch);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// The rows of such a text up to an epoch; those that cannot be read are left out.
pub fn from_csv(text: &str, up_to: u32) -> Vec<Epoch> {
    let rows = csv::Reader::from_reader(text.as_bytes()).into_deserialize::<Epoch>();
    rows.filter_map(Result::ok).filter(|row| row.epoch <= up_to).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_were() {
        let row = |epoch, test_loss| Epoch {
            epoch,
            seconds: 0.25,
            train_loss: 0.1 + 0.2,
            test_loss,
            test_squared_error: None,
            test_error: test_loss,
            test_weighted_f1: None,
        };
        let history = [row(1, Some(1e-300)), row(2, None), row(3, None)];
        assert_eq!(from_csv(&to_csv(&history), 2), history[..2]);
    }
}
