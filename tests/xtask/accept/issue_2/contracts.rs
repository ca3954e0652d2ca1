//! The contract suite: every contract has a test for every number type, named `…::contract::number`.

use std::collections::BTreeMap;

use super::super::Line;

/// Families that must have contracts, by the name of their module.
const FAMILIES: [&str; 6] = ["scalars", "links", "sets", "methods", "streaming", "certificates"];
/// Number types, by the name of their test.
const NUMBERS: [&str; 6] = ["f64", "f32", "q8_24", "q12_20", "q16_16", "q20_12"];

/// A line a family: how many contracts, each on every number type.
pub fn lines(passed: &[String]) -> Vec<Line> {
    let mut contracts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for test in passed {
        if let Some((contract, number)) = test.rsplit_once("::") {
            contracts.entry(contract).or_default().push(number);
        }
    }
    let is_whole = |numbers: &[&str]| NUMBERS.iter().all(|number| numbers.contains(number));
    let of = |family: &'static str| {
        let inside = format!("{family}::");
        // A test without number types is no contract.
        let own = contracts.iter().filter(|(contract, numbers)| {
            contract.starts_with(&inside) && NUMBERS.iter().any(|number| numbers.contains(number))
        });
        let (whole, short): (Vec<_>, Vec<_>) = own.partition(|(_, numbers)| is_whole(numbers));
        let short: Vec<_> = short.into_iter().map(|(contract, _)| *contract).collect();
        Line::new(
            format!("contract suite: contracts of {family}"),
            format!("each on {} number types", NUMBERS.len()),
            format!("{} contracts, not everywhere: {short:?}", whole.len()),
            !whole.is_empty() && short.is_empty(),
        )
    };
    FAMILIES.map(of).into()
}
