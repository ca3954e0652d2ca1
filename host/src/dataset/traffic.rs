//! Anomalies of traffic: is the flow past a sensor unusually low or high, hour by hour?
//!
//! `DIR/traffic/flow_train.npy` and `flow_test.npy` (hours × sensors, standardised little-endian
//! 32-bit floats), `anomaly_labels.npy` (a byte of 0, 1 or 2 for each hour and sensor, those of the
//! training first) and `nearest_sensors.npy` (sensors × any number, their neighbours, the nearest
//! first and each sensor its own first). An example of hour t has for every sensor the flows of the d
//! hours before it, the last one first. The test's first hours look back into the training.
//!
//! Reference: Xu, Cheng & Xie, arXiv 2202.08876, §6; data of its repository.

use std::path::Path;

use super::examples::one_hot;
use super::{Error, Examples, npy};
use crate::matrix::Matrix;

/// Usual, and two kinds of unusual.
pub const CLASSES: usize = 3;

/// Where a row of neighbours has ended: the largest number of 32 bits.
const FILLING: f64 = 4_294_967_295.0;
const MISSING: &str =
    "put flow_train.npy, flow_test.npy, anomaly_labels.npy and nearest_sensors.npy there";

/// All hours, a row of sensors an hour.
#[derive(Clone, Debug, PartialEq)]
pub struct Traffic {
    sensors: usize,
    training_hours: usize,
    flows: Vec<f32>,
    labels: Vec<usize>,
    /// For each sensor, from the nearest on.
    neighbours: Vec<Vec<usize>>,
}

/// The hours of `directory/traffic/`.
///
/// # Errors
/// See [`Error`].
pub fn load(directory: &Path) -> Result<Traffic, Error> {
    let files = directory.join("traffic");
    if !files.is_dir() {
        let remedy = "the data directory is the one that contains traffic/";
        return Err(Error::MissingDirectory { path: files, remedy });
    }
    let shape = |name: &str, found: &[u64], remedy| {
        Err(Error::Shape { path: files.join(name), found: found.to_vec(), remedy })
    };
    let (mut flows, mut hours, mut width) = (Vec::new(), Vec::new(), None);
    for name in ["flow_train.npy", "flow_test.npy"] {
        let path = files.join(name);
        let array = npy::read(&path, npy::FLOAT, MISSING)?;
        match array.shape[..] {
            [rows, columns] if columns > 0 && width.is_none_or(|width| width == columns) => {
                hours.push(rows);
                width = Some(columns);
            }
            _ => return shape(name, &array.shape, "hours × sensors are needed; save both again"),
        }
        flows.extend(array.floats(&path)?);
    }
    let columns = width.unwrap_or_default();
    let sensors = columns as usize;
    let name = "anomaly_labels.npy";
    let labels = npy::read(&files.join(name), npy::BYTE, MISSING)?;
    if labels.shape != [hours.iter().sum(), columns] {
        return shape(
            name,
            &labels.shape,
            "a row for every hour of both flows is needed; copy it again",
        );
    }
    if let Some(row) = labels.data.iter().position(|&label| usize::from(label) >= CLASSES) {
        let (path, label) = (files.join(name), labels.data[row]);
        return Err(Error::Label { path, row, label, classes: CLASSES });
    }
    let neighbours = neighbours(&files.join("nearest_sensors.npy"), sensors)?;
    Ok(Traffic {
        sensors,
        training_hours: hours[0] as usize,
        flows,
        labels: labels.data.into_iter().map(usize::from).collect(),
        neighbours,
    })
}

/// A row for every sensor, without what fills it up.
fn neighbours(path: &Path, sensors: usize) -> Result<Vec<Vec<usize>>, Error> {
    let (axes, nearest) = npy::read_any(path, MISSING)?;
    let columns = match axes[..] {
        [rows, columns] if rows == sensors && columns > 0 => columns,
        _ => {
            let found = axes.iter().map(|&axis| axis as u64).collect();
            let remedy = "a row for every sensor of the flows is needed; copy it again";
            return Err(Error::Shape { path: path.to_owned(), found, remedy });
        }
    };
    let mut neighbours = vec![Vec::new(); sensors];
    for (at, &sensor) in nearest.iter().enumerate().filter(|&(_, &sensor)| sensor != FILLING) {
        let index = sensor as usize;
        if index >= sensors || index as f64 != sensor {
            return Err(Error::Content {
                path: path.to_owned(),
                place: format!("row {}, column {}", at / columns, at % columns),
                reason: format!("{sensor} is none of the {sensors} sensors, counted from 0"),
                remedy: "correct it, or fill up with 4294967295",
            });
        }
        neighbours[at / columns].push(index);
    }
    Ok(neighbours)
}

impl Traffic {
    /// How many there are.
    pub fn sensors(&self) -> usize {
        self.sensors
    }

    /// From each sensor to the first so many of its neighbours, which are its own loop and others.
    pub fn edges(&self, neighbours: usize) -> Vec<(usize, usize)> {
        let rows = self.neighbours.iter().enumerate();
        rows.flat_map(|(from, row)| row.iter().take(neighbours).map(move |&to| (from, to)))
            .collect()
    }

