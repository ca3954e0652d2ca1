use super::*;

/// A .npy file of numbers.
fn npy(path: &Path, kind: &str, shape: &[usize], bytes: &[u8]) {
    let axes: String = shape.iter().map(|axis| format!("{axis}, ")).collect();
    let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({axes}), }}\n");
    let mut file = vec![0x93, b'N', b'U', b'M', b'P', b'Y', 1, 0];
    file.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(bytes);
    std::fs::write(path, file).unwrap();
}

fn floats(path: &Path, shape: &[usize], values: &[f32]) {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    npy(path, "<f4", shape, &bytes);
}

fn whole(path: &Path, values: &[u32]) {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    npy(path, "<u4", &[values.len()], &bytes);
}

fn source(text: &str) -> Source {
    toml::from_str(text).unwrap()
}

fn message(source: &Source, directory: &Path) -> String {
    source.load(directory).unwrap_err().to_string()
}

fn names_all(message: &str, parts: &[&str]) {
    assert!(parts.iter().all(|part| message.contains(part)), "{parts:?} in {message}");
}

#[test]
fn arrays_are_split_by_seed_and_standardised_by_the_training_examples() {
    let directory = tempfile::tempdir().unwrap();
    let values: Vec<f32> = (0..60).map(|k| (k * k % 17) as f32).collect();
    floats(&directory.path().join("x.npy"), &[20, 3], &values);
    whole(&directory.path().join("y.npy"), &[0, 1, 2, 1].repeat(5));
    let text = "source = { npy = { features = \"x.npy\", labels = \"y.npy\" } }\ntest = 0.25\nstandardise = true";
    let data = source(text).load(directory.path()).unwrap();
    assert_eq!([data.train.len(), data.test.len()], [15, 5]);
    assert_eq!(data.classes, ["0", "1", "2"]);
    for column in 0..3 {
        let values = || data.train.input().each_row().map(|row| f64::from(row[column]));
        let square = values().map(|value| value * value).sum::<f64>() / 15.0;
        assert!((values().sum::<f64>() / 15.0).abs() < 1e-6 && (square - 1.0).abs() < 1e-5);
    }
    assert_eq!(source(text).load(directory.path()).unwrap(), data);
    let other = source(&format!("{text}\nseed = 1")).load(directory.path()).unwrap();
    assert_ne!(other, data);
}

#[test]
fn bad_arrays_are_named_with_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let (x, y) = (directory.path().join("x.npy"), directory.path().join("y.npy"));
    let source = source("source = { npy = { features = \"x.npy\", labels = \"y.npy\" } }");
    let refused = |parts: &[&str]| names_all(&message(&source, directory.path()), parts);
    refused(&["x.npy", "no such file"]);
    floats(&x, &[2, 2], &[1.0, 2.0, f32::NAN, 4.0]);
    whole(&y, &[0, 1]);
    refused(&["x.npy", "row 1, column 0", "NaN", "repair"]);
    floats(&x, &[4], &[1.0; 4]);
    refused(&["x.npy", "[4]", "reshape"]);
    floats(&x, &[3, 1], &[1.0; 3]);
    refused(&["y.npy", "3 rows", "one label a row"]);
    whole(&y, &[0, 2, 2]);
    refused(&["class 1", "no example"]);
    floats(&y, &[3], &[0.0, -1.0, 1.0]);
    refused(&["y.npy", "row 1", "-1", "renumber"]);
    std::fs::write(&y, b"PK").unwrap();
    refused(&["y.npy", "numpy.save"]);
    npy(&y, "<c8", &[3], &[0; 24]);
    refused(&["y.npy", "<c8", "astype"]);
}

#[test]
fn tables_name_the_line_and_the_column() {
    let directory = tempfile::tempdir().unwrap();
    let source = source("source = { csv = { file = \"t.csv\", label = \"kind\" } }");
    let write = |text: &str| std::fs::write(directory.path().join("t.csv"), text).unwrap();
    write("a, kind, b\n1, no, 2\n3, yes, 4.5\n");
    let data = source.load(directory.path()).unwrap();
    assert_eq!(data.classes, ["no", "yes"]);
    let mut rows: Vec<(&[f32], &[f32])> =
        data.train.input().each_row().zip(data.train.target().each_row()).collect();
    rows.sort_by(|one, other| one.0[0].total_cmp(&other.0[0]));
    assert_eq!(rows, [(&[1.0, 2.0][..], &[1.0, 0.0][..]), (&[3.0, 4.5], &[0.0, 1.0])]);
    for (text, parts) in [
        ("a,b\n1,2\n", ["t.csv: line 1", "no column `kind`"]),
        ("a,kind\n1,x\nzwei,y\n", ["line 3, column `a`", "`zwei`"]),
        ("a,kind\n1,x\n2\n", ["line 3", "as many fields"]),
        ("a,kind\n", ["line 2", "one line an example"]),
        ("a,kind\ninf,x\n", ["line 2, column `a`", "finite"]),
    ] {
        write(text);
        names_all(&message(&source, directory.path()), &parts);
    }
}

