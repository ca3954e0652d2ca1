//! What a training or a comparison did: one self-contained HTML page.

use super::chart::{self, Width};
use super::curves::{Chart, figure};
use super::map::{self, Map};
use super::number::escape;
use super::{Fact, confusion, palette};

const STYLE: &str = include_str!("page.css");

/// Everything the page shows.
#[derive(Clone, Debug, Default)]
pub struct TrainingReport {
    /// Its heading.
    pub title: String,
    /// What was run, below it.
    pub told: String,
    /// The figures to remember: what, and how much.
    pub figures: Vec<(String, String)>,
    /// Maps, one section each.
    pub maps: Vec<Map>,
    /// Curves, one section each.
    pub charts: Vec<Chart>,
    /// Heads of the columns, then the rows, of the table of numbers.
    pub table: Vec<Vec<String>>,
    /// More tables, each with its heading.
    pub tables: Vec<(String, Vec<Vec<String>>)>,
    /// Caption, names of the classes, and counts: rows are the truth, columns the decision.
    pub confusion: Option<(String, Vec<String>, Vec<Vec<u32>>)>,
    /// The experiment as it was written.
    pub configuration: String,
    /// What it ran on.
    pub environment: Vec<Fact>,
}

/// The page: valid HTML 5 that asks the network for nothing.
pub fn page(report: &TrainingReport) -> String {
    let style = palette::variables() + chart::STYLE + STYLE;
    let mut body = format!(
        "<header><p class=\"eyebrow\">Fejér</p><h1>{}</h1><p class=\"muted\">{}</p></header>",
        escape(&report.title),
        escape(&report.told)
    );
    let tile = |(name, value): &(String, String)| {
        format!("<div><dt>{}</dt><dd>{}</dd></div>", escape(name), escape(value))
    };
    let tiles: String = report.figures.iter().map(tile).collect();
    body += &format!("<dl class=\"tiles\">{tiles}</dl>");
    for (index, map) in report.maps.iter().enumerate() {
        let figure = |width| map::figure(map, &format!("map-{index}"), width);
        let both = figure(Width::Wide) + &figure(Width::Narrow);
        body += &section(&map.title, &format!("<p>{}</p>{both}", escape(&map.description)));
    }
    for (index, chart) in report.charts.iter().enumerate() {
        let figure = |width| figure(chart, &format!("curves-{index}"), width);
        let both = figure(Width::Wide) + &figure(Width::Narrow);
        body += &section(&chart.title, &format!("<p>{}</p>{both}", escape(&chart.description)));
    }
    if let Some((caption, classes, counts)) = &report.confusion {
        body += &section("Decisions", &confusion::table(caption, classes, counts));
    }
    if let Some(table) = table(&report.table) {
        body += &section("The numbers", &format!("<div class=\"scroll\">{table}</div>"));
    }
    for (title, rows) in &report.tables {
        let table = table(rows).unwrap_or_default();
        body += &section(title, &format!("<div class=\"scroll\">{table}</div>"));
    }
    if !report.configuration.is_empty() {
        let written = format!("<pre class=\"scroll\">{}</pre>", escape(&report.configuration));
        body += &section("Configuration", &written);
    }
    let fact =
        |fact: &Fact| format!("<dt>{}</dt><dd>{}</dd>", escape(&fact.name), escape(&fact.value));
    let facts: String = report.environment.iter().map(fact).collect();
    if !facts.is_empty() {
        body += &section("Where this was run", &format!("<dl class=\"facts\">{facts}</dl>"));
    }
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n",
        escape(&report.title)
    )
}

fn section(title: &str, content: &str) -> String {
    format!("<section class=\"card\"><h2>{}</h2>{content}</section>\n", escape(title))
}

fn table(rows: &[Vec<String>]) -> Option<String> {
    let (head, rows) = rows.split_first()?;
    let head: String =
        head.iter().map(|name| format!("<th scope=\"col\">{}</th>", escape(name))).collect();
    let row = |row: &Vec<String>| {
        let cells: String = row.iter().map(|cell| format!("<td>{}</td>", escape(cell))).collect();
        format!("<tr>{cells}</tr>")
    };
    let rows: String = rows.iter().map(row).collect();
    Some(format!("<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_closed_asks_nothing_and_escapes_what_it_is_told() {
        let report = TrainingReport {
            title: "a <training>".into(),
            table: vec![vec!["epoch".into()], vec!["1 & 2".into()]],
            confusion: Some(("test".into(), vec!["<b>".into()], vec![vec![3]])),
            configuration: "step = \"<1>\"".into(),
            ..TrainingReport::default()
        };
        let page = page(&report);
        for tag in ["section", "table", "main", "dl", "pre"] {
            let count = |text: &str| page.matches(text).count();
            let opened = count(&format!("<{tag}>")) + count(&format!("<{tag} "));
            assert_eq!(opened, count(&format!("</{tag}>")), "{tag}");
        }
        assert!(!page.contains("http") && !page.contains("<training>") && !page.contains("<1>"));
        assert!(page.contains("1 &amp; 2"));
    }
}
