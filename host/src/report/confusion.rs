//! Confusion matrices as tables: the colour tells the share of the row, the number is the count of all runs.

use super::number::escape;

/// The counts of all runs added up, as `classes` rows (truth) by `classes` columns (prediction).
pub(super) fn total<'a>(
    classes: usize,
    runs: impl Iterator<Item = &'a Vec<Vec<u32>>>,
) -> Vec<Vec<u32>> {
    let mut sum = vec![vec![0; classes]; classes];
    for run in runs {
        for (row, counts) in sum.iter_mut().zip(run) {
            for (cell, count) in row.iter_mut().zip(counts) {
                *cell += count;
            }
        }
    }
    sum
}

/// Windows decided wrong, and all windows.
pub(super) fn mistakes(counts: &[Vec<u32>]) -> (u32, u32) {
    let all = counts.iter().flatten().sum::<u32>();
    let right = counts.iter().enumerate().filter_map(|(index, row)| row.get(index)).sum::<u32>();
    (all - right, all)
}

/// One matrix.
pub(super) fn table(caption: &str, classes: &[String], counts: &[Vec<u32>]) -> String {
    let (wrong, all) = mistakes(counts);
    let mut out = format!(
        "<div class=\"scroll\"><table class=\"confusion\"><caption><b>{}</b> {wrong} of {all} wrong</caption><thead><tr><th scope=\"col\" class=\"corner\">truth ↓ decision →</th>",
        escape(caption)
    );
    for class in classes {
        out += &format!("<th scope=\"col\"><span>{}</span></th>", escape(class));
    }
    out += "</tr></thead><tbody>";
    for (truth, (class, row)) in classes.iter().zip(counts).enumerate() {
        out += &format!("<tr><th scope=\"row\">{}</th>", escape(class));
        let windows = row.iter().sum::<u32>();
        for (decided, count) in row.iter().enumerate() {
            out +=
                &format!("<td class=\"{}\">{count}</td>", heat(*count, windows, truth == decided));
        }
        out += "</tr>";
    }
    out + "</tbody></table></div>"
}

/// Even one mistake in a thousand gets a colour.
fn heat(count: u32, windows: u32, right: bool) -> String {
    if count == 0 {
        return "none".into();
    }
    let level = (count * 5).div_ceil(windows.max(1)).clamp(1, 5);
    format!("{}-{level}", if right { "right" } else { "wrong" })
}
