//! The page, top to bottom: what was run, the figures, the two charts, the decisions, the checks.

use super::chart::{self, Width};
use super::number::{bytes, escape, grouped, percent, scientific};
use super::{Demo, accuracy, certificate, confusion, palette};

const STYLE: &str = include_str!("page.css");

/// The whole page: valid HTML 5 that asks the network for nothing.
pub fn page(demo: &Demo) -> String {
    let style = palette::variables() + chart::STYLE + STYLE;
    let sections = [
        heading(demo),
        hero(demo),
        tiles(demo),
        learning(demo),
        decisions(demo),
        solution(demo),
        checks(demo),
        environment(demo),
    ];
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>Fejér: a head fine-tuned on a microcontroller</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n{}\n</main>\n</body>\n</html>\n",
        sections.join("\n")
    )
}

fn heading(demo: &Demo) -> String {
    let setting = &demo.setting;
    let seeds: Vec<_> = setting.seeds.iter().map(u64::to_string).collect();
    format!(
        "<header><p class=\"eyebrow\">Fejér</p><h1>A head fine-tuned on a microcontroller, and its twin on the desktop</h1><p class=\"muted\">{} · {} on {} · {} · prior precision Λ = {}</p></header>",
        escape(&setting.data),
        escape(&setting.scalar),
        escape(&setting.board),
        escape(&counted(seeds.len(), "run", &seeds.join(", "))),
        // It was an f32: as such it prints as it was written.
        setting.prior_precision as f32
    )
}

fn counted(count: usize, noun: &str, seeds: &str) -> String {
    match count {
        1 => format!("1 {noun}, seed {seeds}"),
        _ => format!("{count} {noun}s, seeds {seeds}"),
    }
}

fn pill(holds: bool, text: &str) -> String {
    let (class, sign) = if holds { ("pass", "✓") } else { ("fail", "✗") };
    format!("<span class=\"pill {class}\">{sign} {}</span>", escape(text))
}

fn hero(demo: &Demo) -> String {
    let headline = &demo.headline;
    let same = if headline.bit_identical {
        "device = host: bit for bit"
    } else {
        "device and host differ"
    };
    let held = demo.checks.iter().filter(|check| check.passed).count();
    let all = demo.checks.len();
    format!(
        "<section class=\"card hero\" aria-label=\"Result\"><div><p class=\"accuracy\"><span class=\"from\">{}</span> → <span class=\"to\">{}</span></p><p class=\"muted\">right decisions on the device, before and after {} labels</p></div><ul class=\"verdicts\"><li>{}</li><li>{}</li></ul></section>",
        percent(headline.accuracy_before).replace(' ', "\u{202f}"),
        percent(headline.accuracy_after).replace(' ', "\u{202f}"),
        headline.labels,
        pill(headline.bit_identical, same),
        pill(demo.passed(), &format!("{held} of {all} checks hold"))
    )
}

fn tiles(demo: &Demo) -> String {
    let headline = &demo.headline;
    let figures = [
        ("instructions per learning step", grouped(headline.instructions_per_step)),
        ("flash, factory head included", bytes(headline.flash_bytes)),
        ("RAM, stack included", bytes(headline.ram_bytes)),
        ("deepest stack", bytes(headline.stack_bytes)),
        ("largest difference to the f64 oracle", scientific(headline.oracle_max_difference)),
        ("duality gap", scientific(headline.gap)),
        ("distance to the exact solution at most", scientific(headline.distance)),
        ("natural residual", scientific(headline.residual)),
    ];
    let tile = |(name, value)| format!("<div><dt>{name}</dt><dd>{value}</dd></div>");
    format!("<dl class=\"tiles\">{}</dl>", figures.map(tile).concat())
}

fn both(figure: fn(&Demo, Width) -> String, demo: &Demo) -> String {
    figure(demo, Width::Wide) + &figure(demo, Width::Narrow)
}

fn numbers(table: &str) -> String {
    format!("<details><summary>The numbers</summary><div class=\"scroll\">{table}</div></details>")
}

fn learning(demo: &Demo) -> String {
    format!(
        "<section class=\"card\"><h2>Accuracy against labelled windows</h2><p>On windows not used for learning. Dots are what the device printed while it learnt; line and band are the same history replayed on the desktop.</p>{}{}</section>",
        both(accuracy::figure, demo),
        numbers(&accuracy::table(demo))
    )
}

fn decisions(demo: &Demo) -> String {
    let classes = &demo.classes;
    let before = confusion::total(classes.len(), demo.runs.iter().map(|run| &run.before));
    let after = confusion::total(classes.len(), demo.runs.iter().map(|run| &run.after));
    format!(
        "<section class=\"card\"><h2>What the device decided</h2><p>Counts over all runs; the colour is the share of the row, blue where right, orange where wrong.</p><div class=\"pair\">{}{}</div></section>",
        confusion::table("Before:", classes, &before),
        confusion::table(&format!("After {} labels:", demo.headline.labels), classes, &after)
    )
}

fn solution(demo: &Demo) -> String {
    format!(
        "<section class=\"card\"><h2>Certificate against idle passes</h2><p>The device proves its own result: its weights are within √(gap/Λ) of the exact solution, rounding drift added. The first run in full, the others thin.</p>{}{}</section>",
        both(certificate::figure, demo),
        numbers(&certificate::table(demo))
    )
}

fn checks(demo: &Demo) -> String {
    let mut rows = String::new();
    for check in &demo.checks {
        let verdict = pill(check.passed, if check.passed { "holds" } else { "fails" });
        rows += &format!(
            "<tr><th scope=\"row\">{}</th><td class=\"number\" data-name=\"bound\">{}</td><td class=\"number\" data-name=\"measured\">{}</td><td class=\"verdict\">{verdict}</td></tr>",
            escape(&check.name),
            escape(&check.bound),
            escape(&check.measured)
        );
    }
    format!(
        "<section class=\"card\"><h2>Checks</h2><table class=\"checks\"><thead><tr><th scope=\"col\">promise</th><th scope=\"col\">bound</th><th scope=\"col\">measured</th><th scope=\"col\">verdict</th></tr></thead><tbody>{rows}</tbody></table></section>"
    )
}

fn environment(demo: &Demo) -> String {
    let fact = |fact: &super::Fact| {
        format!("<dt>{}</dt><dd>{}</dd>", escape(&fact.name), escape(&fact.value))
    };
    let facts: String = demo.environment.iter().map(fact).collect();
    format!(
        "<section class=\"card\"><h2>Where this was run</h2><dl class=\"facts\">{facts}</dl></section>"
    )
}
