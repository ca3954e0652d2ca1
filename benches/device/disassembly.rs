//! An image as instructions, through LLVM's disassembler: it knows every extension of every core, and
//! comes with the toolchain that made the image.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use object::{Object, ObjectSection, ObjectSymbol, SectionKind, SymbolKind};

use crate::failure::Failure;

/// One instruction.
pub struct Instruction {
    pub mnemonic: String,
    pub operands: String,
}

/// A function: its size, and the functions it branches to.
#[derive(Default)]
struct Function {
    address: u32,
    bytes: u64,
    callees: BTreeSet<String>,
    /// Calls somewhere only known when it runs.
    is_open: bool,
}

/// The doors of a step to the links that act on each output alone, as they are mangled:
/// `Link::predict_each`, and `resolvent::of_each` of the proximal point.
const OTHER_LINKS: [&str; 2] = ["12predict_each", "7of_each"];

/// An image as instructions.
pub struct Disassembly {
    /// By address.
    pub instructions: BTreeMap<u32, Instruction>,
    functions: BTreeMap<String, Function>,
    /// Variables of core, bytes: there should be none.
    pub variables: u64,
}

impl Disassembly {
    /// Of this image.
    pub fn of(image: &Path) -> Result<Self, Failure> {
        let tool = tool()?;
        let listing = Command::new(&tool).args(["-d", "--no-show-raw-insn"]).arg(image).output();
        let listing = listing.map_err(Failure::while_doing(tool.display()))?;
        let bytes = std::fs::read(image).map_err(Failure::while_doing(image.display()))?;
        let elf = object::File::parse(&bytes[..])?;
        let mut functions = BTreeMap::new();
        for symbol in elf.symbols().filter(|symbol| symbol.kind() == SymbolKind::Text) {
            let address = symbol.address() as u32 & !1;
            let function = Function { address, bytes: symbol.size(), ..Function::default() };
            functions.insert(symbol.name()?.to_owned(), function);
        }
        let mut disassembly =
            Self { instructions: BTreeMap::new(), functions, variables: variables(&elf) };
        disassembly.read(&String::from_utf8_lossy(&listing.stdout));
        if disassembly.instructions.is_empty() {
            let why = String::from_utf8_lossy(&listing.stderr);
            return Err(Failure(format!("{} lists nothing: {}", tool.display(), why.trim())));
        }
        Ok(disassembly)
    }

    fn read(&mut self, listing: &str) {
        let mut current = String::new();
        for line in listing.lines() {
            if let Some(name) = line.strip_suffix(">:").and_then(|line| line.split_once(" <")) {
                current = name.1.to_owned();
                continue;
            }
            let Some((address, text)) = line.split_once(':') else { continue };
            let Ok(address) = u32::from_str_radix(address.trim(), 16) else { continue };
            let text = text.split('@').next().unwrap_or_default().trim();
            if text.contains(".word") || text.contains(".short") || text.contains(".byte") {
                continue;
            }
            let (mnemonic, operands) = text.split_once('\t').unwrap_or((text, ""));
            self.branches(&current, address, mnemonic, operands);
            let (mnemonic, operands) = (mnemonic.to_owned(), operands.trim().to_owned());
            self.instructions.insert(address, Instruction { mnemonic, operands });
        }
    }

    fn branches(&mut self, current: &str, address: u32, mnemonic: &str, operands: &str) {
        // What follows a function's end is padding, whatever it reads as.
        let is_inside = |function: &&mut Function| {
            u64::from(address) < u64::from(function.address) + function.bytes
        };
        let function = self.functions.get_mut(current).filter(is_inside);
        let Some(function) = function else { return };
        let target = operands.split_once('<').and_then(|(_, name)| name.split(['>', '+']).next());
        match target {
            Some(name) if is_branch(mnemonic) && name != current => {
                function.callees.insert(name.to_owned());
            }
            None => function.is_open |= mnemonic == "blx" || mnemonic == "jalr",
            _ => {}
        }
    }

    /// The function whose mangled name starts and ends like this; the first of equal ones, which the
    /// compiler may have made one.
    pub fn find(&self, start: &str, end: &str) -> Result<(&str, u32), Failure> {
        let is_meant = |name: &str| {
            // Up to the compiler's hash: `17h`, 16 digits and `E`.
            let name = name.get(..name.len().saturating_sub(20)).unwrap_or_default();
            name.starts_with(start) && name.ends_with(end)
        };
        let found = self.functions.iter().find(|(name, _)| is_meant(name));
        found
            .map(|(name, function)| (name.as_str(), function.address))
            .ok_or_else(|| Failure(format!("the image has no function {start}…{end}")))
    }

    /// Bytes of a function and of all it may call.
    pub fn text_of(&self, name: &str) -> Result<u64, Failure> {
        self.text_within(name, &|_| true)
    }

    /// The same without what only the other links call: a head has one, here softmax.
    pub fn own_text_of(&self, name: &str) -> Result<u64, Failure> {
        let is_own = |callee: &str| !OTHER_LINKS.iter().any(|door| callee.contains(door));
        self.text_within(name, &is_own)
    }

    fn text_within(&self, name: &str, is_within: &dyn Fn(&str) -> bool) -> Result<u64, Failure> {
        let (mut seen, mut open) = (BTreeSet::new(), vec![name]);
        let mut bytes = 0;
        while let Some(name) = open.pop() {
            let Some(function) =
                self.functions.get(name).filter(|_| is_within(name) && seen.insert(name))
            else {
                continue;
            };
            if function.is_open || function.bytes == 0 {
                return Err(Failure(format!("what {name} calls, or its size, is not known")));
            }
            bytes += function.bytes;
            open.extend(function.callees.iter().map(String::as_str));
        }
        Ok(bytes)
    }
}

fn is_branch(mnemonic: &str) -> bool {
    mnemonic.starts_with(['b', 'j']) || mnemonic.starts_with("c.j") || mnemonic.starts_with("cb")
}

/// Bytes of core's own variables.
fn variables<'data>(elf: &impl Object<'data>) -> u64 {
    let is_ram = |kind| matches!(kind, SectionKind::Data | SectionKind::UninitializedData);
    elf.symbols()
        .filter(|symbol| symbol.name().is_ok_and(|name| name.starts_with("_ZN5fejer")))
        .filter(|symbol| {
            let section = symbol.section_index().and_then(|at| elf.section_by_index(at).ok());
            section.is_some_and(|section| is_ram(section.kind()))
        })
        .map(|symbol| symbol.size())
        .sum()
}

/// `llvm-objdump` of the toolchain in use.
fn tool() -> Result<PathBuf, Failure> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).args(["--print", "target-libdir"]).output();
    let output = output.map_err(Failure::while_doing("rustc cannot be run"))?;
    let libraries = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let tool = libraries.with_file_name("bin").join("llvm-objdump");
    if tool.is_file() {
        Ok(tool)
    } else {
        Err(Failure("llvm-objdump is missing: run `rustup component add llvm-tools`".to_owned()))
    }
}
