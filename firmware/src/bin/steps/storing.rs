//! Checkpoints and histories.

use core::hint::black_box;

use fejer::checkpoint::{
    decode, decode_head, encode, encode_head, full_length, head_length, resume, shape,
};
use fejer::history::{RECORD, Record, SAMPLES, samples};
use fejer::memory::{Target, Weight};
use fejer::{Class, Smoothed, Weighted};

use crate::device::{Number, OUTPUTS, ROWS, SmallHead, SmallSample, slice};
use crate::learning::Memory;

pub fn all(head: &SmallHead, sample: &SmallSample) {
    let class = Class(black_box(2));
    let smoothed = Smoothed { class, smoothing_256ths: black_box(26) };
    let weight = Weight::balanced(black_box(3), black_box(9), black_box(4));
    keep(head, sample, class);
    keep(head, sample, Weighted { target: smoothed, weight });
    keep(head, sample, Weighted { target: sample.target, weight });
    head_alone(head);
    history();
}

fn keep<T: Target<Number, OUTPUTS>>(head: &SmallHead, sample: &SmallSample, target: T) {
    let Ok(mut solve) = Memory::<T>::new(head) else { return };
    let _ = solve.learn(&sample.features, target);
    let mut bytes = [0; full_length::<Number, [Number; OUTPUTS], ROWS, OUTPUTS, 8>() + 8];
    let length = encode(&solve, slice(&mut bytes)).map_or(0, <[u8]>::len);
    let written = black_box(bytes.get(..length).unwrap_or(&bytes));
    if let Err(error) = resume(written, &mut solve) {
        black_box(error.word());
    }
    if let Ok(other) = decode::<Number, T, ROWS, OUTPUTS, 8>(written, head) {
        black_box(other.visits());
    }
}

fn head_alone(head: &SmallHead) {
    let mut bytes = [0; head_length::<Number, ROWS, OUTPUTS>()];
    let _ = black_box(encode_head(head, slice(&mut bytes)));
    let _ = black_box(shape(slice(&mut bytes)));
    let _ = black_box(decode_head::<Number, ROWS, OUTPUTS>(slice(&mut bytes)));
}

fn history() {
    if let Some(record) = Record::decode(&black_box([0; RECORD])) {
        black_box(record.encode());
    }
    black_box(samples(&black_box([0; SAMPLES])));
}
