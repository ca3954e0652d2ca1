//! What happens in the factory: from windows of the lab to a head with what it needs to learn under
//! guard.
//!
//! The lab's windows are standardised, stored in 8 bits as on the device, and divided:
//!
//! ```text
//! class after class ─┬─ spread evenly, ten a class: the clean set, never trained on, so that what the
//!                    │  head loses there is honest
//!                    └─ all others: what the head is trained on
//! ```
//!
//! Thresholds are found with a head that is trained without every tenth of these, on that tenth; the
//! head that leaves the factory is then trained on all of them.
//!
//! A head is the solution of the anchored problem around zeros with a precision Λ, found in f64 and
//! rounded to f32: of a classifier by [`crate::fit`], of a regression by [`crate::oracle::solution`].

mod division;
mod solution;

use fejer::features::Standardise;
use fejer::memory::Remembered;
use fejer::{Class, Head, Link, Settings, Target};

use super::{Error, Factory, Field};
use crate::pretrain::standardisation;
use division::Division;

/// Samples of the clean set, a class.
pub const CLEAN_A_CLASS: usize = 10;
/// Samples of the clean set of a regression.
pub const CLEAN_NUMBERS: usize = 20;

/// Share of the lab's windows that is to be rejected.
const DOUBTFUL: f32 = 0.05;
/// Share of mistakes the guard expects at least: the windows it is measured on are few.
const LEAST_MISTAKEN: f32 = 0.01;

/// Features as the program of a device makes them, not standardised yet, with their targets.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows<T, const FEATURES: usize> {
    /// One row a window.
    pub features: Vec<[f32; FEATURES]>,
    /// What each should be predicted as.
    pub targets: Vec<T>,
}

impl<const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>
    Factory<Class, FEATURES, ROWS, OUTPUTS>
{
    /// Pre-trains a classifier in the lab with prior precision Λ; `margin` is the share of the clean
    /// set that what is learnt later may lose more than it.
    ///
    /// # Errors
    /// [`Error::TooFew`], [`Error::Fit`], [`Error::NotSolved`].
    pub fn classifier(
        lab: &Rows<Class, FEATURES>,
        precision: f64,
        margin: f32,
    ) -> Result<Self, Error> {
        let classes: Vec<usize> =
            lab.targets.iter().map(|&Class(class)| usize::from(class)).collect();
        let division = Division::new(&classes, OUTPUTS, CLEAN_A_CLASS)?;
        assemble(lab, &division, margin, |samples| solution::classifier(samples, precision))
    }
}

impl<const FEATURES: usize, const ROWS: usize> Factory<[f32; 1], FEATURES, ROWS, 1> {
    /// Pre-trains a regression in the lab with Λ = 0.3; `margin` is the mean squared error that what is learnt
    /// later may add on the clean set.
    ///
    /// # Errors
    /// [`Error::TooFew`], [`Error::NotSolved`].
    pub fn regression(lab: &Rows<[f32; 1], FEATURES>, margin: f32) -> Result<Self, Error> {
        let division = Division::new(&vec![0; lab.targets.len()], 1, CLEAN_NUMBERS)?;
        assemble(lab, &division, margin, solution::regression)
    }
}

impl<T: Target<f32, OUTPUTS>, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>
    Factory<T, FEATURES, ROWS, OUTPUTS>
{
    /// Takes it to a field.
    pub fn field(
        &self,
        name: String,
        windows: Vec<Vec<f32>>,
        rows: Rows<T, FEATURES>,
    ) -> Field<T, FEATURES, ROWS, OUTPUTS> {
        let features = rows.features.iter().map(|row| self.standardise.apply(row)).collect();
        Field { name, factory: self.clone(), windows, features, targets: rows.targets }
    }
}

/// A sample as a device remembers it.
type Stored<T, const ROWS: usize, const OUTPUTS: usize> = Remembered<f32, T, ROWS, OUTPUTS>;

fn stored<T, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>(
    lab: &Rows<T, FEATURES>,
    standardise: &Standardise<FEATURES>,
    rows: &[usize],
) -> Vec<Stored<T, ROWS, OUTPUTS>>
where
    T: Target<f32, OUTPUTS>,
{
    let one =
        |&row: &usize| Stored::new(&standardise.apply::<f32>(&lab.features[row]), lab.targets[row]);
    rows.iter().map(one).collect()
}

