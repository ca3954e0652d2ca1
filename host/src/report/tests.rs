//! The page on made-up figures: complete, closed, self-contained and readable.

use super::*;

const CLASSES: [&str; 9] = [
    "ball007", "ball014", "ball021", "inner007", "inner014", "inner021", "outer007", "outer014",
    "outer021",
];

/// Figures of a plausible run; every number is invented.
fn made_up() -> Demo {
    let labels = [0, 5, 10, 15, 20, 25, 30, 35, 40, 45];
    let accuracies = [
        [0.906, 0.931, 0.948, 0.961, 0.975, 0.981, 0.990, 0.994, 0.997, 0.999],
        [0.899, 0.918, 0.955, 0.971, 0.972, 0.985, 0.988, 0.996, 0.998, 1.0],
        [0.911, 0.902, 0.936, 0.968, 0.980, 0.991, 0.993, 0.993, 1.0, 1.0],
    ];
    let run = |index: usize| {
        let pair = labels.iter().zip(accuracies[index]);
        let points: Vec<_> =
            pair.map(|(labels, accuracy)| Point { labels: *labels, accuracy }).collect();
        let pass = |pass: u32| {
            let gap = 0.04 * 10f64.powf(-0.62 * f64::from(pass)) * (1.0 + index as f64 * 0.6);
            Pass { pass, gap, distance: (gap / 0.3).sqrt(), residual: (gap * 0.9).sqrt() }
        };
        let diagonal = |wrong: u32| {
            let row = |truth: usize| {
                let mut row = vec![0; CLASSES.len()];
                row[truth] = 113 - if truth % 3 == 1 { wrong } else { 0 };
                row[(truth + 4) % CLASSES.len()] += if truth % 3 == 1 { wrong } else { 0 };
                row
            };
            (0..CLASSES.len()).map(row).collect::<Vec<_>>()
        };
        Run {
            seed: index as u64,
            host: points.clone(),
            device: points,
            passes: (1..=10).map(pass).collect(),
            before: diagonal(35),
            after: diagonal(u32::from(index == 1)),
        }
    };
    let check = |name: &str, bound: &str, measured: &str| Check {
        name: name.into(),
        bound: bound.into(),
        measured: measured.into(),
        passed: true,
    };
    let fact = |name: &str, value: &str| Fact { name: name.into(), value: value.into() };
    Demo {
        setting: Setting {
            data: "CWRU bearing recordings, load 0 → load 2".into(),
            scalar: "f32".into(),
            board: "mps2-an386 (Cortex-M4F)".into(),
            seeds: vec![0, 1, 2],
            prior_precision: f64::from(0.3_f32),
        },
        classes: CLASSES.map(String::from).to_vec(),
        headline: Headline {
            accuracy_before: 0.9051,
            accuracy_after: 0.99967,
            labels: 45,
            bit_identical: true,
            oracle_max_difference: 2.4e-6,
            residual: 1.3e-4,
            gap: 4.0e-8,
            distance: 3.7e-4,
            instructions_per_step: 31_204,
            ram_bytes: 21_312,
            flash_bytes: 68_120,
            stack_bytes: 6_420,
        },
        runs: (0..3).map(run).collect(),
        checks: vec![
            check("device = host, hash of the weights after every step", "equal", "165 of 165"),
            check("weights against the independent f64 oracle", "≤ 1e-4", "2.4e-6"),
            check("accuracy after 45 labels, mean of 3 runs", "≥ 0.99", "0.9997"),
            check("certificate printed by the device", "gap < 1e-3 & finite", "4.0e-8"),
        ],
        environment: vec![
            fact("rustc", "1.95.0 (59807616e 2026-04-14)"),
            fact("QEMU", "7.2.22"),
            fact("commit", "0f3b2c1d9e"),
            fact("date", "2026-11-22"),
        ],
    }
}

/// Elements are closed in the order they were opened; `void` elements and self-closing ones aside.
fn assert_closed(markup: &str) {
    const VOID: [&str; 2] = ["meta", "!DOCTYPE"];
    let mut open = Vec::new();
    for tag in markup.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').expect("every tag ends");
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        if let Some(closing) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closing), "closing </{closing}>");
        } else if !tag.ends_with('/') && !VOID.contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "never closed: {open:?}");
}

fn assert_asks_nothing(markup: &str) {
    let markup = markup.replace("http://www.w3.org/2000/svg", "");
    for word in ["http:", "https:", "//", "url(", "@import", "src=", "<script", "<link"] {
        assert!(!markup.contains(word), "{word} would ask the network");
    }
}

#[test]
fn page_and_picture_are_closed_and_self_contained() {
    let demo = made_up();
    for markup in [page(&demo), picture(&demo)] {
        assert_closed(&markup);
        assert_asks_nothing(&markup);
        assert!(!markup.contains("NaN") && !markup.contains("inf"), "a number is missing");
    }
    assert!(!picture(&demo).contains("var("), "the picture writes its colours out");
}

