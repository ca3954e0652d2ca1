//! The same algorithm once more: loops over numbers in f64, nothing kept from one block to the next,
//! written from mdlam_rapp.md A2 and A7 alone.

use fejer::Link;
use fejer_host::mdlam::{Settings, Solver};
use fejer_host::model::Loss;

use crate::problem::{Problem, WIDTHS};

type Rows = Vec<Vec<f64>>;

fn product(a: &Rows, w: &Rows) -> Rows {
    let columns = w[0].len();
    let cell = |row: &Vec<f64>, j: usize| row.iter().zip(w).map(|(a, w)| a * w[j]).sum();
    a.iter().map(|row| (0..columns).map(|j| cell(row, j)).collect()).collect()
}

fn transposed(a: &Rows) -> Rows {
    (0..a[0].len()).map(|j| a.iter().map(|row| row[j]).collect()).collect()
}

fn zip(a: &Rows, b: &Rows, with: impl Fn(f64, f64) -> f64) -> Rows {
    let rows = a.iter().zip(b);
    rows.map(|(a, b)| a.iter().zip(b).map(|(&a, &b)| with(a, b)).collect()).collect()
}

fn square(a: &Rows) -> f64 {
    a.iter().flatten().map(|a| a * a).sum()
}

/// (tr (XᵀX)⁶⁴)^(1/64), of the smaller Gram matrix.
fn bound(x: &Rows) -> f64 {
    let gram =
        if x.len() > x[0].len() { product(&transposed(x), x) } else { product(x, &transposed(x)) };
    let trace = |g: &Rows| (0..g.len()).map(|i| g[i][i]).sum::<f64>();
    let first = trace(&gram);
    let mut power = zip(&gram, &gram, |g, _| g / first);
    let mut logarithm = 0.0;
    for doubled in 1..=6 {
        power = product(&power, &power);
        let by = trace(&power);
        power = zip(&power, &power, |g, _| g / by);
        logarithm += by.ln() / 2_f64.powi(doubled);
    }
    first * logarithm.exp()
}

fn softmax(z: &[f64]) -> Vec<f64> {
    let top = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = z.iter().map(|z| (z - top).exp()).sum();
    z.iter().map(|z| (z - top).exp() / sum).collect()
}

/// A network in pieces.
pub struct Naive {
    link: Link,
    loss: Loss,
    settings: Settings,
    y: Rows,
    a: Vec<Rows>,
    old_a: Vec<Rows>,
    pub w: Vec<Rows>,
    old_w: Vec<Rows>,
    pub b: Rows,
    pub z: Vec<Rows>,
    epoch: i32,
    /// Epochs of this ε.
    phase: i32,
    s: f64,
}

impl Naive {
    pub fn new(problem: &Problem<f64>, settings: Settings) -> Self {
        let rows =
            |view: fejer_host::matrix::View<'_, f64>| view.each_row().map(<[_]>::to_vec).collect();
        let (mut w, mut b) = (Vec::new(), Vec::new());
        for layer in 0..WIDTHS.len() - 1 {
            let own = &problem.point[problem.model.weights(2 * layer)];
            let mut lines: Rows = own.chunks(WIDTHS[layer + 1]).map(<[_]>::to_vec).collect();
            b.push(lines.pop().expect("a bias"));
            w.push(lines);
        }
        let mut naive = Self {
            link: problem.link,
            loss: problem.loss,
            settings,
            y: rows(problem.target.view()),
            a: vec![rows(problem.input.view())],
            old_a: vec![],
            old_w: w.clone(),
            w,
            b,
            z: vec![],
            epoch: 0,
            phase: 0,
            s: 0.0,
        };
        for layer in 0..naive.w.len() {
            naive.z.push(naive.reached(layer, &naive.a[layer], &naive.w[layer]));
            naive.a.push(naive.h(layer));
        }
        naive.a.pop();
        naive.old_a = naive.a.clone();
        naive
    }

    fn reached(&self, layer: usize, a: &Rows, w: &Rows) -> Rows {
        let mut v = product(a, w);
        v.iter_mut().for_each(|v| v.iter_mut().zip(&self.b[layer]).for_each(|(v, b)| *v += b));
        v
    }

