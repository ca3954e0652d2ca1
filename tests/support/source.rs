//! The text of core, for tests that hold a list against all there is.

use std::path::{Path, PathBuf};

/// Every line of core's sources outside unit tests, trimmed.
pub fn core_lines() -> Vec<String> {
    let mut files = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src"), &mut files);
    assert!(files.len() > 20, "core has moved");
    files.iter().flat_map(|file| lines(file)).collect()
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).expect("a directory of core") {
        let path = entry.expect("an entry of core").path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}

fn lines(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).expect("a source file");
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    code.lines().map(|line| line.trim().to_owned()).collect()
}

/// The types core implements this trait for, but not what is generic over all of a kind.
pub fn implementors(of: &str) -> Vec<String> {
    let before = format!("{of} for ");
    let lines = core_lines();
    let code = lines.iter().filter(|line| !line.starts_with("//"));
    let names = code.filter_map(|line| word_after(line, &before));
    names.filter(|name| name.len() > 1).map(str::to_owned).collect()
}

/// The word that follows `before` in a line, up to what is not part of a name.
pub fn word_after<'a>(line: &'a str, before: &str) -> Option<&'a str> {
    let (_, after) = line.split_once(before)?;
    let end = after.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(after.len());
    Some(&after[..end]).filter(|name| !name.is_empty())
}
