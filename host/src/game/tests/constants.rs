//! The constants of mdlam_rapp.md B3.

use super::super::Quadratic;
use super::*;

/// Points of a side of the grid.
const SIDE: u32 = 301;

/// F′ by central differences, good to 1e-8 for these polynomials.
fn jacobian(game: &Game, [x, y]: [f64; 2]) -> [[f64; 2]; 2] {
    const STEP: f64 = 1e-5;
    let across = less(field(game, [x + STEP, y]), field(game, [x - STEP, y]));
    let up = less(field(game, [x, y + STEP]), field(game, [x, y - STEP]));
    [0, 1].map(|row| [across[row] / (2.0 * STEP), up[row] / (2.0 * STEP)])
}

fn determinant([[a, b], [c, d]]: [[f64; 2]; 2]) -> f64 {
    a * d - b * c
}

fn spectral_norm(matrix: [[f64; 2]; 2]) -> f64 {
    let squares: f64 = matrix.as_flattened().iter().map(|value| value * value).sum();
    let apart = squares.powi(2) - 4.0 * determinant(matrix).powi(2);
    ((squares + apart.max(0.0).sqrt()) / 2.0).sqrt()
}

/// Least eigenvalue of the symmetric part of the inverse: the local constant of comonotonicity.
fn local_comonotone(matrix: [[f64; 2]; 2]) -> f64 {
    let [[a, b], [c, d]] = matrix;
    let scale = 1.0 / determinant(matrix);
    let (p, q, r) = (d * scale, a * scale, -(b + c) * scale / 2.0);
    (p + q) / 2.0 - ((p - q) / 2.0).hypot(r)
}

fn grid(radius: f64) -> impl Iterator<Item = [f64; 2]> {
    let at = move |index: u32| radius * (2.0 * f64::from(index) / f64::from(SIDE - 1) - 1.0);
    (0..SIDE).flat_map(move |row| (0..SIDE).map(move |column| [at(column), at(row)]))
}

/// ⟨F(x), x − x*⟩
fn towards(game: &Game, point: [f64; 2]) -> f64 {
    let ([f, g], facts) = (field(game, point), &game.facts);
    f * (point[0] - facts.solution[0]) + g * (point[1] - facts.solution[1])
}

/// ⟨F(x), x − x*⟩/‖F(x)‖², least on the grid and then about the point where it is.
fn weak_minty(game: &Game, radius: f64) -> f64 {
    let ratio = |point| {
        let square = norm(field(game, point)).powi(2);
        if square < 1e-9 { f64::INFINITY } else { towards(game, point) / square }
    };
    let least = |points: &mut dyn Iterator<Item = [f64; 2]>| {
        let of = points.map(|point| (ratio(point), point));
        of.fold(
            (f64::INFINITY, [0.0; 2]),
            |best, other| if other.0 < best.0 { other } else { best },
        )
    };
    let (_, about) = least(&mut grid(radius));
    let near = grid(2.0 * radius / f64::from(SIDE - 1));
    least(&mut near.map(|[x, y]| [about[0] + x, about[1] + y])).0
}

#[test]
fn the_solution_is_a_zero_and_lipschitz_and_weak_minty_constants_are_those_of_a_grid() {
    for name in PAIRS {
        let game = name.game(-0.1);
        let facts = &game.facts;
        let radius = facts.radius.unwrap_or(2.0);
        let solution = [facts.solution[0], facts.solution[1]];
        assert!(norm(field(&game, solution)) < 1e-15, "{name:?}");
        let largest = grid(radius).map(|point| spectral_norm(jacobian(&game, point)));
        let largest = largest.fold(0.0, f64::max);
        let apart = largest / facts.lipschitz - 1.0;
        assert!((-1e-4..1e-7).contains(&apart), "{name:?}: {largest} {}", facts.lipschitz);
        let least = weak_minty(&game, radius);
        let apart = least - facts.weak_minty;
        assert!((-1e-9..2e-5).contains(&apart), "{name:?}: {least} {}", facts.weak_minty);
    }
}

