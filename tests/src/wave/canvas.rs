//! Pixels, lines and letters.

use font8x8::{BASIC_FONTS, LATIN_FONTS, UnicodeFonts};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Colour([u8; 3]);

impl Colour {
    pub(super) const GRID: Self = Self([222, 226, 230]);
    pub(super) const INK: Self = Self([33, 37, 41]);
    pub(super) const MARK: Self = Self([200, 30, 30]);
    pub(super) const PAPER: Self = Self([255, 255, 255]);
    pub(super) const WAVE: Self = Self([40, 90, 170]);
}

/// A picture; what lies outside is not drawn.
#[derive(Debug)]
pub(super) struct Canvas {
    pub(super) width: usize,
    pub(super) height: usize,
    pixels: Vec<u8>,
}

impl Canvas {
    pub(super) fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            pixels: Colour::PAPER.0.repeat(width * height),
        }
    }

    /// Red, green and blue of each pixel, line by line.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.pixels
    }

    #[cfg(test)]
    pub(super) fn pixel(&self, x: usize, y: usize) -> Colour {
        let at = 3 * (y * self.width + x);
        Colour([self.pixels[at], self.pixels[at + 1], self.pixels[at + 2]])
    }

    pub(super) fn vertical(&mut self, x: usize, from: usize, to: usize, colour: Colour) {
        for y in from..to {
            self.set(x, y, colour);
        }
    }

    pub(super) fn horizontal(&mut self, from: usize, to: usize, y: usize, colour: Colour) {
        for x in from..to {
            self.set(x, y, colour);
        }
    }

    /// Writes one line of text with its upper left corner there.
    pub(super) fn text(&mut self, x: usize, y: usize, text: &str, colour: Colour) {
        for (index, letter) in text.chars().enumerate() {
            let rows = BASIC_FONTS
                .get(letter)
                .or_else(|| LATIN_FONTS.get(letter))
                .or_else(|| BASIC_FONTS.get('?'));
            for (row, bits) in rows.into_iter().flatten().enumerate() {
                for column in (0..8).filter(|column| bits >> column & 1 == 1) {
                    self.set(x + 8 * index + column, y + row, colour);
                }
            }
        }
    }

    fn set(&mut self, x: usize, y: usize, colour: Colour) {
        if x < self.width && y < self.height {
            let at = 3 * (y * self.width + x);
            self.pixels[at..at + 3].copy_from_slice(&colour.0);
        }
    }
}
