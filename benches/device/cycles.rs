//! Cycles on a Cortex-M4F by a model, from the instructions a call passed.
//!
//! The instruction timings of the Cortex-M4 Technical Reference Manual (ARM 100166, §3.3.1 and
//! §7.2.3), no wait states, a refill of the pipeline taken as two cycles:
//!
//! * VFMA, VMLA 3; VDIV, VSQRT 14; VLDR, VSTR 2; VLDM, VSTM, LDM, STM 1 + words; other arithmetic 1;
//! * LDR 2, or 1 after another load or store; STR 1; a branch 3 if it is taken, else 1;
//! * 1 more where the result of floating-point arithmetic is used by the next instruction.
//!
//! What a range is given for (UDIV, SDIV) counts its most. Expect ± 15 % of silicon.

use crate::disassembly::{Disassembly, Instruction};
use crate::failure::Failure;

/// Cycles a branch that is taken costs beyond the one of any instruction.
const REFILL: u64 = 2;
/// Floating-point arithmetic, without its type.
const ARITHMETIC: [&str; 14] = [
    "vadd", "vsub", "vmul", "vnmul", "vmla", "vmls", "vnmla", "vnmls", "vfma", "vfms", "vfnma",
    "vfnms", "vdiv", "vsqrt",
];

/// Cycles of a call.
pub fn cycles(disassembly: &Disassembly, call: &[u32]) -> Result<u64, Failure> {
    let mut sum = 0;
    let mut before: Option<&Instruction> = None;
    for (position, address) in call.iter().enumerate() {
        let instruction = disassembly.instructions.get(address);
        let instruction = instruction
            .ok_or_else(|| Failure(format!("no instruction is listed at {address:#x}")))?;
        let following = disassembly.instructions.range(address + 1..).next();
        let next = call.get(position + 1);
        let is_taken = next.is_none_or(|next| following.is_none_or(|(address, _)| address != next));
        sum += cost(instruction, before) + if is_taken { REFILL } else { 0 };
        sum += u64::from(before.is_some_and(|before| waits(before, instruction)));
        before = Some(instruction);
    }
    Ok(sum)
}

fn cost(instruction: &Instruction, before: Option<&Instruction>) -> u64 {
    let (name, operands) = (stem(&instruction.mnemonic), &instruction.operands);
    match name {
        "vfma" | "vfms" | "vfnma" | "vfnms" | "vmla" | "vmls" | "vnmla" | "vnmls" => 3,
        "vdiv" | "vsqrt" => 14,
        "vldr" | "vstr" => 2,
        "vldmia" | "vldmdb" | "vstmia" | "vstmdb" | "vpush" | "vpop" | "push" | "pop" | "ldm"
        | "ldmdb" | "stm" | "stmdb" => 1 + words(operands),
        "ldrd" | "strd" => 3,
        "vmov" if moves_two(operands) => 2,
        "udiv" | "sdiv" => 12,
        "tbb" | "tbh" => 2,
        _ if name.starts_with("ldr") && before.is_some_and(is_single_access) => 1,
        _ if name.starts_with("ldr") => 2,
        _ => 1,
    }
}

/// The mnemonic without type, width and condition.
fn stem(mnemonic: &str) -> &str {
    let base = mnemonic.split('.').next().unwrap_or(mnemonic);
    let conditions =
        ["eq", "ne", "hs", "lo", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le"];
    let bare = conditions.iter().find_map(|condition| base.strip_suffix(condition));
    let known = |name: &&str| {
        ARITHMETIC.contains(name)
            || ["vmov", "vldr", "vstr", "vcvt", "push", "pop", "ldr", "ldrd"].contains(name)
    };
    bare.filter(known).unwrap_or(base)
}

fn is_single_access(instruction: &Instruction) -> bool {
    let name = instruction.mnemonic.as_str();
    name.starts_with("ldr") && !name.starts_with("ldrd")
        || name.starts_with("str") && !name.starts_with("strd")
}

/// Words in a list of registers.
fn words(operands: &str) -> u64 {
    let list = operands.split_once('{').map_or("", |(_, list)| list);
    let names = list.trim_end_matches('}').split(", ");
    names.map(|name| if name.starts_with('d') { 2 } else { 1 }).sum()
}

fn moves_two(operands: &str) -> bool {
    operands.split(", ").filter(|name| name.starts_with('r')).count() == 2
}

/// Does this instruction use the result of the floating-point arithmetic before it?
fn waits(before: &Instruction, instruction: &Instruction) -> bool {
    let name = stem(&before.mnemonic);
    if !ARITHMETIC.contains(&name) && name != "vcvt" {
        return false;
    }
    let Some(result) = before.operands.split(", ").next().and_then(single) else { return false };
    let name = stem(&instruction.mnemonic);
    let reads_first = name.starts_with("vst")
        || name.starts_with("vcmp")
        || ["vpush", "vmla", "vmls", "vnmla", "vnmls", "vfma", "vfms", "vfnma", "vfnms"]
            .contains(&name);
    if !name.starts_with('v') || name.starts_with("vld") || name == "vpop" {
        return false;
    }
    let operands = instruction.operands.split([' ', ',', '{', '}']).filter(|word| !word.is_empty());
    operands.skip(usize::from(!reads_first)).any(|word| covers(word, result))
}

/// Number of a single register.
fn single(name: &str) -> Option<u32> {
    name.strip_prefix('s')?.parse().ok()
}

fn covers(name: &str, register: u32) -> bool {
    let double = name.strip_prefix('d').and_then(|number| number.parse::<u32>().ok());
    single(name) == Some(register) || double == Some(register / 2)
}
