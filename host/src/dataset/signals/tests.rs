use fejer::features::{LogMel, log_bands, statistics};

use super::*;

/// Two tones, one after the other.
fn sample(time: usize) -> f32 {
    let turn = if time < 2 * WINDOW { 0.3 } else { 1.7 };
    (turn * time as f32).sin()
}

fn written(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(name);
    std::fs::write(&path, text).unwrap();
    (directory, path)
}

fn row(first: usize, count: usize) -> String {
    (first..first + count).map(|time| sample(time).to_string()).collect::<Vec<_>>().join(",")
}

fn refused(text: &str, label: Option<&str>, parts: &[&str]) {
    let (_directory, path) = written("signals.csv", text);
    let line = match windows(&path, label) {
        Err(error) => error.to_string(),
        Ok(windows) => Sensing { features: Features::LogBands, bands: 64, rate: 1.0 }
            .of(&windows)
            .unwrap_err()
            .to_string(),
    };
    for part in parts.iter().chain(&["signals.csv", ";"]) {
        assert!(line.contains(part), "`{part}` is not in: {line}");
    }
    assert!(!line.contains('\n'));
}

#[test]
fn rows_and_a_long_column_are_the_same_windows() {
    let rows = format!("{}\n{}\n", row(0, WINDOW), row(WINDOW, WINDOW));
    let column: String = (0..2 * WINDOW + 7).map(|time| format!("{}\n", sample(time))).collect();
    let (_one, rows) = written("a.csv", &rows);
    let (_two, column) = written("b.csv", &format!("acceleration\n{column}"));
    let [rows, column] = [rows, column].map(|path| windows(&path, None).unwrap());
    assert_eq!((rows.len(), column.len()), (2, 2));
    for (at, (row, cut)) in rows.iter().zip(&column).enumerate() {
        assert_eq!(row.samples, cut.samples);
        assert_eq!(row.samples[5], sample(at * WINDOW + 5));
    }
    assert_eq!(
        (rows[1].place.as_str(), column[1].place.as_str()),
        ("line 2", "window from sample 1024")
    );
}

#[test]
fn features_are_those_of_the_device() {
    let (_directory, path) = written("a.csv", &row(0, WINDOW));
    let read = windows(&path, None).unwrap();
    let window = || std::array::from_fn::<f32, WINDOW, _>(sample);
    let of = |features, bands| {
        let sensing = Sensing { features, bands, rate: 8000.0 };
        sensing.of(&read).unwrap().view().values().to_vec()
    };
    let bands: [f32; 32] = log_bands(&mut window()).unwrap();
    assert_eq!(of(Features::LogBands, 32), bands);
    let mel = LogMel::<WINDOW, 16>::new(8000.0, 0.0, 4000.0).unwrap();
    assert_eq!(of(Features::LogMel, 16), mel.apply(&mut window()).unwrap());
    let stated = statistics(&window()[..]).unwrap();
    let [mean, rms, kurtosis, crest, crossings] = of(Features::Statistics, 8)[..] else {
        panic!("five of them")
    };
    assert_eq!((mean, rms, kurtosis), (stated.mean, stated.rms, stated.kurtosis));
    assert_eq!((crest, crossings), (stated.crest, stated.zero_crossings));
    // a sine of 0.3 rad a sample
    assert!((kurtosis - 1.5).abs() < 0.01 && (crossings - 0.3 / std::f32::consts::PI).abs() < 2e-3);
}

#[test]
fn classes_come_from_a_column_or_from_the_files_names() {
    let line = |time: usize| {
        let class = if time < 2 * WINDOW { "low" } else { "high" };
        format!("{},{class}\n", sample(time))
    };
    let text: String = (0..4 * WINDOW).map(line).collect();
    let (directory, path) = written("low_1.csv", &format!("x,kind\n{text}"));
    let classes = |windows: Vec<Window>| -> Vec<String> {
        windows.into_iter().filter_map(|window| window.class).collect()
    };
    let expected = ["low", "low", "high", "high"];
    assert_eq!(classes(windows(&path, Some("kind")).unwrap()), expected);
    std::fs::write(&path, row(0, WINDOW)).unwrap();
    std::fs::write(directory.path().join("high_9.csv"), row(2 * WINDOW, WINDOW)).unwrap();
    assert_eq!(classes(windows(directory.path(), None).unwrap()), ["high", "low"]);
    std::fs::write(directory.path().join("nothing.csv"), row(0, WINDOW)).unwrap();
    let line = windows(directory.path(), None).unwrap_err().to_string();
    assert!(line.contains("nothing.csv") && line.contains("{class}_"), "{line}");
}

#[test]
fn each_defect_names_the_line_the_column_and_the_remedy() {
    let sound = row(0, WINDOW);
    refused(
        &format!("{sound}\n{}", sound.replacen(',', ",x", 1)),
        None,
        &["line 2, column 2", "`x"],
    );
    refused(&format!("{sound}\n{}", sound.replacen(',', ",NaN,", 1)), None, &["line 2", "fields"]);
    refused(&sound.replacen("0,", "inf,", 1), None, &["line 1, column 1", "`inf`", "repair"]);
    refused(&row(0, 900), None, &["line 1", "900 samples", "1024"]);
    refused("x\n1\n2\n3\n", None, &["3 samples", "at least 1024"]);
    refused("x\n", None, &["line 1", "no line"]);
    refused("x,y\n1,a\n", Some("kind"), &["line 1", "`kind`", "x, y", "--label"]);
    let large: String = sound.split(',').map(|_| "3e38,").chain(["-3e38"]).collect();
    let large = large.split_once(',').unwrap().1.to_owned();
    refused(&large, None, &["line 1", "overflows", "scale"]);
    assert!(matches!(windows(Path::new("absent.csv"), None), Err(Error::MissingFile { .. })));
    let other = windows(Path::new("a.txt"), None).unwrap_err().to_string();
    assert!(other.contains("a.txt") && other.contains("`txt`"), "{other}");
}
