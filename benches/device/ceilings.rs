//! The ceilings set for the steps, and which hold.

use fejer_host::figures::Figure;

use crate::line::Line;
use crate::target::MODELLED;

/// Features of the four sizes.
pub const SIZES: [usize; 4] = [16, 64, 128, 561];
const M3: &str = "thumbv7m-none-eabi";
const M0: &str = "thumbv6m-none-eabi";

type Quantity = fn(&Figure) -> u64;

/// A quantity of a step on a target, and its most at each of [`SIZES`].
struct Ceiling {
    name: &'static str,
    target: &'static str,
    scalar: &'static str,
    method: &'static str,
    of: Quantity,
    most: [u64; 4],
}

const INSTRUCTIONS: Quantity = |figure| figure.instructions;
const CYCLES: Quantity = |figure| figure.cycles.unwrap_or(u64::MAX);
const RAM: Quantity = |figure| figure.ram_bytes;
const TEXT: Quantity = |figure| figure.text_bytes;
const JITTER: Quantity = |figure| figure.jitter;

#[rustfmt::skip]
const CEILINGS: [Ceiling; 18] = [
    ceiling("instructions", MODELLED, "f32", "projected", INSTRUCTIONS, [570, 2_220, 6_700, 16_450]),
    ceiling("instructions", MODELLED, "f32", "extragradient", INSTRUCTIONS, [720, 2_450, 7_000, 17_000]),
    ceiling("instructions", MODELLED, "f32", "anchored", INSTRUCTIONS, [2_200, 5_000, 11_000, 21_000]),
    ceiling("cycles", MODELLED, "f32", "projected", CYCLES, [1_100, 4_150, 12_200, 30_000]),
    ceiling("RAM", MODELLED, "f32", "projected", RAM, [256, 256, 320, 256]),
    ceiling("RAM", MODELLED, "f32", "extragradient", RAM, [256, 256, 320, 256]),
    ceiling("RAM", MODELLED, "f32", "anchored", RAM, [512; 4]),
    ceiling("most − fewest", MODELLED, "f32", "projected", JITTER, [2; 4]),
    ceiling("most − fewest", MODELLED, "f32", "extragradient", JITTER, [2; 4]),
    ceiling("most − fewest", MODELLED, "f32", "anchored", JITTER, [2; 4]),
    ceiling("text", MODELLED, "f32", "projected", TEXT, [4096; 4]),
    ceiling("text", MODELLED, "f32", "extragradient", TEXT, [4096; 4]),
    ceiling("text", MODELLED, "f32", "anchored", TEXT, [4096; 4]),
    // Plain C at -O3; the issue holds the portable kernels to it at 64→6. At 16→4 it is smaller by seven.
    ceiling("instructions", MODELLED, "portable", "projected", INSTRUCTIONS, [UNBOUND, 4_636, 14_758, 37_441]),
    ceiling("instructions", M3, "q24", "projected", INSTRUCTIONS, [850, 3_600, 11_500, 29_000]),
    ceiling("instructions", M0, "q24", "projected", INSTRUCTIONS, [1_900, 7_500, 22_000, 54_000]),
    ceiling("text", M3, "q24", "projected", TEXT, [3072; 4]),
    ceiling("text", M0, "q24", "projected", TEXT, [3072; 4]),
];

const fn ceiling(
    name: &'static str,
    target: &'static str,
    scalar: &'static str,
    method: &'static str,
    of: Quantity,
    most: [u64; 4],
) -> Ceiling {
    Ceiling { name, target, scalar, method, of, most }
}

/// A size that is only printed.
const UNBOUND: u64 = u64::MAX;

/// Plain C at -O3, a projected step.
const PLAIN_C: [u64; 4] = [593, 4_636, 14_758, 37_441];

/// Row-blocked assembly with VMUL and VADD, a projected step: what the feature-major layout may beat.
const ROW_BLOCKED: [u64; 4] = [555, 2_159, 6_499, 15_972];

/// Prints every ceiling of the targets that were measured, with what was; gives a line for each of its sizes.
pub fn print(figures: &[Figure]) -> Vec<Line> {
    println!("| ceiling | 16→4 | 64→6 | 128→10 | 561→6 |\n|---|---|---|---|---|");
    let mut lines = Vec::new();
    let is_measured = |target: &str| figures.iter().any(|figure| figure.target == target);
    for ceiling in CEILINGS.iter().filter(|ceiling| is_measured(ceiling.target)) {
        let Ceiling { name, target, scalar, method, most, .. } = ceiling;
        print!("| {target} {scalar} {method}, {name} ");
        for (&size, &most) in SIZES.iter().zip(most) {
            let measured = measured(figures, ceiling, size);
            let holds = measured.is_some_and(|measured| measured <= most);
            let measured = measured.map_or("–".to_owned(), |measured| measured.to_string());
            if most == UNBOUND {
                print!("| {measured} ");
                continue;
            }
            print!("| {measured} {} {most} ", if holds { "≤" } else { "**>**" });
            let line = format!("{target} {scalar} {method}, {name}, {size} features");
            lines.push(Line::new(line, format!("≤ {most}"), measured, holds));
        }
        println!("|");
    }
    lines
}

fn measured(figures: &[Figure], ceiling: &Ceiling, size: usize) -> Option<u64> {
    let is_meant = |figure: &&Figure| {
        (figure.target.as_str(), figure.scalar.as_str()) == (ceiling.target, ceiling.scalar)
            && (figure.method.as_str(), figure.operation.as_str()) == (ceiling.method, "learn")
            && figure.features == size
    };
    figures.iter().find(is_meant).map(ceiling.of)
}

/// By how much the projected step needs fewer instructions than [`ROW_BLOCKED`], and the portable one
/// than [`PLAIN_C`].
pub fn against_others(figures: &[Figure]) -> [Line; 2] {
    let said = |what: &str, scalar, others: [u64; 4]| {
        let step = ceiling("", MODELLED, scalar, "projected", INSTRUCTIONS, others);
        let fewer = SIZES.iter().zip(others).map(|(&size, other)| {
            let ours = measured(figures, &step, size).unwrap_or_default();
            let percent = 100.0 * (ours as f64 - other as f64) / other as f64;
            format!("{ours} for {other} ({percent:+.1} %)")
        });
        let fewer = fewer.collect::<Vec<_>>().join(", ");
        println!("{what}, instructions: {fewer}");
        Line::new(what.to_owned(), "said", fewer, true)
    };
    [
        said("feature-major rows against row-blocked VMUL+VADD", "f32", ROW_BLOCKED),
        said("portable kernels against plain C", "portable", PLAIN_C),
    ]
}
