//! Why a layer cannot be built, or not stand where it does.

use super::Shape;

/// What layers cannot be built from.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Two neighbours do not fit.
    #[error("takes examples of {expected}, but gets {found}; {remedy}")]
    Shape {
        /// What the layer takes, in words.
        expected: String,
        /// What comes from below.
        found: Shape,
        /// What to do about it.
        remedy: &'static str,
    },
    /// A window does not fit into the image.
    #[error(
        "a window of {size} × {size} does not fit into an image of {height} × {width}, or its side or stride is 0; \
         make the window smaller, the padding larger or the stride 1"
    )]
    Window {
        /// Side of the window.
        size: usize,
        /// Height of the image with its padding.
        height: usize,
        /// Width of the image with its padding.
        width: usize,
    },
    /// Nothing to compute on.
    #[error(
        "leaves nothing to compute on, {shape} an example; give at least one layer, site and channel"
    )]
    Empty {
        /// What is empty, or has no stage above it.
        shape: Shape,
    },
    /// An edge names a node that does not exist.
    #[error(
        "edge {edge} goes from node {from} to node {to}, but there are only {nodes} nodes, 0 to {}; \
         correct the edge list or the number of nodes", nodes.wrapping_sub(1)
    )]
    Edge {
        /// Position in the list, from 0.
        edge: usize,
        /// Where it starts.
        from: usize,
        /// Where it ends.
        to: usize,
        /// How many nodes there are.
        nodes: usize,
    },
    /// Numbers are dropped with a probability that is none, or always.
    #[error("drops numbers with probability {probability}; give one of at least 0 and below 1")]
    Probability {
        /// What was given.
        probability: String,
    },
    /// A site is selected that does not exist.
    #[error(
        "selects site {site} (entry {position}), but there are only {sites} sites, 0 to {}; \
         correct the list or the number of sites", sites.wrapping_sub(1)
    )]
    Site {
        /// Position in the list, from 0.
        position: usize,
        /// What is selected.
        site: usize,
        /// How many sites there are.
        sites: usize,
    },
    /// The filter has other columns than rows.
    #[error("a graph filter of {rows} × {columns}; give a square one, as gcn_norm makes them")]
    Filter {
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
    },
}
