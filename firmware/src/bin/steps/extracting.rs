//! A frozen network in front of a head.

use core::convert::Infallible;
use core::hint::black_box;

use fejer::Class;
use fejer::extractor::{Buffers, Extractor, Frozen, Refused, learn, predict};

use crate::device::{FEATURES, Number, SmallHead, any, slice};
use crate::learning::Memory;

const ROOM: usize = 64;

pub fn all(head: &SmallHead) {
    let mut bytes = [0_u8; 128];
    let extractor = match Extractor::new(slice(&mut bytes)) {
        Ok(extractor) => extractor,
        Err(error) => {
            black_box(error.word());
            return;
        }
    };
    black_box((extractor.input().volume(), extractor.features(), extractor.room()));
    let mut window = [0.5_f32; 32];
    let mut buffers = Buffers::<ROOM>::new();
    let _ = black_box(extractor.extract::<ROOM, FEATURES>(slice(&mut window), &mut buffers));
    let (mut from, mut to) = ([0; ROOM], [0; ROOM]);
    let buffers_of_any_length = [slice(&mut from), slice(&mut to)];
    let _ = black_box(extractor.extract_in(slice(&mut window), buffers_of_any_length));
    let Ok(mut solve) = Memory::<Class>::new(head) else { return };
    if let Ok(mut frozen) = Frozen::<ROOM, FEATURES>::new(extractor, &mut buffers) {
        let _ = black_box(predict(&mut frozen, head, slice(&mut window)));
        if let Err(Refused::Front(error)) =
            learn(&mut frozen, &mut solve, slice(&mut window), Class(black_box(1)))
        {
            black_box(error.word());
        }
    }
    let mut callback = |_: &[f32]| Ok::<[Number; FEATURES], Infallible>([any(); FEATURES]);
    let _ = black_box(predict(&mut callback, head, slice(&mut window)));
}
