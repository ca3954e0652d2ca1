//! From the drives of a sweep to the field of the weights, or straight to the weights: in pieces of
//! the point, shared between threads, each over all parts of the batch in their order.

use std::ops::Range;

use super::tape::Tape;
use super::{Model, Stage};
use crate::matrix::Input;
use crate::real::Real;

/// Weights a piece has at most, unless its layer cannot be split so far.
const PIECE: usize = 1 << 16;

/// In so many pieces a stage is split at least, so that threads share the long sums of a sparse input …
const SHARED: usize = 4;
/// … unless they would be smaller than this.
const LEAST: usize = 1 << 12;

/// Some weights of one stage, next to each other in the point.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    stage: usize,
    /// In the weights of the stage.
    range: Range<usize>,
}

/// The pieces of a stage of so many weights, whole grains each.
pub(super) fn pieces(stage: usize, weights: usize, grain: usize) -> impl Iterator<Item = Piece> {
    let grains = weights / grain.max(1);
    let pieces = weights.div_ceil(PIECE).max((weights / LEAST).min(SHARED)).min(grains);
    let at = move |piece: usize| grains * piece / pieces * grain;
    (0..pieces).map(move |piece| Piece { stage, range: at(piece)..at(piece + 1) })
}

impl<T: Real> Model<T> {
    /// out ← out + scale · the field that the last sweep over this input left on the tape.
    pub(super) fn add_field(&self, input: Input<'_, T>, tape: &Tape<T>, scale: T, out: &mut [T]) {
        assert_eq!(out.len(), self.parameters(), "length of the field");
        self.add_pieces(&self.pieces, input, tape, scale, out);
    }

    fn add_pieces(
        &self,
        pieces: &[Piece],
        input: Input<'_, T>,
        tape: &Tape<T>,
        scale: T,
        out: &mut [T],
    ) {
        match pieces {
            [] => {}
            [piece] => self.add_piece(piece, input, tape, scale, out),
            pieces => {
                let (lower, upper) = pieces.split_at(pieces.len() / 2);
                let length = lower.iter().map(|piece| piece.range.len()).sum();
                let (below, above) = out.split_at_mut(length);
                rayon::join(
                    || self.add_pieces(lower, input, tape, scale, below),
                    || self.add_pieces(upper, input, tape, scale, above),
                );
            }
        }
    }

    fn add_piece(
        &self,
        piece: &Piece,
        input: Input<'_, T>,
        tape: &Tape<T>,
        scale: T,
        out: &mut [T],
    ) {
        let Stage::Layer(layer) = &self.stages[piece.stage] else { return };
        for part in tape.parts() {
            let input = self.input_at(piece.stage, input, part);
            let (drive, cache) = (part.drive(piece.stage), &part.caches[piece.stage]);
            layer.add_field(piece.range.clone(), input, drive, cache, scale, out);
        }
    }
}
