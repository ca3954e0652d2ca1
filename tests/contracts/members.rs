//! Every set and regulariser there is, each with its slow twin: a new one is one line in [`members`].

use fejer::prox::{BiasExempt, PerRow};
use fejer::{Anchor, BoundedSet, ElasticNet, Free, GroupLasso, Interval, L1Ball, L2Ball};
use fejer::{Lasso, NonNegative, Prox, Ridge, Scalar, Simplex};

use super::support::twin;

/// Length of the points: three rows of two, the last row the bias where there is one.
pub const LENGTH: usize = 6;
const COLUMNS: usize = 2;
const ANCHOR: [f32; LENGTH] = [0.5, -1.25, 2.0, 0.0, -0.75, 3.5];

pub type Twin = Box<dyn Fn(f64, &[f64]) -> Vec<f64>>;
pub type Value = Box<dyn Fn(&[f64]) -> f64>;

/// A set or regulariser, its slow resolvent and its value h (0 on a set).
pub struct Member<S: Scalar> {
    pub name: &'static str,
    /// Name of its type, with the path.
    pub kind: &'static str,
    pub prox: Box<dyn Prox<S>>,
    pub twin: Twin,
    pub value: Value,
    pub is_set: bool,
    pub bounded: Option<Bounded<S>>,
}

/// A bounded set and its slow support function.
pub struct Bounded<S: Scalar> {
    pub set: Box<dyn BoundedSet<S>>,
    pub support: Value,
}

fn penalty<S: Scalar, P: Prox<S> + 'static>(
    name: &'static str,
    prox: P,
    value: impl Fn(&[f64]) -> f64 + 'static,
    twin: impl Fn(f64, &[f64]) -> Vec<f64> + 'static,
) -> Member<S> {
    let (prox, twin) = (Box::new(prox), Box::new(twin));
    let (kind, value) = (std::any::type_name::<P>(), Box::new(value));
    Member { name, kind, prox, twin, value, is_set: false, bounded: None }
}

fn set<S: Scalar>(
    name: &'static str,
    prox: impl Prox<S> + 'static,
    twin: impl Fn(&[f64]) -> Vec<f64> + 'static,
) -> Member<S> {
    Member { is_set: true, ..penalty(name, prox, |_| 0.0, move |_, x| twin(x)) }
}

fn bounded<S: Scalar>(
    name: &'static str,
    prox: impl BoundedSet<S> + Clone + 'static,
    twin: impl Fn(&[f64]) -> Vec<f64> + 'static,
    support: impl Fn(&[f64]) -> f64 + 'static,
) -> Member<S> {
    let bounded = Bounded { set: Box::new(prox.clone()), support: Box::new(support) };
    Member { bounded: Some(bounded), ..set(name, prox, twin) }
}

/// Every set and regulariser there is, bare and wrapped.
pub fn members<S: Scalar>() -> Vec<Member<S>> {
    use twin::{anchor, bias_exempt, elastic_net, group_lasso, interval, norm, per_row};
    let n = S::from_f32;
    let weights: &'static [S] = Box::leak(Box::new(ANCHOR.map(n)));
    let near = || ANCHOR.map(f64::from);
    let l1 = |x: &[f64]| x.iter().map(|x| x.abs()).sum::<f64>();
    vec![
        set("free", Free, |x| x.to_vec()),
        set("non-negative", NonNegative, |x| interval(0.0, 1e3, x)),
        bounded(
            "interval",
            Interval { low: n(-0.5), high: n(2.0) },
            |x| interval(-0.5, 2.0, x),
            |d| twin::interval_support(-0.5, 2.0, d),
        ),
        bounded("ℓ2 ball", L2Ball { radius: n(1.5) }, |x| twin::l2_ball(1.5, x), |d| 1.5 * norm(d)),
        bounded(
            "small ℓ2 ball",
            L2Ball { radius: n(0.0625) },
            |x| twin::l2_ball(0.0625, x),
            |d| 0.0625 * norm(d),
        ),
        bounded(
            "ℓ1 ball",
            L1Ball { radius: n(2.5) },
            |x| twin::l1_ball(2.5, x),
            |d| 2.5 * twin::largest(d),
        ),
        bounded("simplex", Simplex { total: n(1.0) }, |x| twin::simplex(1.0, x), twin::top),
        bounded(
            "large simplex",
            Simplex { total: n(7.0) },
            |x| twin::simplex(7.0, x),
            |d| 7.0 * twin::top(d),
        ),
        penalty(
            "ridge",
            Ridge { precision: n(0.75) },
            |x| 0.375 * norm(x).powi(2),
            |step, x| elastic_net(0.0, 0.75 * step, x),
        ),
        penalty(
            "lasso",
            Lasso { strength: n(0.5) },
            move |x| 0.5 * l1(x),
            |step, x| elastic_net(0.5 * step, 0.0, x),
        ),
        penalty(
            "elastic net",
            ElasticNet { strength: n(0.5), precision: n(0.25) },
            move |x| 0.5 * l1(x) + 0.125 * norm(x).powi(2),
            |step, x| elastic_net(0.5 * step, 0.25 * step, x),
        ),
        penalty(
            "group lasso",
            GroupLasso::<S, COLUMNS> { strength: n(0.5) },
            |x| x.chunks(COLUMNS).map(|row| 0.5 * norm(row)).sum(),
            |step, x| group_lasso(0.5 * step, COLUMNS, x),
        ),
        penalty(
            "anchor",
            Anchor { weights, precision: n(0.25) },
            move |x| 0.125 * x.iter().zip(near()).map(|(x, a)| (x - a).powi(2)).sum::<f64>(),
            move |step, x| anchor(0.25 * step, &near(), x),
        ),
        bounded(
            "ℓ1 ball per row",
            PerRow::<_, COLUMNS>(L1Ball { radius: n(0.5) }),
            |x| per_row(COLUMNS, x, |row| twin::l1_ball(0.5, row)),
            |d| d.chunks(COLUMNS).map(|row| 0.5 * twin::largest(row)).sum(),
        ),
        set(
            "ℓ2 ball but for the bias",
            BiasExempt::<_, COLUMNS>(L2Ball { radius: n(1.5) }),
            |x| bias_exempt(COLUMNS, x, |weights| twin::l2_ball(1.5, weights)),
        ),
    ]
}
