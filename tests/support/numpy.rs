//! numpy's legacy generator, for problems whose truth the papers drew with it.

pub use fejer_host::random::numpy::RandomState;
