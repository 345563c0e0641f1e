//! The stream of events that every client gets: real ones of Asterisk 22.10, one channel's life, for many channels at once.
//!
//! `ari/events.jsonl` holds fourteen events as this Asterisk sent them for one SIP call. Each simulated channel goes through them in
//! order; which channel is next is drawn at random from a seed, so that every client gets the very same bytes.

use anyhow::{Context, Result};

/// The fourteen events, in the order of a channel's life.
const LIFE: &str = include_str!("../ari/events.jsonl");
/// The id of the channel in [`LIFE`]; ours have the same length.
const CAPTURED_ID: &str = "1795644159.0";
/// What carries the time of writing in the paced run: as long as the id that Asterisk wrote there.
const CAPTURED_ASTERISK: &str = "02:fc:00:00:00:01";

/// Cut into pieces once, so that an event is made by joining.
pub struct Templates {
    life: Vec<Template>,
}

struct Template {
    pieces: Vec<&'static str>,
    /// Where the id of the Asterisk begins, from the end of the text.
    asterisk_from_end: usize,
}

impl Templates {
    /// Reads the captured events.
    pub fn load() -> Result<Self> {
        let life = LIFE.lines().map(Template::of).collect::<Result<_>>()?;
        Ok(Self { life })
    }

    /// Says how many events a channel's life has.
    pub fn len(&self) -> usize {
        self.life.len()
    }

    fn write(&self, step: usize, channel: u32, frame: &mut Vec<u8>) {
        let id = format!("{:010}.7", 1_000_000_000 + u64::from(channel));
        for (index, piece) in self.life[step].pieces.iter().enumerate() {
            if index > 0 {
                frame.extend_from_slice(id.as_bytes());
            }
            frame.extend_from_slice(piece.as_bytes());
        }
    }
}

impl Template {
    fn of(line: &'static str) -> Result<Self> {
        let at = line
            .rfind(CAPTURED_ASTERISK)
            .context("an event names no Asterisk")?;
        Ok(Self {
            pieces: line.split(CAPTURED_ID).collect(),
            asterisk_from_end: line.len() - at,
        })
    }
}

/// Makes the stream: `channels` alive at once, `count` events in all.
pub struct Stream {
    templates: Templates,
    /// The channel and its next step, for each place.
    places: Vec<(u32, usize)>,
    /// The places whose channel has not begun yet come first, one after the other.
    begun: usize,
    next_channel: u32,
    noise: u64,
    left: u64,
    /// Lives end before their end: every channel stays alive, for the measure of memory.
    endless: bool,
}

impl Stream {
    /// Makes the stream from its seed.
    pub fn new(channels: u32, count: u64, seed: u64, endless: bool) -> Result<Self> {
        Ok(Self {
            templates: Templates::load()?,
            places: (0..channels).map(|channel| (channel, 0)).collect(),
            begun: 0,
            next_channel: channels,
            noise: seed | 1,
            left: count,
            endless,
        })
    }

    /// Appends the next event as a text frame (RFC 6455 §5.2), unmasked as from a server; says where its Asterisk id is.
    pub fn frame(&mut self, frame: &mut Vec<u8>) -> Option<usize> {
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        let place = match self.begun < self.places.len() {
            true => self.begun,
            false => (self.draw() % self.places.len() as u64) as usize,
        };
        self.begun = (self.begun + 1).min(self.places.len());
        let (channel, step) = self.places[place];
        let head = frame.len();
        frame.extend_from_slice(&[0x81, 126, 0, 0]);
        self.templates.write(step, channel, frame);
        let length = frame.len() - head - 4;
        frame[head + 2..head + 4].copy_from_slice(&(length as u16).to_be_bytes());
        let at = frame.len() - self.templates.life[step].asterisk_from_end;
        self.places[place] = match step + 1 {
            next if next < self.templates.len() && !(self.endless && next + 2 >= self.templates.len()) => {
                (channel, next)
            }
            _ if self.endless => (channel, 1),
            _ => {
                self.next_channel += 1;
                (self.next_channel - 1, 0)
            }
        };
        Some(at)
    }

    /// `xorshift64`: quick, and the same everywhere.
    fn draw(&mut self) -> u64 {
        self.noise ^= self.noise << 13;
        self.noise ^= self.noise >> 7;
        self.noise ^= self.noise << 17;
        self.noise
    }
}

/// Writes the time into the place of an Asterisk id: sixteen hexadecimal digits and a dash.
pub fn stamp(id: &mut [u8], nanos: u64) {
    let text = format!("{nanos:016x}-");
    id[..text.len()].copy_from_slice(text.as_bytes());
}

/// Reads the time back; none in an id that Asterisk wrote.
pub fn stamped(id: &str) -> Option<u64> {
    id.strip_suffix('-')
        .and_then(|hex| u64::from_str_radix(hex, 16).ok())
}
