//! The layers of a network as a device runs them: filters with a ReLU or without, and pools.

use super::{Error, weights_of};
use crate::backbone::Trained;
use crate::dataset::Data;
use crate::experiment::{Entry, Part};
use crate::layer::{BatchNorm, Image, windows};

/// Windows along rows or columns.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    /// Of a window.
    pub size: usize,
    /// From one to the next.
    pub stride: usize,
    /// Zeros on each side.
    pub padding: usize,
}

/// A layer of the device.
#[derive(Clone, Debug)]
pub struct Step {
    pub rows: Axis,
    pub columns: Axis,
    /// What comes in.
    pub input: Image,
    /// How many layers of the network end here.
    pub layers: usize,
    pub kind: Kind,
}

#[derive(Clone, Debug)]
pub enum Kind {
    Filters(Filters),
    Maximum,
    Mean,
}

/// A dense layer or a convolution: one row of weights a product, a column a filter.
#[derive(Clone, Debug)]
pub struct Filters {
    pub weights: Vec<f32>,
    pub bias: Vec<f32>,
    pub has_relu: bool,
}

impl Filters {
    fn of(weights: &[f32], filters: usize) -> Self {
        let (weights, bias) = weights.split_at(weights.len() - filters);
        Self { weights: weights.to_vec(), bias: bias.to_vec(), has_relu: false }
    }

    /// Takes in y = (x − mean)·γ/√(variance + ε) + β.
    fn normalise(&mut self, [mean, variance]: [&[f32]; 2], weights: &[f32]) {
        let channels = self.bias.len();
        for channel in 0..channels {
            let of = |at: usize, without| weights.get(at).copied().map_or(without, f64::from);
            let (gamma, beta) = (of(channel, 1.0), of(channels + channel, 0.0));
            let factor = gamma / (f64::from(variance[channel]) + BatchNorm::<f32>::EPSILON).sqrt();
            let bias = (f64::from(self.bias[channel]) - f64::from(mean[channel])) * factor + beta;
            self.bias[channel] = bias as f32;
            for weight in self.weights.iter_mut().skip(channel).step_by(channels) {
                *weight = (f64::from(*weight) * factor) as f32;
            }
        }
    }
}

/// While the list is walked.
struct Walk {
    steps: Vec<Step>,
    /// What the last step gives.
    image: Image,
    /// A dense layer covers all of it.
    is_flat: bool,
}

/// The layers below the head.
pub fn of(trained: &Trained, data: &Data) -> Result<Vec<Step>, Error> {
    let layers = trained.layers_below_head()?;
    let (model, point) = trained.below(data, layers)?;
    let running = model.running();
    let (mut statistics, network) = (&running[..], &trained.experiment.model);
    let image = match *network.input.as_slice() {
        [height, width, channels] => Image { height, width, channels },
        [width, channels] => Image { height: 1, width, channels },
        _ => Image { height: 1, width: 1, channels: network.input.iter().product() },
    };
    let mut walk = Walk { steps: vec![], image, is_flat: false };
    for (layer, Entry(part)) in network.layers[..layers].iter().enumerate() {
        let weights = weights_of(&model, &point, layer);
        let own = match part {
            Part::BatchNorm { .. } => {
                let (own, rest) = statistics.split_at(2 * walk.image.channels);
                statistics = rest;
                own
            }
            _ => &[],
        };
        walk.take(part, weights, own).map_err(|reason| Error::Layer {
            path: trained.path().to_owned(),
            layer,
            name: format!("{part:?}"),
            reason,
        })?;
        if let Some(step) = walk.steps.last_mut() {
            step.layers = layer + 1;
        }
    }
    Ok(walk.steps)
}

impl Walk {
    fn take(&mut self, part: &Part, weights: &[f32], own: &[f32]) -> Result<(), &'static str> {
        let one = Axis { size: 1, stride: 1, padding: 0 };
        match *part {
            Part::Dense(outputs) => {
                let all = |size| Axis { size, ..one };
                let axes = if self.is_flat {
                    [all(self.image.height), all(self.image.width)]
                } else {
                    [one; 2]
                };
                self.push(axes, Kind::Filters(Filters::of(weights, outputs)), outputs);
                Ok(())
            }
            Part::Convolution { filters, size, stride, padding } => {
                let axis = Axis { size, stride, padding };
                self.push([axis; 2], Kind::Filters(Filters::of(weights, filters)), filters);
                Ok(())
            }
            Part::AveragePool { size, stride } => self.pool(Kind::Mean, size, stride),
            Part::MaxPool { size, stride } => self.pool(Kind::Maximum, size, stride),
            Part::Flatten => {
                self.is_flat = true;
                Ok(())
            }
            Part::Dropout(_) | Part::Identity => Ok(()),
            Part::BatchNorm { .. } => {
                let filters = self.filters().filter(|filters| !filters.has_relu);
                let filters = filters.ok_or("is not right above a layer with weights")?;
                let (mean, variance) = own.split_at(own.len() / 2);
                filters.normalise([mean, variance], weights);
                Ok(())
            }
            Part::Relu => {
                self.filters().ok_or("is not right above a layer with weights")?.has_relu = true;
                Ok(())
            }
            _ => Err("has no form in 8 bits"),
        }
    }

    /// Those of the last step, if they are the last.
    fn filters(&mut self) -> Option<&mut Filters> {
        match self.steps.last_mut() {
            Some(Step { kind: Kind::Filters(filters), .. }) => Some(filters),
            _ => None,
        }
    }

    fn pool(&mut self, kind: Kind, size: usize, stride: Option<usize>) -> Result<(), &'static str> {
        if self.steps.is_empty() {
            return Err("comes before the first layer with weights");
        }
        let axis = Axis { size, stride: stride.unwrap_or(size), padding: 0 };
        self.push([axis; 2], kind, self.image.channels);
        Ok(())
    }

    fn push(&mut self, [rows, columns]: [Axis; 2], kind: Kind, channels: usize) {
        let input = self.image;
        let fit = |length, axis: Axis| windows(length, axis.size, axis.stride, axis.padding);
        let (height, width) = (fit(input.height, rows), fit(input.width, columns));
        (self.image, self.is_flat) = (Image { height, width, channels }, false);
        self.steps.push(Step { rows, columns, input, layers: 0, kind });
    }
}
