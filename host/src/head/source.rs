//! A head as items of Rust, for firmware to include.
//!
//! Numbers are written as the bits of their `f32`, so that nothing is lost on the way.

use std::fmt::Write as _;

use super::{Head, Standardise};

/// `MEAN` and `INVERSE_DEVIATION` (0 and 1 where nothing is standardised) and `WEIGHTS`; `origin`
/// says in a few words where the head is from.
pub fn source(head: &Head, origin: &str) -> String {
    let origin = origin.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut source = format!("// Written by `fejer`: a head {origin}.\n");
    let features = head.features();
    let plain =
        || Standardise { mean: vec![0.0; features], inverse_deviation: vec![1.0; features] };
    let Standardise { mean, inverse_deviation } = head.standardise.clone().unwrap_or_else(plain);
    let meaning = "Mean of each feature over the lab recordings; f32 bits.";
    push_array(&mut source, meaning, "MEAN", &mean);
    let meaning = "One over the standard deviation of each feature; f32 bits.";
    push_array(&mut source, meaning, "INVERSE_DEVIATION", &inverse_deviation);
    source.push_str("/// Weights, feature-major, last row the bias; f32 bits.\n#[rustfmt::skip]\n");
    let (outputs, rows) = (head.outputs, features + 1);
    let _ = writeln!(source, "pub const WEIGHTS: [[u32; {outputs}]; {rows}] = [");
    for row in head.weights.chunks_exact(outputs.max(1)) {
        let _ = writeln!(source, "    [{}],", bits(row));
    }
    source.push_str("];\n");
    source
}

fn push_array(source: &mut String, meaning: &str, name: &str, values: &[f32]) {
    let _ = writeln!(source, "/// {meaning}\n#[rustfmt::skip]");
    let _ = writeln!(source, "pub const {name}: [u32; {}] = [", values.len());
    for line in values.chunks(8) {
        let _ = writeln!(source, "    {},", bits(line));
    }
    source.push_str("];\n");
}

fn bits(values: &[f32]) -> String {
    let words: Vec<String> =
        values.iter().map(|value| format!("0x{:08x}", value.to_bits())).collect();
    words.join(", ")
}

/// The head of such a source; the link is softmax, which it does not say. `None` if it is no such
/// source.
pub fn parse(source: &str) -> Option<Head> {
    let words = |name: &str| -> Option<Vec<f32>> {
        let (_, rest) = source.split_once(&format!("pub const {name}: "))?;
        let (_, rest) = rest.split_once('=')?;
        let (items, _) = rest.split_once(';')?;
        let words = items.split(['[', ']', ',', ' ', '\n']).filter(|word| !word.is_empty());
        let bits = words.map(|word| u32::from_str_radix(word.strip_prefix("0x")?, 16).ok());
        bits.map(|bits| bits.map(f32::from_bits)).collect()
    };
    let (mean, inverse_deviation) = (words("MEAN")?, words("INVERSE_DEVIATION")?);
    let weights = words("WEIGHTS")?;
    let rows = mean.len() + 1;
    if inverse_deviation.len() != mean.len()
        || weights.is_empty()
        || !weights.len().is_multiple_of(rows)
    {
        return None;
    }
    let outputs = weights.len() / rows;
    let standardise = Some(Standardise { mean, inverse_deviation });
    Some(Head { link: fejer::Link::Softmax, outputs, weights, standardise })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_gives_back_its_head_bit_for_bit() {
        let standardise =
            Standardise { mean: vec![-0.0, 1e-40], inverse_deviation: vec![3.0, 0.1] };
        let head = Head {
            link: fejer::Link::Softmax,
            outputs: 3,
            weights: (0..9).map(|k| k as f32 / 7.0 - 0.3).collect(),
            standardise: Some(standardise),
        };
        let text = source(&head, "of a test");
        assert_eq!(parse(&text), Some(head.clone()));
        assert_eq!(parse(&text.replace("0x40400000", "0x4040000g")), None);
        assert_eq!(parse(""), None);
    }
}
