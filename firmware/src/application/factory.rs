//! What a worked application leaves the factory with, taken from a file of the host at compile time,
//! so that all of it lies in flash.
//!
//! ```text
//!  offset  bytes  (all little-endian)                              version 1
//!       0      4  "FJAP"
//!       4      4  version · 0 · 0 · 0
//!       8     12  F features, O outputs, C clean samples
//!      20      4  link: number, parameter · 0 · 0
//!      24     44  settings in their order, floats as floats, the others as u32
//!      68     4F  mean of each feature
//!       .     4F  one over the deviation of each
//!       . 4(F+1)O  weights, row after row, the last the bias
//!       .    C·F  codes of the clean set, sample after sample
//!       .     4C  its labels: the number of the class, or the number itself
//!    last      4  CRC-32 (ISO-HDLC) of everything before, for tools; the compiler does without
//! ```

use fejer::features::Standardise;
use fejer::tuner::Clean;
use fejer::{Class, Error, Head, Link, Settings, Target, Tuner};

const MAGIC: [u8; 4] = *b"FJAP";
const VERSION: u32 = 1;
const HEADER: usize = 68;
const CHECKSUM: usize = 4;

/// A head that learns under guard, with all it needs for that.
#[derive(Clone, Debug, PartialEq)]
pub struct Factory<
    T,
    const FEATURES: usize,
    const ROWS: usize,
    const OUTPUTS: usize,
    const CLEAN: usize,
> {
    /// Of the lab's features.
    pub standardise: Standardise<FEATURES>,
    /// Pre-trained in the lab.
    pub head: Head<f32, ROWS, OUTPUTS>,
    /// What the lab found out for the guard.
    pub settings: Settings<f32>,
    /// Codes of the clean set.
    pub codes: [[i8; FEATURES]; CLEAN],
    /// Its labels.
    pub targets: [T; CLEAN],
}

impl<T, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize, const CLEAN: usize>
    Factory<T, FEATURES, ROWS, OUTPUTS, CLEAN>
where
    T: Target<f32, OUTPUTS>,
{
    /// A head that starts here.
    ///
    /// # Errors
    /// As [`Tuner::new`]; a blank is refused for its precision.
    #[inline(always)] // built where it stays: it is too large to move
    pub fn tuner<const MEMORY: usize, const HOLDOUT: usize>(
        &self,
    ) -> Result<Tuner<'_, f32, T, ROWS, OUTPUTS, MEMORY, HOLDOUT>, Error> {
        let clean = Clean { codes: self.codes.as_flattened(), targets: &self.targets };
        Tuner::new(&self.head, clean, self.settings)
    }
}

impl<const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize, const CLEAN: usize>
    Factory<Class, FEATURES, ROWS, OUTPUTS, CLEAN>
{
    /// The factory in these bytes, or a blank of zeros if there are none. Bytes of another shape do
    /// not compile.
    pub const fn parse(file: &[u8]) -> Self {
        let numbers = labels::<FEATURES, ROWS, OUTPUTS, CLEAN>(file);
        let mut targets = [Class(0); CLEAN];
        let mut index = 0;
        while index < CLEAN {
            targets[index] = Class(numbers[index] as u8);
            index += 1;
        }
        with(file, targets)
    }
}

impl<const FEATURES: usize, const ROWS: usize, const CLEAN: usize>
    Factory<[f32; 1], FEATURES, ROWS, 1, CLEAN>
{
    /// As for classes.
    pub const fn parse(file: &[u8]) -> Self {
        let numbers = labels::<FEATURES, ROWS, 1, CLEAN>(file);
        let mut targets = [[0.0]; CLEAN];
        let mut index = 0;
        while index < CLEAN {
            targets[index] = [numbers[index]];
            index += 1;
        }
        with(file, targets)
    }
}

const fn with<
    T: Copy,
    const FEATURES: usize,
    const ROWS: usize,
    const OUTPUTS: usize,
    const CLEAN: usize,
>(
    file: &[u8],
    targets: [T; CLEAN],
) -> Factory<T, FEATURES, ROWS, OUTPUTS, CLEAN> {
    let mut codes = [[0; FEATURES]; CLEAN];
    let first = codes_at(FEATURES, ROWS, OUTPUTS);
    let (mut sample, mut feature) = (0, 0);
    while sample < CLEAN && !file.is_empty() {
        codes[sample][feature] = file[first + sample * FEATURES + feature].cast_signed();
        feature += 1;
        if feature == FEATURES {
            (sample, feature) = (sample + 1, 0);
        }
    }
    let weights_at = HEADER + 8 * FEATURES;
    let mut weights = [[0.0; OUTPUTS]; ROWS];
    let mut row = 0;
    while row < ROWS {
        weights[row] = floats(file, weights_at + 4 * OUTPUTS * row);
        row += 1;
    }
    Factory {
        standardise: Standardise {
            mean: floats(file, HEADER),
            inverse_deviation: floats(file, HEADER + 4 * FEATURES),
        },
        head: Head::new(link(file), weights),
        settings: settings(file),
        codes,
        targets,
    }
}

/// Labels of the clean set, after a look at the whole file.
const fn labels<
    const FEATURES: usize,
    const ROWS: usize,
    const OUTPUTS: usize,
    const CLEAN: usize,
>(
    file: &[u8],
) -> [f32; CLEAN] {
    assert!(ROWS == FEATURES + 1, "a head has one row a feature and one for the bias");
    let first = codes_at(FEATURES, ROWS, OUTPUTS) + CLEAN * FEATURES;
    if !file.is_empty() {
        let is_ours = file.len() > HEADER
            && number(file, 0) == u32::from_le_bytes(MAGIC)
            && number(file, 4) == VERSION;
        assert!(is_ours, "FEJER_APPLICATION must name a factory of version 1: write it again");
        let is_shape = number(file, 8) as usize == FEATURES
            && number(file, 12) as usize == OUTPUTS
            && number(file, 16) as usize == CLEAN
            && file.len() == first + 4 * CLEAN + CHECKSUM;
        assert!(is_shape, "FEJER_APPLICATION names the factory of another program: build only its");
    }
    floats(file, first)
}

const fn codes_at(features: usize, rows: usize, outputs: usize) -> usize {
    HEADER + 8 * features + 4 * rows * outputs
}

const fn settings(file: &[u8]) -> Settings<f32> {
    let [precision, _, _, gap, _, margin, _, confidence, doubtful, mistaken, alarm] =
        floats::<11>(file, 24);
    Settings {
        precision,
        held_every: number(file, 28),
        revisits: number(file, 32),
        gap,
        passes: number(file, 40),
        margin,
        streak: number(file, 48) as u8,
        confidence,
        doubtful,
        mistaken,
        alarm,
    }
}

const fn link(file: &[u8]) -> Link {
    let [link, parameter, ..] = number(file, 20).to_le_bytes();
    match Link::from_tag([link, parameter]) {
        Some(link) => link,
        None => panic!("FEJER_APPLICATION names a factory of an unknown link: write it again"),
    }
}

/// Numbers from a place on; zeros of an empty file.
const fn floats<const LENGTH: usize>(file: &[u8], at: usize) -> [f32; LENGTH] {
    let mut values = [0.0; LENGTH];
    let mut index = 0;
    while index < LENGTH {
        values[index] = f32::from_bits(number(file, at + 4 * index));
        index += 1;
    }
    values
}

const fn number(file: &[u8], at: usize) -> u32 {
    if file.is_empty() {
        return 0;
    }
    u32::from_le_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]])
}
