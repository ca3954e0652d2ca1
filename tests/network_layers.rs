//! Layers that do not fit, and what the message says of it; initial weights.

use fejer::Link;
use fejer_host::layer::{
    BatchNorm, Chebyshev, Convolution, Dense, Dropout, Flatten, Graph, Image, Initialiser, Mode,
    Pool, Pooling, Shape, gcn_norm,
};
use fejer_host::matrix::{Csr, Matrix, View};
use fejer_host::model::{Batch, Loss, Model, Stage};

fn refused(input: Shape, stages: Vec<Stage<f32>>) -> String {
    Model::new(input, stages, Loss::SquaredError).err().expect("does not fit").to_string()
}

const PICTURE: Image = Image { height: 4, width: 5, channels: 2 };

#[test]
fn what_does_not_fit_is_refused_with_stage_shapes_and_remedy() {
    let filter = gcn_norm::<f32>(3, &[(0, 1)]).expect("edges of 3 nodes");
    let graph = Stage::layer(Graph::new(filter, 2, 2).expect("square"));
    let wide = Convolution { image: PICTURE, filters: 3, size: 7, stride: 1, padding: 1 };
    let no_stride = Pool { pooling: Pooling::Maximum, image: PICTURE, size: 2, stride: 0 };
    let pointwise = Convolution { image: PICTURE, filters: 3, size: 0, stride: 1, padding: 0 };
    let cases = [
        (Shape::flat(3), vec![], "3 an example; give at least one layer"),
        (
            Shape::flat(3),
            vec![Stage::layer(Dense::new(3, 0))],
            "stage 0 (dense): leaves nothing to compute on, 1 × 0",
        ),
        (PICTURE.shape(), vec![Stage::layer(pointwise)], "or its side or stride is 0"),
        (
            Shape::flat(3),
            vec![
                Stage::layer(Dense::new(3, 4)),
                Stage::Link(Link::Relu),
                Stage::layer(Dense::new(5, 2)),
            ],
            "stage 2 (dense): takes examples of 5 channels, but gets 1 × 4",
        ),
        (Shape::flat(2), vec![graph], "stage 0 (graph): takes examples of 3 × 2, but gets 1 × 2"),
        (
            Shape::flat(40),
            vec![Stage::layer(wide)],
            "stage 0 (convolution): takes examples of 20 × 2 (4 × 5 pixels), but gets 1 × 40",
        ),
        (
            PICTURE.shape(),
            vec![Stage::layer(wide)],
            "a window of 7 × 7 does not fit into an image of 6 × 7",
        ),
        (PICTURE.shape(), vec![Stage::layer(no_stride)], "or its side or stride is 0"),
        (
            PICTURE.shape(),
            vec![Stage::layer(Flatten), Stage::layer(BatchNorm::new(2))],
            "stage 1 (batch_norm): takes examples of 2 channels, but gets 1 × 40",
        ),
    ];
    for (input, stages, expected) in cases {
        let message = refused(input, stages);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn an_edge_to_nowhere_and_a_filter_that_is_not_square_are_refused() {
    let message = gcn_norm::<f32>(3, &[(0, 1), (2, 3)]).expect_err("node 3 of 3").to_string();
    assert!(message.starts_with("edge 1 goes from node 2 to node 3"), "{message}");
    assert!(message.contains("0 to 2"), "{message}");
    let oblong = Csr::<f32>::new(2, 3, vec![]);
    assert!(Graph::new(oblong, 1, 1).expect_err("not square").to_string().contains("2 × 3"));
}

/// PyTorch's `Linear(300, 100)` and PyG's `GCNConv`: bounds, means and the zero biases.
#[test]
fn initial_weights_fill_their_interval_and_depend_on_the_seed_alone() {
    let stages = vec![Stage::layer(Dense::new(300, 100))];
    let model = Model::<f64>::new(Shape::flat(300), stages, Loss::SquaredError).expect("fits");
    let bounds = [
        (Initialiser::Glorot, (6.0_f64 / 400.0).sqrt(), 0.0),
        (Initialiser::He, (6.0_f64 / 300.0).sqrt(), 0.0),
        (Initialiser::Torch, (1.0_f64 / 300.0).sqrt(), (1.0_f64 / 300.0).sqrt()),
    ];
    for (rule, bound, bias_bound) in bounds {
        let point = model.initial_point(rule, 5);
        assert_eq!(point, model.initial_point(rule, 5));
        assert_ne!(point, model.initial_point(rule, 6));
        let (matrix, bias) = point.split_at(300 * 100);
        let most =
            |values: &[f64]| values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        assert!(most(matrix) <= bound && most(matrix) > 0.999 * bound, "{rule:?}");
        assert!(most(bias) <= bias_bound && most(bias) >= 0.9 * bias_bound, "{rule:?}");
        let variance = matrix.iter().map(|w| w * w).sum::<f64>() / matrix.len() as f64;
        // 30 000 draws: their mean square is off by .5 %, three deviations are 1.6 %
        assert!((variance / (bound * bound / 3.0) - 1.0).abs() < 0.016, "{rule:?}: {variance}");
    }
}

/// Running statistics approach those of the data; evaluation uses them, training its batch's.
#[test]
fn batch_normalisation_evaluates_with_what_it_absorbed() {
    let stages = vec![Stage::layer(BatchNorm::new(1)), Stage::Link(Link::Identity)];
    let mut model = Model::<f64>::new(Shape::flat(1), stages, Loss::SquaredError).expect("fits");
    let point = model.initial_point(Initialiser::Torch, 1);
    let mut tape = model.tape();
    let input = Matrix::new(4, 1, vec![1.0, 3.0, 5.0, 7.0]);
    let target = Matrix::zeros(4, 1);
    let batch = Batch::new(input.view(), target.view());
    let raw = model.predict(&point, input.view(), &mut tape).values().to_vec();
    // mean 0 and variance 1 before anything was seen
    model.absorb(&tape);
    assert!((raw[3] - 7.0).abs() < 1e-4);
    for _ in 0..300 {
        model.loss(&point, batch, &mut tape);
        // an evaluation between, of another size, changes nothing
        model.predict(&point, View::new(1, 1, &[9.0]), &mut tape);
        model.absorb(&tape);
    }
    // mean 4; the unbiased variance 20/3, where the batch's is 5: PyTorch's convention
    let seen = model.predict(&point, input.view(), &mut tape).values().to_vec();
    assert!((seen[3] - 3.0 / (20.0_f64 / 3.0 + 1e-5).sqrt()).abs() < 1e-9, "{seen:?}");
    let trained = model.forward(&point, input.view(), Mode::Train, &mut tape).values().to_vec();
    assert!((trained[3] - 3.0 / (5.0_f64 + 1e-5).sqrt()).abs() < 1e-12, "{trained:?}");
}

/// The share that is dropped, the mean that stays, and masks that change with the step alone.
#[test]
fn dropout_keeps_the_mean_and_its_mask_until_a_step_ends() {
    const COUNT: usize = 20_000;
    let stages = vec![Stage::layer(Dropout::new(0.3, 5).expect("a probability"))];
    let mut model = Model::<f64>::new(Shape::flat(100), stages, Loss::SquaredError).expect("fits");
    let input = Matrix::new(COUNT / 100, 100, vec![1.0; COUNT]);
    let mut tape = model.tape();
    let mut masks = vec![];
    for _ in 0..2 {
        let first = model.forward(&[], input.view(), Mode::Train, &mut tape).values().to_vec();
        let again = model.forward(&[], input.view(), Mode::Train, &mut tape).values().to_vec();
        assert_eq!(first, again);
        model.absorb(&tape);
        masks.push(first);
    }
    assert_ne!(masks[0], masks[1]);
    for mask in &masks {
        let dropped = mask.iter().filter(|&&value| value == 0.0).count() as f64 / COUNT as f64;
        // the deviation of a share of 20 000 is .0032: four of them
        assert!((dropped - 0.3).abs() < 0.013, "{dropped}");
        assert!(mask.iter().all(|&value| value == 0.0 || (value - 1.0 / 0.7).abs() < 1e-15));
    }
    let evaluated = model.predict(&[], input.view(), &mut tape).values().to_vec();
    assert_eq!(evaluated, input.values());
    assert!(Dropout::new(1.0, 5).expect_err("always").to_string().contains("below 1"));
}

/// T₀ to T₃ of the filter ½ are 1, ½, −½, −1.
#[test]
fn a_filter_bank_has_chebyshevs_polynomials_side_by_side() {
    let filter = Csr::new(1, 1, vec![(0, 0, 0.5_f64)]);
    let stages = vec![Stage::layer(Chebyshev::new(filter, 4).expect("square"))];
    let model = Model::new(Shape::flat(2), stages, Loss::SquaredError).expect("fits");
    let input = Matrix::new(1, 2, vec![1.0, 3.0]);
    let found = model.predict(&[], input.view(), &mut model.tape()).values().to_vec();
    assert_eq!(found, [1.0, 3.0, 0.5, 1.5, -0.5, -1.5, -1.0, -3.0]);
}
