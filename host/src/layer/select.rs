//! Selection: some sites of every example, as the labelled nodes of a graph on which a loss is taken.

use super::{Cache, Error, Layer, Mode, Shape, Wave};
use crate::matrix::{Input, View, ViewMut};
use crate::real::Real;

/// Keeps these sites, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Select {
    sites: usize,
    kept: Vec<usize>,
}

impl Select {
    /// Of `sites` sites those in `kept`.
    ///
    /// # Errors
    /// [`Error::Site`]: one does not exist.
    pub fn new(sites: usize, kept: Vec<usize>) -> Result<Self, Error> {
        match kept.iter().position(|&site| site >= sites) {
            Some(position) => Err(Error::Site { position, site: kept[position], sites }),
            None => Ok(Self { sites, kept }),
        }
    }
}

impl<T: Real> Layer<T> for Select {
    fn name(&self) -> &'static str {
        "select"
    }

    fn output(&self, input: Shape) -> Result<Shape, Error> {
        if input.sites != self.sites {
            let expected = format!("{} sites", self.sites);
            let remedy = "select from as many sites as the layer below gives";
            return Err(Error::Shape { expected, found: input, remedy });
        }
        Ok(Shape { sites: self.kept.len(), ..input })
    }

    fn forward(
        &self,
        _weights: &[T],
        input: Input<'_, T>,
        _mode: Mode,
        _cache: &mut Cache<T>,
        mut output: ViewMut<'_, T>,
    ) {
        let examples = input.dense().blocks(self.sites).zip(output.blocks(self.kept.len()));
        for (input, mut output) in examples {
            for (row, &site) in self.kept.iter().enumerate() {
                output.row(row).copy_from_slice(input.row(site));
            }
        }
    }

    fn pull_back(
        &self,
        _weights: &[T],
        _wave: Wave,
        signal: View<'_, T>,
        _cache: &mut Cache<T>,
        mut below: ViewMut<'_, T>,
    ) {
        below.values().fill(T::ZERO);
        let examples = signal.blocks(self.kept.len()).zip(below.blocks(self.sites));
        for (signal, mut below) in examples {
            for (row, &site) in self.kept.iter().enumerate() {
                let sums = below.row(site).iter_mut();
                sums.zip(signal.row(row)).for_each(|(sum, &signal)| *sum += signal);
            }
        }
    }
}
