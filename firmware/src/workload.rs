//! What the device bench runs: heads of four sizes in two number types, on samples that are the same
//! numbers in both and on every machine. Plain Rust, so that the host can run the same steps.

use fejer::fixed::{FixedI32, types::extra::U24};
use fejer::streaming::SquaredNorm;
use fejer::{DEFAULT_PRECISION, Error, Head, Link, NormalisedStep, Sample, Scalar, Short, Stored};

/// Learning steps a run takes, each of them measured.
pub const STEPS: u32 = 1000;

/// An `f32` feature whose kernels are the portable ones, [`Stored`]'s own: what a target without a twin
/// in assembly gets.
#[derive(Clone, Copy, Debug)]
pub struct Plain(f32);

impl Stored<f32> for Plain {
    const ALWAYS_SOUND: bool = false;

    fn value(self) -> f32 {
        self.0
    }
}

/// A prediction.
pub type Predict<S, X, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize> =
    fn(&Head<S, ROWS, OUTPUTS>, &[X; FEATURES]) -> [S; OUTPUTS];

/// A learning step: the head, the sample, ‖η‖², and the step size or the prior precision.
pub type Step<S, X, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize> =
    fn(
        &mut Head<S, ROWS, OUTPUTS>,
        &Sample<S, FEATURES, OUTPUTS, X>,
        SquaredNorm<S>,
        S,
    ) -> Result<(), Error>;

/// Learning steps that are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// [`Head::projected_step_given`] with [`NormalisedStep`].
    Projected,
    /// [`Head::extragradient_step_given`] with [`NormalisedStep`].
    Extragradient,
    /// [`Head::proximal_point_step_given`] with [`DEFAULT_PRECISION`].
    Anchored,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Projected, Self::Extragradient, Self::Anchored];

    /// Its name in tables and in the image.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Projected => "projected",
            Self::Extragradient => "extragradient",
            Self::Anchored => "anchored",
        }
    }
}

/// One size in one number type, its operations each a function of its own in the image:
/// `workload::<scalar>_<features>_<outputs>::<operation>`.
pub struct Case<S: Scalar, X, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize> {
    /// Name of the number type: `f32` or `q24`; `portable` for `f32` by the portable kernels.
    pub scalar: &'static str,
    /// A feature as the steps take it.
    pub store: fn(Short) -> X,
    /// The prediction.
    pub predict: Predict<S, X, FEATURES, ROWS, OUTPUTS>,
    /// The learning steps, in the order of [`Method::ALL`].
    pub steps: [Step<S, X, FEATURES, ROWS, OUTPUTS>; 3],
    /// A step that does nothing: what calling one costs.
    pub nothing: Step<S, X, FEATURES, ROWS, OUTPUTS>,
}

/// Something to do with every case.
pub trait Visitor {
    /// Does it with this one.
    ///
    /// # Errors
    /// What the head refused; nothing in the workload should be.
    fn visit<S, X, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>(
        &mut self,
        case: &Case<S, X, FEATURES, ROWS, OUTPUTS>,
    ) -> Result<(), Error>
    where
        S: Scalar,
        X: Stored<S>;
}

impl<S: Scalar, X: Stored<S>, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>
    Case<S, X, FEATURES, ROWS, OUTPUTS>
{
    /// The step of a method.
    pub fn step(&self, method: Method) -> Step<S, X, FEATURES, ROWS, OUTPUTS> {
        let [projected, extragradient, anchored] = self.steps;
        match method {
            Method::Projected => projected,
            Method::Extragradient => extragradient,
            Method::Anchored => anchored,
        }
    }

    /// A head of zero weights.
    pub fn zeros(&self) -> Head<S, ROWS, OUTPUTS> {
        Head::zeros(core::hint::black_box(Link::Softmax))
    }

    /// Lets `call` do `count` learning steps of a method on a head.
    ///
    /// # Errors
    /// The first that `call` gives.
    #[inline(always)]
    pub fn train(
        &self,
        head: &mut Head<S, ROWS, OUTPUTS>,
        method: Method,
        count: u32,
        mut call: impl FnMut(
            &mut Head<S, ROWS, OUTPUTS>,
            &Sample<S, FEATURES, OUTPUTS, X>,
            SquaredNorm<S>,
            S,
        ) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut sample =
            Sample { features: [(self.store)(Short(0)); FEATURES], target: [S::ZERO; OUTPUTS] };
        let (mut random, mut sizes) = (Random::new(1), NormalisedStep::new());
        for _ in 0..count {
            self.draw(&mut random, &mut sample);
            let amount = match method {
                Method::Anchored => S::from_f32(DEFAULT_PRECISION),
                _ => sizes.after(&sample.features),
            };
            let norm = SquaredNorm::of(&sample.features);
            call(head, &sample, norm, amount)?;
        }
        Ok(())
    }

    /// Features in [−1, 1), a multiple of 1/4096 each, and any class as the target.
    fn draw(&self, random: &mut Random, sample: &mut Sample<S, FEATURES, OUTPUTS, X>) {
        for feature in &mut sample.features {
            *feature = (self.store)(Short((random.below(8192) as i16) - 4096));
        }
        let class = random.below(OUTPUTS as u32) as usize;
        for (output, target) in sample.target.iter_mut().enumerate() {
            *target = if output == class { S::ONE } else { S::ZERO };
        }
    }
}

