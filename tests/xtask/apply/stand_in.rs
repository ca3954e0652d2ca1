//! Made-up fields in place of recordings, until there are some.

use fejer::{Class, Link};
use fejer_host::application::Field;
use fejer_host::application::replay::{bands, plain, spoken};
use fejer_host::dataset::simulated::{Condition, windows};
use fejer_host::random::Random;

use super::made_up::field;

pub fn bearing() -> Vec<Field<Class, 64, 65, 9>> {
    let places = [windows(Condition::Lab, 1), windows(Condition::Field, 2)];
    vec![field(("load 1", Link::Softmax), (90, 300), bands, |place, number, _| {
        let windows = &places[place as usize];
        let number = number * 7 % windows.len();
        (windows.samples[number].to_vec(), Class(windows.labels[number]))
    })]
}

pub fn digits() -> Vec<Field<Class, 160, 161, 10>> {
    vec![field(("nobody", Link::Softmax), (100, 400), spoken, |place, number, random| {
        let digit = number % 10;
        let length = 3000 + 700 * (number % 10);
        let pitch = 0.2 + 0.15 * digit as f32 + 0.07 * place;
        let sample = |time: usize| {
            let noise = random.uniform() as f32 - 0.5;
            0.3 * (pitch * time as f32 + 1e-4 * (time * time) as f32).sin() + 0.3 * noise
        };
        ((0..length).map(sample).collect(), Class(digit as u8))
    })]
}

pub fn activity() -> Vec<Field<Class, 265, 266, 6>> {
    vec![field(
        ("nobody", Link::Softmax),
        (60, 300),
        plain,
        |place, number, random: &mut Random| {
            let class = number % 6;
            let feature = |at: usize| {
                let centre = if at % 6 == class { 0.5 } else { 0.0 };
                let shift = if at % 5 == class % 5 { 0.5 * place } else { 0.0 };
                centre - shift + random.normal() as f32
            };
            ((0..265).map(feature).collect(), Class(class as u8))
        },
    )]
}
