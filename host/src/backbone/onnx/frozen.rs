//! An ONNX network, compiled by `tract` and run an example at a time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use tract_onnx::prelude::*;

use super::Error;
use super::file::File;

const REMEDY: &str = "cut the network elsewhere with --output NODE, or export it again";

/// A frozen network.
pub struct Frozen {
    path: PathBuf,
    plan: Arc<TypedRunnableModel>,
    /// Of one example, a batch of 1 first.
    shape: Vec<usize>,
    features: usize,
}

impl Frozen {
    /// The network in a file, up to the output of a node (by its name or that of its value) or to its
    /// end, for examples with these axes.
    ///
    /// # Errors
    /// [`Error`] names the file, the place in it and the remedy.
    pub fn open(path: &Path, node: Option<&str>, axes: &[usize]) -> Result<Self, Error> {
        let mut file = File::read(path)?;
        let example = file.shape(axes)?;
        file.cut(node)?;
        let shape: Vec<usize> = [1].into_iter().chain(example).collect();
        // a damaged file can say what its parser takes for granted
        let compiled = quietly(|| compile(&file, &shape));
        let plan = compiled.map_err(|reason| Error::content(path, "graph", reason, REMEDY))?;
        let fact = plan.model().output_fact(0);
        let features = fact
            .ok()
            .filter(|fact| fact.datum_type == f32::datum_type())
            .and_then(|fact| fact.shape.as_concrete().map(|shape| shape.iter().product()))
            .filter(|&features: &usize| features > 0);
        let Some(features) = features else {
            let reason = "not a fixed number of 32-bit floats";
            return Err(Error::content(path, "output", reason, REMEDY));
        };
        Ok(Self { path: path.to_owned(), plan, shape, features })
    }

    /// Features of an example: all numbers of the output.
    pub fn features(&self) -> usize {
        self.features
    }

    /// Rows of features of rows of inputs, of which the first is example `first` for messages.
    /// Examples are split over threads; the same example gives the same bits wherever it stands.
    ///
    /// # Errors
    /// [`Error::Content`]: the network fails on an example, or makes of it what is no number.
    pub fn apply(&self, first: usize, rows: &[f32]) -> Result<Vec<f32>, Error> {
        let length = self.shape.iter().product::<usize>().max(1);
        let each: Vec<_> = rows.par_chunks_exact(length).map(|row| self.one(row)).collect();
        let mut features = Vec::with_capacity(each.len() * self.features);
        for (at, row) in each.into_iter().enumerate() {
            let place = || format!("example {}", first + at);
            let row = row.map_err(|error| {
                Error::content(&self.path, place(), format!("{error:#}"), REMEDY)
            })?;
            if let Some(at) = row.iter().position(|number| !number.is_finite()) {
                let reason = format!("feature {at} is {}", row[at]);
                let remedy = "look at the example, or cut the network elsewhere with --output NODE";
                return Err(Error::content(&self.path, place(), reason, remedy));
            }
            features.extend(row);
        }
        Ok(features)
    }

    fn one(&self, row: &[f32]) -> TractResult<Vec<f32>> {
        let input = Tensor::from_shape(&self.shape, row)?;
        let output = self.plan.run(tvec!(input.into()))?;
        Ok(output[0].to_plain_array_view::<f32>()?.iter().copied().collect())
    }
}

fn compile(file: &File, shape: &[usize]) -> TractResult<Arc<TypedRunnableModel>> {
    let folder = file.path.parent().and_then(Path::to_str);
    let parsed = tract_onnx::onnx().parse(&file.model, folder)?;
    if let Some(name) = parsed.unresolved_inputs.first() {
        return Err(TractError::msg(format!("nothing gives the value {name}")));
    }
    let mut model = parsed.model;
    model.set_input_fact(0, f32::fact(shape).into())?;
    model.into_optimized()?.into_runnable()
}

/// What it gives, or what it says where it fails or panics.
fn quietly<T>(run: impl FnOnce() -> TractResult<T>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(format!("{error:#}")),
        Err(_) => Err("it contradicts itself".to_owned()),
    }
}
