use std::os::unix::fs::PermissionsExt;
use std::sync::{Mutex, PoisonError};

use object::write;
use object::{
    Architecture, BinaryFormat, Endianness, SectionKind, SymbolFlags, SymbolKind, SymbolScope,
};

use super::*;

#[test]
fn every_kind_of_line_is_parsed_and_printed_alike() {
    let lines = [
        "boot head=factory reason=erased weights=00000000deadbeef remembered=0 records=0",
        "boot head=resumed reason=none weights=0123456789abcdef remembered=45 records=1000",
        "predicted window=4294967295 class=8",
        "learnt window=7 class=3 predicted=5 weights=ffffffffffffffff remembered=1 instructions=0",
        "idle pass=10 weights=0000000000000001 gap=3f800000 distance=00000000 residual=358637bd drift=7f7fffff",
        "refused window=9 reason=unsound",
        "weights row=64 values=3f800000,bf800000,00000000",
        "done records=1234 stack=20480",
    ];
    for line in lines {
        let parsed = DeviceLine::parse(line).expect("well-formed").expect("an event");
        assert_eq!(parsed.to_string(), line);
    }
    let Ok(Some(DeviceLine::Idle { gap, drift, .. })) = DeviceLine::parse(lines[4]) else {
        panic!("an idle line");
    };
    assert_eq!((gap, drift), (1.0, f32::MAX));
}

#[test]
fn text_for_people_is_no_event_and_a_damaged_event_names_what_is_wrong() {
    assert_eq!(DeviceLine::parse("the stored head was refused: a flipped bit"), Ok(None));
    assert_eq!(DeviceLine::parse(""), Ok(None));
    for (line, key) in [
        ("predicted window=1", "class"),
        ("predicted window=-1 class=2", "window"),
        ("predicted window=1 class=256", "class"),
        ("boot head=other reason=none weights=0 remembered=0 records=0", "head"),
        ("learnt window=1 class=1 predicted=1 weights=xyz remembered=1 instructions=1", "weights"),
        ("weights row=1 values=0,,1", "values"),
    ] {
        let error = LineError { line: line.to_owned(), key };
        assert_eq!(DeviceLine::parse(line), Err(error));
    }
}

#[test]
fn sizes_count_each_section_where_it_lives() {
    let mut elf = write::Object::new(BinaryFormat::Elf, Architecture::Arm, Endianness::Little);
    for (name, kind, size) in [
        (".vector_table", SectionKind::ReadOnlyData, 0x40),
        (".text", SectionKind::Text, 1_000),
        (".rodata", SectionKind::ReadOnlyData, 200),
        (".data", SectionKind::Data, 16),
        (".debug_info", SectionKind::Debug, 9_999),
        (".defmt", SectionKind::Other, 77),
    ] {
        let section = elf.add_section(Vec::new(), name.into(), kind);
        elf.append_section_data(section, &vec![0; size], 4);
    }
    for (name, size) in [(".bss", 300), (".uninit", 8)] {
        let kind = SectionKind::UninitializedData;
        let section = elf.add_section(Vec::new(), name.into(), kind);
        elf.append_section_bss(section, size, 4);
    }
    let bytes = elf.write().expect("an ELF file");
    let elf = object::File::parse(&*bytes).expect("an ELF file");
    assert_eq!(image::sizes(&elf), Sizes { flash_bytes: 64 + 1_000 + 200 + 16, ram_bytes: 324 });
}

#[test]
fn what_is_no_firmware_is_refused_with_the_reason() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("firmware");
    assert!(matches!(Image::load(&path), Err(Error::Read { .. })));
    std::fs::write(&path, "text").expect("written");
    let error = Image::load(&path).expect_err("not an ELF file").to_string();
    assert!(error.contains("not a 32-bit ELF file"), "{error}");
    let mut elf = write::Object::new(BinaryFormat::Elf, Architecture::Arm, Endianness::Little);
    elf.add_section(Vec::new(), ".text".into(), SectionKind::Text);
    std::fs::write(&path, elf.write().expect("an ELF file")).expect("written");
    let error = Image::load(&path).expect_err("no messages").to_string();
    assert!(error.contains("no defmt messages"), "{error}");
}

/// An image with two messages: 1 and 2.
fn image(directory: &Path) -> Image {
    let mut elf = write::Object::new(BinaryFormat::Elf, Architecture::Arm, Endianness::Little);
    let section = elf.add_section(Vec::new(), ".defmt".into(), SectionKind::Other);
    elf.append_section_data(section, &[0; 8], 1);
    let message = |text: &str, number| {
        let name = format!(
            r#"{{"package":"p","tag":"defmt_info","data":"{text}","disambiguator":"{number}","crate_name":"p"}}"#
        );
        (name, number)
    };
    for (name, value) in [
        ("_defmt_version_ = 4".to_owned(), 0),
        ("_defmt_encoding_ = raw".to_owned(), 0),
        message("predicted window=1 class=2", 1),
        message("going on", 2),
    ] {
        elf.add_symbol(write::Symbol {
            name: name.into_bytes(),
            value,
            size: 1,
            kind: SymbolKind::Data,
            scope: SymbolScope::Linkage,
            weak: false,
            section: write::SymbolSection::Section(section),
            flags: SymbolFlags::None,
        });
    }
    let path = directory.join("firmware");
    std::fs::write(&path, elf.write().expect("an ELF file")).expect("written");
    Image::load(path).expect("an image")
}

