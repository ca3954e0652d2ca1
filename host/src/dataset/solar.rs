//! Solar ramping events: did the radiation at a place change sharply on a day?
//!
//! `DIR/solar/{ca,la}_{2017,2018}.npy` (a byte of 0 or 1 for each day and place, a day after the
//! other). An example of day t has for every place the d days before it, the last one first, and the
//! events of day t for its target. The test's first days look back into the year before.
//!
//! Reference: Xu, Cheng & Xie, arXiv 2202.08876, §6; data of its repository.

use std::path::Path;

use super::{Error, Examples, npy};
use crate::matrix::Matrix;

/// Days of a year.
pub const DAYS: usize = 365;

/// Where the events are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Region {
    /// Ten places in California.
    California,
    /// Nine places around Los Angeles.
    LosAngeles,
}

impl Region {
    /// How many places.
    pub fn places(self) -> usize {
        match self {
            Self::California => 10,
            Self::LosAngeles => 9,
        }
    }

    fn file(self, year: &str) -> String {
        let region = match self {
            Self::California => "ca",
            Self::LosAngeles => "la",
        };
        format!("{region}_{year}.npy")
    }
}

/// Two years of events, a row of places a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Events {
    places: usize,
    /// 2017, then 2018.
    days: Vec<u8>,
}

const MISSING: &str = "put {ca,la}_{2017,2018}.npy there";

/// The events of a region from `directory/solar/`.
///
/// # Errors
/// See [`Error`].
pub fn load(directory: &Path, region: Region) -> Result<Events, Error> {
    let files = directory.join("solar");
    if !files.is_dir() {
        let remedy = "the data directory is the one that contains solar/";
        return Err(Error::MissingDirectory { path: files, remedy });
    }
    let places = region.places();
    let mut days = Vec::new();
    for year in ["2017", "2018"] {
        let path = files.join(region.file(year));
        let array = npy::read(&path, npy::BYTE, MISSING)?;
        if array.data.len() != DAYS * places {
            let remedy = "365 days of 10 (ca) or 9 (la) places are needed; copy it again";
            return Err(Error::Shape { path, found: array.shape, remedy });
        }
        if let Some(row) = array.data.iter().position(|&event| event > 1) {
            return Err(Error::Label { path, row, label: array.data[row], classes: 2 });
        }
        days.extend(array.data);
    }
    Ok(Events { places, days })
}

impl Events {
    fn day(&self, day: usize) -> &[u8] {
        &self.days[day * self.places..(day + 1) * self.places]
    }

    /// Examples that look back so many days: those of the first year that can, and the second year.
    ///
    /// # Panics
    /// When that is no day, or a year.
    pub fn examples(&self, memory: usize) -> [Examples<f32>; 2] {
        assert!((1..DAYS).contains(&memory), "days to look back");
        [memory..DAYS, DAYS..2 * DAYS].map(|days| {
            let (count, places) = (days.len(), self.places);
            let mut inputs = Vec::with_capacity(count * places * memory);
            let mut targets = Vec::with_capacity(count * places);
            for day in days {
                for place in 0..places {
                    let before = (1..=memory).map(|back| f32::from(self.day(day - back)[place]));
                    inputs.extend(before);
                }
                targets.extend(self.day(day).iter().map(|&event| f32::from(event)));
            }
            let input = Matrix::new(count * places, memory, inputs);
            Examples::new(count, input, Matrix::new(count * places, 1, targets))
        })
    }

    /// The graph the paper estimates from the targets of the training: a place is joined, both ways,
    /// to each other one where both are among the `nearest` places, itself included, that agree with
    /// the other most often; of equals the later. Every place has its loop.
    pub fn edges(&self, memory: usize, nearest: usize) -> Vec<(usize, usize)> {
        let agreement = |a: usize, b: usize| {
            (memory..DAYS).filter(|&day| self.day(day)[a] == self.day(day)[b]).count()
        };
        let chosen: Vec<Vec<usize>> = (0..self.places)
            .map(|place| {
                let mut others: Vec<usize> = (0..self.places).collect();
                others.sort_by_key(|&other| agreement(place, other));
                others.split_off(self.places.saturating_sub(nearest))
            })
            .collect();
        let pairs = (0..self.places).flat_map(|from| (0..self.places).map(move |to| (from, to)));
        pairs.filter(|&(a, b)| chosen[a].contains(&b) && chosen[b].contains(&a)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Event of place p on day t where p divides t.
    fn events() -> Events {
        let days = (0..2 * DAYS).flat_map(|day| (1..=3).map(move |p| u8::from(day % p == 0)));
        Events { places: 3, days: days.collect() }
    }

    #[test]
    fn an_example_has_the_days_before_it_the_last_one_first() {
        let [train, test] = events().examples(4);
        assert_eq!([train.len(), test.len()], [DAYS - 4, DAYS]);
        // day 4 looks at days 3, 2, 1, 0
        let of = |row: usize| train.input().each_row().nth(row).unwrap().to_vec();
        assert_eq!(of(1), [0.0, 1.0, 0.0, 1.0]);
        assert_eq!(of(2), [1.0, 0.0, 0.0, 1.0]);
        assert_eq!(train.target().values()[..3], [1.0, 1.0, 0.0]);
        // the first day of the second year, 365, looks at 364, …, 361 of the first
        let first = test.input().each_row().nth(1).unwrap().to_vec();
        assert_eq!(first, [1.0, 0.0, 1.0, 0.0]);
        assert_eq!(test.target().values()[..3], [1.0, 0.0, 0.0]);
    }

    #[test]
    fn places_are_joined_where_both_choose_each_other() {
        // place 0, with an event every day, and place 1 agree on 181 of the days from 4 on, 1 and 2 on 180, 0
        // and 2 on 120: place 2 chooses 1, which chooses 0
        let edges = events().edges(4, 2);
        assert_eq!(edges, [(0, 0), (0, 1), (1, 0), (1, 1), (2, 2)]);
        assert_eq!(events().edges(4, 3).len(), 9);
    }

    #[test]
    fn each_defect_has_its_own_error() {
        let directory = tempfile::tempdir().unwrap();
        let load = || load(directory.path(), Region::LosAngeles);
        assert!(matches!(load(), Err(Error::MissingDirectory { .. })));
        std::fs::create_dir(directory.path().join("solar")).unwrap();
        assert!(matches!(load(), Err(Error::MissingFile { .. })));
        let write = |data: &[u8]| {
            let shape = data.len();
            let header =
                format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({shape},), }}\n");
            let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
            bytes.extend_from_slice(&u16::try_from(header.len()).unwrap().to_le_bytes());
            bytes.extend_from_slice(header.as_bytes());
            bytes.extend_from_slice(data);
            for year in ["2017", "2018"] {
                let path = directory.path().join("solar").join(Region::LosAngeles.file(year));
                std::fs::write(path, &bytes).unwrap();
            }
        };
        write(&[0; 9 * DAYS]);
        assert_eq!(load().unwrap().days, [0; 18 * DAYS]);
        write(&[0; 9 * DAYS - 9]);
        assert!(matches!(load(), Err(Error::Shape { .. })));
        let mut bad = [0; 9 * DAYS];
        bad[7] = 2;
        write(&bad);
        assert!(matches!(load(), Err(Error::Label { row: 7, label: 2, .. })));
    }
}
