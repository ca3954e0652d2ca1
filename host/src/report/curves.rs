//! Curves over the epochs or steps of trainings: the mean of the seeds as a line, every seed as a thin one.

use super::chart::{self, Anchor, Axis, Plot, Width};
use super::number::scientific;
use super::palette;

/// Curves that share their axes.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// In words, for those who cannot see it.
    pub description: String,
    /// What the axis counts.
    pub clock: Clock,
    /// In the order of the legend.
    pub curves: Vec<Curve>,
}

/// What time is counted in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// Passes over the examples.
    #[default]
    Epochs,
    /// Steps of a method.
    Steps,
    /// Commands to a device, each with its reply.
    Exchanges,
}

/// One method.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    /// For the legend.
    pub name: String,
    /// For each seed the epochs, from 1, with their values. What is not finite is left out.
    pub seeds: Vec<Vec<(u32, f64)>>,
}

impl Curve {
    /// Mean over the seeds at each epoch that all of them reached.
    fn mean(&self) -> Vec<(u32, f64)> {
        let Some(first) = self.seeds.first() else { return Vec::new() };
        let at = |epoch: u32| -> Option<f64> {
            let value = |seed: &Vec<(u32, f64)>| {
                seed.iter().find(|point| point.0 == epoch).map(|point| point.1)
            };
            let sum: f64 = self.seeds.iter().map(value).sum::<Option<f64>>()?;
            Some(sum / self.seeds.len() as f64).filter(|mean| mean.is_finite())
        };
        first.iter().filter_map(|&(epoch, _)| Some((epoch, at(epoch)?))).collect()
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        let values = self.seeds.iter().flatten().map(|point| point.1);
        values.filter(|value| value.is_finite())
    }
}

/// The picture as a file of its own, light and dark.
pub fn picture(chart: &Chart) -> String {
    let width = Width::Wide;
    let rows = chart.curves.len().div_ceil(2) as f64;
    let top = 84.0 + 21.0 * rows;
    let height = top + 300.0;
    let mut body = format!("<style>\n{}</style>", palette::written_out(chart::STYLE));
    body += &chart::rectangle((0.5, 0.5), (width.pixels() - 1.0, height - 1.0), 10.0, "ground");
    body += &chart::text(28.0, 40.0, Anchor::Start, "title", &chart.title);
    let plot = Plot { left: 84.0, right: width.pixels() - 32.0, top, bottom: height - 62.0 };
    body += &legend(chart, 28.0, 68.0, 2, 350.0);
    body += &marks(chart, &plot, 10);
    chart::drawing("curves", width, height, [&chart.title, &chart.description], &body) + "\n"
}

/// The picture within a page; `name` must not repeat there.
pub(super) fn figure(chart: &Chart, name: &str, width: Width) -> String {
    let (columns, ticks) = if width == Width::Wide { (2, 10) } else { (1, 5) };
    let top = 24.0 + 21.0 * chart.curves.len().div_ceil(columns) as f64;
    let height = top + 290.0;
    let plot = Plot { left: 76.0, right: width.pixels() - 10.0, top, bottom: height - 56.0 };
    let body = legend(chart, 2.0, 14.0, columns, 360.0) + &marks(chart, &plot, ticks);
    chart::drawing(name, width, height, [&chart.title, &chart.description], &body)
}

pub(super) fn class(curve: usize) -> String {
    let dashed = if curve % 12 >= 6 { " dashed" } else { "" };
    format!("line c{}{dashed}", curve % 6)
}

fn legend(chart: &Chart, left: f64, top: f64, columns: usize, apart: f64) -> String {
    let mut out = String::new();
    for (index, curve) in chart.curves.iter().enumerate() {
        let x = left + (index % columns) as f64 * apart;
        let y = top + (index / columns) as f64 * 21.0;
        out += &chart::path(&[(x, y), (x + 22.0, y)], false, &class(index));
        out += &chart::text(x + 30.0, y + 4.5, Anchor::Start, "", &curve.name);
    }
    out
}

/// Logarithmic where the values span more than a factor of 30 above 0.
fn marks(chart: &Chart, plot: &Plot, ticks: usize) -> String {
    let values = || chart.curves.iter().flat_map(Curve::values);
    let low = values().fold(f64::INFINITY, f64::min);
    let high = values().fold(f64::NEG_INFINITY, f64::max);
    if !(low.is_finite() && high.is_finite()) {
        let middle = (plot.left + plot.right) / 2.0;
        return chart::text(middle, plot.top + 40.0, Anchor::Middle, "", "nothing was measured");
    }
    let is_log = low > 0.0 && high / low > 30.0;
    let on_axis = |value: f64| if is_log { value.log10() } else { value };
    let (bottom, top) = if is_log { (on_axis(low), on_axis(high)) } else { (0_f64.min(low), high) };
    let up = Axis { low: bottom, high: top, from: plot.bottom, to: plot.top };
    let mut levels = chart::ticks(bottom, top, 6);
    // The bottom has a label of its own where there is room for it.
    if levels.first().is_none_or(|first| first - bottom > 0.06 * (top - bottom)) {
        levels.insert(0, bottom);
    }
    let label = |at: f64| scientific(if is_log { 10_f64.powf(at) } else { at });
    let levels: Vec<(f64, String)> = levels.into_iter().map(|at| (at, label(at))).collect();
    let points = || chart.curves.iter().flat_map(|curve| curve.seeds.iter().flatten());
    let last = points().map(|point| point.0).max().unwrap_or(1);
    let unit = match chart.clock {
        Clock::Epochs => "epochs",
        Clock::Steps => "steps",
        Clock::Exchanges => "exchanges",
    };
    let across = Axis { low: 0.0, high: f64::from(last), from: plot.left, to: plot.right - 6.0 };
    let mut out = chart::levels(plot, &up, &levels);
    out += &chart::steps(plot, &across, &chart::ticks(0.0, across.high, ticks), unit);
    let place =
        |&(epoch, value): &(u32, f64)| (across.place(f64::from(epoch)), up.place(on_axis(value)));
    for (index, curve) in chart.curves.iter().enumerate() {
        if curve.seeds.len() > 1 {
            for seed in &curve.seeds {
                let sound = seed.iter().filter(|point| point.1.is_finite());
                let path: Vec<_> = sound.map(place).collect();
                out += &chart::path(&path, false, &format!("{} thin", class(index)));
            }
        }
        let mean: Vec<_> = curve.mean().iter().map(place).collect();
        out += &chart::path(&mean, false, &class(index));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_stands_only_where_every_seed_has_a_value_and_nan_breaks_nothing() {
        let seeds = vec![vec![(1, 1.0), (2, 4.0), (3, 2.0)], vec![(1, 3.0), (2, f64::NAN)]];
        let curve = Curve { name: "a<b".into(), seeds };
        assert_eq!(curve.mean(), [(1, 2.0)]);
        let chart = Chart { title: "loss".into(), curves: vec![curve], ..Chart::default() };
        let picture = picture(&chart);
        assert!(picture.contains("a&lt;b") && !picture.contains("NaN"), "{picture}");
        assert!(super::picture(&Chart::default()).contains("nothing was measured"));
    }
}
