//! A training on disk: everything the next step depends on, so that going on gives the same bits as
//! never having stopped.
//!
//! The file is safetensors: `point` (the weights, stage after stage), `running` (running statistics)
//! and `update.0`, `update.1` … (velocity, averages), with one metadata entry `fejer`, a JSON object
//! that holds the recipe, the position and a CRC-32 of the tensors' bytes. The order of the examples
//! follows from the seed and the epoch, so it need not be kept.

use std::collections::HashMap;

use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use serde::{Deserialize, Serialize};

use super::error::Error;
use super::recipe::Recipe;
use crate::real::Real;

const CRC: crc::Crc<u32> = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC);
const KEY: &str = "fejer";
const VERSION: u32 = 1;

/// Everything the next step depends on but the data.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint<T> {
    /// How it was trained.
    pub recipe: Recipe,
    /// What the model is, in the writer's words: for `fejer`, the experiment's TOML.
    pub description: String,
    /// Examples it was trained on.
    pub examples: usize,
    /// Steps made.
    pub step: u64,
    /// Sum of the losses of this epoch's batches so far.
    pub loss: f64,
    /// The weights.
    pub point: Vec<T>,
    /// Running statistics, as [`crate::model::Model::running`] gives them.
    pub running: Vec<T>,
    /// The update's vectors.
    pub state: Vec<Vec<T>>,
    /// The update's count of steps.
    pub count: u32,
}

#[derive(Serialize, Deserialize)]
struct Header {
    version: u32,
    recipe: Recipe,
    description: String,
    examples: usize,
    step: u64,
    /// As bits: decimal digits would have to be read back exactly.
    loss_bits: u64,
    vectors: usize,
    count: u32,
    crc32: u32,
}

impl<T: Real> Checkpoint<T> {
    /// The bytes of the file.
    pub fn encode(&self) -> Vec<u8> {
        let mut vectors = vec![("point".to_owned(), bytes(&self.point))];
        vectors.push(("running".to_owned(), bytes(&self.running)));
        let state = self.state.iter().enumerate();
        vectors.extend(state.map(|(index, vector)| (format!("update.{index}"), bytes(vector))));
        let header = Header {
            version: VERSION,
            recipe: self.recipe.clone(),
            description: self.description.clone(),
            examples: self.examples,
            step: self.step,
            loss_bits: self.loss.to_bits(),
            vectors: self.state.len(),
            count: self.count,
            crc32: checksum(vectors.iter().map(|(_, bytes)| bytes.as_slice())),
        };
        let header = serde_json::to_string(&header).expect("a header has no map with other keys");
        let tensors = vectors.iter().map(|(name, bytes)| {
            let view = TensorView::new(dtype::<T>(), vec![bytes.len() / T::BYTES], bytes);
            (name, view.expect("as many bytes as the shape says"))
        });
        let metadata = HashMap::from([(KEY.to_owned(), header)]);
        serialize(tensors, Some(metadata)).expect("tensors that fit into memory")
    }

    /// What [`Checkpoint::encode`] wrote.
    ///
    /// # Errors
    /// [`Error::NotACheckpoint`]: names what is wrong with the bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let refuse = |reason: String| Error::NotACheckpoint(reason);
        let (_, metadata) = SafeTensors::read_metadata(bytes)
            .map_err(|error| refuse(format!("it is no safetensors file ({error})")))?;
        let header = metadata.metadata().as_ref().and_then(|entries| entries.get(KEY));
        let header = header.ok_or_else(|| refuse("it has no metadata entry `fejer`".into()))?;
        let header: Header = serde_json::from_str(header)
            .map_err(|error| refuse(format!("its metadata cannot be read ({error})")))?;
        if header.version != VERSION {
            let reason = format!("its version is {}, this program knows {VERSION}", header.version);
            return Err(refuse(reason));
        }
        let tensors = SafeTensors::deserialize(bytes)
            .map_err(|error| refuse(format!("it is no safetensors file ({error})")))?;
        let vector = |name: &str| {
            let tensor = tensors.tensor(name);
            let tensor = tensor.map_err(|_| refuse(format!("the tensor `{name}` is missing")))?;
            if tensor.dtype() != dtype::<T>() {
                return Err(refuse(format!(
                    "the tensor `{name}` is {:?}, not {:?}",
                    tensor.dtype(),
                    dtype::<T>()
                )));
            }
            Ok(tensor.data())
        };
        let names = (0..header.vectors.min(tensors.len())).map(|index| format!("update.{index}"));
        let state = names.map(|name| vector(&name)).collect::<Result<Vec<_>, _>>()?;
        let (point, running) = (vector("point")?, vector("running")?);
        if checksum([point, running].into_iter().chain(state.iter().copied())) != header.crc32 {
            return Err(refuse("its numbers were changed or damaged (checksum)".into()));
        }
        Ok(Self {
            recipe: header.recipe,
            description: header.description,
            examples: header.examples,
            step: header.step,
            loss: f64::from_bits(header.loss_bits),
            point: numbers(point),
            running: numbers(running),
            state: state.into_iter().map(numbers).collect(),
            count: header.count,
        })
    }
}

fn dtype<T: Real>() -> Dtype {
    if T::BYTES == 4 { Dtype::F32 } else { Dtype::F64 }
}

fn bytes<T: Real>(values: &[T]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_bits().to_le_bytes().into_iter().take(T::BYTES))
        .collect()
}

fn numbers<T: Real>(bytes: &[u8]) -> Vec<T> {
    let number = |chunk: &[u8]| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        T::from_bits(u64::from_le_bytes(word))
    };
    bytes.chunks_exact(T::BYTES).map(number).collect()
}

fn checksum<'a>(vectors: impl Iterator<Item = &'a [u8]>) -> u32 {
    let mut digest = CRC.digest();
    vectors.for_each(|bytes| digest.update(bytes));
    digest.finalize()
}