#[test]
fn constants_have_the_printed_digits() {
    let printed = [
        (Name::Forsaken, "12.4026"),
        (Name::PolarI, "18.5480"),
        (Name::PolarIi, "13.9384"),
        (Name::PolarIii, "6.3061"),
        (Name::GlobalForsaken, "3.0224"),
    ];
    for (name, lipschitz) in printed {
        assert_eq!(format!("{:.4}", name.game(0.0).facts.lipschitz), lipschitz, "{name:?}");
    }
    assert_eq!(format!("{:.7}", -0.5 / Name::Forsaken.game(0.0).facts.lipschitz), "-0.0403142");
    let products = [(Name::PolarI, -0.8855), (Name::PolarIi, -0.4996), (Name::PolarIii, -0.1006)];
    for (name, printed) in products {
        let facts = name.game(0.0).facts;
        assert!((facts.weak_minty * facts.lipschitz - printed).abs() < 5.005e-5, "{name:?}");
    }
    let root = (74_125_591.0 + 9_409.0 * 59_721_901_f64.sqrt()) / 2.0;
    let global = Name::GlobalForsaken.game(0.0).facts;
    assert!((root.sqrt() / 2_835.0 - global.lipschitz).abs() < 1e-14);
    let forsaken = Name::Forsaken.game(0.0).facts.solution;
    assert!((forsaken[0] - 0.078_026_67).abs() < 5.005e-9);
    assert!((forsaken[1] - 0.411_933_85).abs() < 5.005e-9);
}

/// What makes a weak Minty inequality of F one of F with the box: what the box adds points outwards.
#[test]
fn on_the_boundary_of_its_box_every_field_leads_away_from_the_solution() {
    for name in PAIRS {
        let game = name.game(0.0);
        let Some(radius) = game.facts.radius else { continue };
        let edge = grid(radius).filter(|[x, y]| x.abs().max(y.abs()) > radius - 1e-12);
        let least = edge.map(|point| towards(&game, point)).fold(f64::INFINITY, f64::min);
        assert!(least > 0.0, "{name:?}: {least}");
    }
}

#[test]
fn comonotonicity_is_local_at_best_and_far_weaker_than_weak_minty_on_the_polar_games() {
    for (name, times) in [(Name::PolarI, -10.2), (Name::PolarIi, -5.7), (Name::PolarIii, -1.13)] {
        let game = name.game(0.0);
        let stated = game.facts.comonotone.unwrap();
        let least = grid(1.1).map(|point| local_comonotone(jacobian(&game, point)));
        let least = least.fold(f64::INFINITY, f64::min);
        assert!((stated..0.97 * stated).contains(&least), "{name:?}: {least} {stated}");
        assert!((least * game.facts.lipschitz / times - 1.0).abs() < 0.01, "{name:?}: {least}");
    }
    for name in [Name::Forsaken, Name::GlobalForsaken] {
        let game = name.game(0.0);
        assert!(game.facts.comonotone.is_none());
        let radius = game.facts.radius.unwrap();
        let signs = grid(radius).map(|point| determinant(jacobian(&game, point)).signum());
        assert!(
            signs.fold(0.0, |sum: f64, sign| sum + sign).abs() < f64::from(SIDE * SIDE),
            "{name:?}"
        );
    }
}

/// ⟨F(x) − F(y), x − y⟩ = ρ‖F(x) − F(y)‖² and ‖F(x) − F(y)‖ = L‖x − y‖, for all x and y.
#[test]
fn the_quadratic_game_is_exactly_comonotone_and_its_resolvent_inverts_it() {
    for (comonotone, lipschitz) in [(0.3, 1.0), (-0.25, 1.0), (-1.0 / 9.0, 3.0), (-0.9, 1.0)] {
        let quadratic = Quadratic::new(comonotone, lipschitz);
        let (x, y) = ([0.3, -1.2], [2.0, 0.7]);
        let change = less(quadratic.field(x), quadratic.field(y));
        let away = less(x, y);
        let product = change[0] * away[0] + change[1] * away[1];
        assert!((product / norm(change).powi(2) - comonotone).abs() < 1e-14);
        assert!((norm(change) / norm(away) - lipschitz).abs() < 1e-14);
        let back = quadratic.resolvent(0.4, x);
        let [f, g] = quadratic.field(back);
        assert!(norm(less([back[0] + 0.4 * f, back[1] + 0.4 * g], x)) < 1e-14);
        assert!((quadratic.game().facts.weak_minty - comonotone).abs() < 1e-14);
    }
    // The lower-bound instance of the notes: a = 2√2, b = −1.
    let [pull, turn] = Quadratic::new(-1.0 / 9.0, 3.0).field([1.0, 0.0]);
    assert!((pull + 1.0).abs() < 1e-14 && (turn + 8_f64.sqrt()).abs() < 1e-14);
}
