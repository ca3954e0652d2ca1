//! Handwritten digits, LeCun's MNIST: 60 000 images of 28 × 28 to train on and 10 000 for the test.
//!
//! `DIR/mnist/{train,t10k}-{images-idx3,labels-idx1}-ubyte`, gzipped (`.gz`) or not. LeNet takes
//! 32 × 32 pixels; the images are enlarged by linear interpolation between the centres of pixels, as
//! torchvision's `Resize` does, and standardised by the training images' mean .1307 and deviation
//! .3081.
//!
//! Reference: LeCun, Bottou, Bengio & Haffner, *Gradient-based learning applied to document
//! recognition*, 1998.

use std::path::{Path, PathBuf};

use super::examples::one_hot;
use super::{Error, Examples, idx};
use crate::matrix::Matrix;

/// Digits.
pub const CLASSES: usize = 10;
/// Pixels from side to side of an image as published.
pub const SIDE: usize = 28;

const MEAN: f32 = 0.1307;
const DEVIATION: f32 = 0.3081;

/// Training and test, each image with a row a pixel, of `side` × `side` pixels.
///
/// # Errors
/// See [`Error`].
pub fn load(directory: &Path, side: usize) -> Result<[Examples<f32>; 2], Error> {
    let files = directory.join("mnist");
    if !files.is_dir() {
        let remedy = "the data directory is the one that contains mnist/";
        return Err(Error::MissingDirectory { path: files, remedy });
    }
    Ok([read(&files, "train", side)?, read(&files, "t10k", side)?])
}

fn read(files: &Path, part: &str, side: usize) -> Result<Examples<f32>, Error> {
    let images = file(files, &format!("{part}-images-idx3-ubyte"));
    let (shape, pixels) = idx::read(&images)?;
    let &[count, SIDE, SIDE] = shape.as_slice() else {
        let found = shape.iter().map(|&axis| axis as u64).collect();
        let remedy = "images of 28 × 28 are needed; get the file again";
        return Err(Error::Shape { path: images, found, remedy });
    };
    let path = file(files, &format!("{part}-labels-idx1-ubyte"));
    let (_, labels) = idx::read(&path)?;
    if labels.len() != count {
        return Err(Error::Content {
            path,
            place: "shape".into(),
            reason: format!("{} labels for {count} images", labels.len()),
            remedy: "get images and labels again",
        });
    }
    if let Some(row) = labels.iter().position(|&label| usize::from(label) >= CLASSES) {
        return Err(Error::Label { path, row, label: labels[row], classes: CLASSES });
    }
    let labels: Vec<usize> = labels.into_iter().map(usize::from).collect();
    let enlarged = enlarged(&pixels, side);
    let input = Matrix::new(count * side * side, 1, enlarged);
    Ok(Examples::new(count, input, one_hot(&labels, CLASSES)))
}

fn file(files: &Path, name: &str) -> PathBuf {
    let gzipped = files.join(format!("{name}.gz"));
    if gzipped.exists() { gzipped } else { files.join(name) }
}

/// The two pixels an output lies between, and how far it is from the first to the second.
fn between(side: usize) -> Vec<(usize, usize, f32)> {
    let scale = SIDE as f64 / side as f64;
    let place = |output: usize| {
        let at = ((output as f64 + 0.5) * scale - 0.5).clamp(0.0, (SIDE - 1) as f64);
        let first = at as usize;
        (first, (first + 1).min(SIDE - 1), (at - first as f64) as f32)
    };
    (0..side).map(place).collect()
}

fn enlarged(pixels: &[u8], side: usize) -> Vec<f32> {
    let places = between(side);
    let mut values = Vec::with_capacity(pixels.len() / (SIDE * SIDE) * side * side);
    for image in pixels.chunks_exact(SIDE * SIDE) {
        for &(up, down, below) in &places {
            for &(left, right, beside) in &places {
                let row = |row: usize| {
                    let [a, b] = [left, right].map(|at| f32::from(image[row * SIDE + at]));
                    a + beside * (b - a)
                };
                let [a, b] = [row(up), row(down)];
                values.push(((a + below * (b - a)) / 255.0 - MEAN) / DEVIATION);
            }
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(directory: &Path, name: &str, axes: &[u32], data: &[u8]) {
        let mut bytes = vec![0, 0, 8, axes.len() as u8];
        bytes.extend(axes.iter().flat_map(|axis| axis.to_be_bytes()));
        bytes.extend_from_slice(data);
        std::fs::write(directory.join("mnist").join(name), bytes).unwrap();
    }

    #[test]
    fn images_keep_their_pixels_at_28_and_are_interpolated_at_32() {
        // brightness grows by 2 a column and by 3 a row
        let image: Vec<u8> = (0..SIDE * SIDE)
            .map(|at| u8::try_from(2 * (at % SIDE) + 3 * (at / SIDE)).unwrap())
            .collect();
        let raw = |value: f32| (value * DEVIATION + MEAN) * 255.0;
        let near = |a: f32, b: f32| (a - b).abs() < 1e-3;
        let same = enlarged(&image, SIDE);
        assert!(same.iter().zip(&image).all(|(&value, &pixel)| near(raw(value), pixel.into())));
        let large = enlarged(&image, 32);
        let at = |row: usize, column: usize| raw(large[row * 32 + column]);
        // the centre of output i is at 28/32·(i + ½) − ½; 16 is at 13.9375, 0 is beyond the edge
        assert!(near(at(16, 16), 5.0 * 13.9375), "{}", at(16, 16));
        assert!(near(at(0, 16), 2.0 * 13.9375) && near(at(31, 31), 5.0 * 27.0));
    }

    #[test]
    fn each_defect_has_its_own_error() {
        let directory = tempfile::tempdir().unwrap();
        let load = || load(directory.path(), SIDE);
        assert!(matches!(load(), Err(Error::MissingDirectory { .. })));
        std::fs::create_dir(directory.path().join("mnist")).unwrap();
        assert!(matches!(load(), Err(Error::MissingFile { .. })));
        let write = |name: &str, axes: &[u32], data: &[u8]| {
            write(directory.path(), name, axes, data);
        };
        for part in ["train", "t10k"] {
            write(&format!("{part}-images-idx3-ubyte"), &[2, 28, 28], &[9; 2 * 28 * 28]);
            write(&format!("{part}-labels-idx1-ubyte"), &[2], &[0, 9]);
        }
        let [train, test] = load().unwrap();
        assert_eq!((train.len(), train.input().rows(), test.len()), (2, 2 * 28 * 28, 2));
        assert_eq!(train.target().values()[0] + train.target().values()[19], 2.0);
        write("t10k-labels-idx1-ubyte", &[2], &[0, 10]);
        assert!(matches!(load(), Err(Error::Label { row: 1, label: 10, .. })));
        write("t10k-labels-idx1-ubyte", &[3], &[0, 1, 2]);
        assert!(matches!(load(), Err(Error::Content { .. })));
        write("train-images-idx3-ubyte", &[2, 28, 27], &[9; 2 * 28 * 27]);
        assert!(matches!(load(), Err(Error::Shape { .. })));
    }
}