/// Three nodes in a row, two classes, two words.
fn citations(directory: &Path) {
    let put = |name: &str, values: &[u32]| whole(&directory.join(name), values);
    put("labels.npy", &[0, 1, 1]);
    put("feature_indptr.npy", &[0, 1, 3, 3]);
    put("feature_indices.npy", &[0, 0, 1]);
    put("edges.npy", &[0, 1, 1, 2]);
    put("train_nodes.npy", &[0, 1]);
    put("test_nodes.npy", &[2]);
}

#[test]
fn a_citation_graph_is_one_example_that_asks_for_some_nodes() {
    let directory = tempfile::tempdir().unwrap();
    citations(directory.path());
    let source = source("source = { graph = \".\" }");
    let data = source.load(directory.path()).unwrap();
    assert!(data.train.is_sparse() && data.test.is_sparse());
    assert_eq!(data.train.clone().dense().input().values(), [1.0, 0.0, 0.5, 0.5, 0.0, 0.0]);
    assert_eq!(data.train.target().values()[..4], [1.0, 0.0, 0.0, 1.0]);
    assert!(data.train.target().row(2)[0].is_nan());
    assert_eq!(data.test.target().row(2), [0.0, 1.0]);
    let filter: Vec<_> = data.graph.unwrap().entries().map(|entry| (entry.0, entry.1)).collect();
    assert_eq!(filter, [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 1), (2, 2)]);

    let centred = Source { standardise: true, ..source.clone() };
    names_all(&message(&centred, directory.path()), &["data.standardise", "graph", "false"]);

    let put = |name: &str, values: &[u32]| whole(&directory.path().join(name), values);
    let refused = |parts: &[&str]| names_all(&message(&source, directory.path()), parts);
    put("edges.npy", &[0, 1, 1, 7]);
    refused(&["edges.npy", "node 7", "3 nodes"]);
    citations(directory.path());
    put("train_nodes.npy", &[0, 3]);
    refused(&["train_nodes.npy", "number 1", "0 to 2"]);
    citations(directory.path());
    put("feature_indptr.npy", &[0, 1, 3]);
    refused(&["feature_indptr.npy", "3 nodes"]);
    citations(directory.path());
    put("train_nodes.npy", &[1]);
    refused(&["class 0", "no example"]);
    std::fs::remove_file(directory.path().join("labels.npy")).unwrap();
    refused(&["labels.npy", "no such file"]);
}

#[test]
fn images_and_labels_must_belong_together() {
    let directory = tempfile::tempdir().unwrap();
    let images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255, 51, 0];
    std::fs::write(directory.path().join("i"), images).unwrap();
    std::fs::write(directory.path().join("l"), [0, 0, 8, 1, 0, 0, 0, 2, 1, 0]).unwrap();
    let whole = source("source = { idx = { images = \"i\", labels = \"l\" } }");
    let data = whole.load(directory.path()).unwrap();
    let bright = data.train.input().each_row().find(|row| row[1] == 1.0).unwrap();
    assert_eq!(bright, [0.0, 1.0]);
    std::fs::write(directory.path().join("l"), [0, 0, 8, 1, 0, 0, 0, 1, 1]).unwrap();
    names_all(&message(&whole, directory.path()), &["l: shape", "1 labels for 2 images"]);
    std::fs::write(directory.path().join("l"), [0, 0, 8, 1, 0, 0, 0, 2, 1, 0]).unwrap();
    let half = source("source = { idx = { images = \"i\", labels = \"l\", test_images = \"i\" } }");
    names_all(&message(&half, directory.path()), &["data.source", "labels of the test"]);
}

#[test]
fn numbers_of_the_section_that_make_no_sense_are_refused() {
    let here = Path::new(".");
    names_all(&message(&source("source = \"moons\"\ntest = 1.0"), here), &["data.test", "below 1"]);
    let probit = source("source = { probit = { features = 201 } }");
    names_all(&message(&probit, here), &["data.source", "1 to 200"]);
    let data = source("source = { probit = { features = 5, count = 30 } }").load(here).unwrap();
    assert_eq!([data.train.len(), data.test.len()], [30, 500]);
    let wav = source("source = { wav = \"no such folder\" }");
    names_all(&message(&wav, here), &["no such folder", "no such directory"]);
}
