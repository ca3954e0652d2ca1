//! Which windows of the lab become what.

use crate::application::Error;

/// One in so many windows beside the clean set finds the thresholds.
const JUDGED_EVERY: usize = 10;

/// Rows of the lab, each in one place only.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Division {
    /// Leaves the factory with the head; class after class, spread evenly.
    pub clean: Vec<usize>,
    /// What thresholds are found on.
    pub judged: Vec<usize>,
    /// What the head is trained on.
    pub trained: Vec<usize>,
}

impl Division {
    /// Of rows with these classes, `clean` of each for the clean set.
    pub fn new(of_rows: &[usize], classes: usize, clean: usize) -> Result<Self, Error> {
        let mut division = Self { clean: Vec::new(), judged: Vec::new(), trained: Vec::new() };
        for class in 0..classes {
            let rows: Vec<usize> = (0..of_rows.len()).filter(|&r| of_rows[r] == class).collect();
            let (found, needed) = (rows.len(), 2 * clean);
            if found < needed {
                return Err(Error::TooFew { class, found, needed });
            }
            let is_clean = |at: usize| (0..clean).any(|k| (2 * k + 1) * found / (2 * clean) == at);
            let (here, others): (Vec<usize>, Vec<usize>) = (0..found).partition(|&at| is_clean(at));
            division.clean.extend(here.iter().map(|&at| rows[at]));
            for (number, &at) in others.iter().enumerate() {
                let is_judged = number % JUDGED_EVERY == JUDGED_EVERY / 2;
                let place = if is_judged { &mut division.judged } else { &mut division.trained };
                place.push(rows[at]);
            }
        }
        Ok(division)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_in_one_place_and_the_clean_set_is_spread() {
        let classes: Vec<usize> = (0..300).map(|row| row / 150).collect();
        let division = Division::new(&classes, 2, 10).unwrap();
        let Division { clean, judged, trained } = &division;
        let mut all = [clean.as_slice(), judged, trained].concat();
        all.sort_unstable();
        assert_eq!(all, (0..300).collect::<Vec<_>>());
        assert_eq!(clean[..3], [7, 22, 37]);
        assert_eq!((clean.len(), judged.len()), (20, 28));
    }

    #[test]
    fn a_class_with_too_few_rows_is_named() {
        let refused = Division::new(&[0, 0, 0, 0, 1], 2, 2);
        assert!(matches!(refused, Err(Error::TooFew { class: 1, found: 1, needed: 4 })));
    }
}
