//! The header as a C compiler sees it: strict C99, and sizes that are enough on this machine.

use std::path::Path;
use std::process::Command;

use fejer::c::{FejerLabel, FejerShape, FejerStatus, fejer_shape_at};

/// Every shape the library was built for here.
pub fn shapes() -> Vec<FejerShape> {
    let mut shapes = Vec::new();
    let mut shape = std::mem::MaybeUninit::uninit();
    // SAFETY: room for a shape, which is written when the call is good.
    #[expect(unsafe_code, reason = "the interface is C's")]
    unsafe {
        while fejer_shape_at(shapes.len(), shape.as_mut_ptr()) == FejerStatus::Good {
            shapes.push(shape.assume_init());
        }
    }
    shapes
}

/// A program that ends well if every size is enough, and not by far too much.
fn program() -> String {
    let mut text = String::from("#include \"fejer.h\"\nint main(void)\n{\n");
    for FejerShape { label, features, outputs, memory, storage, checkpoint } in shapes() {
        let (bytes, file) = match label {
            FejerLabel::Classes => ("FEJER_CLASSES_BYTES", "FEJER_CHECKPOINT_BYTES"),
            FejerLabel::Numbers => ("FEJER_NUMBERS_BYTES", "FEJER_NUMBERS_CHECKPOINT_BYTES"),
        };
        text += &format!(
            "    static uint64_t storage_{features}[{bytes}({features}, {outputs}, {memory}) / 8];\n\
             \x20   if (sizeof storage_{features} < {storage} || sizeof storage_{features} > {storage} + 64)\n\
             \x20       return 1;\n\
             \x20   if ({file}({features}, {outputs}, {memory}) != {checkpoint})\n\
             \x20       return 2;\n"
        );
    }
    text + "    return 0;\n}\n"
}

#[test]
fn the_sizes_in_the_header_are_enough_and_hardly_more() {
    let directory = tempfile::tempdir().expect("a directory");
    let [source, built] = ["sizes.c", "sizes"].map(|name| directory.path().join(name));
    std::fs::write(&source, program()).expect("the directory can be written");
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/include");
    let mut compiler = Command::new("cc");
    compiler.args(["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-I"]).arg(include);
    let compiled = compiler.arg(&source).arg("-o").arg(&built).output().expect("a C compiler");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let code = Command::new(built).status().expect("it runs").code();
    assert_eq!(code, Some(0), "1: a storage, 2: a checkpoint; {:?}", shapes());
}