fn assemble<T, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>(
    lab: &Rows<T, FEATURES>,
    division: &Division,
    margin: f32,
    solve: impl Fn(&[Stored<T, ROWS, OUTPUTS>]) -> Result<Head<f32, ROWS, OUTPUTS>, Error>,
) -> Result<Factory<T, FEATURES, ROWS, OUTPUTS>, Error>
where
    T: Target<f32, OUTPUTS>,
{
    let standardise = standardisation(&lab.features);
    let stored = |rows: &[usize]| stored(lab, &standardise, rows);
    let (clean, mut trained) = (stored(&division.clean), stored(&division.trained));
    let rehearsed = solve(&trained)?;
    let judged = division.judged.iter().map(|&row| {
        let prediction = rehearsed.predict(&standardise.apply::<f32>(&lab.features[row]));
        (prediction, lab.targets[row])
    });
    let settings = settings(rehearsed.link(), judged, margin);
    trained.extend(stored(&division.judged));
    Ok(Factory {
        standardise,
        head: solve(&trained)?,
        clean_codes: clean.iter().flat_map(|sample| sample.codes()).copied().collect(),
        clean_targets: clean.iter().map(|sample| sample.target).collect(),
        settings,
    })
}

/// What the guard is to know of predictions of windows that the head has not seen.
fn settings<T: Target<f32, OUTPUTS>, const OUTPUTS: usize>(
    link: Link,
    judged: impl Iterator<Item = ([f32; OUTPUTS], T)>,
    margin: f32,
) -> Settings<f32> {
    let said = judged.map(|(prediction, target)| {
        let confidence = prediction.iter().copied().fold(0.0, f32::max);
        (confidence, target.loss(&prediction))
    });
    let (confidences, losses): (Vec<f32>, Vec<f32>) = said.unzip();
    let mistakes = losses.iter().filter(|&&loss| loss > margin).count();
    let mistaken = mistakes as f32 / losses.len().max(1) as f32;
    Settings {
        margin,
        confidence: match link {
            Link::Softmax => quantile(confidences, DOUBTFUL),
            _ => 0.0,
        },
        doubtful: DOUBTFUL,
        mistaken: mistaken.max(LEAST_MISTAKEN),
        ..Settings::new()
    }
}

/// The number that a share of these, at most, is below.
fn quantile(mut numbers: Vec<f32>, share: f32) -> f32 {
    numbers.sort_by(f32::total_cmp);
    let below = (share * numbers.len() as f32) as usize;
    numbers.get(below).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// Two classes of two features, the second shifted.
    fn lab() -> Rows<Class, 2> {
        let mut random = Random::new(5, 0);
        let targets: Vec<Class> = (0..200).map(|row| Class(row % 2)).collect();
        let features = targets.iter().map(|&Class(class)| {
            [random.normal() as f32, (random.normal() + 3.0 * f64::from(class)) as f32]
        });
        Rows { features: features.collect(), targets }
    }

    #[test]
    fn a_factory_knows_its_lab_and_is_the_same_every_time() {
        let lab = lab();
        let factory = Factory::<Class, 2, 3, 2>::classifier(&lab, 0.3, 0.1).unwrap();
        let again = Factory::<Class, 2, 3, 2>::classifier(&lab, 0.3, 0.1).unwrap();
        assert_eq!(factory.head.hash(), again.head.hash());
        assert_eq!(factory.clean_codes, again.clean_codes);
        assert_eq!((factory.clean_codes.len(), factory.clean_targets.len()), (40, 20));
        let ones = factory.clean_targets.iter().filter(|&&target| target == Class(1)).count();
        assert_eq!(ones, 10);
        let field = factory.field("lab".into(), Vec::new(), lab);
        let rejected = |features: &&[f32; 2]| {
            let [one, other] = factory.head.predict(features);
            one.max(other) < factory.settings.confidence
        };
        let rejected = field.features.iter().filter(rejected).count();
        assert!((1..=30).contains(&rejected), "{rejected} of 200");
        assert!((0.01..0.3).contains(&factory.settings.mistaken));
    }

    #[test]
    fn a_quantile_has_at_most_its_share_below_it() {
        assert_eq!(quantile(vec![4.0, 1.0, 3.0, 2.0], 0.25), 2.0);
        assert_eq!(quantile(vec![4.0, 1.0, 3.0, 2.0], 0.1), 1.0);
        assert_eq!(quantile(Vec::new(), 0.1), 0.0);
    }
}
