//! The few drawing functions both charts share. Coordinates are pixels of the view box.

use std::fmt::Write;

use super::number::escape;

/// How `chart.css` dresses every chart.
pub(super) const STYLE: &str = include_str!("chart.css");

/// Where a chart is going to be shown: text keeps its size, so a phone gets a drawing of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Width {
    /// The page on a desktop.
    Wide,
    /// The page on a phone.
    Narrow,
}

impl Width {
    pub(super) fn pixels(self) -> f64 {
        if self == Width::Wide { 760.0 } else { 360.0 }
    }

    fn class(self) -> &'static str {
        if self == Width::Wide { "wide" } else { "narrow" }
    }
}

/// The box the data is drawn in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plot {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// Maps values to pixels, linearly. For a logarithmic axis pass exponents.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axis {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) from: f64,
    pub(super) to: f64,
}

impl Axis {
    pub(super) fn place(&self, value: f64) -> f64 {
        let span = (self.high - self.low).max(f64::MIN_POSITIVE);
        let share = ((value - self.low) / span).clamp(0.0, 1.0);
        self.from + share * (self.to - self.from)
    }
}

/// Ticks from `low` to `high` at the finest of the steps 1, 2, 5 × 10ⁿ that gives at most `most` of them.
pub(super) fn ticks(low: f64, high: f64, most: usize) -> Vec<f64> {
    let span = (high - low).max(f64::MIN_POSITIVE);
    let decade = 10f64.powf((span / most as f64).log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * decade)
        .find(|step| span / step < most as f64)
        .unwrap_or(decade * 10.0);
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    (first..=last).map(|index| index as f64 * step).collect()
}

/// Where a text is anchored.
#[derive(Debug, Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

pub(super) fn text(x: f64, y: f64, anchor: Anchor, class: &str, content: &str) -> String {
    let anchor = match anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    };
    let content = escape(content);
    format!(
        r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" class="{class}">{content}</text>"#
    )
}

pub(super) fn line(from: (f64, f64), to: (f64, f64), class: &str) -> String {
    let ((x1, y1), (x2, y2)) = (from, to);
    format!(r#"<line x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}" class="{class}"/>"#)
}

pub(super) fn circle(centre: (f64, f64), radius: f64, class: &str) -> String {
    let (x, y) = centre;
    format!(r#"<circle cx="{x:.1}" cy="{y:.1}" r="{radius}" class="{class}"/>"#)
}

pub(super) fn rectangle(corner: (f64, f64), size: (f64, f64), round: f64, class: &str) -> String {
    let ((x, y), (width, height)) = (corner, size);
    format!(
        r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" rx="{round}" class="{class}"/>"#
    )
}

/// A path through the points; nothing for fewer than two.
pub(super) fn path(points: &[(f64, f64)], closed: bool, class: &str) -> String {
    if points.len() < 2 {
        return String::new();
    }
    let mut steps = String::new();
    for (index, (x, y)) in points.iter().enumerate() {
        let _ = write!(steps, "{}{x:.1} {y:.1}", if index == 0 { "M" } else { "L" });
    }
    let end = if closed { "Z" } else { "" };
    format!(r#"<path d="{steps}{end}" class="{class}"/>"#)
}

/// Horizontal rules with their labels at the left, the lowest one stronger.
pub(super) fn levels(plot: &Plot, axis: &Axis, marks: &[(f64, String)]) -> String {
    let mut out = String::new();
    for (value, label) in marks {
        let y = axis.place(*value);
        let class = if (y - plot.bottom).abs() < 0.5 { "base" } else { "grid" };
        out += &line((plot.left, y), (plot.right, y), class);
        out += &text(plot.left - 8.0, y + 4.5, Anchor::End, "", label);
    }
    out
}

/// Labels under the plot, and what they count.
pub(super) fn steps(plot: &Plot, axis: &Axis, marks: &[f64], name: &str) -> String {
    let mut out = String::new();
    for value in marks {
        let label = format!("{value:.0}");
        out += &text(axis.place(*value), plot.bottom + 20.0, Anchor::Middle, "", &label);
    }
    let middle = (plot.left + plot.right) / 2.0;
    out + &text(middle, plot.bottom + 42.0, Anchor::Middle, "", name)
}

/// A drawing with its title and description for those who cannot see it.
pub(super) fn drawing(
    name: &str,
    width: Width,
    height: f64,
    about: [&str; 2],
    body: &str,
) -> String {
    let [title, description] = about.map(escape);
    let (pixels, class) = (width.pixels(), width.class());
    let id = format!("{name}-{class}");
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" class="chart {class}" viewBox="0 0 {pixels:.0} {height:.0}" role="img" aria-labelledby="{id}-title {id}-description"><title id="{id}-title">{title}</title><desc id="{id}-description">{description}</desc>{body}</svg>"#
    )
}
