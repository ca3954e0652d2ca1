//! The field a recipe asks for: a model's, times its factors, plus the decay of the weights.

use std::ops::Range;

use fejer::Operator;

use super::error::Error;
use super::recipe::Recipe;
use crate::model::{Model, ModelOperator};
use crate::real::Real;

/// Factors of the point's parts.
#[derive(Clone, Debug)]
pub(super) struct Factors<T> {
    all: T,
    hidden: T,
    /// The weights below the last stage that has any.
    below: Range<usize>,
    decay: T,
    decayed: Vec<Range<usize>>,
}

impl<T: Real> Factors<T> {
    /// Whether the field is the model's times one number, and which.
    pub(super) fn single(&self) -> Option<T> {
        let is_single = self.hidden == T::ONE && self.decay == T::ZERO;
        is_single.then_some(self.all)
    }

    pub(super) fn new(model: &Model<T>, recipe: &Recipe) -> Result<Self, Error> {
        let with_weights: Vec<usize> =
            (0..model.stages()).filter(|&stage| !model.weights(stage).is_empty()).collect();
        let below = with_weights.last().map_or(0, |&stage| model.weights(stage).start);
        let named = recipe.decayed_stages.clone().unwrap_or_else(|| with_weights.clone());
        if let Some(&stage) = named.iter().find(|stage| !with_weights.contains(stage)) {
            return Err(Error::Stage { stage, stages: with_weights });
        }
        Ok(Self {
            all: T::from_f64(recipe.scale.all),
            hidden: T::from_f64(recipe.scale.hidden),
            below: 0..below,
            decay: T::from_f64(recipe.decay),
            decayed: named.into_iter().map(|stage| model.weights(stage)).collect(),
        })
    }
}

/// all·(hidden·F below, F above) + decay·x.
pub(super) struct Scaled<'a, T> {
    pub(super) operator: ModelOperator<'a, T>,
    pub(super) factors: &'a Factors<T>,
}

impl<T: Real> Operator<T> for Scaled<'_, T> {
    fn eval(&self, point: &[T], out: &mut [T]) {
        let factors = self.factors;
        self.operator.eval(point, out);
        if factors.all != T::ONE {
            out.iter_mut().for_each(|value| *value *= factors.all);
        }
        if factors.hidden != T::ONE {
            out[factors.below.clone()].iter_mut().for_each(|value| *value *= factors.hidden);
        }
        if factors.decay != T::ZERO {
            for range in &factors.decayed {
                for (value, &weight) in out[range.clone()].iter_mut().zip(&point[range.clone()]) {
                    *value += factors.decay * weight;
                }
            }
        }
    }
}
