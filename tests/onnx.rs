//! Frozen networks from ONNX files against NumPy's outputs, stored in `tests/golden` by the script there;
//! what such a file may get wrong.

mod support;

use std::path::{Path, PathBuf};

use fejer_host::backbone::onnx::{Error, Frozen};
use fejer_host::dataset::archived;
use support::tolerance;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name)
}

fn array(name: &str) -> Vec<f64> {
    let path = golden("onnx_backbones.npz");
    archived(&path, name).expect("reads").expect("is there").1
}

fn inputs(name: &str) -> Vec<f32> {
    array(&format!("{name}_input")).into_iter().map(|number| number as f32).collect()
}

/// The network, the node to stop at (by its own name, its value's, or none), the axes of an example, and the
/// array with what comes out.
type Case = (&'static str, Option<&'static str>, &'static [usize], &'static str);

const CASES: [Case; 7] = [
    ("mlp", None, &[6], "probabilities"),
    ("mlp", Some("hidden_node"), &[6], "hidden"),
    ("mlp", Some("hidden"), &[6], "hidden"),
    ("conv", None, &[2, 6, 5], "logits"),
    ("conv", None, &[60], "logits"),
    ("conv", Some("features"), &[2, 6, 5], "features"),
    ("conv", Some("lit"), &[2, 6, 5], "lit"),
];

#[test]
fn outputs_of_every_node_are_numpys() {
    let mut worst = 0.0_f64;
    for (name, node, axes, expected) in CASES {
        let file = golden(&format!("onnx_{name}.onnx"));
        let frozen = Frozen::open(&file, node, axes).expect("opens");
        let found = frozen.apply(0, &inputs(name)).expect("runs");
        let expected = array(&format!("{name}_{expected}"));
        assert_eq!(found.len(), expected.len());
        assert_eq!(found.len() % frozen.features(), 0);
        let off = found.iter().zip(&expected).map(|(a, b)| (f64::from(*a) - b).abs());
        let off = off.fold(0.0, f64::max);
        assert!(off < tolerance::ONNX, "{name} to {node:?}: {off}");
        worst = worst.max(off);
    }
    let bound = format!("< {:.0e}", tolerance::ONNX);
    support::figure("ONNX backbones against NumPy", bound, format!("{worst:.1e}"), true);
}

#[test]
fn an_example_gives_the_same_bits_alone_and_among_others() {
    let frozen = Frozen::open(&golden("onnx_conv.onnx"), None, &[2, 6, 5]).expect("opens");
    let rows = inputs("conv").repeat(50);
    let all = frozen.apply(0, &rows).expect("runs");
    let alone: Vec<f32> =
        rows.chunks(60).flat_map(|row| frozen.apply(0, row).expect("runs")).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let by_one = pool.install(|| frozen.apply(0, &rows)).expect("runs");
    let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&all), bits(&alone));
    assert_eq!(bits(&all), bits(&by_one));
}

fn refused(path: &Path, node: Option<&str>, axes: &[usize], parts: &[&str]) {
    let line = match Frozen::open(path, node, axes) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("{} {node:?} {axes:?} is refused", path.display()),
    };
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    for part in parts.iter().chain(&[name, ";"]) {
        assert!(line.contains(part), "`{part}` is not in: {line}");
    }
    assert!(!line.contains('\n'), "{line}");
}

#[test]
fn each_defect_names_the_file_the_place_and_the_remedy() {
    let [mlp, conv, strange] =
        ["mlp", "conv", "strange"].map(|name| golden(&format!("onnx_{name}.onnx")));
    refused(&mlp, Some("hiden"), &[6], &["--output hiden", "hidden_node (Relu)", "logits_node"]);
    refused(&mlp, None, &[7], &["input x", "[?, 6]", "[7]", "save"]);
    refused(&conv, None, &[6, 5, 2], &["input x", "[1, 2, 6, 5]", "[6, 5, 2]", "channels"]);
    refused(&strange, None, &[6], &["node wobbled_node", "Wobble", "--output"]);
    refused(&golden("onnx_none.onnx"), None, &[6], &["cannot be read", "--backbone"]);
    // below what is not supported it runs
    assert_eq!(Frozen::open(&strange, Some("scores"), &[6]).expect("opens").features(), 5);
    let frozen = Frozen::open(&mlp, Some("scores"), &[6]).expect("opens");
    let line = frozen.apply(3, &[f32::NAN; 6]).expect_err("no number").to_string();
    assert!(line.contains("example 3") && line.contains("NaN"), "{line}");
}

/// Whatever is damaged, an error and no panic; what still is a network may run.
#[test]
fn a_damaged_file_is_an_error() {
    let directory = tempfile::tempdir().expect("made");
    let path = directory.path().join("damaged.onnx");
    let sound = std::fs::read(golden("onnx_conv.onnx")).expect("reads");
    let open = |bytes: &[u8]| -> Result<Frozen, Error> {
        std::fs::write(&path, bytes).expect("written");
        let opened = Frozen::open(&path, None, &[2, 6, 5]);
        if let Err(error) = &opened {
            let line = error.to_string();
            assert!(line.contains("damaged.onnx") && line.contains(';'), "{line}");
            assert!(!line.contains('\n'), "{line}");
        }
        opened
    };
    for length in (0..sound.len()).step_by(7) {
        assert!(open(&sound[..length]).is_err(), "{length} bytes of {}", sound.len());
    }
    let mut survived = 0;
    for at in (0..sound.len()).step_by(5) {
        let mut bytes = sound.clone();
        bytes[at] ^= 0x41;
        survived += usize::from(open(&bytes).is_ok());
    }
    // most bytes are those of weights
    assert!(survived > 0);
}
