//! The figures as a table in Markdown.

use fejer_host::figures::Figure;

use crate::ceilings::SIZES;
use crate::target::TARGETS;

const OPERATIONS: [(&str, &str); 4] =
    [("predict", "any"), ("learn", "projected"), ("learn", "extragradient"), ("learn", "anchored")];

/// Prints instructions, and where there is a model, cycles; RAM and text are the most of the sizes.
pub fn print(figures: &[Figure]) {
    println!("| core | numbers | operation | 16→4 | 64→6 | 128→10 | 561→6 | spread | RAM | text |");
    println!("|---|---|---|---:|---:|---:|---:|---:|---:|---:|");
    let mut cores: Vec<(&str, &str)> =
        TARGETS.iter().map(|target| (target.core, target.triple)).collect();
    cores.dedup();
    for (core, triple) in cores {
        for scalar in ["f32", "q24"] {
            for (operation, method) in OPERATIONS {
                let rows: Vec<&Figure> = figures
                    .iter()
                    .filter(|figure| figure.target == triple && figure.scalar == scalar)
                    .filter(|figure| figure.operation == operation && figure.method == method)
                    .collect();
                if rows.is_empty() {
                    continue;
                }
                let name = if operation == "predict" { operation } else { method };
                print!("| {core} | {scalar} | {name} ");
                for size in SIZES {
                    let row = rows.iter().find(|row| row.features == size);
                    print!("| {} ", row.map_or("–".to_owned(), |row| cell(row)));
                }
                let most = |of: fn(&Figure) -> u64| rows.iter().map(|row| of(row)).max();
                let most = |of| most(of).unwrap_or_default();
                println!(
                    "| {} | {} | {} + {} |",
                    most(|row| row.jitter),
                    most(|row| row.ram_bytes),
                    most(|row| row.text_bytes),
                    most(|row| row.links_bytes)
                );
            }
        }
    }
}

fn cell(figure: &Figure) -> String {
    match figure.cycles {
        Some(cycles) => format!("{} ({cycles})", figure.instructions),
        None => figure.instructions.to_string(),
    }
}
