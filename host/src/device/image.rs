//! A firmware image: an ELF file with `defmt`'s table of messages in it.

use std::fs;
use std::path::{Path, PathBuf};

use defmt_decoder::Table;
use object::elf::{EF_ARM_ABI_FLOAT_HARD, EM_ARM, EM_RISCV, FileHeader32};
use object::read::elf::{ElfFile32, FileHeader};
use object::{Endianness, Object, ObjectSection, ObjectSymbol};

use super::Error;

/// Where code begins on the AN505: its SSRAM 1, seen from the secure side.
const AN505_FLASH: u64 = 0x1000_0000;

/// Flash and RAM an image takes, in bytes, without the stack (which the device measures itself).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Vector table, code, constants and the initial values of variables.
    pub flash_bytes: u64,
    /// Variables.
    pub ram_bytes: u64,
}

/// A firmware image, loaded.
pub struct Image {
    path: PathBuf,
    table: Table,
    machine: &'static str,
    sizes: Sizes,
    allocators: Option<Vec<String>>,
}

impl Image {
    /// Loads an image.
    ///
    /// # Errors
    /// [`Error::Read`] or, if it is not a 32-bit ELF file of a known core with `defmt` messages,
    /// [`Error::Image`].
    pub fn load(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let path = path.into();
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(source) => return Err(Error::Read { path, source }),
        };
        match Self::parse(&bytes) {
            Ok(found) => Ok(Self { path, ..found }),
            Err(reason) => Err(Error::Image { path, reason }),
        }
    }

    /// Where it came from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// QEMU's name for a board it can run on: code at the AN505's flash wants that board (Cortex-M33),
    /// else the hard-float ABI wants the Cortex-M4F board, and any other Arm image runs on the
    /// Cortex-M3 board.
    pub fn machine(&self) -> &'static str {
        self.machine
    }

    /// The emulator of that board.
    pub fn emulator(&self) -> &'static str {
        if self.machine == "virt" { super::RISCV_EMULATOR } else { super::EMULATOR }
    }

    /// The flash and RAM it takes.
    pub fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// Symbols that only an image with a heap has; `None` if it was stripped, so that nobody can know.
    pub fn allocators(&self) -> Option<&[String]> {
        self.allocators.as_deref()
    }

    pub(super) fn table(&self) -> &Table {
        &self.table
    }

    fn parse(bytes: &[u8]) -> Result<Self, String> {
        let elf = ElfFile32::<Endianness>::parse(bytes)
            .map_err(|error| format!("not a 32-bit ELF file ({error})"))?;
        let header: &FileHeader32<Endianness> = elf.elf_header();
        let hard_float = header.e_flags(elf.endian()) & EF_ARM_ABI_FLOAT_HARD != 0;
        let vectors = elf.section_by_name(".vector_table").map(|section| section.address());
        let machine = match header.e_machine(elf.endian()) {
            EM_ARM if vectors == Some(AN505_FLASH) => "mps2-an505",
            EM_ARM if hard_float => "mps2-an386",
            EM_ARM => "mps2-an385",
            EM_RISCV => "virt",
            _ => return Err("not built for a target such as thumbv7em-none-eabihf".to_owned()),
        };
        let table = Table::parse(bytes)
            .map_err(|error| format!("its defmt messages cannot be read: {error:#}"))?
            .ok_or("it has no defmt messages (was it stripped?)")?;
        let (path, sizes, allocators) = (PathBuf::new(), sizes(&elf), allocators(&elf));
        Ok(Self { path, table, machine, sizes, allocators })
    }
}

impl std::fmt::Debug for Image {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Image").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Symbols that only a heap brings.
fn allocators<'data>(elf: &impl Object<'data>) -> Option<Vec<String>> {
    const HEAP: [&str; 6] = ["__rust_alloc", "__rg_alloc", "alloc..", "malloc", "_sbrk", "heap"];
    let names: Vec<_> = elf.symbols().filter_map(|symbol| symbol.name().ok()).collect();
    let is_heap = |name: &&&str| {
        // The linker script names where a heap would begin; heapless is a crate.
        let name = name.replace("heapless", "");
        HEAP.iter().any(|part| name.contains(part)) && !name.starts_with("__sheap")
    };
    let heap = || names.iter().filter(is_heap).map(|name| (*name).to_owned()).collect();
    names.iter().any(|name| name.contains("main")).then(heap)
}

pub(super) fn sizes<'data>(elf: &impl Object<'data>) -> Sizes {
    let mut sizes = Sizes { flash_bytes: 0, ram_bytes: 0 };
    for section in elf.sections() {
        match section.name() {
            Ok(".vector_table" | ".text" | ".rodata") => sizes.flash_bytes += section.size(),
            Ok(".data") => {
                sizes.flash_bytes += section.size();
                sizes.ram_bytes += section.size();
            }
            Ok(".bss" | ".uninit") => sizes.ram_bytes += section.size(),
            _ => {}
        }
    }
    sizes
}
