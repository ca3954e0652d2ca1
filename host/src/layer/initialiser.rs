//! Initial weights of the field's customs, uniform in ±bound unless said otherwise.

use crate::random::Random;
use crate::real::Real;

/// Of [`Initialiser::Normal`].
const DEVIATION: f64 = 0.1;

/// The bound as a function of how many inputs an output has, and outputs an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Initialiser {
    /// ±√(6/(in + out)), biases 0 (Glorot & Bengio 2010; graph layers of PyG).
    Glorot,
    /// ±√(6/in), biases 0 (He et al. 2015, for ReLU).
    He,
    /// ±1/√in, biases too: PyTorch's `Linear` and `Conv2d`.
    Torch,
    /// Normal of deviation .1, biases too: the code of mDLAM. The only one that is not uniform.
    Normal,
}

impl Initialiser {
    pub(super) fn fill<T: Real>(
        self,
        random: &mut Random,
        fan_in: usize,
        fan_out: usize,
        matrix: &mut [T],
        bias: &mut [T],
    ) {
        let (fan_in, fan_out) = (fan_in as f64, fan_out as f64);
        let (bound, bias_bound) = match self {
            Self::Normal => {
                for values in [matrix, bias] {
                    values.fill_with(|| T::from_f64(DEVIATION * random.normal()));
                }
                return;
            }
            Self::Glorot => (6.0 / (fan_in + fan_out), 0.0),
            Self::He => (6.0 / fan_in, 0.0),
            Self::Torch => (1.0 / fan_in, 1.0 / fan_in),
        };
        for (values, bound) in [(matrix, libm::sqrt(bound)), (bias, libm::sqrt(bias_bound))] {
            values.fill_with(|| T::from_f64(bound * (2.0 * random.uniform() - 1.0)));
        }
    }
}
