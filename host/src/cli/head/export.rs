//! `fejer head export`

use std::path::PathBuf;

use crate::backbone;
use crate::head::Head;

use super::Written;
use super::import::Answer;
use crate::cli::{Failure, bad};

/// Take the last layer of a trained network as a head.
///
/// The network is a directory that `fejer train --out DIR` wrote; its last layer must be dense. The
/// link is the one that ends the network, or that of its loss. The rest of the network, frozen, makes
/// the features: `fejer features DIR`.
///
/// Exit code 0: done; 2: bad input.
#[derive(clap::Args)]
pub struct Arguments {
    /// What `fejer train` wrote to.
    directory: PathBuf,
    #[command(flatten)]
    written: Written,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let trained = backbone::read(&arguments.directory).map_err(bad)?;
    let (link, outputs, weights) = trained.head().map_err(bad)?;
    let head = Head { link, outputs, weights, standardise: None };
    let origin = format!("of the network in {}", arguments.directory.display());
    arguments.written.write(&head, &origin)?;
    let (features, out) = (head.features(), &*arguments.written.out);
    Answer { features, outputs, is_standardised: false, out }.print(arguments.json)
}
