//! What examples look like.

/// What one example looks like between two layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Rows: nodes, pixels, or 1.
    pub sites: usize,
    /// Columns: features, channels or classes.
    pub channels: usize,
}

impl Shape {
    /// Plain features.
    pub const fn flat(features: usize) -> Self {
        Self { sites: 1, channels: features }
    }
}

impl std::fmt::Display for Shape {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} × {}", self.sites, self.channels)
    }
}

/// An image, row after row of pixels, channels last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image {
    /// Pixels from top to bottom.
    pub height: usize,
    /// Pixels from left to right.
    pub width: usize,
    /// Numbers a pixel.
    pub channels: usize,
}

impl Image {
    /// Its shape between two layers.
    pub const fn shape(self) -> Shape {
        Shape { sites: self.height * self.width, channels: self.channels }
    }
}
