//! Fejér on the desktop: recordings and a simulator, pre-training, export, replay of devices, an
//! independent oracle, and the demonstration that puts them together.

pub mod application;
pub mod backbone;
pub mod clean;
/// The subcommands of `fejer`; here, so that what they instantiate is compiled once.
#[doc(hidden)]
pub mod cli;
pub mod dataset;
pub mod demo;
pub mod device;
pub mod experiment;
pub mod export;
pub mod extractor;
pub mod figures;
pub mod fit;
pub mod game;
pub mod head;
pub mod interpolation;
pub mod layer;
pub mod matrix;
pub mod mdlam;
pub mod model;
mod named;
pub mod oracle;
pub mod plan;
pub mod port;
pub mod pretrain;
pub mod random;
pub mod real;
pub mod replay;
pub mod report;
pub mod reproduce;
pub mod run;
pub mod scaffold;
pub mod trainer;
pub mod weights;
