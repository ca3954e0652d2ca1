//! GA-MLP features of a small graph, written out.

use fejer_host::dataset::{Kind, Source, npy_of_labels};

/// A path 0 – 1 – 2 and a node apart; words 0, 1 and 2.
fn write(directory: &std::path::Path) {
    let files: [(&str, &[usize]); 6] = [
        ("edges", &[0, 1, 1, 2]),
        ("feature_indptr", &[0, 1, 3, 4, 5]),
        ("feature_indices", &[0, 0, 1, 1, 2]),
        ("labels", &[0, 1, 0, 1]),
        ("train_nodes", &[1, 2]),
        ("test_nodes", &[0, 3]),
    ];
    for (name, numbers) in files {
        let path = directory.join(name).with_extension("npy");
        std::fs::write(path, npy_of_labels(numbers)).expect("written");
    }
}

#[test]
fn words_are_averaged_over_neighbours_hop_by_hop_the_furthest_first() {
    let directory = tempfile::tempdir().expect("made");
    write(directory.path());
    for self_loops in [1, 2] {
        let folder = ".".into();
        let source = Kind::Propagated { folder, hops: 2, self_loops };
        let source = Source { source, test: 0.0, standardise: false, seed: 0 };
        let data = source.load(directory.path()).expect("a graph");
        // degrees with a loop: 2, 3, 2, 1
        let (side, half, third) = (1.0 / 6_f32.sqrt(), 0.5, 1.0 / 3.0);
        let extra = f32::from(self_loops) - 1.0;
        let filter = [
            [half + extra, side, 0.0, 0.0],
            [side, third + extra, side, 0.0],
            [0.0, side, half + extra, 0.0],
            [0.0, 0.0, 0.0, 1.0 + extra],
        ];
        let words = [[1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        let through = |x: [[f32; 3]; 4]| {
            filter
                .map(|row| [0, 1, 2].map(|word| (0..4).map(|node| row[node] * x[node][word]).sum()))
        };
        let hops = [through(through(words)), through(words), words];
        for (examples, nodes) in [(&data.train, [1, 2]), (&data.test, [0, 3])] {
            assert_eq!(examples.len(), 2);
            for (row, node) in examples.input().each_row().zip(nodes) {
                let expected = hops.iter().flat_map(|hop| hop[node]);
                let off = row.iter().zip(expected).map(|(a, b)| (a - b).abs());
                assert!(off.fold(0.0, f32::max) < 1e-6, "node {node}: {row:?}");
            }
        }
        assert_eq!(data.train.target().values(), [0.0, 1.0, 1.0, 0.0]);
    }
    let bad = Kind::Propagated { folder: ".".into(), hops: 0, self_loops: 2 };
    let bad = Source { source: bad, test: 0.0, standardise: false, seed: 0 };
    let message = bad.load(directory.path()).expect_err("refused").to_string();
    assert!(message.contains("1 to 8 hops"), "{message}");
}