#[test]
fn a_demo_without_runs_or_figures_still_makes_a_page() {
    let mut demo = made_up();
    demo.runs.clear();
    demo.checks.clear();
    demo.headline.oracle_max_difference = f64::NAN;
    demo.headline.gap = 0.0;
    let markup = page(&demo);
    assert_closed(&markup);
    assert!(!markup.contains("NaN"));
}

#[test]
fn zero_and_tiny_certificates_are_drawn_inside_the_chart() {
    let mut demo = made_up();
    for pass in &mut demo.runs[0].passes {
        pass.gap = 0.0;
        pass.residual = 1e-300;
    }
    assert_closed(&page(&demo));
}

#[test]
fn names_are_escaped() {
    let mut demo = made_up();
    demo.classes[0] = "<b>\"&".into();
    demo.environment[0].value = "<script>".into();
    let markup = page(&demo);
    assert!(markup.contains("&lt;b&gt;&quot;&amp;"));
    assert_asks_nothing(&markup);
}

#[test]
fn the_prior_precision_is_shown_as_it_was_written() {
    assert!(page(&made_up()).contains("Λ = 0.3<"));
}

#[test]
fn headline_has_the_keys_of_the_json_line() {
    let value = serde_json::to_value(made_up().headline).expect("plain numbers");
    for key in [
        "accuracy_before",
        "accuracy_after",
        "labels",
        "bit_identical",
        "oracle_max_difference",
        "residual",
        "gap",
        "instructions_per_step",
        "ram_bytes",
        "flash_bytes",
    ] {
        assert!(value.get(key).is_some(), "{key}");
    }
}

#[test]
fn accuracy_is_never_rounded_up_to_all() {
    assert_eq!(number::percent(0.99967), "99.97 %");
    assert_eq!(number::percent(0.999_999), "99.99 %");
    assert_eq!(number::percent(1.0), "100 %");
    assert_eq!(number::percent(0.9051), "90.5 %");
    assert_eq!(number::grouped(1_031_204), "1\u{202f}031\u{202f}204");
    assert_eq!(number::scientific(2.4e-6), "2.4 × 10⁻⁶");
}

#[test]
fn spread_is_the_mean_and_range_of_the_runs() {
    let at = |labels, accuracy| Point { labels, accuracy };
    let runs = [vec![at(0, 0.5), at(5, 1.0)], vec![at(0, 1.0)]];
    let spread = accuracy::spread(runs.iter());
    let seen: Vec<_> = spread.iter().map(|at| (at.labels, at.mean, at.low, at.high)).collect();
    assert_eq!(seen, [(0, 0.75, 0.5, 1.0), (5, 1.0, 1.0, 1.0)]);
}

/// WCAG 2 relative luminance and contrast.
fn contrast(one: &str, other: &str) -> f64 {
    let luminance = |colour: &str| {
        let part = |from: usize| {
            let byte = u8::from_str_radix(&colour[from..from + 2], 16).expect("a hex colour");
            let share = f64::from(byte) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_text_has_enough_contrast_in_light_and_dark() {
    let colour = |name: &str| {
        let found = palette::COLOURS.iter().find(|(known, _, _)| *known == name);
        found.copied().unwrap_or_else(|| panic!("no colour {name}"))
    };
    let mut pairs = vec![("good", "good-ground"), ("bad", "bad-ground")];
    pairs.extend(["ink", "muted", "host", "device"].map(|text| (text, "card")));
    pairs.extend(["ink", "muted"].map(|text| (text, "ground")));
    pairs.extend(["right-1", "right-2", "right-3"].map(|ground| ("ink", ground)));
    pairs.extend(["wrong-1", "wrong-2", "wrong-3"].map(|ground| ("ink", ground)));
    pairs.extend(["right-4", "right-5", "wrong-4", "wrong-5"].map(|ground| ("on-heat", ground)));
    for (text, ground) in pairs {
        let ((_, light, dark), (_, light_ground, dark_ground)) = (colour(text), colour(ground));
        assert!(contrast(light, light_ground) >= 4.5, "light: {text} on {ground}");
        assert!(contrast(dark, dark_ground) >= 4.5, "dark: {text} on {ground}");
    }
}

/// Writes the page and the picture into the temporary directory, to look at them.
#[test]
fn a_sample_can_be_looked_at() {
    let demo = made_up();
    let folder = std::env::temp_dir().join("fejer-report");
    std::fs::create_dir_all(&folder).expect("a writable temporary directory");
    std::fs::write(folder.join("index.html"), page(&demo)).expect("written");
    std::fs::write(folder.join("accuracy.svg"), picture(&demo)).expect("written");
    println!("{}", folder.display());
}
