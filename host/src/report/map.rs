//! A map of the plane: a field as arrows, and the paths of methods through it.

use std::fmt::Write;

use super::chart::{self, Anchor, Axis, Width};

/// Arrows in a row.
const ARROWS: usize = 17;
/// A path is drawn on when it has moved so many pixels.
const PIXELS: f64 = 0.7;

/// What is drawn.
#[derive(Clone, Debug, Default)]
pub struct Map {
    /// What it shows.
    pub title: String,
    /// In words, for those who cannot see it.
    pub description: String,
    /// Lower left corner and side of the square that is shown.
    pub window: ([f64; 2], f64),
    /// Where the field leads, at the points of [`Map::grid`].
    pub flow: Vec<[f64; 2]>,
    /// Half the side of a box around 0, if there is one.
    pub radius: Option<f64>,
    /// Where everything should end.
    pub goal: Option<[f64; 2]>,
    /// For each name of the legend its paths.
    pub paths: Vec<(String, Vec<Vec<[f64; 2]>>)>,
}

impl Map {
    /// The points at which the field is wanted.
    pub fn grid(([left, bottom], side): ([f64; 2], f64)) -> Vec<[f64; 2]> {
        let at = |index: usize| side * (index as f64 + 0.5) / ARROWS as f64;
        let row = |row: usize| (0..ARROWS).map(move |column| [left + at(column), bottom + at(row)]);
        (0..ARROWS).flat_map(row).collect()
    }
}

/// The map within a page; `name` must not repeat there.
pub(super) fn figure(map: &Map, name: &str, width: Width) -> String {
    let columns = if width == Width::Wide { 2 } else { 1 };
    let top = 30.0 + 21.0 * map.paths.len().div_ceil(columns) as f64;
    let side = (width.pixels() - 20.0).min(560.0);
    let left = (width.pixels() - side) / 2.0;
    let frame = Frame::new(map, left, top, side);
    let mut body = chart::rectangle((left, top), (side, side), 0.0, "ground") + &flow(map, &frame);
    if let Some(radius) = map.radius {
        let corners = [[-radius, -radius], [radius, -radius], [radius, radius], [-radius, radius]];
        body += &chart::path(&corners.map(|corner| frame.place(corner)), true, "line reference");
    }
    for (index, (name, paths)) in map.paths.iter().enumerate() {
        let class = super::curves::class(index);
        for path in paths {
            body += &frame.path(path, &class);
        }
        let start =
            (2.0 + (index % columns) as f64 * 360.0, 14.0 + (index / columns) as f64 * 21.0);
        body += &chart::path(&[start, (start.0 + 22.0, start.1)], false, &class);
        body += &chart::text(start.0 + 30.0, start.1 + 4.5, Anchor::Start, "", name);
    }
    let starts = map.paths.first().map_or(&[][..], |(_, paths)| paths.as_slice());
    for start in starts.iter().filter_map(|path| path.first()) {
        body += &chart::circle(frame.place(*start), 4.0, "dot");
    }
    if let Some(goal) = map.goal {
        let (x, y) = frame.place(goal);
        body += &chart::text(x, y + 6.0, Anchor::Middle, "strong", "✕");
    }
    chart::drawing(name, width, top + side + 10.0, [&map.title, &map.description], &body)
}

/// From the plane to pixels.
struct Frame {
    across: Axis,
    up: Axis,
}

impl Frame {
    fn new(map: &Map, left: f64, top: f64, side: f64) -> Self {
        let ([x, y], length) = map.window;
        let across = Axis { low: x, high: x + length, from: left, to: left + side };
        Self { across, up: Axis { low: y, high: y + length, from: top + side, to: top } }
    }

    /// At the edge, where it is outside.
    fn place(&self, [x, y]: [f64; 2]) -> (f64, f64) {
        (self.across.place(x), self.up.place(y))
    }

    fn shows(&self, [x, y]: [f64; 2]) -> bool {
        let within = |axis: &Axis, value: f64| (axis.low..=axis.high).contains(&value);
        within(&self.across, x) && within(&self.up, y)
    }

    /// The parts of a path that are in the window, each to its first point outside.
    fn path(&self, path: &[[f64; 2]], class: &str) -> String {
        let (mut out, mut part) = (String::new(), Vec::<(f64, f64)>::new());
        for (index, &point) in path.iter().enumerate() {
            let place = self.place(point);
            let is_last = index + 1 == path.len();
            let has_moved =
                part.last().is_none_or(|&(x, y)| (place.0 - x).hypot(place.1 - y) > PIXELS);
            if has_moved || is_last {
                part.push(place);
            }
            if !self.shows(point) {
                out += &chart::path(&part, false, class);
                part.clear();
            }
        }
        out + &chart::path(&part, false, class)
    }
}

/// All arrows as one path, as long as half a cell whatever the field's length.
fn flow(map: &Map, frame: &Frame) -> String {
    let length = 0.28 * map.window.1 / ARROWS as f64;
    let mut steps = String::new();
    for (at, flow) in Map::grid(map.window).into_iter().zip(&map.flow) {
        let norm = flow[0].hypot(flow[1]);
        if !(norm > 0.0 && norm.is_finite()) {
            continue;
        }
        let along = [length * flow[0] / norm, length * flow[1] / norm];
        let on = |forward: f64, aside: f64| {
            let x = at[0] + forward * along[0] - aside * along[1];
            frame.place([x, at[1] + forward * along[1] + aside * along[0]])
        };
        let [tail, tip, left, right] = [on(-1.0, 0.0), on(1.0, 0.0), on(0.45, 0.4), on(0.45, -0.4)];
        let _ = write!(
            steps,
            "M{:.1} {:.1}L{:.1} {:.1}M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}",
            tail.0, tail.1, tip.0, tip.1, left.0, left.1, tip.0, tip.1, right.0, right.1
        );
    }
    format!(r#"<path d="{steps}" class="flow"/>"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_window_is_cut_and_names_are_escaped() {
        let window = ([-1.0, -1.0], 2.0);
        let flow = Map::grid(window).iter().map(|&[x, y]| [-y, x]).collect();
        let path = vec![[0.0, 0.0], [0.5, 0.5], [9.0, 9.0], [9.5, 9.0], [0.2, 0.1], [0.0, 0.3]];
        let map = Map { window, flow, paths: vec![("a<b".into(), vec![path])], ..Map::default() };
        let picture = figure(&map, "map-0", Width::Wide);
        assert!(picture.contains("a&lt;b") && !picture.contains("NaN"), "{picture}");
        // Two parts of the path and the line of the legend.
        assert_eq!(picture.matches("class=\"line c0\"").count(), 3);
    }
}
