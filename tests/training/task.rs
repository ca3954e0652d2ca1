//! A small network with everything a checkpoint must keep, and examples for it.

use fejer::Link;
use fejer_host::dataset::Examples;
use fejer_host::layer::{BatchNorm, Dense, Dropout, Initialiser, Shape};
use fejer_host::matrix::Matrix;
use fejer_host::model::{Field, Loss, Model, Stage};
use fejer_host::random::Random;
use fejer_host::trainer::{Recipe, Training, Update};

/// Running statistics, a hidden and a last layer.
pub fn model() -> Model<f32> {
    let stages = vec![
        Stage::layer(Dense::new(3, 8)),
        Stage::layer(BatchNorm::new(8)),
        Stage::Link(Link::Relu),
        Stage::layer(Dense::new(8, 2)),
        Stage::Link(Link::Softmax),
    ];
    Model::new(Shape::flat(3), stages, Loss::SquaredError).expect("fits")
}

/// The same with numbers dropped at random below the last layer.
pub fn dropping() -> Model<f32> {
    let stages = vec![
        Stage::layer(Dense::new(3, 8)),
        Stage::layer(BatchNorm::new(8)),
        Stage::Link(Link::Relu),
        Stage::layer(Dropout::new(0.3, 3).expect("a probability")),
        Stage::layer(Dense::new(8, 2)),
        Stage::Link(Link::Softmax),
    ];
    Model::new(Shape::flat(3), stages, Loss::SquaredError).expect("fits")
}

/// 50 examples of two classes: is the product of the first two numbers above that of the last two?
pub fn examples() -> Examples<f32> {
    let mut random = Random::new(9, 0);
    let values: Vec<f32> = (0..150).map(|_| random.normal() as f32).collect();
    let labels: Vec<usize> =
        values.chunks(3).map(|x| usize::from(x[0] * x[1] > x[1] * x[2])).collect();
    Examples::classified(Matrix::new(50, 3, values), &labels, 2)
}

/// Three epochs of eight steps, the last of two examples.
pub fn recipe(update: Update) -> Recipe {
    Recipe { batch: 7, epochs: 3, seed: 5, ..Recipe::new(Field::Monotone, update, 0.01) }
}

/// Every kind of update.
pub fn updates() -> [Update; 10] {
    let adam = Update::ADAM;
    [
        Update::PLAIN,
        Update::momentum(0.9),
        Update::nesterov(0.9),
        adam,
        Update::Adamw { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, decay: 0.1 },
        Update::ADAGRAD,
        Update::ADADELTA,
        Update::Extragradient {},
        Update::OperatorExtrapolation { extrapolation: 1.0 },
        Update::Lookahead { relaxation: 0.5, period: 2 },
    ]
}

/// The recipe's training, at its start.
pub fn begin<'a>(
    model: &'a mut Model<f32>,
    recipe: Recipe,
    examples: &'a Examples<f32>,
) -> Training<'a, f32> {
    Training::new(model, recipe, Initialiser::Torch, examples).expect("a recipe that makes sense")
}
