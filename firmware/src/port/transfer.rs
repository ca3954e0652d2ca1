//! A checkpoint on its way, in pieces, through the keeper's buffer.

use fejer::port::Reason;

/// What is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transfer {
    /// Nothing.
    None,
    /// Out: a checkpoint of this length is in the buffer.
    Out(usize),
    /// In: of `length` bytes these have come.
    In {
        /// Bytes announced.
        length: usize,
        /// Bytes there.
        there: usize,
    },
}

impl Transfer {
    /// A transfer in, for which there is room.
    pub fn into(length: u32, room: usize) -> Result<Self, Reason> {
        match usize::try_from(length) {
            Ok(length) if length <= room => Ok(Self::In { length, there: 0 }),
            _ => Err(Reason::Length { room: room as u32 }),
        }
    }

    /// Puts a piece where it belongs and says where the next one does.
    pub fn put(&mut self, buffer: &mut [u8], offset: u32, piece: &[u8]) -> Result<u32, Reason> {
        let Self::In { length, there } = self else { return Err(Reason::NoTransfer) };
        if offset as usize != *there {
            return Err(Reason::Offset { expected: *there as u32 });
        }
        let end = *there + piece.len();
        let room = buffer.get_mut(*there..end).filter(|_| end <= *length);
        room.ok_or(Reason::Length { room: *length as u32 })?.copy_from_slice(piece);
        *there = end;
        Ok(end as u32)
    }

    /// The piece from `offset` on, of at most `most` bytes.
    pub fn piece<'b>(
        &self,
        buffer: &'b [u8],
        offset: u32,
        most: usize,
    ) -> Result<&'b [u8], Reason> {
        let Self::Out(length) = *self else { return Err(Reason::NoTransfer) };
        let left = buffer.get(..length).and_then(|whole| whole.get(offset as usize..));
        let left = left.ok_or(Reason::Offset { expected: length as u32 })?;
        Ok(left.get(..most).unwrap_or(left))
    }

    /// What came, once it is whole.
    pub fn whole<'b>(&self, buffer: &'b [u8]) -> Result<&'b [u8], Reason> {
        match *self {
            Self::In { length, there } if there == length => {
                buffer.get(..length).ok_or(Reason::NoTransfer)
            }
            Self::In { there, .. } => Err(Reason::Offset { expected: there as u32 }),
            _ => Err(Reason::NoTransfer),
        }
    }
}
