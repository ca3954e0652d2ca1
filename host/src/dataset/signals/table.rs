//! Signals in CSV: one window a row, or one long column.

use std::path::Path;

use super::{FINITE, MISSING, Window, cut};
use crate::dataset::Error;

/// What stands in a line.
struct Line {
    number: u64,
    samples: Vec<f32>,
    class: Option<String>,
}

/// Windows of a file, with a header or without; `label` names the column of the classes, for which
/// there must be a header. Of one long column, what follows each other with the same class is one
/// recording.
pub(super) fn windows(path: &Path, label: Option<&str>) -> Result<Vec<Window>, Error> {
    let lines = lines(path, label)?;
    if lines.is_empty() {
        let reason = "no line of numbers".into();
        let remedy = "give one window a line, or one sample a line";
        return Err(refuse(path, "line 1".into(), reason, remedy));
    }
    if lines[0].samples.len() > 1 {
        let window = |line: Line| Window {
            path: path.to_owned(),
            place: format!("line {}", line.number),
            samples: line.samples,
            class: line.class,
        };
        return Ok(lines.into_iter().map(window).collect());
    }
    let mut windows = vec![];
    for run in lines.chunk_by(|one, next| one.class == next.class) {
        let signal: Vec<f32> = run.iter().flat_map(|line| line.samples.iter().copied()).collect();
        let found = cut(path, &signal, run[0].class.as_deref(), "sample");
        // a short stretch between changes of the class is left out; a short file is an error
        match found {
            Err(Error::TooShort { .. }) if run.len() < lines.len() => {}
            found => windows.extend(found?),
        }
    }
    if windows.is_empty() {
        let reason = "no class lasts for a window of 1024 samples".into();
        return Err(refuse(path, "labels".into(), reason, "give longer recordings of each class"));
    }
    Ok(windows)
}

fn refuse(path: &Path, place: String, reason: String, remedy: &'static str) -> Error {
    Error::Content { path: path.to_owned(), place, reason, remedy }
}

fn lines(path: &Path, label: Option<&str>) -> Result<Vec<Line>, Error> {
    let file = std::fs::File::open(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => {
            Error::MissingFile { path: path.to_owned(), remedy: MISSING }
        }
        _ => Error::Unreadable { path: path.to_owned(), source },
    })?;
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).trim(csv::Trim::All).from_reader(file);
    let (mut lines, mut header, mut labels_at) = (Vec::new(), None, None);
    for (at, record) in reader.records().enumerate() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(1, csv::Position::line);
            let remedy = "every line needs as many fields as the first";
            refuse(path, format!("line {line}"), error.to_string(), remedy)
        })?;
        if at == 0 && is_header(&record, label) {
            labels_at = label.map(|label| column(path, &record, label)).transpose()?;
            header = Some(record);
            continue;
        }
        lines.push(numbers(path, &record, header.as_ref(), labels_at)?);
    }
    Ok(lines)
}

/// Names of columns: where a class is asked for by its column's, and where nothing is a number.
fn is_header(record: &csv::StringRecord, label: Option<&str>) -> bool {
    label.is_some() || record.iter().all(|field| field.parse::<f32>().is_err())
}

fn column(path: &Path, header: &csv::StringRecord, label: &str) -> Result<usize, Error> {
    header.iter().position(|name| name == label).ok_or_else(|| {
        const SHOWN: usize = 8;
        let names: Vec<&str> = header.iter().take(SHOWN).collect();
        let more = if header.len() > SHOWN { ", …" } else { "" };
        let reason = format!("no column `{label}` among {}{more}", names.join(", "));
        let remedy = "name the column of the classes with --label, in a header";
        refuse(path, "line 1".into(), reason, remedy)
    })
}

fn numbers(
    path: &Path,
    record: &csv::StringRecord,
    header: Option<&csv::StringRecord>,
    labels_at: Option<usize>,
) -> Result<Line, Error> {
    let number = record.position().map_or(0, csv::Position::line);
    let mut samples = Vec::with_capacity(record.len());
    for (at, field) in record.iter().enumerate().filter(|&(at, _)| Some(at) != labels_at) {
        match field.parse::<f32>() {
            Ok(sample) if sample.is_finite() => samples.push(sample),
            _ => {
                let name = header.and_then(|header| header.get(at));
                let column = name.map_or_else(|| (at + 1).to_string(), |name| format!("`{name}`"));
                let place = format!("line {number}, column {column}");
                return Err(refuse(path, place, format!("`{field}` is no finite number"), FINITE));
            }
        }
    }
    let class = labels_at.and_then(|at| record.get(at)).map(str::to_owned);
    Ok(Line { number, samples, class })
}
