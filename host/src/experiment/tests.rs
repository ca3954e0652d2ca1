use super::*;
use crate::model::Field;
use crate::trainer::{Schedule, Update};

const WHOLE: &str = r#"
[data]
source = { moons = { noise = 0.1 } }
test = 0.5

[model]
input = [2]
layers = [
    { dense = 64 }, "batch_norm",
    "relu",
    { dense = 2 }, "softmax",
]
loss = "squared_error"
initialiser = "torch"

[training]
field = "monotone"
update = { sgd = { momentum = 0.9 } }
schedule = "constant"
step = 0.02
batch = 100
epochs = 100
seed = 1
"#;

fn parse(text: &str) -> Result<Experiment, Error> {
    Experiment::parse(text, Path::new("moons.toml"))
}

fn message(from: &str, to: &str) -> String {
    let text = WHOLE.replace(from, to);
    assert_ne!(text, WHOLE, "{from} stands in the text");
    let build = |experiment: Experiment| {
        let data = experiment.load(Path::new(".")).unwrap();
        experiment.build(&data, Some((&text, Path::new("moons.toml")))).map(|_| ())
    };
    parse(&text).and_then(build).expect_err(to).to_string()
}

#[test]
fn a_whole_file_is_read_written_and_built() {
    let experiment = parse(WHOLE).unwrap();
    assert_eq!(experiment.training.field, Field::Monotone);
    assert_eq!(experiment.training.update, Update::momentum(0.9));
    assert_eq!(experiment.training.schedule, Schedule::Constant);
    assert_eq!(experiment.model.layers[1], Entry(Part::BatchNorm { weights: true }));
    let written = toml::to_string(&experiment).unwrap();
    assert_eq!(parse(&written).unwrap(), experiment, "{written}");
    let data = experiment.load(Path::new(".")).unwrap();
    let model = experiment.build(&data, None).unwrap();
    assert_eq!(model.parameters(), 3 * 64 + 2 * 64 + 65 * 2);
}

#[test]
fn names_alone_and_names_with_options_are_both_understood() {
    let with = |update: &str| {
        let text = WHOLE.replace("{ sgd = { momentum = 0.9 } }", update);
        parse(&text).unwrap().training.update
    };
    assert_eq!(with(r#""adam""#), Update::ADAM);
    assert_eq!(with(r#""sgd""#), Update::PLAIN);
    assert_eq!(with(r#""extragradient""#), Update::Extragradient {});
    let Update::Adam { beta1, beta2, .. } = with("{ adam = { beta1 = 0.5 } }") else { panic!() };
    assert_eq!([beta1, beta2], [0.5, 0.999]);
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let wrong = [
        (r#""relu""#, r#""relo""#, ["line 10", "relo", "relu"]),
        ("momentum = 0.9", "momentun = 0.9", ["line 18", "momentun", "momentum"]),
        ("step = 0.02", "stepp = 0.02", ["line 20", "stepp", "step"]),
        ("epochs = 100", "epochs = 0", ["line 16", "training.epochs", "at least 1"]),
        ("batch = 100\n", "", ["line 16", "batch", "missing"]),
        ("{ dense = 2 }", r#"{ graph = 2 }"#, ["line 11", "graph", "data.source"]),
        ("{ dense = 2 }", r#"{ max_pool = { size = 2 } }"#, ["line 11", "max_pool", "image"]),
        ("{ dense = 64 }", "{ dense = 0 }", ["line 9", "dense", "nothing to compute on"]),
        ("[2]", "[2, 0]", ["line 9", "model.input", "[features]"]),
    ];
    for (from, to, expected) in wrong {
        let message = message(from, to);
        for part in expected {
            assert!(message.contains(part), "{to}: {message}");
        }
        assert!(message.starts_with("moons.toml, line "), "{message}");
    }
}

#[test]
fn images_go_down_and_up_by_name_and_sites_are_selected() {
    let text = WHOLE.replace("input = [2]", "input = [6, 6, 2]").replace(
        "{ dense = 64 }, \"batch_norm\",\n    \"relu\",",
        "{ spectral_convolution = { filters = 3, size = 3, stride = 2, padding = 1 } }, \"relu\",
         { transposed_convolution = { channels = 2, size = 3, stride = 2, padding = 1 } },
         { select = [7, 0, 24] }, \"flatten\", { spectral_dense = 4 }, \"tanh\",",
    );
    let network = parse(&text).unwrap().model;
    let model = network.build(None, 1).unwrap();
    assert_eq!(model.output().channels, 2);
    let weights = (9 * 2 + 1) * 3 + (9 * 3 * 2 + 2) + (3 * 2 + 1) * 4 + (4 + 1) * 2;
    assert_eq!(model.parameters(), weights);
    let written = toml::to_string(&parse(&text).unwrap()).unwrap();
    assert_eq!(parse(&written).unwrap().model, network);
    let beyond = parse(&text.replace("24]", "25]")).unwrap().model.build(None, 1);
    assert!(beyond.err().unwrap().to_string().contains("select"));
}
