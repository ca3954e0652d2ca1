//! Vectors of the processor, as wide as it has them, for loops whose sums must stay in registers.
//! Unlike [`super::vectorised`] they round a product and a sum once where the processor can, as
//! `gemm` does.

use pulp::{Simd, bytemuck};

/// Numbers that fit into vectors side by side.
pub trait Lanes: Copy {
    /// As many of them as a register holds.
    type Vector<S: Simd>: Copy + bytemuck::Pod;

    /// The same number in every lane.
    fn splat<S: Simd>(simd: S, value: Self) -> Self::Vector<S>;

    /// a·b + c
    fn multiply_add<S: Simd>(
        simd: S,
        a: Self::Vector<S>,
        b: Self::Vector<S>,
        c: Self::Vector<S>,
    ) -> Self::Vector<S>;

    /// a + b
    fn sum<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;

    /// The first choice where the first of the pair is greater, else the second.
    fn where_greater<S: Simd>(
        simd: S,
        pair: [Self::Vector<S>; 2],
        choice: [Self::Vector<S>; 2],
    ) -> Self::Vector<S>;

    /// The first choice where the pair is equal, else the second.
    fn where_equal<S: Simd>(
        simd: S,
        pair: [Self::Vector<S>; 2],
        choice: [Self::Vector<S>; 2],
    ) -> Self::Vector<S>;
}

macro_rules! impl_lanes {
    (
        $float:ty, $vector:ident, $splat:ident, $multiply_add:ident, $add:ident,
        $greater:ident, $equal:ident, $select:ident
    ) => {
        impl Lanes for $float {
            type Vector<S: Simd> = S::$vector;

            #[inline(always)]
            fn splat<S: Simd>(simd: S, value: Self) -> S::$vector {
                simd.$splat(value)
            }

            #[inline(always)]
            fn multiply_add<S: Simd>(
                simd: S,
                a: S::$vector,
                b: S::$vector,
                c: S::$vector,
            ) -> S::$vector {
                simd.$multiply_add(a, b, c)
            }

            #[inline(always)]
            fn sum<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$add(a, b)
            }

            #[inline(always)]
            fn where_greater<S: Simd>(
                simd: S,
                [a, b]: [S::$vector; 2],
                [yes, no]: [S::$vector; 2],
            ) -> S::$vector {
                simd.$select(simd.$greater(a, b), yes, no)
            }

            #[inline(always)]
            fn where_equal<S: Simd>(
                simd: S,
                [a, b]: [S::$vector; 2],
                [yes, no]: [S::$vector; 2],
            ) -> S::$vector {
                simd.$select(simd.$equal(a, b), yes, no)
            }
        }
    };
}

impl_lanes!(
    f32,
    f32s,
    splat_f32s,
    mul_add_e_f32s,
    add_f32s,
    greater_than_f32s,
    equal_f32s,
    select_f32s
);
impl_lanes!(
    f64,
    f64s,
    splat_f64s,
    mul_add_e_f64s,
    add_f64s,
    greater_than_f64s,
    equal_f64s,
    select_f64s
);

/// How many numbers a vector has.
#[inline(always)]
pub fn lanes<T: Lanes, S: Simd>() -> usize {
    size_of::<T::Vector<S>>() / size_of::<T>()
}

/// The vector that begins here, all of it numbers.
#[inline(always)]
pub fn load_whole<T: Lanes + bytemuck::Pod, S: Simd>(values: &[T], at: usize) -> T::Vector<S> {
    bytemuck::cast_slice(&values[at..at + lanes::<T, S>()])[0]
}

/// The vector that begins here; zeros where the numbers end before.
#[inline(always)]
pub fn load<T: Lanes + bytemuck::Pod, S: Simd>(values: &[T], at: usize) -> T::Vector<S> {
    let end;
    // one load from either place: a vector out of two branches would go through memory
    let numbers = match values.get(at..at + lanes::<T, S>()) {
        Some(numbers) => numbers,
        None => {
            end = load_end::<T, S>(values.get(at..).unwrap_or_default());
            bytemuck::cast_slice(std::slice::from_ref(&end))
        }
    };
    bytemuck::cast_slice(numbers)[0]
}

// apart, so that the loops around keep their sums in registers
#[cold]
#[inline(never)]
fn load_end<T: Lanes + bytemuck::Pod, S: Simd>(rest: &[T]) -> T::Vector<S> {
    let mut vector = bytemuck::Zeroable::zeroed();
    numbers_mut::<T, S>(&mut vector)[..rest.len()].copy_from_slice(rest);
    vector
}

/// Writes the vector from here on; lanes beyond the numbers are dropped.
#[inline(always)]
pub fn store<T: Lanes + bytemuck::Pod, S: Simd>(values: &mut [T], at: usize, vector: T::Vector<S>) {
    match values.get_mut(at..at + lanes::<T, S>()) {
        Some(values) => bytemuck::cast_slice_mut(values)[0] = vector,
        None => store_end::<T, S>(&mut values[at..], vector),
    }
}

#[cold]
#[inline(never)]
fn store_end<T: Lanes + bytemuck::Pod, S: Simd>(rest: &mut [T], mut vector: T::Vector<S>) {
    rest.copy_from_slice(&numbers_mut::<T, S>(&mut vector)[..rest.len()]);
}

/// The numbers of a vector.
#[inline(always)]
pub fn numbers_mut<T: Lanes + bytemuck::Pod, S: Simd>(vector: &mut T::Vector<S>) -> &mut [T] {
    bytemuck::cast_slice_mut(std::slice::from_mut(vector))
}