/// Marsaglia's xorshift32 (2003).
pub(crate) struct Random(u32);

impl Random {
    /// From a seed that is not 0.
    pub(crate) const fn new(seed: u32) -> Self {
        Self(seed)
    }

    /// The top bits: the low ones are the poorer ones.
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        ((self.0 >> 16) * limit) >> 16
    }
}

macro_rules! cases {
    ($($case:ident: $name:literal $scalar:ty, $stored:ty, $store:expr,
        $features:literal -> $outputs:literal;)*) => {
        $(#[doc = concat!($features, " features, ", $outputs, " outputs, in ", $name, ".")]
        pub mod $case {
            use super::*;

            type S = $scalar;
            type H = Head<S, { $features + 1 }, $outputs>;
            type X = Sample<S, $features, $outputs, $stored>;

            #[inline(never)]
            fn predict(head: &H, features: &[$stored; $features]) -> [S; $outputs] {
                head.predict(features)
            }
            #[inline(never)]
            fn projected(head: &mut H, sample: &X, norm: SquaredNorm<S>, step: S)
                -> Result<(), Error> {
                head.projected_step_given(sample, norm, step)
            }
            #[inline(never)]
            fn extragradient(head: &mut H, sample: &X, norm: SquaredNorm<S>, step: S)
                -> Result<(), Error> {
                head.extragradient_step_given(sample, norm, step)
            }
            #[inline(never)]
            fn anchored(head: &mut H, sample: &X, norm: SquaredNorm<S>, precision: S)
                -> Result<(), Error> {
                head.proximal_point_step_given(sample, norm, precision)
            }
            #[inline(never)]
            fn nothing(_: &mut H, _: &X, _: SquaredNorm<S>, _: S) -> Result<(), Error> {
                Ok(())
            }

            /// The operations.
            pub const CASE: Case<S, $stored, $features, { $features + 1 }, $outputs> = Case {
                scalar: $name,
                store: $store,
                predict,
                steps: [projected, extragradient, anchored],
                nothing,
            };
        })*

        /// Visits every case.
        ///
        /// # Errors
        /// The first that the visitor gives.
        pub fn visit_all(visitor: &mut impl Visitor) -> Result<(), Error> {
            $(visitor.visit(&$case::CASE)?;)*
            Ok(())
        }
    };
}

type Q24 = FixedI32<U24>;

cases! {
    f32_16_4: "f32" f32, f32, Short::value, 16 -> 4;
    f32_64_6: "f32" f32, f32, Short::value, 64 -> 6;
    f32_128_10: "f32" f32, f32, Short::value, 128 -> 10;
    f32_561_6: "f32" f32, f32, Short::value, 561 -> 6;
    portable_16_4: "portable" f32, Plain, |feature| Plain(feature.value()), 16 -> 4;
    portable_64_6: "portable" f32, Plain, |feature| Plain(feature.value()), 64 -> 6;
    portable_128_10: "portable" f32, Plain, |feature| Plain(feature.value()), 128 -> 10;
    portable_561_6: "portable" f32, Plain, |feature| Plain(feature.value()), 561 -> 6;
    q24_16_4: "q24" Q24, Short, |feature| feature, 16 -> 4;
    q24_64_6: "q24" Q24, Short, |feature| feature, 64 -> 6;
    q24_128_10: "q24" Q24, Short, |feature| feature, 128 -> 10;
    q24_561_6: "q24" Q24, Short, |feature| feature, 561 -> 6;
}
