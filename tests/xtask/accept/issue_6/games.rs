//! Games: the reference tables cell by cell and the claims by the tests, and the page by the program.

use std::path::Path;

use super::super::Line;
use super::super::issue_2::figures;
use crate::shell::{cargo, output, program};
use crate::{Stop, place};

/// What the test owes.
const OWED: [&str; 8] = [
    "games: Quadratic game, spectral radius",
    "games: Bilinear game, spectral radius",
    "games: 61 scales",
    "games: Quadratic game, smallest τ",
    "games: Quadratic game, extragradient at its best",
    "games: RAPP τ = 1, 2",
    "games: claims against runs",
    "games: figures of one command",
];

pub fn lines(data: &Path) -> Result<Vec<Line>, Stop> {
    let mut lines = figures::of_test("games", data)?.lines;
    let missing: Vec<Line> = OWED
        .iter()
        .filter(|owed| !lines.iter().any(|line| line.begins_with(owed)))
        .map(|owed| Line::new(*owed, "a figure", "nothing was printed", false))
        .collect();
    lines.extend(missing);
    lines.extend([of_host()?, page()?, unknown()?]);
    Ok(lines)
}

/// Constants, equivalences, invariants, feasibility and determinism.
fn of_host() -> Result<Line, Stop> {
    eprintln!("tests: games of the host");
    let test = ["test", "-q", "-p", "fejer-host", "--locked", "--lib", "--", "game::"];
    let ran = output(cargo().args(test))?;
    let text = String::from_utf8_lossy(&ran.stdout);
    let result = text.lines().find(|line| line.starts_with("test result")).unwrap_or_default();
    let pass = ran.status.success() && !result.contains(" 0 passed");
    Ok(Line::new("tests of host/src/game", "every test passes", result, pass))
}

fn fejer(arguments: &[&str]) -> Result<(i32, String), Stop> {
    let build = ["build", "-q", "--locked", "-p", "fejer-host", "--bin", "fejer"];
    let built = output(cargo().args(build))?;
    if !built.status.success() {
        return Err(Stop::failed(String::from_utf8_lossy(&built.stderr).into_owned()));
    }
    let mut command = program(place::target().join("debug").join("fejer"));
    let ran = output(command.args(arguments))?;
    let told = String::from_utf8_lossy(&ran.stderr).trim().to_owned();
    Ok((ran.status.code().unwrap_or(-1), told))
}

/// One command draws all figures and tables.
fn page() -> Result<Line, Stop> {
    let file = place::target().join("fejer/games.html");
    let _ = std::fs::remove_file(&file);
    let (code, _) =
        fejer(&["game", "tables", "--decades", "2", "--report", &file.to_string_lossy()])?;
    let page = std::fs::read_to_string(&file).unwrap_or_default();
    let (maps, asks) = (page.matches("trajectories</h2>").count(), page.contains("href="));
    let measured = format!("exit code {code}, {maps} maps, asks the network: {asks}");
    let pass = code == 0 && maps == 5 && !asks;
    Ok(Line::new("fejer game tables --report", "exit code 0, 5 maps, no request", measured, pass))
}

fn unknown() -> Result<Line, Stop> {
    let (code, told) = fejer(&["game", "chess"])?;
    let names = ["quadratic", "bilinear", "forsaken", "polar-iii", "global-forsaken", "scales"];
    let pass = code == 2 && names.iter().all(|name| told.contains(name));
    let measured = format!("exit code {code}: {}", told.lines().nth(1).unwrap_or_default().trim());
    Ok(Line::new("fejer game chess", "exit code 2 and the list of games", measured, pass))
}
