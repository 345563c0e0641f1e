//! The parts of a message as bytes: numbers, texts and samples, little endian.

use super::Malformed;
use crate::worker::engine::StreamId;

/// Writes a message's body behind its length.
pub(super) fn framed(into: &mut Vec<u8>, fill: impl FnOnce(&mut Vec<u8>)) {
    let mut body = Vec::new();
    fill(&mut body);
    into.extend((body.len() as u32).to_le_bytes());
    into.extend(body);
}

pub(super) fn put_stream(body: &mut Vec<u8>, kind: u8, stream: StreamId) {
    body.push(kind);
    body.extend(stream.to_le_bytes());
}

pub(super) fn put_samples(body: &mut Vec<u8>, samples: &[i16]) {
    body.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
}

pub(super) fn put_text(body: &mut Vec<u8>, text: &str) {
    let mut end = text.len().min(MOST_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    body.extend((end as u16).to_le_bytes());
    body.extend(&text.as_bytes()[..end]);
}

/// Longest text, in bytes; of a longer one the rest is left out.
pub(crate) const MOST_TEXT: usize = 4096;

/// What is left of a body.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl Reader<'_> {
    pub(super) fn byte(&mut self) -> Result<u8, Malformed> {
        let (&first, rest) = self.0.split_first().ok_or(Malformed)?;
        self.0 = rest;
        Ok(first)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Malformed> {
        let (four, rest) = self.0.split_first_chunk::<4>().ok_or(Malformed)?;
        self.0 = rest;
        Ok(u32::from_le_bytes(*four))
    }

    /// All that is left.
    pub(super) fn samples(&mut self) -> Vec<i16> {
        let pairs = self.0.chunks_exact(2);
        self.0 = &[];
        pairs.map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
    }

    pub(super) fn text(&mut self) -> Result<String, Malformed> {
        let (two, rest) = self.0.split_first_chunk::<2>().ok_or(Malformed)?;
        let (text, rest) = rest
            .split_at_checked(u16::from_le_bytes(*two).into())
            .ok_or(Malformed)?;
        self.0 = rest;
        String::from_utf8(text.to_vec()).map_err(|_| Malformed)
    }
}
