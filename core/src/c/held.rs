//! Heads of the shapes this library was built for, behind one door.

use core::ffi::c_void;

use super::FejerStatus;
use super::memory::Door;
use crate::anchored::{Anchored, Certificate};
use crate::checkpoint::{decode_head, encode, full_length, resume, shape};
use crate::head::Head;
use crate::link::Link;
use crate::memory::{Class, Target};

/// What a head learns from.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FejerLabel {
    /// Classes, counted from 0: softmax heads.
    Classes = 0,
    /// As many numbers as there are outputs: heads of any other link.
    Numbers = 1,
}

/// A shape of head.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FejerShape {
    /// What it learns from.
    pub label: FejerLabel,
    /// Features of a sample.
    pub features: usize,
    /// Outputs.
    pub outputs: usize,
    /// The most samples it remembers.
    pub memory: usize,
    /// Bytes of storage it needs.
    pub storage: usize,
    /// Bytes of its checkpoint with a full memory.
    pub checkpoint: usize,
}

/// How good the learnt weights W are, W* being the solution of the problem as remembered.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FejerCertificate {
    /// Duality gap in nats, rounding included; 0 only at the solution.
    pub gap: f32,
    /// How far rounding has carried the weights from those of the dual values.
    pub drift: f32,
    /// Upper bound on the distance of W to W*.
    pub distance: f32,
    /// Natural residual of W, rounding included.
    pub residual: f32,
}

impl FejerCertificate {
    pub(super) const NOTHING: Self = Self { gap: 0.0, drift: 0.0, distance: 0.0, residual: 0.0 };
}

impl From<Certificate<f32>> for FejerCertificate {
    fn from(certificate: Certificate<f32>) -> Self {
        let Certificate { gap, drift, distance, residual } = certificate;
        Self { gap, drift, distance, residual }
    }
}

type Outcome<T = ()> = Result<T, FejerStatus>;

/// A head of some shape.
pub trait Learner {
    fn shape(&self) -> FejerShape;
    fn remembered(&self) -> usize;
    fn predict(&self, features: &[f32], prediction: &mut [f32]) -> Outcome;
    fn learn_class(&mut self, features: &[f32], class: u8) -> Outcome;
    fn learn_numbers(&mut self, features: &[f32], target: &[f32]) -> Outcome;
    fn revisit(&mut self, count: u32);
    fn consolidate(&mut self, passes: u32, gap: f32) -> (bool, FejerCertificate);
    fn certificate(&self) -> FejerCertificate;
    fn forget(&mut self, index: usize) -> Outcome;
    fn save(&self, buffer: &mut [u8]) -> Outcome<usize>;
    fn resume(&mut self, checkpoint: &[u8]) -> Outcome;
    fn hash(&self) -> u64;
}

/// A kind of label as C gives it.
trait Label<const OUTPUTS: usize>: Target<f32, OUTPUTS> {
    const KIND: FejerLabel;
    fn of_class(class: u8) -> Outcome<Self>;
    fn of_numbers(numbers: &[f32]) -> Outcome<Self>;
}

impl<const OUTPUTS: usize> Label<OUTPUTS> for Class {
    const KIND: FejerLabel = FejerLabel::Classes;

    fn of_class(class: u8) -> Outcome<Self> {
        Ok(Self(class))
    }
    fn of_numbers(_: &[f32]) -> Outcome<Self> {
        Err(FejerStatus::Label)
    }
}

impl<const OUTPUTS: usize> Label<OUTPUTS> for [f32; OUTPUTS] {
    const KIND: FejerLabel = FejerLabel::Numbers;

    fn of_class(_: u8) -> Outcome<Self> {
        Err(FejerStatus::Label)
    }
    fn of_numbers(numbers: &[f32]) -> Outcome<Self> {
        numbers.try_into().map_err(|_| FejerStatus::Length)
    }
}

/// The head of one shape. `FEATURES` is `ROWS` − 1.
struct Held<T, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize, const MEMORY: usize>(
    Anchored<'static, f32, T, ROWS, OUTPUTS, MEMORY>,
);

impl<T, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize, const MEMORY: usize>
    Held<T, FEATURES, ROWS, OUTPUTS, MEMORY>
where
    T: Label<OUTPUTS>,
{
    const SHAPE: FejerShape = FejerShape {
        label: T::KIND,
        features: FEATURES,
        outputs: OUTPUTS,
        memory: MEMORY,
        storage: size_of::<Layout<T, FEATURES, ROWS, OUTPUTS, MEMORY>>(),
        checkpoint: full_length::<f32, T, ROWS, OUTPUTS, MEMORY>(),
    };

    fn learn(&mut self, features: &[f32], target: T) -> Outcome {
        Ok(self.0.learn(of_length::<FEATURES>(features)?, target)?)
    }
}

impl<T, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize, const MEMORY: usize> Learner
    for Held<T, FEATURES, ROWS, OUTPUTS, MEMORY>
