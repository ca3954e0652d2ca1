//! After the first step a model allocates nothing but what `gemm` packs: its version 0.19 takes two
//! small buffers a product from the heap, whatever the caller does.
#![expect(unsafe_code, reason = "an allocator that counts")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use fejer::{Free, Link, Method, ProjectedStep};
use fejer_host::layer::{
    BatchNorm, Convolution, Dense, Flatten, Image, Initialiser, Pool, Pooling,
};
use fejer_host::matrix::Matrix;
use fejer_host::model::{Batch, Field, Loss, Model, ModelOperator, Stage};

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: everything is the system allocator's; the counter is a plain thread-local number.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
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
        let before = COUNT.get();
        let batch = Batch {
            input: inputs.view().blocks(examples * 64).next().expect("enough"),
            target: targets.view().blocks(examples).next().expect("enough"),
        };
        for field in [Field::Gradient, Field::Monotone] {
            let operator = ModelOperator::new(&model, batch, field, &mut tape);
            method.advance(&operator, &Free, 0.1, &mut point);
            model.absorb(&tape);
        }
        COUNT.get() - before
    };
    let counts = [8, 8, 3, 8].map(&mut step);
    println!("allocations a step: {counts:?}");
    assert!(counts[0] > 0, "the counter counts");
    // a pass multiplies twice forward, twice for the weights and once for the signal
    const GEMM: usize = 2 * 2 * (2 + 2 + 1);
    assert!(counts[1..].iter().all(|&count| count <= GEMM), "{counts:?}");
}
