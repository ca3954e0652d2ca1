//! How ε and the extrapolation change over the epochs: both follow from their number alone.

use super::settings::{Settings, Variant};

/// Where an epoch stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phase {
    /// ε of this epoch.
    pub epsilon: f64,
    /// Is it the first epoch of this ε, other than that of the training?
    pub is_new: bool,
    /// ω of v + ω(v − v₋).
    pub extrapolation: f64,
}

impl Phase {
    /// Of the epoch after so many others.
    pub fn of(settings: &Settings, made: u32) -> Self {
        let epsilon = epsilon(settings, made);
        let mut first = made;
        while first > 0 && epsilon_changed_not(settings, first) {
            first -= 1;
        }
        let is_new = made > 0 && first == made;
        let extrapolation = match settings.variant {
            Variant::Accelerated => extrapolation(made - first),
            _ => 0.0,
        };
        Self { epsilon, is_new, extrapolation }
    }
}

/// ε₀/2ᵏ, but not below the least.
fn epsilon(settings: &Settings, made: u32) -> f64 {
    let halved = libm::scalbn(settings.epsilon, -made.min(2000).cast_signed());
    halved.max(settings.least_epsilon)
}

fn epsilon_changed_not(settings: &Settings, made: u32) -> bool {
    epsilon(settings, made).to_bits() == epsilon(settings, made - 1).to_bits()
}

/// (s_k − 1)/s_{k+1} with s_{k+1} = (1 + √(1 + 4s_k²))/2; 0 in the first two epochs of a phase, where
/// nothing came before.
fn extrapolation(epoch: u32) -> f64 {
    let next = |s: f64| (1.0 + libm::sqrt(1.0 + 4.0 * s * s)) / 2.0;
    let s = (0..epoch).fold(0.0, |s, _| next(s));
    ((s - 1.0) / next(s)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epsilon_is_halved_to_its_least_and_every_change_begins_a_phase() {
        let settings = Settings::default();
        let of = |made| Phase::of(&settings, made);
        assert_eq!(
            [of(0), of(1), of(16)].map(|phase| phase.epsilon),
            [100.0, 50.0, 100.0 / 65536.0]
        );
        assert_eq!([of(17), of(18), of(400)].map(|phase| phase.epsilon), [1e-3; 3]);
        assert_eq!([0, 1, 17, 18].map(|made| of(made).is_new), [false, true, true, false]);
    }

    /// s: 0, 1, 1.618, 2.194, 2.750 (mdlam_rapp.md A2).
    #[test]
    fn the_extrapolation_starts_anew_in_every_phase() {
        let settings = Settings { least_epsilon: 100.0, ..Settings::default() };
        let of = |settings: &Settings, made| Phase::of(settings, made).extrapolation;
        assert_eq!([0, 1].map(|made| of(&settings, made)), [0.0; 2]);
        assert!((of(&settings, 2) - 0.618_034 / 2.193_527).abs() < 1e-6);
        assert!(of(&settings, 500) > 0.99);
        let halved = Settings::default();
        assert_eq!(of(&halved, 10), 0.0, "a phase of one epoch");
        assert_eq!(of(&halved, 19), of(&settings, 2), "the second epoch after the last change");
    }
}
