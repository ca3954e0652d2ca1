//! The tests that measure, and the figures each owes: one for every sentence of the issue.

use super::super::Line;

/// A test binary and what the lines of its figures must begin with.
pub struct Target {
    pub name: &'static str,
    /// Left out by `--quick`.
    pub is_long: bool,
    pub figures: &'static [&'static str],
}

const fn target(name: &'static str, figures: &'static [&'static str]) -> Target {
    Target { name, is_long: false, figures }
}

/// The binary of the contract suite.
pub const CONTRACTS: &str = "contracts";

pub const TARGETS: &[Target] = &[
    target(
        CONTRACTS,
        &[
            "contract suite: links",
            "contract suite: sets",
            "contract suite: methods",
            "certificates: natural residual in f32",
            "certificates: natural residual in Q8.24",
            "certificates: natural residual in Q16.16",
            "certificates: anchored solve in f32",
            "certificates: anchored solve in Q8.24",
            "certificates: anchored solve in Q16.16",
        ],
    ),
    target("methods", &[]),
    target("decisions", DECISIONS),
    target(
        "head_field",
        &[
            "T1",
            "T4: the field",
            "T4: the joint field of two layers",
            "T5: F(Θ*)",
            "T5: mini",
            "T7",
        ],
    ),
    target(
        "network_fields",
        &[
            "T2: last layer",
            "T2: identity",
            "T3: gradient field",
            "T3: field of a block",
            "T4: the joint field of a network",
            "T5: graph, nodes renumbered",
            "T5: graph without edges",
            "T5: graph, field at the truth",
            "T6: edges",
            "T6: first truths",
            "T8",
        ],
    ),
    Target {
        is_long: true,
        ..target(
            "statistics",
            &[
                "T6: weights",
                "B1, Sigmoid: slope",
                "B1, Sigmoid: squared errors",
                "B1, Probit: slope from 5000 to 20000",
                "B1, Probit: squared errors",
                "B2, 50",
                "B2, 100",
                "B2, 200",
                "B4, saturation from −8",
                "B4, saturation from −4",
            ],
        )
    },
    target(
        "known_answers",
        &[
            "B4 table, quadratic game",
            "B4 table, bilinear game",
            "B4, thresholds",
            "B4, best radius",
            "B4, smallest τ",
            "B4, τ = 10",
            "sublinear-rate table",
            "LA-GDA on the bilinear game",
        ],
    ),
    target("accelerated", &["mean-square rates", "the withdrawn momentum form"]),
    target(
        "low_rank",
        &[
            "LoRA: scaled gradient step",
            "LoRA: scaled AdamW step",
            "LoRA: GL(r) invariance",
            "LoRA: iterations at condition 1, 10, 100, Simultaneous",
            "LoRA: iterations at condition 1, 10, 100, Sequential",
            "LoRA: plain steps at condition 1, 10, 100",
        ],
    ),
    target("cascade", &["adaptive oracle: costs", "adaptive oracle: nine states"]),
];

const DECISIONS: &[&str] = &[
    "fixed point: CWRU in Q8.24,",
    "fixed point: CWRU in Q16.16,",
    "fixed point: CWRU in Q8.24 on 16-bit features,",
    "fixed point: CWRU in Q16.16 on 16-bit features,",
    "fixed point: HAR in Q8.24,",
    "fixed point: HAR in Q16.16,",
    "fixed point: HAR in Q8.24 on 16-bit features,",
    "fixed point: HAR in Q16.16 on 16-bit features,",
];

/// The clauses of `no_tuning`: letter and how many.
pub const CLAUSES: [(&str, usize); 5] =
    [("(a)", 10), ("(b)", 4), ("(c)", 10), ("(d)", 20), ("(e)", 9)];

/// A line that does not hold for each figure a test owes and did not print.
pub fn missing(target: &Target, printed: &[Line]) -> Vec<Line> {
    let owed = target.figures.iter();
    let owed = owed.filter(|owed| !printed.iter().any(|line| line.begins_with(owed)));
    owed.map(|owed| {
        let by = format!("a figure of tests/{}", target.name);
        Line::new(*owed, by, "none was printed", false)
    })
    .collect()
}

/// The same for the clauses.
pub fn missing_clauses(printed: &[Line]) -> Vec<Line> {
    let count = |letter| printed.iter().filter(|line| line.begins_with(letter)).count();
    let owed = CLAUSES.into_iter().filter(|&(letter, owed)| count(letter) < owed);
    owed.map(|(letter, owed)| {
        let line = format!("no_tuning {letter}: clauses measured");
        Line::new(line, owed.to_string(), count(letter), false)
    })
    .collect()
}
