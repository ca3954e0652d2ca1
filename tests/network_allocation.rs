//! After the first step a model allocates nothing but what `gemm` packs: its version 0.19 takes two
//! small buffers a product from the heap, whatever the caller does. Counted are all threads.
#![expect(unsafe_code, reason = "an allocator that counts")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use fejer::{Free, Link, Method, ProjectedStep};
use fejer_host::layer::{
    BatchNorm, Chebyshev, Convolution, Dense, Dropout, Flatten, Graph, Image, Initialiser, Pool,
    Pooling, Select, Shape, SpectralNorm, TransposedConvolution, gcn_norm,
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

/// Steps on batches of these sizes, every layer of the crate in one of two models.
fn allocations(mut model: Model<f32>, examples: [usize; 4]) -> [usize; 4] {
    let [shape, output] = [model.input(), model.output()];
    let most = examples.into_iter().max().unwrap_or(0);
    let numbers = most * shape.sites * shape.channels;
    let inputs = (0..numbers).map(|k| (k % 7) as f32).collect();
    let inputs = Matrix::new(most * shape.sites, shape.channels, inputs);
    let targets = Matrix::zeros(most * output.sites, output.channels);
    let mut point = model.initial_point(Initialiser::He, 1);
    let mut method = ProjectedStep(vec![0.0; point.len()]);
    let mut tape = model.tape();
    examples.map(|examples| {
        let before = COUNT.load(Ordering::Relaxed);
        let batch = Batch::new(
            inputs.view().blocks(examples * shape.sites).next().expect("enough"),
            targets.view().blocks(examples * output.sites).next().expect("enough"),
        );
        for field in [Field::Gradient, Field::Monotone] {
            let operator = ModelOperator::new(&model, batch, field, &mut tape);
            method.advance(&operator, &Free, 0.1, &mut point);
            model.absorb(&tape);
        }
        COUNT.load(Ordering::Relaxed) - before
    })
}

/// A convolution by patches, one by vectors, the way back; both kinds of pooling.
fn images() -> Model<f32> {
    let image = Image { height: 8, width: 8, channels: 2 };
    let direct = Convolution { image, filters: 4, size: 3, stride: 1, padding: 0 };
    let image = direct.output_image();
    let pool = Pool { pooling: Pooling::Maximum, image, size: 2, stride: 2 };
    let image = pool.output_image();
    let patches = Convolution { image, filters: 4, size: 2, stride: 2, padding: 1 };
    let up = TransposedConvolution::new(patches.output_image(), 3, 2, 1, 0);
    let image = up.output_image();
    let mean = Pool { pooling: Pooling::Average, image, size: 2, stride: 1 };
    let filters =
        Convolution { image: mean.output_image(), filters: 3, size: 1, stride: 1, padding: 0 };
    let sites = filters.output_image().shape().sites;
    let stages = vec![
        Stage::layer(direct),
        Stage::layer(BatchNorm::new(4)),
        Stage::Link(Link::Relu),
        Stage::layer(pool),
        Stage::layer(patches),
        Stage::Link(Link::Tanh),
        Stage::layer(up),
        Stage::layer(mean),
        Stage::layer(SpectralNorm::convolution(filters, 1)),
        Stage::layer(Flatten),
        Stage::layer(Dropout::new(0.3, 1).expect("a probability")),
        Stage::layer(SpectralNorm::dense(sites * 3, 6, 1)),
        Stage::Link(Link::Relu),
        Stage::layer(Dense::new(6, 5)),
        Stage::Link(Link::Softmax),
    ];
    Model::new(direct.image.shape(), stages, Loss::SquaredError).expect("fits")
}

/// All layers of graphs.
fn nodes() -> Model<f32> {
    let filter = gcn_norm(4, &[(0, 1), (1, 2), (3, 1)]).expect("nodes");
    let graph = |inputs, outputs| {
        Stage::layer(Graph::new(filter.clone(), inputs, outputs).expect("square"))
    };
    let stages = vec![
        Stage::layer(Chebyshev::new(filter.clone(), 3).expect("square")),
        graph(6, 3),
        Stage::Link(Link::Relu),
        graph(3, 5),
        Stage::layer(Select::new(4, vec![2, 0]).expect("nodes")),
        Stage::Link(Link::Softmax),
    ];
    let shape = Shape { sites: 4, channels: 2 };
    Model::new(shape, stages, Loss::SquaredError).expect("fits")
}

#[test]
fn after_the_first_step_nothing_is_allocated_but_what_gemm_packs() {
    // the smaller batch after the larger, as the last of an epoch
    let examples = [8, 8, 3, 8];
    // products of an image by patches: up, down and for the weights; of a batch: those of two dense
    // layers, and of two graph layers
    for (model, of_image, of_batch) in [(images(), 3, 6), (nodes(), 0, 6)] {
        let counts = allocations(model, examples);
        println!("allocations a step: {counts:?}");
        assert!(counts[0] > 0, "the counter counts");
        for (count, examples) in counts.into_iter().zip(examples).skip(1) {
            // both fields, whose drives may take another way down; gemm takes two buffers a product
            let packed = 2 * 2 * 2 * (of_image * examples + of_batch);
            assert!(count <= packed, "{examples} examples: {counts:?}");
        }
    }
}