    /// Examples that look back so many hours: those of the training that can, and the test's.
    ///
    /// # Panics
    /// When that is no hour, or all of the training.
    pub fn examples(&self, memory: usize) -> [Examples<f32>; 2] {
        assert!((1..self.training_hours).contains(&memory), "hours to look back");
        let all = self.flows.len() / self.sensors;
        [memory..self.training_hours, self.training_hours..all].map(|hours| {
            let (count, sensors) = (hours.len(), self.sensors);
            let labels = &self.labels[hours.start * sensors..hours.end * sensors];
            let mut inputs = Vec::with_capacity(count * sensors * memory);
            for hour in hours {
                for sensor in 0..sensors {
                    let before =
                        (1..=memory).map(|back| self.flows[(hour - back) * sensors + sensor]);
                    inputs.extend(before);
                }
            }
            let input = Matrix::new(count * sensors, memory, inputs);
            Examples::new(count, input, one_hot(labels, CLASSES))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two sensors over six hours, the last two of the test; sensor s has 10·t + s in hour t.
    fn traffic() -> Traffic {
        let flows = (0..6_u8).flat_map(|t| [0.0, 1.0].map(|s| 10.0 * f32::from(t) + s)).collect();
        let labels = (0..12).map(|at| at % 3).collect();
        let neighbours = vec![vec![0, 1], vec![1, 0]];
        Traffic { sensors: 2, training_hours: 4, flows, labels, neighbours }
    }

    fn write(directory: &Path, name: &str, kind: &str, shape: &str, data: &[u8]) {
        let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend_from_slice(&u16::try_from(header.len()).unwrap().to_le_bytes());
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(data);
        std::fs::write(directory.join("traffic").join(name), bytes).unwrap();
    }

    /// The files of [`traffic`], each row of neighbours filled up.
    fn good() -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("traffic")).unwrap();
        let flows: Vec<u8> = traffic().flows.iter().flat_map(|flow| flow.to_le_bytes()).collect();
        let write = |name, kind, shape, data: &[u8]| {
            write(directory.path(), name, kind, shape, data);
        };
        write("flow_train.npy", "<f4", "(4, 2)", &flows[..32]);
        write("flow_test.npy", "<f4", "(2, 2)", &flows[32..]);
        write("anomaly_labels.npy", "|u1", "(6, 2)", &[0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
        let nearest = [0, 1, u32::MAX, 1, 0, u32::MAX].map(u32::to_le_bytes).concat();
        write("nearest_sensors.npy", "<u4", "(2, 3)", &nearest);
        directory
    }

    #[test]
    fn an_example_has_the_hours_before_it_the_last_one_first() {
        let traffic = load(good().path()).unwrap();
        assert_eq!(traffic, self::traffic());
        let [train, test] = traffic.examples(3);
        assert_eq!([train.len(), test.len()], [1, 2]);
        assert_eq!(train.input().values(), [20.0, 10.0, 0.0, 21.0, 11.0, 1.0]);
        assert_eq!(train.target().values(), [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
        assert_eq!(test.input().values()[..3], [30.0, 20.0, 10.0]);
        assert_eq!(test.target().values()[..3], [0.0, 0.0, 1.0]);
    }

    #[test]
    fn edges_go_from_a_sensor_to_its_first_neighbours() {
        assert_eq!(traffic().edges(1), [(0, 0), (1, 1)]);
        assert_eq!(traffic().edges(3), [(0, 0), (0, 1), (1, 1), (1, 0)]);
    }

    #[test]
    fn each_defect_has_its_own_error() {
        let fails = |name, kind, shape, data: &[u8]| {
            let directory = good();
            write(directory.path(), name, kind, shape, data);
            let error = load(directory.path()).unwrap_err();
            let line = error.to_string();
            assert!(line.contains(name) && line.contains(';') && !line.contains('\n'), "{line}");
            error
        };
        let shape = |error| matches!(error, Error::Shape { .. });
        assert!(shape(fails("flow_test.npy", "<f4", "(4, 1)", &[0; 16])));
        assert!(shape(fails("anomaly_labels.npy", "|u1", "(5, 2)", &[0; 10])));
        assert!(shape(fails("nearest_sensors.npy", "<u4", "(1, 2)", &[0; 8])));
        let bad = [0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0];
        let error = fails("anomaly_labels.npy", "|u1", "(6, 2)", &bad);
        assert!(matches!(error, Error::Label { row: 3, label: 3, .. }));
        let nearest = [0, 1, 2, 0_u32].map(u32::to_le_bytes).concat();
        let error = fails("nearest_sensors.npy", "<u4", "(2, 2)", &nearest);
        assert!(error.to_string().contains("row 1, column 0"), "{error}");
        let empty = tempfile::tempdir().unwrap();
        assert!(matches!(load(empty.path()), Err(Error::MissingDirectory { .. })));
    }
}