    fn h(&self, layer: usize) -> Rows {
        let mut h = self.z[layer].clone();
        h.iter_mut().for_each(|row| self.link.predict(row));
        h
    }

    fn omega(&self, w: &Rows) -> f64 {
        let sizes: f64 = w.iter().flatten().map(|w| w.abs()).sum();
        0.5 * self.settings.ridge * square(w) + self.settings.lasso * sizes
    }

    fn apart(&self, layer: usize, a: &Rows, w: &Rows) -> Rows {
        zip(&self.reached(layer, a, w), &self.z[layer], |v, z| v - z)
    }

    fn fit(&self, layer: usize, a: &Rows, w: &Rows) -> f64 {
        0.5 * self.settings.rho * square(&self.apart(layer, a, w))
    }

    pub fn epoch(&mut self) {
        let of = |epoch: i32, s: &Settings| (s.epsilon / 2_f64.powi(epoch)).max(s.least_epsilon);
        let epsilon = of(self.epoch, &self.settings);
        if self.epoch > 0 && epsilon != of(self.epoch - 1, &self.settings) {
            (self.phase, self.s) = (0, 0.0);
            for layer in 0..self.w.len() - 1 {
                let h = self.h(layer);
                self.a[layer + 1] =
                    zip(&self.a[layer + 1], &h, |a, h| a.clamp(h - epsilon, h + epsilon));
            }
            (self.old_a, self.old_w) = (self.a.clone(), self.w.clone());
        }
        let next = (1.0 + (1.0 + 4.0 * self.s * self.s).sqrt()) / 2.0;
        let omega = if self.phase < 2 { 0.0 } else { (self.s - 1.0) / next };
        for layer in 0..self.w.len() {
            self.weights(layer, omega);
            self.bias(layer);
            if layer + 1 < self.w.len() {
                self.scores(layer, epsilon);
                self.outputs(layer, epsilon, omega);
            } else {
                self.last();
            }
        }
        (self.s, self.epoch, self.phase) = (next, self.epoch + 1, self.phase + 1);
    }

    fn weights(&mut self, layer: usize, omega: f64) {
        let (a, w, s) = (&self.a[layer], &self.w[layer], &self.settings);
        let theta = s.rho * bound(a);
        let step = |from: &Rows| {
            let gradient = product(&transposed(a), &self.apart(layer, a, from));
            zip(from, &gradient, |from, g| {
                let free: f64 = from - s.rho * g / theta;
                let size = (free.abs() - s.lasso / theta).max(0.0);
                size.copysign(free) * theta / (theta + s.ridge)
            })
        };
        let value = |w: &Rows| self.fit(layer, a, w) + self.omega(w);
        let bar = zip(w, &self.old_w[layer], |w, old| w + omega * (w - old));
        let mut new = step(&bar);
        let moved = square(&zip(&new, w, |new, w| new - w));
        if omega > 0.0 && value(&new) > value(w) - 0.5e-4 * theta * moved {
            new = step(w);
        }
        self.old_w[layer] = std::mem::replace(&mut self.w[layer], new);
    }

    fn bias(&mut self, layer: usize) {
        let apart = self.apart(layer, &self.a[layer], &self.w[layer]);
        for (column, b) in self.b[layer].iter_mut().enumerate() {
            *b -= apart.iter().map(|row| row[column]).sum::<f64>() / apart.len() as f64;
        }
    }

    fn scores(&mut self, layer: usize, epsilon: f64) {
        let v = self.reached(layer, &self.a[layer], &self.w[layer]);
        let link = self.link;
        self.z[layer] = zip(&v, &self.a[layer + 1], |v, a| {
            let (low, high) = (a - epsilon, a + epsilon);
            let ends = match link {
                Link::Relu if low > 0.0 => [low, high],
                Link::Relu => [f64::NEG_INFINITY, high.max(0.0)],
                Link::LeakyRelu(slope) => {
                    [low, high].map(|u| if u > 0.0 { u } else { u / slope.value::<f64>() })
                }
                Link::Tanh => [low, high].map(|u| 0.5 * ((1.0 + u) / (1.0 - u)).abs().ln()),
                _ => [low, high].map(|u| (u / (1.0 - u)).abs().ln()),
            };
            let least = if link == Link::Tanh { -1.0 } else { 0.0 };
            let is_open = matches!(link, Link::Tanh | Link::Sigmoid);
            let low = if is_open && low <= least { f64::NEG_INFINITY } else { ends[0] };
            let high = if is_open && high >= 1.0 { f64::INFINITY } else { ends[1] };
            v.max(low).min(high)
        });
    }

