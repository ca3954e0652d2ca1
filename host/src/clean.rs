//! The clean set that leaves the factory with a head: windows of the lab whose labels are known to be
//! right, as a device holds them, and what the lab found of the head for the guard.
//!
//! Of each class come [`A_CLASS`] windows, evenly spaced. The confidence below which a device rejects
//! a prediction is what one lab window in twenty does not reach.

use std::fmt::Write as _;

use fejer::memory::Remembered;
use fejer::tuner::Clean;
use fejer::{Class, Error, Settings};

use crate::dataset::Windows;
use crate::pretrain::{FEATURES, Factory, OUTPUTS, ROWS, bands};
use crate::replay::REVISITS;

/// Windows of each class.
pub const A_CLASS: usize = 10;
/// One lab window in so many is rejected: what [`Settings::doubtful`] says by default.
const REJECTED: usize = 20;
/// No lab is large enough to promise a smaller share of mistakes.
const LEAST_MISTAKEN: f32 = 0.01;

/// A clean set, and what the lab found.
#[derive(Clone, Debug, PartialEq)]
pub struct CleanSet {
    /// Standardised features in 1/32, window after window.
    pub codes: Vec<i8>,
    /// Their classes.
    pub targets: Vec<Class>,
    /// Confidence below which a prediction is rejected.
    pub confidence: f32,
    /// Share of the lab's windows predicted wrongly, at least .01.
    pub mistaken: f32,
}

impl CleanSet {
    /// Chosen from windows of the lab, best from some the head was not pre-trained on.
    ///
    /// # Errors
    /// A window without finite features.
    pub fn choose(lab: &Windows, factory: &Factory) -> Result<Self, Error> {
        let mut confidences = Vec::with_capacity(lab.len());
        let mut of_class = vec![Vec::new(); OUTPUTS];
        let mut wrong = 0;
        for (samples, &label) in lab.samples.iter().zip(&lab.labels) {
            let features = factory.standardise.apply::<f32>(&bands(samples)?);
            let prediction = factory.head.predict(&features);
            let class = factory.head.decide(&features);
            confidences.push(prediction[class]);
            wrong += usize::from(class != usize::from(label));
            let label = Class(label);
            let window = Remembered::<f32, Class, ROWS, OUTPUTS>::new(&features, label);
            if let Some(windows) = of_class.get_mut(usize::from(label.0)) {
                windows.push(window);
            }
        }
        confidences.sort_by(f32::total_cmp);
        let confidence = confidences.get(confidences.len() / REJECTED).copied().unwrap_or(0.0);
        let mistaken = (wrong as f32 / lab.len().max(1) as f32).max(LEAST_MISTAKEN);
        let mut clean = Self { codes: vec![], targets: vec![], confidence, mistaken };
        for windows in &of_class {
            for at in 0..A_CLASS.min(windows.len()) {
                let window = &windows[at * windows.len() / A_CLASS.min(windows.len())];
                clean.codes.extend_from_slice(window.codes());
                clean.targets.push(window.target);
            }
        }
        Ok(clean)
    }

    /// As a tuner takes it.
    pub fn borrowed(&self) -> Clean<'_, Class> {
        Clean { codes: &self.codes, targets: &self.targets }
    }

    /// What a device states about its tuner.
    pub fn settings(&self) -> Settings<f32> {
        Settings {
            revisits: REVISITS,
            confidence: self.confidence,
            mistaken: self.mistaken,
            ..Settings::new()
        }
    }

    /// As items of Rust for the firmware to include; `origin` says in a few words where it is from.
    pub fn source(&self, origin: &str) -> String {
        let origin = origin.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut source = format!("// Written by `fejer`: a clean set of {origin}.\n");
        let confidence = "Confidence below which a prediction is rejected; f32 bits.";
        let mistaken = "Share of the lab's windows predicted wrongly, at least .01; f32 bits.";
        for (meaning, name, value) in
            [(confidence, "CONFIDENCE", self.confidence), (mistaken, "MISTAKEN", self.mistaken)]
        {
            let bits = value.to_bits();
            let _ = writeln!(source, "/// {meaning}\npub const {name}: u32 = 0x{bits:08x};");
        }
        let count = self.targets.len();
        let _ = writeln!(source, "/// Class of each window.\n#[rustfmt::skip]");
        let _ = writeln!(source, "pub const LABELS: [u8; {count}] = [");
        for labels in self.targets.chunks(A_CLASS) {
            let _ = writeln!(source, "    {},", listed(labels.iter().map(|class| class.0)));
        }
        let _ = writeln!(source, "];\n/// Features of each window in 1/32.\n#[rustfmt::skip]");
        let _ = writeln!(source, "pub const CODES: [[i8; {FEATURES}]; {count}] = [");
        for codes in self.codes.chunks(FEATURES) {
            let _ = writeln!(source, "    [{}],", listed(codes));
        }
        source + "];\n"
    }

    /// The set of such a source, if it is of heads with 64 features and 9 classes.
    pub fn parse(source: &str) -> Option<Self> {
        let float = |name| {
            let bits = *items(source, name)?.first()?;
            u32::from_str_radix(bits.strip_prefix("0x")?, 16).ok().map(f32::from_bits)
        };
        let codes: Option<Vec<i8>> =
            items(source, "CODES")?.iter().map(|code| code.parse().ok()).collect();
        let targets: Option<Vec<Class>> =
            items(source, "LABELS")?.iter().map(|label| label.parse().ok().map(Class)).collect();
        let (confidence, mistaken) = (float("CONFIDENCE")?, float("MISTAKEN")?);
        let clean = Self { codes: codes?, targets: targets?, confidence, mistaken };
        let fits = clean.codes.len() == FEATURES * clean.targets.len()
            && clean.targets.iter().all(|target| usize::from(target.0) < OUTPUTS);
        fits.then_some(clean)
    }
}

fn listed(values: impl IntoIterator<Item = impl ToString>) -> String {
    values.into_iter().map(|value| value.to_string()).collect::<Vec<_>>().join(", ")
}

/// The words of a constant's value.
fn items<'s>(source: &'s str, name: &str) -> Option<Vec<&'s str>> {
    let (_, rest) = source.split_once(&format!("pub const {name}: "))?;
    let (_, rest) = rest.split_once('=')?;
    let (value, _) = rest.split_once(';')?;
    Some(value.split(['[', ']', ',', ' ', '\n']).filter(|word| !word.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_gives_back_its_set() {
        let clean = CleanSet {
            codes: (0..3 * FEATURES).map(|at| (at % 255) as u8 as i8).collect(),
            targets: vec![Class(0), Class(8), Class(3)],
            confidence: 0.3,
            mistaken: 0.01,
        };
        let text = clean.source("a test\nof lines");
        assert!(text.starts_with("// Written by `fejer`: a clean set of a test of lines.\n"));
        assert_eq!(CleanSet::parse(&text), Some(clean));
        assert_eq!(CleanSet::parse(&text.replace("0, 8, 3", "0, 9, 3")), None, "a tenth class");
        assert_eq!(CleanSet::parse(&text.replace("0, 8, 3", "0, 8")), None, "fewer labels");
        assert_eq!(CleanSet::parse(""), None);
    }
}
