//! `fejer device summary`

use std::fmt::{self, Display};
use std::path::PathBuf;

use crate::export;
use crate::port::{exchanges, summarise};
use serde::Serialize;

use super::answer::print;
use super::read;
use crate::cli::{Failure, bad};

#[derive(clap::Args)]
pub struct Arguments {
    /// What `--record` kept.
    file: PathBuf,
    /// Where to write the page.
    #[arg(long, value_name = "FILE", default_value = "device.html")]
    out: PathBuf,
}

#[derive(Serialize)]
struct Answer {
    exchanges: usize,
    refused: usize,
    resets: usize,
    stores: u32,
    page: PathBuf,
}

impl Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { exchanges, refused, resets, stores, page } = self;
        write!(
            formatter,
            "{exchanges} exchanges, {refused} refused, {resets} resets, {stores} stores\npage: {}",
            page.display()
        )
    }
}

pub fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let name = arguments.file.display();
    let summary = exchanges(&read(&arguments.file)?).and_then(|record| summarise(&record));
    let summary = summary.ok_or_else(|| {
        bad(format!("{name}: not a record, or cut short: write it with `fejer device --record`"))
    })?;
    let page = arguments.out.clone();
    export::write(&page, summary.page(&name.to_string()).as_bytes()).map_err(bad)?;
    let (exchanges, refused) = (summary.exchanges, summary.refused());
    let (resets, stores) = (summary.resets, summary.stores());
    print(json, &Answer { exchanges, refused, resets, stores, page })
}
