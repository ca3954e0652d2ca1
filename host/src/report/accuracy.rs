//! Accuracy against labelled windows: the desktop's mean and range as line and band, the device as dots.

use std::collections::BTreeMap;

use super::chart::{self, Anchor, Axis, Plot, Width};
use super::number::{escape, percent};
use super::{Demo, Point, palette};

const NAME: &str = "accuracy";
const TITLE: &str = "Accuracy against labelled windows";

/// Mean, lowest and highest over the runs that have the same number of labels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spread {
    pub(super) labels: u32,
    pub(super) mean: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// Gathers the points of all runs by their number of labels.
pub(super) fn spread<'a>(runs: impl Iterator<Item = &'a Vec<Point>>) -> Vec<Spread> {
    let mut by_labels = BTreeMap::<u32, Vec<f64>>::new();
    for point in runs.flatten().filter(|point| point.accuracy.is_finite()) {
        by_labels.entry(point.labels).or_default().push(point.accuracy);
    }
    let summary = |(labels, values): (u32, Vec<f64>)| Spread {
        labels,
        mean: values.iter().sum::<f64>() / values.len() as f64,
        low: values.iter().copied().fold(f64::INFINITY, f64::min),
        high: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    };
    by_labels.into_iter().map(summary).collect()
}

/// The main picture as a file of its own: title, card and colours included, light and dark.
pub fn picture(demo: &Demo) -> String {
    let height = 420.0;
    let width = Width::Wide;
    let mut body = format!("<style>\n{}</style>", palette::written_out(chart::STYLE));
    body += &chart::rectangle((0.5, 0.5), (width.pixels() - 1.0, height - 1.0), 10.0, "ground");
    body += &chart::text(28.0, 40.0, Anchor::Start, "title", TITLE);
    let told = format!("{} · {}", demo.setting.data, demo.setting.board);
    body += &chart::text(28.0, 62.0, Anchor::Start, "", &told);
    let plot = Plot { left: 72.0, right: width.pixels() - 32.0, top: 136.0, bottom: height - 62.0 };
    body += &legend(28.0, 88.0, width);
    body += &marks(demo, &plot, width);
    chart::drawing(NAME, width, height, [TITLE, &description(demo)], &body) + "\n"
}

/// The picture within the page, which has the title and the card already.
pub(super) fn figure(demo: &Demo, width: Width) -> String {
    let (top, height) = if width == Width::Wide { (60.0, 340.0) } else { (104.0, 370.0) };
    let plot = Plot { left: 52.0, right: width.pixels() - 10.0, top, bottom: height - 56.0 };
    let body = legend(2.0, 14.0, width) + &marks(demo, &plot, width);
    chart::drawing(NAME, width, height, [TITLE, &description(demo)], &body)
}

fn description(demo: &Demo) -> String {
    let headline = &demo.headline;
    format!(
        "The device decides {} of the windows right with the factory head and {} after learning {} labelled windows.",
        percent(headline.accuracy_before),
        percent(headline.accuracy_after),
        headline.labels
    )
}

/// On a phone one entry a row.
fn legend(left: f64, top: f64, width: Width) -> String {
    let place = |column: f64, row: f64| match width {
        Width::Wide => (left + column, top),
        Width::Narrow => (left, top + row * 21.0),
    };
    let mut out = String::new();
    let (x, y) = place(0.0, 0.0);
    out += &chart::path(&[(x, y), (x + 22.0, y)], false, "line host");
    out += &chart::text(x + 30.0, y + 4.5, Anchor::Start, "", "desktop, mean of the runs");
    let (x, y) = place(222.0, 1.0);
    out += &chart::rectangle((x, y - 6.0), (22.0, 12.0), 2.0, "band");
    out += &chart::text(x + 30.0, y + 4.5, Anchor::Start, "", "desktop, lowest to highest");
    let (x, y) = place(444.0, 2.0);
    out += &chart::circle((x + 11.0, y), 4.0, "dot");
    out + &chart::text(x + 30.0, y + 4.5, Anchor::Start, "", "device, every run")
}

fn marks(demo: &Demo, plot: &Plot, width: Width) -> String {
    let headline = &demo.headline;
    let host = spread(demo.runs.iter().map(|run| &run.host));
    let device = demo.runs.iter().flat_map(|run| &run.device);
    let all = device.clone().map(|point| point.accuracy).chain(host.iter().map(|at| at.low));
    let lowest = all.chain([headline.accuracy_before]).fold(1.0, f64::min);
    let most_labels = host.iter().map(|at| at.labels).chain([headline.labels]).max().unwrap_or(1);

    let across =
        Axis { low: 0.0, high: f64::from(most_labels), from: plot.left, to: plot.right - 6.0 };
    let low = ((lowest - 0.02) * 20.0).floor().max(0.0) / 20.0;
    let up = Axis { low, high: 1.0, from: plot.bottom, to: plot.top };
    let (across_count, up_count) = if width == Width::Wide { (11, 7) } else { (6, 7) };

    let mut levels: Vec<_> = chart::ticks(low, 1.0, up_count).into_iter().collect();
    if levels.first().is_none_or(|first| (first - low).abs() > 1e-9) {
        levels.insert(0, low);
    }
    let levels: Vec<_> =
        levels.into_iter().map(|at| (at, format!("{:.0} %", at * 100.0))).collect();
    let mut out = chart::levels(plot, &up, &levels);
    let labels = chart::ticks(0.0, across.high, across_count);
    out += &chart::steps(plot, &across, &labels, "labelled windows learnt on the device");

    let place = |labels: u32, accuracy| (across.place(f64::from(labels)), up.place(accuracy));
    let upper = host.iter().map(|at| place(at.labels, at.high));
    let lower = host.iter().rev().map(|at| place(at.labels, at.low));
    out += &chart::path(&upper.chain(lower).collect::<Vec<_>>(), true, "band");

    let before = up.place(headline.accuracy_before);
    out += &chart::line((plot.left, before), (plot.right, before), "reference");
    let mean: Vec<_> = host.iter().map(|at| place(at.labels, at.mean)).collect();
    out += &chart::path(&mean, false, "line host");
    for point in device {
        out += &chart::circle(place(point.labels, point.accuracy), 4.0, "dot");
    }

    // Above everything and below everything: the two labels cannot meet each other or the curve.
    let told = format!("factory head {}", percent(headline.accuracy_before));
    out += &chart::text(plot.right, before + 18.0, Anchor::End, "strong", &told);
    let after = up.place(headline.accuracy_after).min(plot.top + 6.0);
    let told = format!("after {} labels {}", headline.labels, percent(headline.accuracy_after));
    out + &chart::text(plot.right, after - 14.0, Anchor::End, "strong", &told)
}

/// The numbers of the picture, one row a number of labels.
pub(super) fn table(demo: &Demo) -> String {
    let host = spread(demo.runs.iter().map(|run| &run.host));
    let device: BTreeMap<_, _> = spread(demo.runs.iter().map(|run| &run.device))
        .into_iter()
        .map(|at| (at.labels, at.mean))
        .collect();
    let mut out = String::from(
        "<table><thead><tr><th scope=\"col\">labels</th><th scope=\"col\">desktop, mean</th><th scope=\"col\">lowest</th><th scope=\"col\">highest</th><th scope=\"col\">device, mean</th></tr></thead><tbody>",
    );
    for at in host {
        let seen = device.get(&at.labels).map_or("–".into(), |mean| percent(*mean));
        out += &format!(
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            at.labels,
            percent(at.mean),
            percent(at.low),
            percent(at.high),
            escape(&seen)
        );
    }
    out + "</tbody></table>"
}
