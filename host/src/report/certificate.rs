//! The certificate over idle passes, on a logarithmic axis: duality gap and natural residual.

use super::chart::{self, Anchor, Axis, Plot, Width};
use super::number::{power_of_ten, scientific};
use super::{Demo, Pass};

const NAME: &str = "certificate";
const TITLE: &str = "Certificate against idle passes";
const DECADES_AT_MOST: i32 = 16;

/// One quantity of the certificate: what to call it, how to draw it, where to read it.
struct Quantity {
    name: &'static str,
    class: &'static str,
    read: fn(&Pass) -> f64,
}

const QUANTITIES: [Quantity; 2] = [
    Quantity { name: "duality gap", class: "host", read: |pass| pass.gap },
    Quantity { name: "natural residual", class: "device", read: |pass| pass.residual },
];

/// The chart; the first run in full, the others thin beside it.
pub(super) fn figure(demo: &Demo, width: Width) -> String {
    let (top, height) = if width == Width::Wide { (44.0, 320.0) } else { (66.0, 330.0) };
    let plot = Plot { left: 52.0, right: width.pixels() - 10.0, top, bottom: height - 56.0 };
    let passes = || demo.runs.iter().flat_map(|run| &run.passes);
    let exponents: Vec<_> = passes()
        .flat_map(|pass| QUANTITIES.iter().map(|quantity| (quantity.read)(pass)))
        .filter(|value| value.is_finite() && *value > 0.0)
        .map(f64::log10)
        .collect();
    let highest = exponents.iter().copied().fold(-1.0, f64::max).ceil() as i32;
    let lowest = exponents.iter().copied().fold(f64::from(highest - 1), f64::min).floor() as i32;
    let lowest = lowest.max(highest - DECADES_AT_MOST);
    let last = passes().map(|pass| pass.pass).max().unwrap_or(1).max(2);

    let up =
        Axis { low: f64::from(lowest), high: f64::from(highest), from: plot.bottom, to: plot.top };
    let across =
        Axis { low: 1.0, high: f64::from(last), from: plot.left + 10.0, to: plot.right - 8.0 };
    let stride = ((highest - lowest) / 6).max(1) as usize;
    let decades = (lowest..=highest).step_by(stride);
    let levels: Vec<_> = decades.map(|at| (f64::from(at), power_of_ten(at))).collect();
    let mut body = legend(width) + &chart::levels(&plot, &up, &levels);
    let marks: Vec<_> = (1..=last).step_by((last as usize).div_ceil(12)).map(f64::from).collect();
    body += &chart::steps(&plot, &across, &marks, "idle passes over the remembered windows");

    for (index, run) in demo.runs.iter().enumerate().rev() {
        for quantity in &QUANTITIES {
            let place = |pass: &Pass| {
                let value = (quantity.read)(pass).max(f64::MIN_POSITIVE);
                (across.place(f64::from(pass.pass)), up.place(value.log10()))
            };
            let points: Vec<_> = run.passes.iter().map(place).collect();
            let thin = if index == 0 { "" } else { " thin" };
            body += &chart::path(&points, false, &format!("line {}{thin}", quantity.class));
            if index == 0 {
                let class = format!("bead {}-bead", quantity.class);
                body +=
                    &points.iter().map(|at| chart::circle(*at, 4.5, &class)).collect::<String>();
            }
        }
    }
    chart::drawing(NAME, width, height, [TITLE, &description(demo)], &body)
}

fn legend(width: Width) -> String {
    let mut out = String::new();
    for (index, quantity) in QUANTITIES.iter().enumerate() {
        let (x, y) = match width {
            Width::Wide => (2.0 + 170.0 * index as f64, 14.0),
            Width::Narrow => (2.0, 14.0 + 21.0 * index as f64),
        };
        let class = quantity.class;
        out += &chart::path(&[(x, y), (x + 22.0, y)], false, &format!("line {class}"));
        out += &chart::circle((x + 11.0, y), 4.5, &format!("bead {class}-bead"));
        let text_class = format!("{class}-text");
        out += &chart::text(x + 30.0, y + 4.5, Anchor::Start, &text_class, quantity.name);
    }
    out
}

fn description(demo: &Demo) -> String {
    let ends = demo.runs.first().map(|run| (run.passes.first(), run.passes.last()));
    match ends {
        Some((Some(first), Some(last))) => format!(
            "From pass {} to pass {} the duality gap goes from {} to {} and the natural residual from {} to {}.",
            first.pass,
            last.pass,
            scientific(first.gap),
            scientific(last.gap),
            scientific(first.residual),
            scientific(last.residual)
        ),
        _ => "No idle pass was made.".into(),
    }
}

/// The numbers of the chart, one row a run and pass.
pub(super) fn table(demo: &Demo) -> String {
    let mut out = String::from(
        "<table><thead><tr><th scope=\"col\">seed</th><th scope=\"col\">pass</th><th scope=\"col\">gap</th><th scope=\"col\">distance to the exact solution</th><th scope=\"col\">natural residual</th></tr></thead><tbody>",
    );
    for run in &demo.runs {
        for pass in &run.passes {
            out += &format!(
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>≤ {}</td><td>{}</td></tr>",
                run.seed,
                pass.pass,
                scientific(pass.gap),
                scientific(pass.distance),
                scientific(pass.residual)
            );
        }
    }
    out + "</tbody></table>"
}
