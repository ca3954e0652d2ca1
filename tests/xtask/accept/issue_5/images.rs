//! What images take, and boards nobody here has, for which they build.

use std::path::Path;

use object::{Object, ObjectSection};

use super::super::Line;
use super::super::issue_2::figures::{of, test};
use crate::Stop;
use crate::firmware::{Build, NRF52840, STM32F411};
use crate::test::SERVE;

/// Boards that are not emulated, and where the vectors of an image of theirs are.
const BOARDS: [(Build, u64); 2] = [(NRF52840, 0), (STM32F411, 0x0800_0000)];
/// What is built for them.
const PROGRAMS: [&str; 3] = ["serve", "sense", "bench"];
const OWED: [&str; 2] = ["serve on mps2-an386", "serve on microbit"];

pub fn lines(data: &Path) -> Result<Vec<Line>, Stop> {
    eprintln!("tests: images");
    let mut command = test("images", data);
    for (build, variable) in SERVE {
        command.env(variable, build.program("serve").map_err(Stop::failed)?);
    }
    let mut lines = of("images", &mut command)?.lines;
    lines.extend(super::missing(&lines, &OWED));
    for (board, vectors) in BOARDS {
        lines.push(builds(board, vectors));
    }
    Ok(lines)
}

fn builds(board: Build, vectors: u64) -> Line {
    let built = PROGRAMS.map(|program| {
        let image = board.program(program)?;
        let bytes = std::fs::read(&image).map_err(|error| error.to_string())?;
        let elf = object::File::parse(&bytes[..]).map_err(|error| error.to_string())?;
        let table = elf.section_by_name(".vector_table").map(|section| section.address());
        if table == Some(vectors) {
            Ok(program)
        } else {
            Err(format!("{program}: vectors at {table:?}"))
        }
    });
    let wrong: Vec<_> = built.iter().filter_map(|built| built.as_ref().err()).collect();
    let measured = match wrong.first() {
        None => format!("{} build; nobody had the board to run them", PROGRAMS.join(", ")),
        Some(why) => (*why).clone(),
    };
    Line::new(format!("images for {}", board.name), "they build", measured, wrong.is_empty())
}
