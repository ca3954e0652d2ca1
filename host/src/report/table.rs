//! The demonstration as a short table for a terminal.

use std::fmt::Write;

use super::Demo;

/// The figures and the checks, aligned.
pub fn table(demo: &Demo) -> String {
    let (setting, figures) = (&demo.setting, &demo.headline);
    let mut text = format!("{}\n{} on {}\n\n", setting.data, setting.scalar, setting.board);
    let rows = [
        ("accuracy before", format!("{:.4}", figures.accuracy_before)),
        ("accuracy after", format!("{:.4}", figures.accuracy_after)),
        ("labels used", figures.labels.to_string()),
        ("duality gap", format!("{:.1e}", figures.gap)),
        ("distance to the exact solution", format!("≤ {:.1e}", figures.distance)),
        ("natural residual", format!("{:.1e}", figures.residual)),
        ("instructions per learning step", figures.instructions_per_step.to_string()),
        ("RAM, deepest stack included", format!("{} bytes", figures.ram_bytes)),
        ("flash", format!("{} bytes", figures.flash_bytes)),
    ];
    for (name, value) in rows {
        let _ = writeln!(text, "  {name:<32} {value:>14}");
    }
    text.push('\n');
    for check in &demo.checks {
        let mark = if check.passed { "ok  " } else { "FAIL" };
        let _ = writeln!(text, "  {mark} {}: {} ({})", check.name, check.measured, check.bound);
    }
    text.push('\n');
    text
}
