//! A network trained on real sounds, in floats and in 8 bits.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use fejer_host::backbone::Trained;
use fejer_host::dataset::Data;
use fejer_host::experiment::{Ended, Experiment, train};
use fejer_host::extractor::{CALIBRATION, Quantised, correct, features, quantise};

use crate::support::{figure, tolerance};

/// 160 log-mel features of a sound are an image of 8 moments and 20 bands.
const EXPERIMENT: &str = r#"
data = { source = { wav = "fsdd" }, test = 0.25, standardise = true, seed = 1 }
[model]
input = [8, 20, 1]
layers = [
    { convolution = { filters = 12, size = 3, padding = 1 } }, "batch_norm", "relu",
    { max_pool = { size = 2 } },
    { convolution = { filters = 16, size = 3, padding = 1 } }, "relu",
    { average_pool = { size = 2 } },
    "flatten", { dense = 32 }, "relu", { dropout = 0.1 }, { dense = 10 },
]
loss = "cross_entropy"
initialiser = "he"
[training]
field = "gradient"
update = "adam"
step = 0.002
batch = 50
epochs = 12
seed = 1
"#;

fn data_directory() -> Option<PathBuf> {
    let directory = std::env::var_os("FEJER_DATA").map(PathBuf::from);
    if directory.is_none() {
        assert!(std::env::var_os("CI").is_none(), "FEJER_DATA is not set");
        println!("skipped: FEJER_DATA is not set");
    }
    directory
}

fn trained(text: &str, data: &Data) -> (Trained, Ended) {
    let experiment = Experiment::parse(text, Path::new("experiment.toml")).expect("reads");
    let mut model = experiment.build(data, None).expect("fits");
    let ended = train(&experiment, &mut model, data, None, &mut |_| ControlFlow::Continue(()));
    let ended = ended.expect("it trains");
    let checkpoint = ended.checkpoint.clone();
    (Trained::new(experiment, checkpoint, PathBuf::from("checkpoint")), ended)
}

#[test]
fn eight_bits_decide_as_floats_do() {
    let Some(directory) = data_directory() else { return };
    let experiment = Experiment::parse(EXPERIMENT, Path::new("experiment.toml")).expect("reads");
    let data = experiment.load(&directory).expect("the sounds");
    let (trained, ended) = trained(EXPERIMENT, &data);
    let floats = ended.test.expect("a test").accuracy();
    let Quantised { bytes, head } = quantise(&trained, &data).expect("it has a form in 8 bits");
    let codes = features(&bytes, &data.test).expect("an extractor");
    let found = correct(&head, &codes, &data.test) as f64 / data.test.len() as f64;

    let (worst, mean) = off(&trained, &data, &codes);
    let holds = floats - found <= tolerance::EIGHT_BITS && floats > 0.9;
    figure(
        "spoken digits: accuracy in 8 bits",
        format!("at most {} below that in floats", tolerance::EIGHT_BITS),
        format!(
            "{found:.4} against {floats:.4} over {} sounds; {} bytes of flash; features off by {mean:.3} on average, \
             {worst:.2} at most, of their deviation",
            data.test.len(),
            bytes.len()
        ),
        holds,
    );
    assert!(holds, "{found} {floats}");
    assert!(mean < tolerance::EIGHT_BIT_FEATURE, "{mean}");
}

/// How far the codes are from the standardised features in floats: at most, and on average; what is
/// clamped left out.
fn off(trained: &Trained, data: &Data, codes: &[i8]) -> (f64, f64) {
    let (model, point) = trained.backbone(data).expect("a backbone");
    let of =
        |examples: fejer_host::model::Batch<'_, f32>| Trained::features(&model, &point, examples);
    let seen = of(data.train.batch(0..CALIBRATION.min(data.train.len())));
    let test = of(data.test.batch(0..data.test.len()));
    let channels = model.output().channels;
    let (mut worst, mut total, mut count) = (0.0_f64, 0.0, 0);
    for channel in 0..channels {
        let column = || seen.iter().skip(channel).step_by(channels).map(|&x| f64::from(x));
        let number = column().count() as f64;
        let mean = column().sum::<f64>() / number;
        let deviation = (column().map(|x| (x - mean).powi(2)).sum::<f64>() / number).sqrt();
        let rows = test.iter().skip(channel).step_by(channels);
        for (&exact, &code) in rows.zip(codes.iter().skip(channel).step_by(channels)) {
            let exact = (f64::from(exact) - mean) / deviation.max(1e-6);
            if deviation > 1e-6 && code.abs() < 127 {
                let error = (exact - f64::from(code) / 32.0).abs();
                worst = worst.max(error);
                total += error;
                count += 1;
            }
        }
    }
    (worst, total / f64::from(count))
}