/// Runs a shell script in place of QEMU, and cuts the power after the given line.
fn with_emulator_until(
    script: &str,
    timeout: Duration,
    cut_after: &str,
) -> (Result<Ended, Error>, Vec<String>, Duration) {
    // A script still open for writing in a process another test has just forked cannot be started.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let directory = tempfile::tempdir().expect("a directory");
    let emulator = directory.path().join("emulator");
    std::fs::write(&emulator, format!("#!/bin/sh\n{script}\n")).expect("written");
    std::fs::set_permissions(&emulator, PermissionsExt::from_mode(0o755)).expect("executable");
    let image = image(directory.path());
    let mut device = Device::new(&image, directory.path());
    (device.timeout, device.emulator) = (timeout, emulator);
    let (start, mut lines) = (Instant::now(), Vec::new());
    let result = device.run_until(&mut |line| {
        lines.push(line.to_owned());
        if line == cut_after { Power::Cut } else { Power::On }
    });
    (result, lines, start.elapsed())
}

fn with_emulator(script: &str, timeout: Duration) -> (Result<Ended, Error>, Duration) {
    let (result, _, took) = with_emulator_until(script, timeout, "");
    (result, took)
}

const LONG: Duration = Duration::from_secs(60);

#[test]
fn a_device_that_hangs_is_killed_in_time() {
    for script in ["exec sleep 60", "exec sleep 60 >&-"] {
        let (result, took) = with_emulator(script, Duration::from_millis(200));
        assert!(matches!(result, Err(Error::Timeout { .. })), "{result:?}");
        assert!(took < Duration::from_secs(10), "{took:?}");
    }
}

#[test]
fn messages_are_decoded_even_in_pieces_and_the_last_words_of_a_panic_are_kept() {
    let script = r"printf '\001'; sleep 0.1; printf '\000\002\000'; exit 101";
    let (result, lines, _) = with_emulator_until(script, LONG, "");
    assert_eq!(lines, ["predicted window=1 class=2", "going on"]);
    assert!(matches!(result, Err(Error::Panicked { message }) if message == "going on"));
}

#[test]
fn the_power_is_cut_after_the_line_asked_for() {
    let script = r"printf '\002\000\001\000\002\000'; exec sleep 60";
    let (result, lines, took) = with_emulator_until(script, LONG, "predicted window=1 class=2");
    assert!(matches!(result, Ok(Ended::PowerCut)), "{result:?}");
    assert_eq!(lines, ["going on", "predicted window=1 class=2"]);
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[test]
fn bytes_the_image_does_not_explain_are_an_error() {
    let (result, _) = with_emulator(r"printf '\011\000'; exec sleep 60", LONG);
    assert!(matches!(result, Err(Error::Garbled { .. })), "{result:?}");
}

#[test]
fn exit_codes_come_through_and_failures_are_told_apart() {
    assert!(matches!(with_emulator("exit 0", LONG).0, Ok(Ended::Exit(0))));
    assert!(matches!(with_emulator("exit 3", LONG).0, Ok(Ended::Exit(3))));
    assert!(matches!(with_emulator("echo warning >&2; exit 0", LONG).0, Ok(Ended::Exit(0))));
    assert!(matches!(with_emulator("exit 101", LONG).0, Err(Error::Panicked { .. })));
    let failed = with_emulator("echo no such machine >&2; exit 1", LONG).0;
    assert!(matches!(failed, Err(Error::Emulator { message, .. }) if message == "no such machine"));
    assert!(matches!(with_emulator("kill -9 $$", LONG).0, Err(Error::Emulator { .. })));
}

#[test]
fn a_missing_emulator_or_directory_is_one_clear_line() {
    let directory = tempfile::tempdir().expect("a directory");
    let image = image(directory.path());
    let mut device = Device::new(&image, ".");
    device.emulator = PathBuf::from("an-emulator-nobody-has");
    let error = device.run(&mut |_| {}).expect_err("not installed").to_string();
    assert!(error.contains("sudo apt-get install qemu-system-arm"), "{error}");
    assert!(emulator_version(&device.emulator).is_err());
    device.directory = PathBuf::from("no/such/directory");
    let error = device.run(&mut |_| {}).expect_err("not there").to_string();
    assert!(error.contains("no/such/directory"), "{error}");
}
