//! What a worked application says.

use defmt::info;
use fejer::tuner::{Learnt, Verdict};
use fejer::{Target, Tuner};

use crate::application::{Event, Tally};

/// A label or a window that was not used.
pub fn event(event: &Event) {
    match event {
        Event::Learnt { number, place, verdict, weights } => {
            let Verdict { ruling, certificate, clean, held } = verdict;
            info!(
                "learnt window={=u32} where={=str} ruling={=str} gap={=u32:08x} clean={=u32:08x},{=u32:08x} held={=u32:08x},{=u32:08x} weights={=u64:016x}",
                *number,
                match place {
                    Learnt::Remembered => "memory",
                    Learnt::Held => "holdout",
                },
                ruling.word(),
                certificate.gap.to_bits(),
                clean[0].to_bits(),
                clean[1].to_bits(),
                held[0].to_bits(),
                held[1].to_bits(),
                *weights,
            );
        }
        Event::Refused { number, why } => {
            info!("refused window={=u32} reason={=str}", *number, why.word());
        }
    }
}

/// The end, with the head that is in use.
pub fn done<T, const ROWS: usize, const O: usize, const M: usize, const H: usize>(
    tally: &Tally,
    tuner: &Tuner<'_, f32, T, ROWS, O, M, H>,
    stack: u32,
) where
    T: Target<f32, O>,
{
    let Tally { labels, windows, refused, rejected, lost, predictions } = tally;
    info!(
        "done labels={=u32} windows={=u32} refused={=u32} rejected={=u32} lost={=u32:08x},{=u32:08x} predictions={=u64:016x},{=u64:016x} head={=str} drift={=bool} weights={=u64:016x} stack={=u32}",
        *labels,
        *windows,
        *refused,
        *rejected,
        lost[0].to_bits(),
        lost[1].to_bits(),
        predictions[0],
        predictions[1],
        if tuner.uses_learnt() { "learnt" } else { "factory" },
        tuner.has_drifted(),
        tuner.head().hash(),
        stack,
    );
}
