//! numpy's legacy generator, for problems whose truth the papers drew with it.

#[allow(unused_imports, reason = "each test binary uses a part of it")]
pub use fejer_host::random::numpy::RandomState;
