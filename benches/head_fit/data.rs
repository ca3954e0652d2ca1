//! The two data sets, and the files the other side reads them from.

use std::path::{Path, PathBuf};

use fejer_host::dataset::{Kind, Source, har};
use fejer_host::matrix::Matrix;

use fejer_benches::failure::Failure;

/// Names of the data sets.
pub const NAMES: [&str; 2] = ["har", "mnist"];

/// Features without the 1, and labels.
pub struct Data {
    pub name: &'static str,
    pub features: Matrix<f32>,
    pub labels: Vec<usize>,
    pub classes: usize,
    /// Files of features with a column of ones and of labels.
    pub files: [PathBuf; 2],
}

/// Reads a data set and writes its files.
pub fn load(name: &'static str, root: &Path, directory: &Path) -> Result<Data, Failure> {
    let (features, labels) = match name {
        "har" => activities(root)?,
        _ => digits(root)?,
    };
    let classes = labels.iter().max().map_or(0, |&label| label + 1);
    let files =
        ["features", "labels"].map(|what| directory.join(format!("head_fit.{name}.{what}")));
    let mut bytes = Vec::with_capacity(4 * features.values().len());
    for row in features.view().each_row() {
        row.iter().chain([&1.0]).for_each(|x| bytes.extend(x.to_le_bytes()));
    }
    std::fs::write(&files[0], bytes).map_err(Failure::while_doing(files[0].display()))?;
    let bytes: Vec<u8> = labels.iter().map(|&label| label as u8).collect();
    std::fs::write(&files[1], bytes).map_err(Failure::while_doing(files[1].display()))?;
    Ok(Data { name, features, labels, classes, files })
}

type Labelled = (Matrix<f32>, Vec<usize>);

fn activities(root: &Path) -> Result<Labelled, Failure> {
    let all = har::load(root).map_err(Failure::while_doing("HAR"))?;
    let rows = all.features.len();
    let features = Matrix::new(rows, har::FEATURES, all.features.into_iter().flatten().collect());
    Ok((features, all.labels.into_iter().map(usize::from).collect()))
}

/// The training images, pixels from 0 to 1.
fn digits(root: &Path) -> Result<Labelled, Failure> {
    let images = "mnist/train-images-idx3-ubyte.gz".into();
    let labels = "mnist/train-labels-idx1-ubyte.gz".into();
    let source = Kind::Idx { images, labels, test_images: None, test_labels: None };
    let source = Source { source, test: 0.0, standardise: false, seed: 0 };
    let train = source.load(root).map_err(Failure::while_doing("MNIST"))?.train;
    let label = |row: &[f32]| row.iter().position(|&target| target > 0.5).unwrap_or(0);
    let labels = train.target().each_row().map(label).collect();
    let input = train.input();
    Ok((Matrix::new(input.rows(), input.columns(), input.values().to_vec()), labels))
}