    fn outputs(&mut self, layer: usize, epsilon: f64, omega: f64) {
        let (a, w, h) = (&self.a[layer + 1], &self.w[layer + 1], self.h(layer));
        let (above, rho) = (layer + 1, self.settings.rho);
        let tau = rho * bound(w);
        let step = |from: &Rows| {
            let gradient = product(&self.apart(above, from, w), &transposed(w));
            let free = zip(from, &gradient, |from, g| from - rho * g / tau);
            zip(&free, &h, |free, h| free.clamp(h - epsilon, h + epsilon))
        };
        let bar = zip(a, &self.old_a[above], |a, old| a + omega * (a - old));
        let mut new = step(&bar);
        let moved = square(&zip(&new, a, |new, a| new - a));
        if omega > 0.0 && self.fit(above, &new, w) > self.fit(above, a, w) - 0.5e-4 * tau * moved {
            new = step(a);
        }
        self.old_a[above] = std::mem::replace(&mut self.a[above], new);
    }

    /// Plain gradient steps to the end: slow and sure.
    fn last(&mut self) {
        let top = self.w.len() - 1;
        let v = self.reached(top, &self.a[top], &self.w[top]);
        let rho = self.settings.rho;
        for ((z, v), y) in self.z[top].iter_mut().zip(&v).zip(&self.y) {
            for _ in 0..20_000 {
                let p = if self.loss == Loss::SquaredError { z.clone() } else { softmax(z) };
                let length = if self.loss == Loss::SquaredError { 1.0 } else { 0.5 };
                let mut largest: f64 = 0.0;
                for (column, z) in z.iter_mut().enumerate() {
                    let g = p[column] - y[column] + rho * (*z - v[column]);
                    *z -= g / (length + rho);
                    largest = largest.max(g.abs());
                }
                if largest < 1e-14 {
                    break;
                }
            }
        }
    }
}

/// A·W + 1·bᵀ − Z of a layer, from a solver's variables.
pub fn residual(solver: &Solver<'_, f64>, problem: &Problem<f64>, layer: usize) -> Vec<f64> {
    let variables = solver.variables();
    let below = if layer == 0 { &problem.input } else { &variables.outputs[layer - 1] };
    let weights = &variables.point[problem.model.weights(2 * layer)];
    let columns = WIDTHS[layer + 1];
    let mut open = Vec::new();
    for (row, scores) in variables.scores[layer].view().each_row().enumerate() {
        for (column, score) in scores.iter().enumerate() {
            let given = below.row(row).iter().chain([&1.0]).enumerate();
            let v: f64 = given.map(|(i, a)| a * weights[i * columns + column]).sum();
            open.push(v - score);
        }
    }
    open
}

/// ρ·Aᵀ(A·W + 1·bᵀ − Z) of a layer, from a solver's variables.
pub fn gradient(
    solver: &Solver<'_, f64>,
    problem: &Problem<f64>,
    rho: f64,
    layer: usize,
) -> Vec<f64> {
    let variables = solver.variables();
    let below = if layer == 0 { &problem.input } else { &variables.outputs[layer - 1] };
    let (open, columns) = (residual(solver, problem, layer), WIDTHS[layer + 1]);
    let mut gradient = vec![0.0; WIDTHS[layer] * columns];
    for (row, open) in open.chunks(columns).enumerate() {
        for (place, g) in gradient.iter_mut().enumerate() {
            *g += rho * below.row(row)[place / columns] * open[place % columns];
        }
    }
    gradient
}
