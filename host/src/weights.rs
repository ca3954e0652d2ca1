//! Weights from and to safetensors, under PyTorch's names and in its layout: those of a perceptron, a
//! LeNet or a graph network of PyTorch Geometric load by name.
//!
//! A tensor is called as the module of its layer, a dot, and `weight`, `bias`, `running_mean`,
//! `running_var` or (graph layers) `lin.weight`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensorError, SafeTensors};

use crate::layer::Tensor;
use crate::model::Model;
use crate::real::Real;

/// Why weights cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read or written.
    #[error("{}: {source}; check the path and its permissions", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is not sound.
    #[error(
        "{}: not a sound safetensors file ({source}); save it again with safetensors.torch.save_file",
        path.display()
    )]
    Corrupt {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: SafeTensorError,
    },
    /// A tensor is not there.
    #[error(
        "{}: no tensor {tensor}; the file has {}; name the modules as the file does",
        path.display(), there.join(", ")
    )]
    Missing {
        /// Which file.
        path: PathBuf,
        /// Which tensor.
        tensor: String,
        /// All tensors of the file.
        there: Vec<String>,
    },
    /// A tensor has another shape than its layer.
    #[error(
        "{}: {tensor} has the shape {found:?}, but the layer {expected:?}; give the model the layers \
         that the weights were trained in", path.display()
    )]
    Shape {
        /// Which file.
        path: PathBuf,
        /// Which tensor.
        tensor: String,
        /// Its shape.
        found: Vec<usize>,
        /// The layer's.
        expected: Vec<usize>,
    },
    /// A tensor is not of floats.
    #[error("{}: {tensor} is of {found}; save it as float32 or float64", path.display())]
    Kind {
        /// Which file.
        path: PathBuf,
        /// Which tensor.
        tensor: String,
        /// Its type.
        found: Dtype,
    },
    /// Not one name for each layer with weights.
    #[error("{given} module names for {needed} layers with weights; give one for each, from below")]
    Names {
        /// How many there are.
        given: usize,
        /// How many there have to be.
        needed: usize,
    },
}

/// Weights and running statistics of all layers, as [`Model::running`] has the latter.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights<T> {
    /// The model's point.
    pub point: Vec<T>,
    /// Its running statistics.
    pub running: Vec<T>,
}

/// Reads the weights of a model from a file. `modules` are the names of the layers that have weights,
/// from below, as `["conv1", "fc"]`; tensors of other names are left alone.
///
/// # Errors
/// [`Error`].
pub fn load<T: Real>(model: &Model<T>, modules: &[&str], path: &Path) -> Result<Weights<T>, Error> {
    let bytes =
        std::fs::read(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
    let file = SafeTensors::deserialize(&bytes)
        .map_err(|source| Error::Corrupt { path: path.to_owned(), source })?;
    let mut point = vec![T::ZERO; model.parameters()];
    let mut running = model.running();
    for Slot { name, tensor, start, is_running } in slots(model, modules)? {
        let numbers = numbers::<T>(&file, path, &name, &tensor)?;
        let target = if is_running { &mut running } else { &mut point };
        for (place, number) in tensor.places().into_iter().zip(numbers) {
            target[start + place] = number;
        }
    }
    Ok(Weights { point, running })
}

/// Writes weights to a file as [`load`] reads them, in float32.
///
/// # Errors
/// [`Error`].
pub fn save<T: Real>(
    model: &Model<T>,
    weights: &Weights<T>,
    modules: &[&str],
    path: &Path,
) -> Result<(), Error> {
    let tensors = tensors(model, weights, modules)?;
    let views = tensors.iter().map(|(name, (shape, numbers))| {
        TensorView::new(Dtype::F32, shape.clone(), numbers).map(|view| (name, view))
    });
    let bytes = views
        .collect::<Result<Vec<_>, _>>()
        .and_then(|views| safetensors::serialize(views, None))
        .map_err(|source| Error::Corrupt { path: path.to_owned(), source })?;
    std::fs::write(path, bytes).map_err(|source| Error::File { path: path.to_owned(), source })
}

/// Shape and little-endian float32 of every tensor.
type Bytes = BTreeMap<String, (Vec<usize>, Vec<u8>)>;

fn tensors<T: Real>(
    model: &Model<T>,
    weights: &Weights<T>,
    modules: &[&str],
) -> Result<Bytes, Error> {
    let tensors = slots(model, modules)?.into_iter().map(|slot| {
        let Slot { name, tensor, start, is_running } = slot;
        let from = if is_running { &weights.running } else { &weights.point };
        let numbers = tensor.places().into_iter().map(|place| from[start + place].to_f64() as f32);
        (name, (tensor.shape, numbers.flat_map(f32::to_le_bytes).collect()))
    });
    Ok(tensors.collect())
}

/// Where a tensor belongs.
struct Slot {
    name: String,
    tensor: Tensor,
    start: usize,
    is_running: bool,
}

fn slots<T: Real>(model: &Model<T>, modules: &[&str]) -> Result<Vec<Slot>, Error> {
    let stages = model.tensors();
    if stages.len() != modules.len() {
        return Err(Error::Names { given: modules.len(), needed: stages.len() });
    }
    let (mut starts, mut slots) = ([0, 0], vec![]);
    for (tensors, module) in stages.into_iter().zip(modules) {
        for tensor in tensors {
            let name = format!("{module}.{}", tensor.name);
            let is_running = tensor.name.starts_with("running") || tensor.name.contains(".0._");
            let start = &mut starts[usize::from(is_running)];
            *start += tensor.count();
            slots.push(Slot { name, start: *start - tensor.count(), tensor, is_running });
        }
    }
    Ok(slots)
}

fn numbers<T: Real>(
    file: &SafeTensors<'_>,
    path: &Path,
    name: &str,
    tensor: &Tensor,
) -> Result<Vec<T>, Error> {
    let (path, name) = (path.to_owned(), name.to_owned());
    let Ok(view) = file.tensor(&name) else {
        let mut there: Vec<String> = file.names().into_iter().map(str::to_owned).collect();
        there.sort();
        return Err(Error::Missing { path, tensor: name, there });
    };
    if view.shape() != tensor.shape {
        let (found, expected) = (view.shape().to_vec(), tensor.shape.clone());
        return Err(Error::Shape { path, tensor: name, found, expected });
    }
    let (singles, _) = view.data().as_chunks();
    let (doubles, _) = view.data().as_chunks();
    match view.dtype() {
        Dtype::F32 => {
            Ok(singles.iter().map(|&b| T::from_f64(f32::from_le_bytes(b).into())).collect())
        }
        Dtype::F64 => Ok(doubles.iter().map(|&b| T::from_f64(f64::from_le_bytes(b))).collect()),
        found => Err(Error::Kind { path, tensor: name, found }),
    }
}