where
    T: Label<OUTPUTS>,
{
    fn shape(&self) -> FejerShape {
        Self::SHAPE
    }
    fn remembered(&self) -> usize {
        self.0.samples().len()
    }
    fn predict(&self, features: &[f32], prediction: &mut [f32]) -> Outcome {
        let room: &mut [f32; OUTPUTS] = prediction.try_into().map_err(|_| FejerStatus::Length)?;
        let made = self.0.predict(of_length::<FEATURES>(features)?);
        if !made.iter().all(|share| share.is_finite()) {
            return Err(FejerStatus::Unsound);
        }
        *room = made;
        Ok(())
    }
    fn learn_class(&mut self, features: &[f32], class: u8) -> Outcome {
        self.learn(features, T::of_class(class)?)
    }
    fn learn_numbers(&mut self, features: &[f32], target: &[f32]) -> Outcome {
        self.learn(features, T::of_numbers(target)?)
    }
    fn revisit(&mut self, count: u32) {
        self.0.revisit(count);
    }
    fn consolidate(&mut self, passes: u32, gap: f32) -> (bool, FejerCertificate) {
        let found = self.0.consolidate(passes, gap);
        (found.converged, found.certificate.into())
    }
    fn certificate(&self) -> FejerCertificate {
        self.0.certificate().into()
    }
    fn forget(&mut self, index: usize) -> Outcome {
        if index >= self.remembered() {
            return Err(FejerStatus::Length);
        }
        self.0.forget(index);
        Ok(())
    }
    fn save(&self, buffer: &mut [u8]) -> Outcome<usize> {
        Ok(encode(&self.0, buffer)?.len())
    }
    fn resume(&mut self, checkpoint: &[u8]) -> Outcome {
        Ok(resume(checkpoint, &mut self.0)?)
    }
    fn hash(&self) -> u64 {
        self.0.head().hash()
    }
}

fn of_length<const FEATURES: usize>(features: &[f32]) -> Outcome<&[f32; FEATURES]> {
    features.try_into().map_err(|_| FejerStatus::Length)
}

/// What the storage of a head is taken up by, in this order.
#[repr(C)]
struct Layout<
    T,
    const FEATURES: usize,
    const ROWS: usize,
    const OUTPUTS: usize,
    const MEMORY: usize,
> {
    door: Door,
    factory: Head<f32, ROWS, OUTPUTS>,
    held: Held<T, FEATURES, ROWS, OUTPUTS, MEMORY>,
}

/// A shape this library was built for, and how to make a head of it.
pub struct Built {
    pub shape: FejerShape,
    make: unsafe fn(*mut c_void, &[u8], f32) -> Outcome<*mut Door>,
}

impl Built {
    const fn of<
        T: Label<OUTPUTS> + 'static,
        const FEATURES: usize,
        const ROWS: usize,
        const OUTPUTS: usize,
        const MEMORY: usize,
    >() -> Self {
        Self {
            shape: Held::<T, FEATURES, ROWS, OUTPUTS, MEMORY>::SHAPE,
            make: make::<T, FEATURES, ROWS, OUTPUTS, MEMORY>,
        }
    }
}

// `SHAPES: [Built; …]`, as FEJER_SHAPES asked of `build.rs`.
include!(concat!(env!("OUT_DIR"), "/shapes.rs"));

/// Makes the head of a factory checkpoint in the storage.
///
/// # Safety
/// `storage` is null or points to `length` writable bytes that nobody else uses.
pub unsafe fn place(
    storage: *mut c_void,
    length: usize,
    factory: &[u8],
    memory: usize,
    precision: f32,
) -> Outcome<*mut Door> {
    if storage.is_null() {
        return Err(FejerStatus::Null);
    }
    if !storage.cast::<Door>().is_aligned() {
        return Err(FejerStatus::Alignment);
    }
    if length < size_of::<Door>() {
        return Err(FejerStatus::Storage);
    }
    // SAFETY: there is room for a door, and it is aligned.
    unsafe { Door::close(storage) };
    let (link, features, outputs) = shape(factory)?;
    let label = if link == Link::Softmax { FejerLabel::Classes } else { FejerLabel::Numbers };
    let is_wanted = |built: &&Built| {
        let has = built.shape;
        (has.label, has.features, has.outputs, has.memory) == (label, features, outputs, memory)
    };
    let built = SHAPES.iter().find(is_wanted).ok_or(FejerStatus::Shape)?;
    if length < built.shape.storage {
        return Err(FejerStatus::Storage);
    }
    // SAFETY: there is room for its layout, and it is aligned.
    unsafe { (built.make)(storage, factory, precision) }
}

/// # Safety
/// `storage` points to room for a [`Layout`], which nobody else uses, aligned as one.
unsafe fn make<
    T: Label<OUTPUTS> + 'static,
    const FEATURES: usize,
    const ROWS: usize,
    const OUTPUTS: usize,
    const MEMORY: usize,
>(
    storage: *mut c_void,
    factory: &[u8],
    precision: f32,
) -> Outcome<*mut Door> {
    let layout = storage.cast::<Layout<T, FEATURES, ROWS, OUTPUTS, MEMORY>>();
    const { assert!(align_of::<Layout<T, FEATURES, ROWS, OUTPUTS, MEMORY>>() == align_of::<Door>()) }
    // SAFETY: all fields are within the room and aligned. The factory head is written before it is
    // borrowed and never again while a handle is good: the next `place` closes the door first.
    unsafe {
        let factory_at = &raw mut (*layout).factory;
        factory_at.write(decode_head(factory)?);
        let held = &raw mut (*layout).held;
        held.write(Held(Anchored::with_precision(&*factory_at, precision)?));
        let length = size_of::<Layout<T, FEATURES, ROWS, OUTPUTS, MEMORY>>();
        Ok(Door::build(storage, length, held))
    }
}
