//! What the graph experiments of the paper share (svi.md §1.3, §2.3–2.5): networks of graph layers on
//! one fixed graph, the published optimizer, the two versions of the monotone field and their
//! baselines.

use fejer::Link;

use super::contender::{Contender, Criterion};
use super::report::Figure;
use super::study::{Job, Study, marked};
use super::{Error, Setting};
use crate::dataset::Examples;
use crate::layer::{BatchNorm, Graph, Initialiser, Shape};
use crate::matrix::Csr;
use crate::model::{Field, Loss, Model, Stage};
use crate::trainer::{Recipe, Scale, Update, evaluate};

pub(super) const FIRST: &str = "monotone field, first version";
pub(super) const SECOND: &str = "monotone field, second version";
pub(super) const SGD: &str = "SGD on squared error, same step";

pub(super) const SQUARED: &str = "test squared error";
pub(super) const ERROR: &str = "test error";
pub(super) const F1: &str = "test weighted F1";
/// Candidates are chosen by it.
const TRAINED: &str = "train squared error";

/// Hidden layers and epochs after which is measured, of both experiments on recordings.
pub(super) const HIDDEN: [usize; 2] = [64, 64];
pub(super) const EARLY: u32 = 20;
pub(super) const EPOCHS: u32 = 100;

/// Nesterov's momentum, made anew every epoch, at step .001.
const STEP: f64 = 1e-3;
const MOMENTUM: f64 = 0.99;

/// Graph layers with ReLU between; at the end sigmoid where there is one output, else softmax.
pub(super) struct Network<'a> {
    pub(super) filter: &'a Csr<f32>,
    pub(super) inputs: usize,
    pub(super) hidden: &'a [usize],
    pub(super) outputs: usize,
    /// Batch normalisation without weights after each hidden layer.
    pub(super) is_normed: bool,
}

impl Network<'_> {
    pub(super) fn model(&self, criterion: Criterion) -> Result<Model<f32>, Error> {
        let graph = |inputs, outputs| Graph::new(self.filter.clone(), inputs, outputs);
        let (mut stages, mut inputs) = (Vec::new(), self.inputs);
        for &width in self.hidden {
            stages.push(Stage::layer(graph(inputs, width)?));
            if self.is_normed {
                stages.push(Stage::layer(BatchNorm::without_weights(width)));
            }
            stages.push(Stage::Link(Link::Relu));
            inputs = width;
        }
        stages.push(Stage::layer(graph(inputs, self.outputs)?));
        let link = if self.outputs == 1 { Link::Sigmoid } else { Link::Softmax };
        let loss = match criterion {
            Criterion::Matching => Loss::Matching(link),
            Criterion::SquaredError => {
                stages.push(Stage::Link(link));
                Loss::SquaredError
            }
        };
        let shape = Shape { sites: self.filter.rows(), channels: self.inputs };
        Ok(Model::new(shape, stages, loss)?)
    }
}

/// Trains every contender of a published experiment and measures it on both parts.
pub(super) fn figures(
    case: &str,
    network: &Network<'_>,
    published: &Published,
    [train, test]: [Examples<f32>; 2],
    setting: &Setting<'_>,
) -> Result<Vec<Figure>, Error> {
    let quantities = vec![SQUARED, ERROR, F1, TRAINED];
    let study = Study {
        case: case.into(),
        marks: setting.marks(&[EARLY, EPOCHS]),
        chosen_by: quantities.len() - 1,
        quantities,
        contenders: published.contenders(),
    };
    let fit = |job: Job<'_>| {
        let model = network.model(job.criterion)?;
        let initialiser = Initialiser::Glorot;
        marked(model, job, initialiser, &train, &study.marks, &mut |model, point, tape| {
            let unseen = evaluate(model, point, &test, tape);
            let seen = evaluate(model, point, &train, tape).squared_error;
            vec![unseen.squared_error, unseen.error, unseen.weighted_f1, seen]
        })
    };
    study.run(setting, &fit)
}

/// How a graph experiment was published.
pub(super) struct Published {
    pub(super) nodes: usize,
    pub(super) outputs: usize,
    pub(super) batch: usize,
    /// Factor of the second version over the gradient of PyTorch's `mse_loss`: half the nodes, but
    /// for traffic all of them.
    pub(super) factor: f64,
}

impl Published {
    /// PyTorch's `mse_loss` over ours.
    fn mse(&self) -> f64 {
        2.0 / (self.nodes * self.outputs) as f64
    }

    /// The second version.
    pub(super) fn recipe(&self) -> Recipe {
        Recipe {
            batch: self.batch,
            reset_each_epoch: true,
            scale: Scale { all: self.factor * self.mse(), hidden: 1.0 },
            ..Recipe::new(Field::Monotone, Update::nesterov(MOMENTUM), STEP)
        }
    }

    /// How much further the last layer of the second version goes than SGD's at the same nominal
    /// step, where the link is steepest: the gradient has the factor φ' besides, ¼ for the sigmoid
    /// and 1/K for softmax at equal probabilities (svi.md §3, item 2).
    fn reach(&self) -> f64 {
        let slope = if self.outputs == 1 { 0.25 } else { 1.0 / self.outputs as f64 };
        self.factor / slope
    }

    /// Both versions, the baselines of every experiment, and the two gradients at the step the second
    /// version really makes.
    pub(super) fn contenders(&self) -> Vec<Contender> {
        let squared = Criterion::SquaredError;
        let second = self.recipe();
        // the first version's hidden layers miss the factor and are divided by the batch once more
        let hidden = 1.0 / (self.factor * self.batch as f64);
        let first = Recipe { scale: Scale { hidden, ..second.scale }, ..second.clone() };
        let matching = 1.0 / self.nodes as f64;
        let mut contenders = vec![
            Contender::new(FIRST, squared, first),
            Contender::new(SECOND, squared, second.clone()),
        ];
        contenders.extend(Contender::baselines(&second, self.mse(), matching));
        let gradient = Recipe { field: Field::Gradient, ..second };
        let matched = Recipe {
            scale: Scale { all: self.mse(), hidden: 1.0 },
            step: self.reach() * STEP,
            ..gradient.clone()
        };
        let name = format!("SGD on squared error, step-matched (× {})", self.reach());
        contenders.push(Contender::new(name, squared, matched));
        let of_all = "SGD on the matching loss, scaled as the second version";
        contenders.push(Contender::new(of_all, Criterion::Matching, gradient));
        contenders
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// svi.md §1.3: for n = 15 and B = 100 the hidden field of the first version is 1/750 of the
    /// second's; the last layer's is the plain sum over nodes in both.
    #[test]
    fn fields_have_the_published_factors() {
        let published = Published { nodes: 15, outputs: 1, batch: 100, factor: 7.5 };
        let of = |name: &str| {
            let contenders = published.contenders();
            let found = contenders.iter().find(|contender| contender.name.starts_with(name));
            found.unwrap().recipes[0].clone()
        };
        let near = |a: f64, b: f64| (a - b).abs() < 1e-15;
        assert!(near(of(SECOND).scale.all, 1.0) && of(SECOND).scale.hidden == 1.0);
        assert!(near(of(FIRST).scale.all, 1.0) && near(of(FIRST).scale.hidden, 1.0 / 750.0));
        assert!(near(of(SGD).scale.all, 2.0 / 15.0));
        assert!(near(of("SGD on squared error, step-matched (× 30)").step, 0.03));
        assert!(of(SGD).reset_each_epoch && of(SECOND).reset_each_epoch);
    }
}
