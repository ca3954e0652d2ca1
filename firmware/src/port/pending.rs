//! Windows that may still get their label.

use crc::{CRC_16_IBM_3740, Crc, NoTable};
use fejer::Class;
use fejer::memory::Remembered;

use crate::model::{FEATURES, Number, OUTPUTS, ROWS};

const CRC: Crc<u16, NoTable> = Crc::<u16, NoTable>::new(&CRC_16_IBM_3740);

/// The features of the last `N` windows, in the 8 bits the learner remembers too.
pub struct Pending<const N: usize> {
    windows: [Option<Window>; N],
    number: u16,
}

#[derive(Clone, Copy)]
struct Window {
    name: u32,
    codes: [i8; FEATURES],
}

impl<const N: usize> Pending<N> {
    /// None.
    pub const fn new() -> Self {
        Self { windows: [None; N], number: 0 }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.windows.iter().flatten().count()
    }

    /// Remembers a window in place of the oldest and gives it a name: a rising number of 16 bits and a
    /// CRC-16 of its codes, so that a label late over a reset cannot meet another window.
    pub fn push(&mut self, features: &[Number; FEATURES]) -> u32 {
        let remembered = Remembered::<Number, Class, ROWS, OUTPUTS>::new(features, Class(0));
        let mut codes = [0; FEATURES];
        codes.copy_from_slice(remembered.codes());
        let mut digest = CRC.digest();
        codes.iter().for_each(|code| digest.update(&code.to_le_bytes()));
        self.number = self.number.wrapping_add(1);
        let name = u32::from(self.number) << 16 | u32::from(digest.finalize());
        if let Some(place) = self.windows.get_mut(usize::from(self.number) % N) {
            *place = Some(Window { name, codes });
        }
        name
    }

    /// The codes of a window.
    pub fn find(&self, name: u32) -> Option<&[i8; FEATURES]> {
        self.windows.iter().flatten().find(|window| window.name == name).map(|window| &window.codes)
    }

    /// Forgets a window: it got its label.
    pub fn remove(&mut self, name: u32) {
        for place in &mut self.windows {
            if place.is_some_and(|window| window.name == name) {
                *place = None;
            }
        }
    }
}
