//! The figures of a task as a table for a terminal.

use std::fmt::Write;

use super::{Row, Task};

/// One line a way of teaching; below them what was promised.
pub fn text(task: Task, rows: &[Row]) -> String {
    let quality = rows.first().map_or("", |row| row.quality);
    let mut text = format!("{}, {quality}\n\n", task.word());
    let _ = writeln!(
        text,
        "{:<8} {:>8} {:>8} {:>8} {:>8} {:>10} {:>8} {:>10} {:>16}",
        "taught",
        "factory",
        "guarded",
        "worst",
        "lowest",
        "unguarded",
        "refused",
        "first use",
        "clean loss"
    );
    for row in rows {
        let first_use = row.first_use.map_or_else(|| "never".into(), |at| format!("{at:.1}"));
        let [before, after] = row.clean;
        let _ = writeln!(
            text,
            "{:<8} {:>8.4} {:>8.4} {:>8.4} {:>8.4} {:>10.4} {:>6.1} % {first_use:>10} {:>16}",
            row.teaching,
            row.factory,
            row.guarded,
            row.worst,
            row.lowest,
            row.unguarded,
            100.0 * row.refused,
            format!("{before:.3} → {after:.3}"),
        );
    }
    text.push('\n');
    for row in rows {
        for promise in &row.promises {
            let mark = if promise.holds { "ok    " } else { "MISSED" };
            let bar = match promise.bar {
                crate::reproduce::Bar::AtLeast(least) => format!("≥ {least:.4}"),
                crate::reproduce::Bar::AtMost(most) => format!("≤ {most:.4}"),
                other => other.to_string(),
            };
            let _ = writeln!(
                text,
                "{mark} taught {}: {} {:.4} {bar}",
                row.teaching, promise.figure, promise.value
            );
        }
    }
    text
}
