//! Tables of features with labels: NumPy's arrays, and CSV.

use std::path::Path;

use super::{Error, archive, npy};
use crate::matrix::Matrix;

const MISSING: &str = "check the path in the experiment's data section";

/// A .npy file, or the array of one of these names of a .npz file.
fn array(path: &Path, names: &[&str]) -> Result<(Vec<usize>, Vec<f64>), Error> {
    if is_archive(path) { archive::any_of(path, names) } else { npy::read_any(path, MISSING) }
}

fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("npz"))
}

/// Features, labels and the names of the classes.
pub type Labelled = (Matrix<f32>, Vec<usize>, Vec<String>);

/// Rows of features with a label each: a .npz file with both, a CSV file with a header (`label` names
/// the column), or a .npy file beside another one of labels. Of a CSV file, the classes' names.
///
/// # Errors
/// See [`Error`].
pub fn labelled(path: &Path, labels_at: Option<&Path>, label: &str) -> Result<Labelled, Error> {
    let is_csv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    if is_csv {
        let (rows, named) = csv(path, label)?;
        let mut classes = named.clone();
        classes.sort();
        classes.dedup();
        let number = |name| classes.binary_search(name).unwrap_or(0);
        return Ok((rows, named.iter().map(number).collect(), classes));
    }
    let rows = features(path)?;
    let labels_at = match labels_at {
        Some(other) => other,
        None if is_archive(path) => path,
        None => {
            let remedy = "is needed beside a .npy file of features: give --labels FILE".into();
            return Err(Error::Setting { field: "labels", remedy });
        }
    };
    let numbers = labels(labels_at, rows.rows())?;
    let classes = numbers.iter().max().map_or(0, |&label| label + 1);
    Ok((rows, numbers, (0..classes).map(|class| class.to_string()).collect()))
}

/// The axes of an example, examples row after row, and their labels.
pub type Arrays = (Vec<usize>, Matrix<f32>, Option<Vec<usize>>);

/// Examples of any number of axes from a .npy or .npz file, with labels if there are: in `labels_at`, or
/// in the .npz file itself.
///
/// # Errors
/// See [`Error`].
pub fn arrays(path: &Path, labels_at: Option<&Path>) -> Result<Arrays, Error> {
    let (axes, rows) = shaped(path)?;
    let holds_labels = || -> Result<bool, Error> {
        if !is_archive(path) {
            return Ok(false);
        }
        Ok(archive::archived(path, "labels")?.is_some() || archive::archived(path, "y")?.is_some())
    };
    let labels_at = match labels_at {
        None if holds_labels()? => Some(path),
        other => other,
    };
    let numbers = labels_at.map(|file| labels(file, rows.rows())).transpose()?;
    Ok((axes, rows, numbers))
}

/// Features, row after row, all finite; axes beyond the first are one row.
pub(super) fn features(path: &Path) -> Result<Matrix<f32>, Error> {
    Ok(shaped(path)?.1)
}

/// The same with the axes of a row.
fn shaped(path: &Path) -> Result<(Vec<usize>, Matrix<f32>), Error> {
    let (shape, values) = array(path, &["features", "X"])?;
    let rows = shape.first().copied().unwrap_or(0);
    if shape.len() < 2 || rows == 0 {
        let found = shape.iter().map(|&axis| axis as u64).collect();
        let remedy = "at least one row and two axes (rows, features) are needed; save array.reshape(rows, -1)";
        return Err(Error::Shape { path: path.to_owned(), found, remedy });
    }
    let columns = values.len() / rows;
    if let Some(at) = values.iter().position(|value| !(*value as f32).is_finite()) {
        return Err(Error::Content {
            path: path.to_owned(),
            place: format!("row {}, column {}", at / columns, at % columns),
            reason: format!("the number {}", values[at]),
            remedy: "every feature must be a finite number below 3e38; repair or drop the row",
        });
    }
    let values = values.into_iter().map(|value| value as f32).collect();
    Ok((shape[1..].to_vec(), Matrix::new(rows, columns, values)))
}

/// One label a row: whole numbers from 0.
///
/// # Errors
/// See [`Error`].
pub fn labels(path: &Path, rows: usize) -> Result<Vec<usize>, Error> {
    let (shape, values) = array(path, &["labels", "y"])?;
    let refuse = |place: String, reason: String, remedy| {
        Err(Error::Content { path: path.to_owned(), place, reason, remedy })
    };
    if values.len() != rows {
        let reason = format!("an array of shape {shape:?} for {rows} rows of features");
        return refuse("shape".into(), reason, "save one label a row of the features");
    }
    match values.iter().position(|&label| label < 0.0 || label.fract() != 0.0 || label > 65_535.0) {
        None => Ok(values.into_iter().map(|label| label as usize).collect()),
        Some(row) => {
            let reason = format!("the label {}", values[row]);
            refuse(format!("row {row}"), reason, "labels are whole numbers from 0; renumber them")
        }
    }
}

/// A CSV file with a header: features from every column but `label`, labels by the sorted names
/// found there.
pub(super) fn csv(path: &Path, label: &str) -> Result<(Matrix<f32>, Vec<String>), Error> {
    let refuse = |place: String, reason: String, remedy| Error::Content {
        path: path.to_owned(),
        place,
        reason,
        remedy,
    };
    let file = std::fs::File::open(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => {
            Error::MissingFile { path: path.to_owned(), remedy: MISSING }
        }
        _ => Error::Unreadable { path: path.to_owned(), source },
    })?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(file);
    let broken = |error: csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        let remedy = "every line needs as many fields as the first, which names the columns";
        refuse(format!("line {line}"), error.to_string(), remedy)
    };
    let header = reader.headers().map_err(broken)?.clone();
    let Some(at) = header.iter().position(|column| column == label) else {
        let columns: Vec<&str> = header.iter().collect();
        let reason = format!("no column `{label}` among {columns:?}");
        return Err(refuse(
            "line 1".into(),
            reason,
            "name the column of the labels in data.source",
        ));
    };
    let (mut values, mut labels) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let line = record.position().map_or(0, csv::Position::line);
        for (column, field) in record.iter().enumerate() {
            if column == at {
                labels.push(field.to_owned());
                continue;
            }
            let number = field.parse::<f32>().ok().filter(|number| number.is_finite());
            let name = header.get(column).unwrap_or("?");
            values.push(number.ok_or_else(|| {
                let reason = format!("`{field}` is no finite number");
                let remedy = "features are numbers; repair or drop the line";
                refuse(format!("line {line}, column `{name}`"), reason, remedy)
            })?);
        }
    }
    if labels.is_empty() || header.len() < 2 {
        let reason = "no line with features under the header".into();
        return Err(refuse("line 2".into(), reason, "give one line an example"));
    }
    Ok((Matrix::new(labels.len(), header.len() - 1, values), labels))
}
