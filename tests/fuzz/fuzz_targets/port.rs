//! Whatever arrives at a device with a key, in frames of the fuzzer's making: each is answered, and
//! nothing is changed, for there is no valid seal.
//!
//! The input is a run of bodies, each after its length in two bytes; an odd length has its checksum put
//! right, so that the fuzzer need not find CRCs.

#![no_main]

use fejer::port::{Key, Receiver, read_reply, stuff};
use fejer_firmware::flash::{ERASED, Flash, SECTOR};
use fejer_firmware::keeper::Keeper;
use fejer_firmware::model::{FACTORY, TUNED_CHECKPOINT, tuned};
use fejer_firmware::port::{BODY, Device};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut flash = vec![ERASED; 8 * SECTOR];
    let mut tuner = tuned().expect("a sound head");
    let mut buffer = [0; TUNED_CHECKPOINT];
    let keeper = Keeper::new(Flash::new(&mut flash[..]), &mut buffer);
    let mut device = Device::new(&mut tuner, keeper, Some(Key::new(&[9; 32])), || 0);
    device.start().expect("an erased flash");
    let mut receiver = Receiver::<BODY>::new();
    let mut rest = data;
    while let Some(([low, high], bytes)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        let (body, after) = bytes.split_at(length.min(bytes.len()));
        rest = after;
        let mut body = body.to_vec();
        if length % 2 == 1 {
            let sum = crc_32(&body);
            body.extend(sum.to_le_bytes());
        }
        let mut answers = 0;
        stuff(&body, &mut |piece| {
            for &byte in piece {
                let mut out = [0; BODY];
                if let Some(arrived) = receiver.take(byte) {
                    let answer = device.answer(arrived, &mut out);
                    assert!(read_reply(answer).is_ok());
                    answers += 1;
                }
            }
        });
        assert_eq!(answers, 1);
    }
    assert_eq!(device.tuner().learner().head().hash(), FACTORY.hash());
    drop(device);
    assert!(flash.iter().all(|&byte| byte == ERASED));
});

/// CRC-32 (ISO-HDLC), bit by bit.
fn crc_32(bytes: &[u8]) -> u32 {
    let step = |sum: u32| (sum >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(sum & 1));
    let byte = |sum: u32, &byte: &u8| (0..8).fold(sum ^ u32::from(byte), |sum, _| step(sum));
    !bytes.iter().fold(u32::MAX, byte)
}
