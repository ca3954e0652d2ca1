//! A linear head of scikit-learn or PyTorch, with its standardisation.
//!
//! `.npz` (scikit-learn): `coef_` (outputs × features), `intercept_` (outputs), and, if features were
//! standardised, `mean_` and `scale_` (features) of the StandardScaler. `.safetensors` (PyTorch):
//! `weight` (outputs × features), `bias` (outputs), and `mean` and `scale` (features). A binary
//! classifier of scikit-learn has one row, the score of its second class: it becomes two classes with
//! half of it each, which give the same shares.

use std::path::{Path, PathBuf};

use fejer::Link;
use safetensors::{Dtype, SafeTensors};

use super::{Head, Standardise};
use crate::dataset;

/// Why there is no head in a file.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file or one of its arrays cannot be read.
    #[error(transparent)]
    Array(#[from] dataset::Error),
    /// It is neither.
    #[error("{}: give a .npz (scikit-learn) or .safetensors (PyTorch) file", .0.display())]
    Kind(PathBuf),
    /// A field is not what it must be.
    #[error("{}: {field}: {reason}; {remedy}", path.display())]
    Field {
        /// The file.
        path: PathBuf,
        /// The array.
        field: String,
        /// What is wrong with it.
        reason: String,
        /// What to do about it.
        remedy: &'static str,
    },
}

/// Names of weights, bias, mean and scale.
const SCIKIT_LEARN: [&str; 4] = ["coef_", "intercept_", "mean_", "scale_"];
const PYTORCH: [&str; 4] = ["weight", "bias", "mean", "scale"];

/// Shape and numbers.
type Array = (Vec<usize>, Vec<f64>);

/// The head of a file.
///
/// # Errors
/// [`Error`] names the file, the array and the remedy.
pub fn import(path: &Path, link: Link) -> Result<Head, Error> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("npz") => {
            let read = |name: &str| dataset::archived(path, name).map_err(Error::from);
            assemble(path, link, SCIKIT_LEARN, &read)
        }
        Some("safetensors") => {
            let bytes = std::fs::read(path)
                .map_err(|source| dataset::Error::Unreadable { path: path.to_owned(), source })?;
            let file = SafeTensors::deserialize(&bytes).map_err(|error| {
                let remedy = "save it again with safetensors.torch.save_file";
                field(path, "file", format!("not a sound safetensors file ({error})"), remedy)
            })?;
            assemble(path, link, PYTORCH, &|name| tensor(path, &file, name))
        }
        _ => Err(Error::Kind(path.to_owned())),
    }
}

fn field(path: &Path, field: &str, reason: String, remedy: &'static str) -> Error {
    Error::Field { path: path.to_owned(), field: field.to_owned(), reason, remedy }
}

fn tensor(path: &Path, file: &SafeTensors<'_>, name: &str) -> Result<Option<Array>, Error> {
    let Ok(view) = file.tensor(name) else { return Ok(None) };
    let (singles, _) = view.data().as_chunks();
    let (doubles, _) = view.data().as_chunks();
    let numbers = match view.dtype() {
        Dtype::F32 => singles.iter().map(|&bytes| f64::from(f32::from_le_bytes(bytes))).collect(),
        Dtype::F64 => doubles.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect(),
        found => {
            let reason = format!("numbers of type {found}");
            return Err(field(path, name, reason, "save it as float32 or float64"));
        }
    };
    Ok(Some((view.shape().to_vec(), numbers)))
}

fn assemble(
    path: &Path,
    link: Link,
    [weight, bias, mean, scale]: [&str; 4],
    read: &dyn Fn(&str) -> Result<Option<Array>, Error>,
) -> Result<Head, Error> {
    let missing = |name: &str| {
        let remedy = "a head needs its weights and its bias; save both under these names: \
                      coef_, intercept_ (.npz) or weight, bias (.safetensors)";
        field(path, name, "there is no such array".into(), remedy)
    };
    let (shape, mut weights) = read(weight)?.ok_or_else(|| missing(weight))?;
    let [mut outputs, features] = shape[..] else {
        let remedy = "it must have two axes, outputs and features";
        return Err(field(path, weight, format!("its shape is {shape:?}"), remedy));
    };
    if outputs == 0 || features == 0 {
        let remedy = "it must have at least one output and one feature";
        return Err(field(path, weight, format!("its shape is {shape:?}"), remedy));
    }
    let vector = |name: &str, length: usize, array: Array| {
        let (shape, numbers) = array;
        if shape.len() == 1 && numbers.len() == length {
            return Ok(numbers);
        }
        let reason = format!("its shape is {shape:?}, but {weight} asks for [{length}]");
        Err(field(path, name, reason, "save the arrays of one and the same model"))
    };
    let mut biases = vector(bias, outputs, read(bias)?.ok_or_else(|| missing(bias))?)?;
    if outputs == 1 && link == Link::Softmax {
        outputs = 2;
        weights =
            [-0.5, 0.5].iter().flat_map(|half| weights.iter().map(move |w| half * w)).collect();
        biases = vec![-0.5 * biases[0], 0.5 * biases[0]];
    }
    let major = (0..features).flat_map(|row| (0..outputs).map(move |k| k * features + row));
    let ordered: Vec<f64> = major.map(|at| weights[at]).chain(biases).collect();
    let short = |name: &str, numbers: &[f64]| {
        let unsound = |at: usize| {
            let reason = format!("number {at} is {}", numbers[at]);
            field(path, name, reason, "every number must be finite and below 1e30; train it again")
        };
        match numbers.iter().position(|number| number.is_nan() || number.abs() >= 1e30) {
            Some(at) => Err(unsound(at)),
            None => Ok(numbers.iter().map(|&number| number as f32).collect::<Vec<f32>>()),
        }
    };
    let head = Head { link, outputs, weights: short(weight, &ordered)?, standardise: None };
    let standardise = match (read(mean)?, read(scale)?) {
        (None, None) => None,
        (Some(means), Some(scales)) => {
            let (means, scales) =
                (vector(mean, features, means)?, vector(scale, features, scales)?);
            if let Some(at) = scales.iter().position(|&scale| scale.is_nan() || scale <= 0.0) {
                let reason = format!("number {at} is {}", scales[at]);
                return Err(field(path, scale, reason, "every scale must be above 0"));
            }
            let inverse: Vec<f64> = scales.iter().map(|scale| 1.0 / scale).collect();
            let mean = short(mean, &means)?;
            Some(Standardise { mean, inverse_deviation: short(scale, &inverse)? })
        }
        (found, _) => {
            let absent = if found.is_some() { scale } else { mean };
            let remedy = "save mean and scale together, or neither";
            return Err(field(path, absent, "there is no such array".into(), remedy));
        }
    };
    Ok(Head { standardise, ..head })
}

#[cfg(test)]
mod tests;
