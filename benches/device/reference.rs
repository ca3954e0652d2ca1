//! The same steps on the machine that runs this: what every target's weights are held against.

use fejer::{Error, Scalar, Stored};
use fejer_firmware::workload::{Case, Method, STEPS, Visitor, visit_all};

use crate::run::entry;

/// Hashes of the heads after the last step, by the step's function.
pub struct Reference(Vec<(String, u64)>);

impl Reference {
    /// Runs the whole workload here.
    pub fn run() -> Result<Self, Error> {
        let mut reference = Self(Vec::new());
        visit_all(&mut reference)?;
        Ok(reference)
    }

    /// The hash after this step.
    pub fn hash(&self, entry: &str) -> Option<u64> {
        self.0.iter().find(|(name, _)| name == entry).map(|&(_, hash)| hash)
    }
}

impl Visitor for Reference {
    fn visit<S, X, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>(
        &mut self,
        case: &Case<S, X, FEATURES, ROWS, OUTPUTS>,
    ) -> Result<(), Error>
    where
        S: Scalar,
        X: Stored<S>,
    {
        for method in Method::ALL {
            let (mut head, step) = (case.zeros(), case.step(method));
            case.train(&mut head, method, STEPS, step)?;
            let name = entry(case.scalar, FEATURES, OUTPUTS, method.name());
            self.0.push((name, head.hash()));
        }
        Ok(())
    }
}
