//! Why an application could not be made or tried.

/// Each says what is wrong, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The data are missing or bad.
    #[error(transparent)]
    Data(#[from] crate::dataset::Error),
    /// The task reads a data set and was told of no place.
    #[error("{task} needs a data set; give its directory with --data DIR or FEJER_DATA")]
    NoData {
        /// Its name.
        task: &'static str,
    },
    /// A window whose features are not finite.
    #[error("{place}, window {window}: no finite features ({source}); repair or drop its samples")]
    Features {
        /// The recordings it is of, such as `load 1`.
        place: String,
        /// Its number there, from 0.
        window: usize,
        /// What the features refused.
        source: fejer::Error,
    },
    /// Too little from the lab.
    #[error("class {class} has {found} windows of the lab, but {needed} are needed: record more")]
    TooFew {
        /// The class; 0 for a regression.
        class: usize,
        /// Windows there are.
        found: usize,
        /// Windows the clean set, the thresholds and the head need.
        needed: usize,
    },
    /// The lab's problem was refused.
    #[error(transparent)]
    Fit(#[from] crate::fit::Error),
    /// The lab's problem was not solved to the end.
    #[error(
        "pre-training ended at {reached:.1e}, not at {wanted:.1e}; look for windows that repeat"
    )]
    NotSolved {
        /// What was reached: a relative duality gap, or for a regression a residual.
        reached: f64,
        /// What was asked for.
        wanted: f64,
    },
    /// Not enough windows to label some and judge on others.
    #[error("{field} has {windows} windows: too few to label {labels} and judge on the rest")]
    TooShort {
        /// Its name.
        field: String,
        /// Its windows.
        windows: usize,
        /// Labels wanted.
        labels: usize,
    },
    /// The tuner refused the factory or a label.
    #[error("{field}: the tuner refused: {source}; look at its windows and labels")]
    Refused {
        /// The field's name.
        field: String,
        /// What it said.
        source: fejer::Error,
    },
}
