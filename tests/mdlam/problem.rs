//! Small networks and three clouds of points for them.

use fejer::Link;
use fejer::link::Slope;
use fejer_host::layer::{Dense, Initialiser, Shape};
use fejer_host::matrix::Matrix;
use fejer_host::mdlam::{Settings, Solver};
use fejer_host::model::{Loss, Model, Stage};
use fejer_host::random::Random;
use fejer_host::real::Real;

pub const CLASSES: usize = 3;

/// A network 4–7–5–3 with this link, and what it learns from.
pub struct Problem<T> {
    pub link: Link,
    pub loss: Loss,
    pub model: Model<T>,
    pub input: Matrix<T>,
    pub target: Matrix<T>,
    pub point: Vec<T>,
}

/// Outputs of the layers, the input below them.
pub const WIDTHS: [usize; 4] = [4, 7, 5, CLASSES];

pub fn links() -> [Link; 4] {
    let slope = Slope::from_128ths(13).expect("a slope");
    [Link::Relu, Link::LeakyRelu(slope), Link::Tanh, Link::Sigmoid]
}

impl<T: Real> Problem<T> {
    pub fn new(link: Link, loss: Loss, examples: usize, seed: u64) -> Self {
        let mut random = Random::new(seed, 1 << 33);
        let mut input = Matrix::zeros(examples, WIDTHS[0]);
        let mut target = Matrix::zeros(examples, CLASSES);
        for row in 0..examples {
            let class = row % CLASSES;
            target.row_mut(row)[class] = T::ONE;
            for (column, value) in input.row_mut(row).iter_mut().enumerate() {
                let center = if column == class { 2.0 } else { 0.0 };
                *value = T::from_f64(center + random.normal());
            }
        }
        let mut stages = Vec::new();
        for (layer, widths) in WIDTHS.windows(2).enumerate() {
            stages.push(Stage::layer(Dense::new(widths[0], widths[1])));
            if layer + 2 < WIDTHS.len() {
                stages.push(Stage::Link(link));
            }
        }
        let model = Model::new(Shape::flat(WIDTHS[0]), stages, loss).expect("fits");
        let point = model.initial_point(Initialiser::Torch, seed);
        Self { link, loss, model, input, target, point }
    }

    pub fn solver(&self, settings: Settings) -> Solver<'_, T> {
        let (input, target) = (self.input.view(), self.target.view());
        Solver::new(&self.model, settings, self.point.clone(), input, target).expect("takes it")
    }
}
