//! The figures of every method as a table.

use serde::Serialize;

/// How well one method did for one subject: one object of the file of figures.
#[derive(Serialize)]
pub struct Row {
    pub dataset: &'static str,
    pub subject: String,
    pub labels: usize,
    pub method: &'static str,
    /// Prior precision or step size.
    pub setting: Option<f32>,
    pub accuracy: f64,
    pub passes: u32,
}

/// One method with one setting over all subjects of a task.
#[derive(Clone)]
pub struct Summary {
    pub method: &'static str,
    pub setting: Option<f32>,
    pub passes: u32,
    /// Mean over the subjects, each counting the same.
    pub mean: f64,
    /// Accuracy of the subject that fares worst, and who that is.
    pub worst: f64,
    pub worst_subject: String,
    /// Accuracy of each subject.
    pub subjects: Vec<f64>,
}

/// All methods and settings of one task and label count, in the order of the rows.
pub fn summaries(rows: &[Row], dataset: &str, labels: usize) -> Vec<Summary> {
    let mut summaries: Vec<Summary> = Vec::new();
    for row in rows.iter().filter(|row| row.dataset == dataset && row.labels == labels) {
        let known = summaries
            .iter_mut()
            .find(|known| known.method == row.method && known.setting == row.setting);
        let summary = match known {
            Some(summary) => summary,
            None => summaries.push_mut(Summary {
                method: row.method,
                setting: row.setting,
                passes: row.passes,
                mean: 0.0,
                worst: f64::INFINITY,
                worst_subject: String::new(),
                subjects: Vec::new(),
            }),
        };
        summary.subjects.push(row.accuracy);
        summary.mean = summary.subjects.iter().sum::<f64>() / summary.subjects.len() as f64;
        if row.accuracy < summary.worst {
            (summary.worst, summary.worst_subject) = (row.accuracy, row.subject.clone());
        }
    }
    summaries
}

/// The best in hindsight of these methods: the first with the highest mean.
pub fn best<'a>(summaries: &'a [Summary], methods: &[&str]) -> Option<&'a Summary> {
    let mut candidates = summaries.iter().filter(|summary| methods.contains(&summary.method));
    let first = candidates.next()?;
    Some(candidates.fold(first, |best, other| if other.mean > best.mean { other } else { best }))
}

/// Prints a table a task and label count: the best step size of each baseline marked by a star.
pub fn print(rows: &[Row]) {
    let mut tasks: Vec<(&str, usize)> = rows.iter().map(|row| (row.dataset, row.labels)).collect();
    tasks.dedup();
    for (dataset, labels) in tasks {
        let summaries = summaries(rows, dataset, labels);
        println!("\n{dataset}, {labels} labels");
        println!(
            "  {:<18} {:>8} {:>7} {:>7} {:>7}  worst subject",
            "method", "setting", "passes", "mean", "worst"
        );
        for summary in &summaries {
            let Summary { method, passes, mean, worst, worst_subject, .. } = summary;
            let setting = summary.setting.map_or_else(|| "-".to_owned(), |value| value.to_string());
            let is_best = best(&summaries, &[method]).is_some_and(|best| {
                best.setting == summary.setting && !method.starts_with("anchored")
            });
            let same = summaries.iter().filter(|other| other.method == *method);
            let steps: Vec<f32> = same.filter_map(|other| other.setting).collect();
            let is_edge = [steps.first(), steps.last()].contains(&summary.setting.as_ref());
            let mark = match (is_best && summary.setting.is_some(), is_edge) {
                (false, _) => "",
                (true, false) => "*",
                (true, true) => "* at the edge of its step sizes",
            };
            println!(
                "  {method:<18} {setting:>8} {passes:>7} {mean:>7.4} {worst:>7.4}  {worst_subject} {mark}"
            );
        }
    }
    println!();
}
