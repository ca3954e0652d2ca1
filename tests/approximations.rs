//! What the logarithm and the root of features cost in accuracy: core's own, libm's and micromath's.

mod support;

use fejer::Scalar;
use micromath::F32Ext;
use support::{figure, tolerance};

/// Positive numbers over all sizes a band's energy can have, some hundred an octave.
fn grid() -> impl Iterator<Item = f32> {
    (-20_000..=20_000).map(|step| 10.0_f32.powf(step as f32 / 1000.0))
}

/// The largest absolute error of a logarithm.
fn logarithm(found: impl Fn(f32) -> f32) -> f64 {
    grid().map(|x| (f64::from(found(x)) - f64::from(x).ln()).abs()).fold(0.0, f64::max)
}

/// The largest relative error of a root.
fn root(found: impl Fn(f32) -> f32) -> f64 {
    grid().map(|x| (f64::from(found(x)) / f64::from(x).sqrt() - 1.0).abs()).fold(0.0, f64::max)
}

#[test]
fn features_lose_nothing_to_the_functions_they_take() {
    let own = [logarithm(Scalar::ln), root(Scalar::sqrt)];
    let micromath = [logarithm(F32Ext::ln), root(F32Ext::sqrt)];
    let holds = own[0] < tolerance::LOGARITHM && own[1] < tolerance::ROOT;
    figure(
        "logarithm and root of features over 40 decades",
        format!(
            "off by at most {:.1e} and {:.1e} of itself",
            tolerance::LOGARITHM,
            tolerance::ROOT
        ),
        format!(
            "ln {:.1e}, root {:.1e}; micromath's {:.1e} and {:.1e}",
            own[0], own[1], micromath[0], micromath[1]
        ),
        holds,
    );
    assert!(holds, "{own:?}");
    // Why it is not taken: half a code of a stored feature is 1/64 of a deviation.
    assert!(micromath[0] > 1.0 / 1000.0 || micromath[1] > 1.0 / 1000.0, "{micromath:?}");
}
