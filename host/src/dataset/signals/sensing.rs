//! From windows of samples to the features a device computes of them.

use fejer::features::{LogMel, log_bands, statistics};

use super::Window;
use crate::dataset::{Error, WINDOW};
use crate::matrix::Matrix;

/// Features of a window, those of core.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Features {
    /// Log energies of bands of equal width, of 1024 samples.
    #[default]
    LogBands,
    /// Log energies of mel bands from 0 to half the rate, of 1024 samples.
    LogMel,
    /// Mean, RMS, kurtosis, crest and zero crossings, of 2 to 1024 samples.
    Statistics,
}

/// How features are made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sensing {
    /// Which.
    pub features: Features,
    /// Bands of the spectra: 8, 16, 32, 64 or 128.
    pub bands: usize,
    /// Samples a second, in hertz; only mel bands depend on it.
    pub rate: f32,
}

impl Sensing {
    /// Features of a window.
    pub fn columns(&self) -> usize {
        if self.features == Features::Statistics { 5 } else { self.bands }
    }

    /// A row of features a window.
    ///
    /// # Errors
    /// [`Error::Setting`]: bands or rate make no sense. [`Error::Content`]: names the file and the
    /// window that has another length or samples too large.
    pub fn of(&self, windows: &[Window]) -> Result<Matrix<f32>, Error> {
        if ![8, 16, 32, 64, 128].contains(&self.bands) {
            let remedy = format!("is {}, but must be 8, 16, 32, 64 or 128", self.bands);
            return Err(Error::Setting { field: "bands", remedy });
        }
        if self.features == Features::LogMel && !(self.rate.is_finite() && self.rate > 0.0) {
            let remedy = "must be above 0, in hertz: mel bands depend on it".into();
            return Err(Error::Setting { field: "rate", remedy });
        }
        let mut values = Vec::with_capacity(windows.len() * self.columns());
        for window in windows {
            values.extend(self.one(window)?);
        }
        Ok(Matrix::new(windows.len(), self.columns(), values))
    }

    fn one(&self, window: &Window) -> Result<Vec<f32>, Error> {
        let refuse = |reason: String, remedy| Error::Content {
            path: window.path.clone(),
            place: window.place.clone(),
            reason,
            remedy,
        };
        let samples = &window.samples[..];
        let made = match self.features {
            Features::Statistics if !(2..=WINDOW).contains(&samples.len()) => {
                let reason = format!("{} samples", samples.len());
                return Err(refuse(reason, "statistics are of 2 to 1024 samples a window"));
            }
            Features::Statistics => statistics(samples)
                .map(|s| vec![s.mean, s.rms, s.kurtosis, s.crest, s.zero_crossings]),
            Features::LogBands | Features::LogMel => {
                let Ok(mut samples) = <[f32; WINDOW]>::try_from(samples) else {
                    let reason = format!("{} samples", samples.len());
                    let remedy = "spectra are of windows of 1024 samples: cut them so, or give one long column";
                    return Err(refuse(reason, remedy));
                };
                self.spectrum(&mut samples)
            }
        };
        made.map_err(|_| {
            let reason = "the samples are so large that their energy overflows".into();
            refuse(reason, "scale the signal, such as to units of g")
        })
    }

    fn spectrum(&self, samples: &mut [f32; WINDOW]) -> Result<Vec<f32>, fejer::Error> {
        match self.bands {
            8 => self.energies::<8>(samples),
            16 => self.energies::<16>(samples),
            32 => self.energies::<32>(samples),
            64 => self.energies::<64>(samples),
            _ => self.energies::<128>(samples),
        }
    }

    fn energies<const BANDS: usize>(
        &self,
        samples: &mut [f32; WINDOW],
    ) -> Result<Vec<f32>, fejer::Error> {
        let bands: [f32; BANDS] = if self.features == Features::LogMel {
            LogMel::<WINDOW, BANDS>::new(self.rate, 0.0, 0.5 * self.rate)?.apply(samples)?
        } else {
            log_bands(samples)?
        };
        Ok(bands.to_vec())
    }
}
