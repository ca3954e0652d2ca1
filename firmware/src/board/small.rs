//! Copying and filling memory byte after byte, from the end to the beginning, in a dozen instructions.
//! Those of `compiler_builtins` are weak, so these take their place; they are several times as fast
//! and, for all alignments and sizes, fifty times as long.

/// Names of one place, with the size that tools ask for.
macro_rules! names {
    ($end:literal, $($name:literal)+) => {
        concat!($(
            ".global ", $name, "\n.type ", $name, ", %function\n.thumb_func\n", $name, ":\n",
            ".size ", $name, ", ", $end, " - ", $name, "\n",
        )+)
    };
}

#[allow(unsafe_code)]
// SAFETY: each is what the run-time ABI for Arm, §4.3.4, says of its names: r0 is where to, r1 where
// from or the byte, r2 the count (`__aeabi_memset*`: r1 the count, r2 the byte). They change r0–r3 only.
mod assembly {
    core::arch::global_asm!(
        ".section .text.small_memory, \"ax\"",
        ".thumb",
        names!("8f", "memcpy" "__aeabi_memcpy" "__aeabi_memcpy4" "__aeabi_memcpy8"),
        "b 2f",
        "1: ldrb r3, [r1, r2]",
        "strb r3, [r0, r2]",
        "2: subs r2, #1",
        "bpl 1b",
        "bx lr",
        "8:",
        names!("9f", "__aeabi_memclr" "__aeabi_memclr4" "__aeabi_memclr8"),
        "movs r2, #0",
        names!("9f", "__aeabi_memset" "__aeabi_memset4" "__aeabi_memset8"),
        "b 4f",
        "3: strb r2, [r0, r1]",
        "4: subs r1, #1",
        "bpl 3b",
        "bx lr",
        "9:",
    );
}
