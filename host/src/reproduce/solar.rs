//! Solar ramping events in California (svi.md §2.4): graph layers 5–64–64–1 say from the five days
//! before which of ten places will have one. The graph is estimated from the training targets.

use super::graphs::{self, EARLY, EPOCHS, ERROR, F1, FIRST, HIDDEN, Network, Published, SECOND};
use super::graphs::{SGD, SQUARED};
use super::report::{Bar, Known, Report};
use super::{Error, Setting};
use crate::dataset::solar::{Region, load};
use crate::layer::gcn_norm;

const MEMORY: usize = 5;
const NEAREST: usize = 4;
const CASE: &str = "CA, H = 64";

/// The notebook's printed results and bar B6. It asks the same of both versions at epoch 20; the
/// first one's squared error there is .2052 published, so that one is asked of the second alone.
fn known() -> Vec<Known> {
    let rows = [
        (EARLY, SGD, [0.2335, 0.4090, 0.5456], [None; 2]),
        (EARLY, FIRST, [0.2052, 0.2918, 0.7074], [None; 2]),
        (
            EARLY,
            SECOND,
            [0.1945, 0.2705, 0.7295],
            [Some(Bar::AtMost(0.195)), Some(Bar::AtMost(0.29))],
        ),
        (EPOCHS, SGD, [0.2114, 0.3079, 0.6888], [None; 2]),
        (EPOCHS, FIRST, [0.1890, 0.2700, 0.7298], [None; 2]),
        (
            EPOCHS,
            SECOND,
            [0.1888, 0.2769, 0.7229],
            [Some(Bar::Near { value: 0.190, within: 0.002 }), None],
        ),
    ];
    let mut known = Vec::new();
    for (epoch, contender, published, [squared, error]) in rows {
        let quantities = [SQUARED, ERROR, F1].into_iter().zip([squared, error, None]);
        for ((quantity, bar), published) in quantities.zip(published) {
            let published = Some(published);
            known.push(Known { case: CASE, contender, epoch, quantity, published, bar });
        }
    }
    known
}

pub(super) fn run(setting: &Setting<'_>) -> Result<Report, Error> {
    let data = setting.data.as_deref().ok_or(Error::NoData { experiment: "solar" })?;
    let region = Region::California;
    let events = load(data, region)?;
    let edges = events.edges(MEMORY, NEAREST);
    let filter = gcn_norm(region.places(), &edges)?;
    let network =
        Network { filter: &filter, inputs: MEMORY, hidden: &HIDDEN, outputs: 1, is_normed: false };
    let [train, test] = events.examples(MEMORY);
    let train = setting.few(train);
    let nodes = region.places();
    let published = Published { nodes, outputs: 1, batch: 30, factor: nodes as f64 / 2.0 };
    let figures = graphs::figures(CASE, &network, &published, [train, test], setting)?;
    let report = Report {
        experiment: "solar".into(),
        about: format!(
            "solar ramping events in California, trained on 360 days of 2017 and tested on 2018; {} directed edges \
             estimated from the training targets (24 published); graph network 5–64–64–1, batches of 30, step .001, \
             Nesterov momentum .99 anew every epoch",
            edges.len()
        ),
        seeds: setting.seeds.clone(),
        figures,
        remarks: vec![
            "At the published step the monotone field is ahead of SGD early, and in the squared error at the end. SGD \
             at a step that goes as far, SGD tuned on the training data, the matching loss scaled alike and Adam are \
             level with it at both epochs: differences of the test error below .01 mean nothing here. Our SGD at the \
             published step ends with a lower error than the published one."
                .into(),
        ],
    };
    Ok(report.knowing(&known()))
}
