//! A plan as a table for a terminal.

use std::fmt::Write;

use super::{OnBoard, Plan, Time};

/// What the head takes, and a line a board.
pub fn text(plan: &Plan) -> String {
    let Plan { features, classes, weights_bytes, memory_bytes, rate, boards } = plan;
    let mut text = format!(
        "{features} features → {classes} classes: weights {weights_bytes} B of RAM (and of flash, as \
         they left the factory), memory {memory_bytes} B\n\n"
    );
    let _ = writeln!(
        text,
        "{:<14} {:<12} {:>15} {:>15} {:>6} {:>26} {:>26} {:>9}  fits",
        "board", "core", "RAM", "flash", "stack", "predict", "learn", "duty"
    );
    for OnBoard { board, cost } in boards {
        let _ = write!(text, "{:<14} {:<12} ", board.name, board.core.name());
        let Some(cost) = cost else {
            text.push_str("not measured: no FPU, use --scalar q16\n");
            continue;
        };
        let of = |needed: u64, there: u64| format!("{needed} / {}K", there / 1024);
        let _ = writeln!(
            text,
            "{:>15} {:>15} {:>6} {:>26} {:>26} {:>7.3} %  {}",
            of(cost.ram_bytes, board.ram_bytes),
            of(cost.flash_bytes, board.flash_bytes),
            cost.stack_bytes,
            operation(&cost.predict),
            operation(&cost.learn),
            100.0 * cost.duty_cycle,
            if cost.fits { "yes" } else { "no" },
        );
    }
    let is_measured = boards.iter().flat_map(|board| &board.cost).all(|cost| cost.is_measured);
    let origin =
        if is_measured { "measured at this size" } else { "fitted between the sizes measured" };
    let _ = writeln!(
        text,
        "\nInstructions are counted under QEMU, {origin}. Time: modelled cycles on a Cortex-M4F \
         (± 15 %, no wait states); elsewhere ≥, one instruction a cycle. Duty: every window predicted \
         and learnt, {rate} a second. RAM and flash are the head's alone: features, drivers and the \
         rest of the firmware come on top."
    );
    text
}

fn operation(time: &Time) -> String {
    let Time { instructions, cycles, seconds } = time;
    let bound = if cycles.is_some() { "" } else { "≥ " };
    format!("{instructions} in. {bound}{}", duration(*seconds))
}

fn duration(seconds: f64) -> String {
    if seconds < 1e-3 {
        format!("{:.1} µs", seconds * 1e6)
    } else {
        format!("{:.2} ms", seconds * 1e3)
    }
}
