//! Bytes that nobody should send, the same in each run: for tests of what reads foreign bytes.

/// A generator of numbers (xorshift64, Marsaglia 2003).
#[derive(Debug)]
pub(crate) struct Noise(u64);

impl Noise {
    /// Makes a generator that always gives the same numbers for this seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Gives a number below `end`, 0 if there is none.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }

    /// Gives up to `longest` bytes of anything.
    pub(crate) fn bytes(&mut self, longest: usize) -> Vec<u8> {
        let length = self.below(longest + 1);
        (0..length).map(|_| self.below(256) as u8).collect()
    }

    /// Damages a text: bytes are changed, cut out, doubled, or a piece of what JSON is made of is put in.
    pub(crate) fn damaged(&mut self, text: &str) -> String {
        const PIECES: [&str; 12] = [
            "{",
            "}",
            "[",
            "]",
            "\"",
            "null",
            "-1e999",
            "\\ud800",
            ":",
            ",",
            "\u{0}",
            "\"type\":",
        ];
        let mut bytes = text.as_bytes().to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            let to = (at + self.below(16)).min(bytes.len());
            match self.below(4) {
                0 if at < bytes.len() => bytes[at] = self.below(256) as u8,
                1 => drop(bytes.drain(at..to)),
                2 => {
                    let again = bytes[at..to].to_vec();
                    bytes.splice(at..at, again);
                }
                _ => {
                    let piece = PIECES[self.below(PIECES.len())];
                    bytes.splice(at..at, piece.bytes());
                }
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
