//! Heads as the two libraries save them, and what is wrong with some.

use std::io::Write;

use safetensors::tensor::TensorView;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::head::{decode, encode};

type Arrays<'a> = [(&'a str, &'a [usize], &'a [f64])];

/// As numpy.savez writes it.
fn npz(path: &Path, arrays: &Arrays<'_>) {
    let mut archive = ZipWriter::new(std::fs::File::create(path).unwrap());
    for (name, shape, numbers) in arrays {
        let shape: String = shape.iter().map(|axis| format!("{axis}, ")).collect();
        let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({shape}), }}\n");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        archive.start_file(format!("{name}.npy"), SimpleFileOptions::default()).unwrap();
        archive.write_all(&bytes).unwrap();
    }
    archive.finish().unwrap();
}

fn safetensors(path: &Path, arrays: &Arrays<'_>) {
    let bytes: Vec<Vec<u8>> =
        arrays.iter().map(|(.., n)| n.iter().flat_map(|n| n.to_le_bytes()).collect()).collect();
    let views = arrays.iter().zip(&bytes).map(|((name, shape, _), bytes)| {
        (*name, TensorView::new(Dtype::F64, shape.to_vec(), bytes).unwrap())
    });
    std::fs::write(path, safetensors::serialize(views, None).unwrap()).unwrap();
}

const WEIGHTS: [f64; 6] = [0.5, -1.0, 2.0, 0.25, 1.5, -0.75];
const BIASES: [f64; 2] = [0.125, -0.5];
const MEAN: [f64; 3] = [1.0, -2.0, 0.5];
const SCALE: [f64; 3] = [2.0, 0.5, 4.0];

/// softmax(W (x − mean)/scale + b), by its definition.
fn expected(x: [f64; 3]) -> [f64; 2] {
    let scores = [0, 1].map(|k| {
        let terms = (0..3).map(|j| WEIGHTS[3 * k + j] * (x[j] - MEAN[j]) / SCALE[j]);
        BIASES[k] + terms.sum::<f64>()
    });
    let share = 1.0 / (1.0 + libm::exp(scores[1] - scores[0]));
    [share, 1.0 - share]
}

#[test]
fn a_head_of_either_library_predicts_through_a_checkpoint_what_it_predicted_there() {
    let directory = tempfile::tempdir().unwrap();
    let shapes: [&[usize]; 4] = [&[2, 3], &[2], &[3], &[3]];
    let numbers: [&[f64]; 4] = [&WEIGHTS, &BIASES, &MEAN, &SCALE];
    let arrays = |names: [&'static str; 4]| {
        std::array::from_fn::<_, 4, _>(|at| (names[at], shapes[at], numbers[at]))
    };
    let (sklearn, torch) =
        (directory.path().join("head.npz"), directory.path().join("head.safetensors"));
    npz(&sklearn, &arrays(SCIKIT_LEARN));
    safetensors(&torch, &arrays(PYTORCH));
    let head = import(&sklearn, Link::Softmax).unwrap();
    assert_eq!(head, import(&torch, Link::Softmax).unwrap());
    let again =
        Head { standardise: head.standardise.clone(), ..decode(&encode(&head).unwrap()).unwrap() };
    let folded = decode(&encode(&head.folded()).unwrap()).unwrap();
    for x in [[0.0, 0.0, 0.0], [1.5, -2.5, 3.0], [-4.0, 1.0, 0.5]] {
        for head in [&again, &folded] {
            let found = head.predict(&x.map(|x| x as f32));
            for (found, expected) in found.iter().zip(expected(x)) {
                assert!((f64::from(*found) - expected).abs() < 1e-6, "{found} {expected}");
            }
        }
    }
}

#[test]
fn a_binary_classifier_of_one_row_becomes_two_classes_with_its_shares() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("binary.npz");
    npz(&path, &[("coef_", &[1, 2], &[1.5, -0.5]), ("intercept_", &[1], &[0.25])]);
    let head = import(&path, Link::Softmax).unwrap();
    let [_, second] = head.predict(&[0.7, 2.0])[..] else { panic!("two classes") };
    let expected = 1.0 / (1.0 + libm::exp(-(1.5 * 0.7 - 0.5 * 2.0 + 0.25)));
    assert!((f64::from(second) - expected).abs() < 1e-6);
}

#[test]
fn each_defect_names_file_array_and_remedy() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bad.npz");
    let refused = |arrays: &Arrays<'_>, parts: &[&str]| {
        npz(&path, arrays);
        let message = import(&path, Link::Softmax).unwrap_err().to_string();
        let has = |part: &&str| message.contains(*part);
        assert!(message.contains("bad.npz") && parts.iter().all(has), "{message}");
    };
    let coefficients: (&str, &[usize], &[f64]) = ("coef_", &[2, 3], &WEIGHTS);
    let intercepts: (&str, &[usize], &[f64]) = ("intercept_", &[2], &BIASES);
    refused(&[intercepts], &["coef_: there is no such array", "intercept_"]);
    refused(&[coefficients], &["intercept_: there is no such array"]);
    refused(&[("coef_", &[6], &WEIGHTS), intercepts], &["coef_: its shape is [6]", "two axes"]);
    refused(&[coefficients, ("intercept_", &[3], &MEAN)], &["intercept_", "[3]", "[2]"]);
    refused(&[coefficients, intercepts, ("mean_", &[3], &MEAN)], &["scale_", "together"]);
    let zero: (&str, &[usize], &[f64]) = ("scale_", &[3], &[1.0, 0.0, 1.0]);
    refused(&[coefficients, intercepts, ("mean_", &[3], &MEAN), zero], &["scale_: number 1 is 0"]);
    let nan: (&str, &[usize], &[f64]) = ("intercept_", &[2], &[0.0, f64::NAN]);
    refused(&[coefficients, nan], &["NaN", "finite"]);

    std::fs::write(&path, b"no archive").unwrap();
    assert!(import(&path, Link::Softmax).unwrap_err().to_string().contains("numpy.savez"));
    let torch = directory.path().join("bad.safetensors");
    std::fs::write(&torch, b"\xff\xff\xff\xff\xff\xff\xff\xff").unwrap();
    let message = import(&torch, Link::Softmax).unwrap_err().to_string();
    assert!(message.contains("bad.safetensors: file: not a sound safetensors"), "{message}");
    let message = import(Path::new("head.pt"), Link::Softmax).unwrap_err().to_string();
    assert!(message.contains("head.pt: give a .npz"), "{message}");
}
