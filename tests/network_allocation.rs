//! After the first step a model allocates nothing but what `gemm` packs: its version 0.19 takes two
//! small buffers a product from the heap, whatever the caller does. Counted are all threads.
#![expect(unsafe_code, reason = "an allocator that counts")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use fejer::{Free, Link, Method, ProjectedStep};
use fejer_host::layer::{
    BatchNorm, Convolution, Dense, Flatten, Image, Initialiser, Pool, Pooling,
};
use fejer_host::matrix::Matrix;
use fejer_host::model::{Batch, Field, Loss, Model, ModelOperator, Stage};

static COUNT: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: everything is the system allocator's; the counter is an atomic number.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn after_the_first_step_nothing_is_allocated_but_what_gemm_packs() {
    let image = Image { height: 8, width: 8, channels: 2 };
    let convolution = Convolution { image, filters: 4, size: 3, stride: 1, padding: 0 };
    let image = convolution.output_image();
    let stages = vec![
        Stage::layer(convolution),
        Stage::layer(BatchNorm::new(4)),
        Stage::Link(Link::Relu),
        Stage::layer(Pool { pooling: Pooling::Maximum, image, size: 2, stride: 2 }),
        Stage::layer(Flatten),
        Stage::layer(Dense::new(3 * 3 * 4, 5)),
        Stage::Link(Link::Softmax),
    ];
    let input = convolution.image.shape();
    let mut model = Model::<f32>::new(input, stages, Loss::SquaredError).expect("fits");
    let mut point = model.initial_point(Initialiser::He, 1);
    let mut method = ProjectedStep(vec![0.0; point.len()]);
    let mut tape = model.tape();
    let inputs = Matrix::new(8 * 64, 2, (0..8 * 64 * 2).map(|k| (k % 7) as f32).collect());
    let targets = Matrix::zeros(8, 5);
    // the smaller batch after the larger, as the last of an epoch
    let mut step = |examples: usize| {
        let before = COUNT.load(Ordering::Relaxed);
        let batch = Batch::new(
            inputs.view().blocks(examples * 64).next().expect("enough"),
            targets.view().blocks(examples).next().expect("enough"),
        );
        for field in [Field::Gradient, Field::Monotone] {
            let operator = ModelOperator::new(&model, batch, field, &mut tape);
            method.advance(&operator, &Free, 0.1, &mut point);
            model.absorb(&tape);
        }
        COUNT.load(Ordering::Relaxed) - before
    };
    let examples = [8, 8, 3, 8];
    let counts = examples.map(&mut step);
    println!("allocations a step: {counts:?}");
    assert!(counts[0] > 0, "the counter counts");
    for (count, examples) in counts.into_iter().zip(examples).skip(1) {
        // both fields: a convolution multiplies twice an image, a dense layer up, down and for its
        // weights; gemm takes two buffers a product
        let packed = 2 * 2 * (2 * examples + 3);
        assert!(count <= packed, "{examples} examples: {counts:?}");
    }
}
