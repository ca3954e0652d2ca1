//! Temporary driver.
#[path = "contracts/certificates.rs"]
mod certificates;
#[path = "contracts/streaming.rs"]
mod streaming;
mod support;
use fejer::fixed::types::{I8F24, I16F16};
macro_rules! for_every_scalar {
    ($($contract:ident),+ $(,)?) => {$(
        mod $contract {
            #[test] fn f64() { super::$contract::<f64>() }
            #[test] fn f32() { super::$contract::<f32>() }
            #[test] fn q16_16() { super::$contract::<super::I16F16>() }
            #[test] fn q8_24() { super::$contract::<super::I8F24>() }
        }
    )+};
}
use certificates::*;
use streaming::*;
for_every_scalar!(
    a_streaming_step_is_the_batch_step_on_one_sample,
    the_proximal_point_step_is_the_resolvent,
    streaming_steps_refuse_what_is_not_sound,
    no_natural_residual_is_below_the_true_one,
    no_anchored_certificate_is_below_the_true_residual
);
