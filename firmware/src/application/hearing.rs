//! Mel bands of speech at 8 kHz, as constants: the host computes their edges in f64, which a part with
//! an FPU for f32 had better not bring the means for.

use fejer::features::LogMel;

/// Samples of a frame.
pub const FRAME: usize = 256;
/// Bands from 0 to 4 kHz.
pub const BANDS: usize = 20;

/// The bands.
pub static SPEECH: LogMel<FRAME, BANDS> = {
    let mut peaks = [0.0; BANDS];
    let mut band = 0;
    while band < BANDS {
        peaks[band] = f32::from_bits(PEAKS[band]);
        band += 1;
    }
    match LogMel::with_edges(0.0, peaks, 128.0) {
        Ok(mel) => mel,
        Err(_) => panic!("the peaks rise"),
    }
};

/// Peaks in bins of 31.25 Hz; f32 bits.
#[rustfmt::skip]
const PEAKS: [u32; BANDS] = [
    0x40081274, 0x408e87a2, 0x40e01823, 0x411cb345, 0x414d977a, 0x41818fd7, 0x419ede51, 0x41bef4e7,
    0x41e21730, 0x42044796, 0x421956f3, 0x4230660a, 0x4249a56e, 0x42654a4d, 0x4281c771, 0x42925977,
    0x42a47e21, 0x42b85ba5, 0x42ce1bdc, 0x42e5ec97,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_are_the_edges_the_host_computes() {
        let computed = LogMel::new(8000.0, 0.0, 4000.0).expect("an order of frequencies");
        let (low, peaks, high) = computed.edges();
        let bits = peaks.map(f32::to_bits);
        assert_eq!((low, high), (0.0, 128.0));
        assert_eq!(bits, PEAKS, "{bits:#010x?}");
        assert_eq!(SPEECH, computed);
    }
}
