//! An ONNX file before it is run: its graph, cut at a node, and the shape it takes.
//!
//! Reference: the ONNX specification, IR version 8 and others.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tract_onnx::pb::tensor_shape_proto::dimension::Value as Axis;
use tract_onnx::pb::type_proto::Value;
use tract_onnx::pb::{GraphProto, ModelProto, NodeProto, ValueInfoProto};
use tract_onnx::prelude::Framework;

use super::Error;

/// Lengths of the axes of an input, where the file fixes them.
type Declared = Vec<Option<usize>>;

const AGAIN: &str = "export the model again, such as with torch.onnx.export";
/// 32-bit floats, in the specification's enumeration.
const FLOAT: i32 = 1;

pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) model: ModelProto,
}

impl File {
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let bytes = std::fs::read(path)
            .map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
        let model = tract_onnx::onnx()
            .proto_model_for_read(&mut bytes.as_slice())
            .map_err(|error| Error::content(path, "format", format!("{error:#}"), AGAIN))?;
        let has_nodes = model.graph.as_ref().is_some_and(|graph| !graph.node.is_empty());
        if !has_nodes {
            return Err(Error::content(path, "graph", "it has no nodes, or is cut off", AGAIN));
        }
        Ok(Self { path: path.to_owned(), model })
    }

    fn graph(&self) -> &GraphProto {
        self.model.graph.as_ref().expect("checked when it was read")
    }

    fn refuse<T>(
        &self,
        place: impl Into<String>,
        reason: impl ToString,
        remedy: &'static str,
    ) -> Result<T, Error> {
        Err(Error::content(&self.path, place, reason, remedy))
    }

    /// Leaves what the output of this node needs, by the name of the node or of its value; without
    /// one, what the graph's only output needs.
    pub(super) fn cut(&mut self, node: Option<&str>) -> Result<(), Error> {
        let output = self.output(node)?;
        let (mut needed, mut open) = (BTreeSet::new(), vec![output.clone()]);
        while let Some(value) = open.pop() {
            let makes = |node: &NodeProto| node.output.contains(&value);
            let Some(at) = self.graph().node.iter().position(makes) else { continue };
            if needed.insert(at) {
                open.extend(self.graph().node[at].input.iter().cloned());
            }
        }
        let known = tract_onnx::onnx().op_register;
        for &at in &needed {
            let node = &self.graph().node[at];
            if !known.0.contains_key(&node.op_type) {
                let reason = format!("the operator {} is not supported", node.op_type);
                let remedy = "cut the network below it with --output NODE, or export it with other operators";
                return self.refuse(format!("node {}", name(node)), reason, remedy);
            }
        }
        let graph = self.model.graph.as_mut().expect("checked when it was read");
        let mut at = 0..;
        graph.node.retain(|_| at.next().is_some_and(|at| needed.contains(&at)));
        graph.output = vec![ValueInfoProto { name: output, ..Default::default() }];
        graph.value_info.clear();
        Ok(())
    }

    fn output(&self, node: Option<&str>) -> Result<String, Error> {
        let graph = self.graph();
        let Some(wanted) = node else {
            let made = |value: &&ValueInfoProto| {
                graph.node.iter().any(|node| node.output.contains(&value.name))
            };
            return match graph.output.iter().filter(made).collect::<Vec<_>>()[..] {
                [only] => Ok(only.name.clone()),
                [] => self.refuse("graph", "no node makes its output", AGAIN),
                ref several => {
                    let names: Vec<&str> =
                        several.iter().map(|value| value.name.as_str()).collect();
                    let reason = format!("{} outputs: {}", names.len(), names.join(", "));
                    self.refuse("graph", reason, "choose one with --output NODE")
                }
            };
        };
        let named = graph.node.iter().find(|node| node.name == wanted);
        let value = named.and_then(|node| node.output.first());
        let values = || graph.node.iter().flat_map(|node| &node.output);
        match value.or_else(|| values().find(|value| *value == wanted)) {
            Some(value) if !value.is_empty() => Ok(value.clone()),
            _ => {
                let nodes: Vec<String> = graph
                    .node
                    .iter()
                    .map(|node| format!("{} ({})", name(node), node.op_type))
                    .collect();
                Err(Error::Content {
                    path: self.path.clone(),
                    place: format!("--output {wanted}"),
                    reason: format!("no such node among {}", nodes.join(", ")),
                    remedy: "name one of these",
                })
            }
        }
    }

    /// The shape of one example, given the axes of the data's.
    pub(super) fn shape(&self, axes: &[usize]) -> Result<Vec<usize>, Error> {
        let (input, declared) = self.declared()?;
        let place = || format!("input {input}");
        // an input without a shape takes what it is given
        let Some(declared) = declared else { return Ok(axes.to_vec()) };
        let said: Vec<String> = declared
            .iter()
            .map(|axis| axis.map_or_else(|| "?".to_owned(), |axis| axis.to_string()))
            .collect();
        let said = said.join(", ");
        let Some((batch, rest)) = declared.split_first() else {
            return self.refuse(place(), "it is a single number", AGAIN);
        };
        if let Some(batch) = batch.filter(|&batch| batch > 1) {
            let reason = format!("the shape [{said}] takes {batch} examples at a time");
            let remedy = "export it with a batch of 1 or a dynamic one (dynamic_axes)";
            return self.refuse(place(), reason, remedy);
        }
        let known: Option<Vec<usize>> = rest.iter().copied().collect();
        let fits = match &known {
            // rows of numbers take any shape; axes have to be in the network's order
            Some(shape) => {
                let long = |shape: &[usize]| -> Vec<usize> {
                    shape.iter().copied().filter(|&axis| axis > 1).collect()
                };
                let numbers = |shape: &[usize]| shape.iter().product::<usize>();
                numbers(shape) == numbers(axes) && (axes.len() < 2 || long(shape) == long(axes))
            }
            None => {
                let same = |(said, &axis): (&Option<usize>, &usize)| said.is_none_or(|n| n == axis);
                rest.len() == axes.len() && rest.iter().zip(axes).all(same)
            }
        };
        if !fits {
            let reason =
                format!("the shape [{said}] with the batch first, but an example is {axes:?}");
            let remedy =
                "save the data as an array of that shape, channels before height and width";
            return self.refuse(place(), reason, remedy);
        }
        Ok(known.unwrap_or_else(|| axes.to_vec()))
    }

    /// The name of the only input and the axes it declares.
    fn declared(&self) -> Result<(String, Option<Declared>), Error> {
        let graph = self.graph();
        let is_weight = |input: &&ValueInfoProto| {
            !graph.initializer.iter().any(|tensor| tensor.name == input.name)
        };
        let inputs: Vec<_> = graph.input.iter().filter(is_weight).collect();
        let [input] = inputs[..] else {
            let names: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
            let reason = format!("{} inputs: {}", names.len(), names.join(", "));
            return self.refuse("graph", reason, "export a model with one input");
        };
        let Some(Value::TensorType(tensor)) = input.r#type.as_ref().and_then(|t| t.value.as_ref())
        else {
            return self.refuse(format!("input {}", input.name), "it is no array", AGAIN);
        };
        if tensor.elem_type != FLOAT {
            let reason = format!("numbers of ONNX type {}", tensor.elem_type);
            let remedy = "export the model with 32-bit floats (type 1)";
            return self.refuse(format!("input {}", input.name), reason, remedy);
        }
        let axes = tensor.shape.as_ref().map(|shape| {
            let known = |axis: &Option<Axis>| match axis {
                Some(Axis::DimValue(length)) => usize::try_from(*length).ok().filter(|&n| n > 0),
                _ => None,
            };
            shape.dim.iter().map(|axis| known(&axis.value)).collect()
        });
        Ok((input.name.clone(), axes))
    }
}

/// A node's name, or that of its first value.
fn name(node: &NodeProto) -> &str {
    let value = node.output.first().map_or("?", String::as_str);
    if node.name.is_empty() { value } else { &node.name }
}
