//! Lets devices live through the fields of an application, under QEMU and on the desktop.

use std::path::PathBuf;

use fejer_host::application::line::Line;
use fejer_host::application::replay::{Sense, replay};
use fejer_host::application::{Field, Labelled, Run, blob, emulate, stream};
use fejer_host::device::Image;
use rayon::prelude::*;
use serde::Serialize;

use super::Application;
use crate::shell::cargo;
use crate::{Stop, place};

/// What came of one device.
#[derive(Serialize)]
pub struct Life {
    /// Where it was.
    pub field: String,
    /// Of the choice and the order of its labels.
    pub seed: u64,
    /// Accuracy, or root of the mean squared error, of the factory head on the windows without a label.
    pub before: f64,
    /// The same of the head that is in use after all labels.
    pub after: f64,
    /// Labels it was told.
    pub labels: u32,
    /// Windows predicted.
    pub windows: u32,
    /// Windows for which it was not sure enough.
    pub rejected: u32,
    /// Is what was learnt in use?
    pub uses_learnt: bool,
    /// Is there an alarm of drift?
    pub has_drifted: bool,
    /// Hash of the weights in use.
    pub weights: String,
    /// Bytes of the image: code and factory.
    pub flash: u64,
    /// Bytes of variables and of the deepest stack.
    pub ram: u64,
    /// Symbols of the image that only a heap brings.
    #[serde(skip)]
    pub allocators: Option<Vec<String>>,
    /// The first line in which device and desktop differ.
    pub difference: Option<String>,
}

/// One device a field and seed. Fields with equal factories share an image.
///
/// # Errors
/// An image that cannot be built, a device that cannot be run, too few windows.
pub fn live<T, const F: usize, const ROWS: usize, const O: usize, const M: usize, const H: usize>(
    application: &Application,
    fields: &[Field<T, F, ROWS, O>],
    sense: Sense<F>,
    seeds: u64,
) -> Result<Vec<Life>, Stop>
where
    T: Labelled<O> + Send + Sync,
{
    let mut lives = Vec::new();
    let mut rest: Vec<_> =
        fields.iter().map(|field| (blob::bytes(&field.factory), field)).collect();
    while let Some((factory, _)) = rest.first() {
        let factory = factory.clone();
        eprintln!("building {} around {} bytes", application.program, factory.len());
        let image = Image::load(build(application, &factory)?);
        let image = image.map_err(|error| Stop::failed(error.to_string()))?;
        let (same, other): (Vec<_>, Vec<_>) =
            rest.into_iter().partition(|(bytes, _)| *bytes == factory);
        rest = other;
        let cases = same.iter().flat_map(|(_, field)| (1..=seeds).map(move |seed| (*field, seed)));
        let cases: Vec<_> = cases.collect();
        let run = |&(field, seed): &(&Field<T, F, ROWS, O>, u64)| {
            eprintln!("{}, {}, seed {seed}", application.program, field.name);
            one::<T, F, ROWS, O, M, H>(application, &image, field, sense, seed)
        };
        lives.extend(cases.par_iter().map(run).collect::<Result<Vec<_>, _>>()?);
    }
    Ok(lives)
}

fn one<T, const F: usize, const ROWS: usize, const O: usize, const M: usize, const H: usize>(
    application: &Application,
    image: &Image,
    field: &Field<T, F, ROWS, O>,
    sense: Sense<F>,
    seed: u64,
) -> Result<Life, Stop>
where
    T: Labelled<O>,
{
    let failed = |error: &dyn std::fmt::Display| Stop::failed(format!("{}: {error}", field.name));
    let run =
        Run::compose(field.len(), application.labels, seed).map_err(|error| failed(&error))?;
    let bytes = stream::bytes(field, &run);
    let host = replay::<T, F, ROWS, O, M, H>(&bytes, &field.factory, sense);
    let host = host.map_err(|error| failed(&error))?;
    let device =
        emulate::lines(image, application.machine, &bytes).map_err(|error| failed(&error))?;
    let Some(Line::Done(done)) = device.last() else {
        return Err(failed(&"the device did not come to its end"));
    };
    let sizes = image.sizes();
    let [before, after] = done.lost.map(|lost| application.measure.of(lost, done.windows));
    Ok(Life {
        field: field.name.clone(),
        seed,
        before,
        after,
        weights: format!("{:016x}", done.weights),
        flash: sizes.flash_bytes,
        ram: sizes.ram_bytes + u64::from(done.stack),
        allocators: image.allocators().map(<[String]>::to_vec),
        difference: difference(&device, &host),
        labels: done.labels,
        windows: done.windows,
        rejected: done.rejected,
        uses_learnt: done.uses_learnt,
        has_drifted: done.has_drifted,
    })
}

fn difference(device: &[Line], host: &[Line]) -> Option<String> {
    let text = |line: &Line| line.clone().common().to_string();
    let mut pairs = device.iter().map(text).zip(host.iter().map(text));
    let first = pairs.find(|(device, host)| device != host);
    let first = first.map(|(device, host)| format!("device: {device} / desktop: {host}"));
    first.or_else(|| {
        let counts = (device.len(), host.len());
        (counts.0 != counts.1)
            .then(|| format!("device: {} lines / desktop: {}", counts.0, counts.1))
    })
}

/// Builds a program around a factory, and gives its image.
///
/// # Errors
/// What cargo, or the file system, complains about.
pub fn build(application: &Application, factory: &[u8]) -> Result<PathBuf, Stop> {
    let program = application.program;
    let file = place::target().join("fejer").join(format!("{program}.factory"));
    let write = || {
        std::fs::create_dir_all(file.parent().unwrap_or(&file))?;
        std::fs::write(&file, factory)?;
        file.canonicalize()
    };
    let path = write().map_err(|error| Stop::failed(format!("{}: {error}", file.display())))?;
    let mut build = cargo();
    build.env("FEJER_APPLICATION", path);
    application.build.program_with(build, program).map_err(Stop::failed)
}
