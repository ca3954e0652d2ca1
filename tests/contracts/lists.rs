//! Nothing in core escapes the contracts: what implements a trait is in the list of its family.

use fejer::Link;

use super::members::members;
use super::methods::methods;
use super::support::source::implementors;
use super::support::{figure, links};

#[test]
fn every_set_and_regulariser_is_listed() {
    let (names, listed) = (implementors("Prox<S>"), members::<f64>());
    assert!(names.len() >= 13, "{names:?}");
    for name in names {
        let path = format!("::{name}");
        let is_listed = listed.iter().any(|member| member.kind.contains(&path));
        assert!(is_listed, "{name} is missing in tests/contracts/members.rs");
    }
    let what = "contract suite: sets and regularisers, bare and wrapped";
    figure(what, "all that core has", listed.len(), true);
}

#[test]
fn every_method_is_listed() {
    let (names, listed) = (implementors("Method<S>"), methods::<f64>(1));
    assert!(names.len() >= 9, "{names:?}");
    for name in names {
        let is_listed = listed.iter().any(|entry| entry.kind.contains(&format!("::{name}<")));
        assert!(is_listed, "{name} is missing in tests/contracts/methods.rs");
    }
    figure("contract suite: methods", "all that core has", listed.len(), true);
}

#[test]
fn every_link_is_listed() {
    for tag in 0..=u16::MAX {
        let Some(link) = Link::from_tag(tag.to_be_bytes()) else { continue };
        let is_listed = links().iter().any(|other| other.tag()[0] == link.tag()[0]);
        assert!(is_listed, "{link:?} is missing in tests/support/links.rs");
    }
    figure("contract suite: links", "all that core has", links().len(), true);
}
