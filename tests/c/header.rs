//! `core/include/fejer.h` is what cbindgen makes of `core/src/c.rs` and its modules.

use std::path::Path;

use cbindgen::{Builder, Config, EnumConfig, ExportConfig, Language, RenameRule, Style};

use crate::holds;

/// What does not come from Rust: the sizes, which have to be constants in C.
const SIZES: &str = r"
/** The prior precision unless you know better. */
#define FEJER_PRECISION 0.3f

#define FEJER_EVEN(bytes, to) (((bytes) + (to) - 1) / (to) * (to))
#define FEJER_STORAGE_BYTES(features, outputs, memory, sample) \
    FEJER_EVEN(32 + 16 * sizeof(void *) + 8 * ((features) + 1) * (outputs) \
               + (memory) * FEJER_EVEN(4 * (outputs) + (features) + 1 + (sample), 4), 8)

/** Bytes of storage a head that learns from classes needs: declare
    `static uint64_t storage[FEJER_CLASSES_BYTES(64, 9, 64) / 8];`. */
#define FEJER_CLASSES_BYTES(features, outputs, memory) \
    FEJER_STORAGE_BYTES(features, outputs, memory, 1)

/** The same of a head that learns from numbers. */
#define FEJER_NUMBERS_BYTES(features, outputs, memory) \
    FEJER_STORAGE_BYTES(features, outputs, memory, 4 * (outputs))

/** Bytes of a checkpoint, at most: a full memory of a head that learns from classes. */
#define FEJER_CHECKPOINT_BYTES(features, outputs, memory) \
    (44 + 4 * ((features) + 1) * (outputs) + (memory) * ((features) + 1 + 4 * (outputs)))

/** The same of a head that learns from numbers. */
#define FEJER_NUMBERS_CHECKPOINT_BYTES(features, outputs, memory) \
    (44 + 4 * ((features) + 1) * (outputs) + (memory) * ((features) + 8 * (outputs)))
";

fn generated() -> String {
    let names = [
        ("FejerHead", "fejer_head"),
        ("FejerStatus", "fejer_status"),
        ("FejerShape", "fejer_shape"),
        ("FejerLabel", "fejer_label"),
        ("FejerCertificate", "fejer_certificate"),
    ];
    let config = Config {
        language: Language::C,
        cpp_compat: true,
        style: Style::Both,
        include_guard: Some("FEJER_H".to_owned()),
        header: Some(
            "/* Fejér: heads that learn on a microcontroller. Written by cbindgen: do not edit. */"
                .to_owned(),
        ),
        includes: Vec::new(),
        sys_includes: ["stddef.h", "stdint.h"].map(str::to_owned).to_vec(),
        no_includes: true,
        after_includes: Some(SIZES.to_owned()),
        enumeration: EnumConfig {
            rename_variants: RenameRule::QualifiedScreamingSnakeCase,
            ..EnumConfig::default()
        },
        export: ExportConfig {
            rename: names.map(|(rust, c)| (rust.to_owned(), c.to_owned())).into(),
            ..ExportConfig::default()
        },
        usize_is_size_t: true,
        ..Config::default()
    };
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src");
    let mut builder = Builder::new().with_config(config);
    for file in ["c.rs", "c/checkpoint.rs", "c/held.rs", "c/status.rs"] {
        builder = builder.with_src(sources.join(file));
    }
    let mut text = Vec::new();
    builder.generate().expect("a header").write(&mut text);
    String::from_utf8(text).expect("text")
}

#[test]
fn the_committed_header_is_what_the_sources_say() {
    holds("core/include/fejer.h", &generated());
}
