//! The runs of a game as a table for a terminal.

use std::fmt::Write;

use super::play::Row;

/// One line a method.
pub fn text(rows: &[Row]) -> String {
    let mut cells = cells(rows);
    // The theorem is prose, and ragged.
    let claims: Vec<String> = cells.iter_mut().filter_map(Vec::pop).collect();
    let lines = aligned(&cells);
    let line = |(line, claim): (&str, String)| format!("{line}  {claim}\n");
    lines.lines().zip(claims).map(line).collect()
}

/// Columns of equal width, the first to the left.
pub(super) fn aligned(cells: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let lengths = cells.iter().filter_map(|row| row.get(column));
        lengths.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let mut text = String::new();
    for row in cells {
        for (column, cell) in row.iter().enumerate() {
            let width = width(column);
            let _ = match column {
                0 => write!(text, "{cell:<width$}"),
                _ => write!(text, "  {cell:>width$}"),
            };
        }
        text.push('\n');
    }
    text
}

/// The same as cells, the head of the columns first.
pub(super) fn cells(rows: &[Row]) -> Vec<Vec<String>> {
    let marks = rows.first().map_or(&[][..], |row| row.residuals.as_slice());
    let mut head = vec!["method".to_owned()];
    head.extend(marks.iter().map(|(step, _)| format!("residual at {step}")));
    head.extend(["distance", "F a step", "radius", "converged", "theory"].map(String::from));
    std::iter::once(head).chain(rows.iter().map(line)).collect()
}

fn line(row: &Row) -> Vec<String> {
    let mut line = vec![row.method.clone()];
    line.extend(row.residuals.iter().map(|(_, value)| number(*value)));
    line.push(number(row.distance));
    let each = |all: f64| format!("{all:.1}");
    line.push(row.evaluations.map_or_else(|| "–".into(), each));
    let about = if row.is_estimate { "≈" } else { "" };
    line.push(row.radius.map_or_else(|| "–".into(), |radius| format!("{about}{radius:.5}")));
    let lost = match row.diverged {
        0 => String::new(),
        diverged => format!(", {diverged} diverged"),
    };
    line.push(format!("{} of {}{lost}", row.converged, row.runs));
    line.push(row.claim.text.clone());
    line
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".into(), |value| format!("{value:.2e}"))
}
