//! Order in what comes: a small window for reordered packets, and what is lost is said. Pure; it holds 60 ms at most.

/// How many packets may be waited for behind a missing one: 60 ms at 20 ms each. Then it counts as lost.
pub const WINDOW: u16 = 3;
/// From this jump on the sender has begun anew: 2 s.
pub const RESTART: u16 = 100;
/// Longest payload that is taken, in bytes: 40 ms of 16 kHz samples.
pub const MAX_PAYLOAD: usize = 1280;
/// How many lost packets in a row are made up for: 100 ms. A longer gap is cut out.
pub const MAX_CONCEALED: u16 = 5;

const SLOTS: usize = WINDOW as usize + 1;

/// What a packet is to the receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrived<'a> {
    /// Its place in the stream; wraps.
    pub sequence: u16,
    /// Whose stream it is.
    pub ssrc: u32,
    /// Its sound; empty where it carries none that was agreed.
    pub payload: &'a [u8],
}

/// What is to be played next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next<'a> {
    /// This sound.
    Payload(&'a [u8]),
    /// Something for a packet that is missing.
    Conceal,
}

/// What became of a packet, for the counters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Packets given up.
    pub lost: u64,
    /// It came after its turn.
    pub late: u64,
    /// It had come before.
    pub duplicate: u64,
    /// The sender began anew.
    pub restarts: u64,
}

/// Puts packets in order.
#[derive(Debug)]
pub struct Receiver {
    stream: Option<Stream>,
    slots: Box<[Slot; SLOTS]>,
}

#[derive(Debug)]
struct Stream {
    ssrc: u32,
    next: u16,
    /// Which of the 64 packets before `next` were played, the last one in bit 0.
    played: u64,
    /// How many steps of 20 ms something waits behind a gap.
    waited: u16,
}

#[derive(Debug)]
struct Slot {
    held: Option<(u16, usize)>,
    bytes: [u8; MAX_PAYLOAD],
}

impl Default for Receiver {
    fn default() -> Self {
        let slot = || Slot {
            held: None,
            bytes: [0; MAX_PAYLOAD],
        };
        Self {
            stream: None,
            slots: Box::new(std::array::from_fn(|_| slot())),
        }
    }
}

impl Receiver {
    /// Takes a packet; `play` gets what is in order then.
    pub fn push(&mut self, packet: Arrived<'_>, mut play: impl FnMut(Next<'_>)) -> Tally {
        let mut tally = Tally::default();
        if let Some(stream) = &self.stream {
            let distance = packet.sequence.wrapping_sub(stream.next) as i16;
            if stream.ssrc != packet.ssrc || distance.unsigned_abs() >= RESTART {
                tally.restarts = 1;
                self.release_all(&mut play);
                self.stream = None;
            }
        }
        let stream = self.stream.get_or_insert(Stream {
            ssrc: packet.ssrc,
            next: packet.sequence,
            played: 0,
            waited: 0,
        });
        let distance = packet.sequence.wrapping_sub(stream.next) as i16;
        if distance < 0 {
            let bit = u32::from((-distance - 1).unsigned_abs());
            if stream.played.checked_shr(bit).unwrap_or_default() & 1 == 1 {
                tally.duplicate = 1;
            } else {
                tally.late = 1;
            }
            return tally;
        }
        // Who is too far ahead makes what is missing before him lost.
        let distance = distance.unsigned_abs();
        for missing in 0..distance.saturating_sub(WINDOW - 1) {
            self.give_up_or_play(missing, &mut tally, &mut play);
        }
        let Some(stream) = &mut self.stream else {
            return tally;
        };
        if packet.sequence == stream.next {
            stream.pass(true);
            play(Next::Payload(packet.payload));
            self.release(&mut play);
        } else {
            let slot = &mut self.slots[usize::from(packet.sequence) % SLOTS];
            if slot.held.is_some_and(|(sequence, _)| sequence == packet.sequence) {
                tally.duplicate = 1;
                return tally;
            }
            let length = packet.payload.len().min(MAX_PAYLOAD);
            slot.bytes[..length].copy_from_slice(&packet.payload[..length]);
            slot.held = Some((packet.sequence, length));
        }
        tally
    }

    /// 20 ms passed: what waited long enough behind a gap waits no longer.
    pub fn step(&mut self, mut play: impl FnMut(Next<'_>)) -> Tally {
        let mut tally = Tally::default();
        let Some(stream) = &mut self.stream else {
            return tally;
        };
        if self.slots.iter().all(|slot| slot.held.is_none()) {
            return tally;
        }
        stream.waited += 1;
        if stream.waited >= WINDOW {
            let mut missing = 0;
            while self.slots.iter().any(|slot| slot.held.is_some()) {
                self.give_up_or_play(missing, &mut tally, &mut play);
                missing += 1;
            }
        }
        tally
    }

    /// Passes the next place, be its packet held or missing.
    fn give_up_or_play(&mut self, missing: u16, tally: &mut Tally, play: &mut impl FnMut(Next<'_>)) {
        if self.release(play) {
            return;
        }
        if let Some(stream) = &mut self.stream {
            stream.pass(false);
            tally.lost += 1;
            if missing < MAX_CONCEALED {
                play(Next::Conceal);
            }
            self.release(play);
        }
    }

    /// Plays what is held and in order; says whether there was any.
    fn release(&mut self, play: &mut impl FnMut(Next<'_>)) -> bool {
        let mut any = false;
        while let Some(stream) = &mut self.stream {
            let slot = &mut self.slots[usize::from(stream.next) % SLOTS];
            let Some((_, length)) = slot.held.take_if(|(sequence, _)| *sequence == stream.next) else {
                break;
            };
            stream.pass(true);
            play(Next::Payload(&slot.bytes[..length]));
            any = true;
        }
        any
    }

    /// Plays all that is held, in order: its stream is over.
    fn release_all(&mut self, play: &mut impl FnMut(Next<'_>)) {
        let Some(stream) = &self.stream else { return };
        for ahead in 0..WINDOW {
            let sequence = stream.next.wrapping_add(ahead);
            let slot = &mut self.slots[usize::from(sequence) % SLOTS];
            if let Some((_, length)) = slot.held.take_if(|(held, _)| *held == sequence) {
                play(Next::Payload(&slot.bytes[..length]));
            }
        }
        self.slots.iter_mut().for_each(|slot| slot.held = None);
    }
}

impl Stream {
    fn pass(&mut self, played: bool) {
        self.next = self.next.wrapping_add(1);
        self.played = self.played << 1 | u64::from(played);
        self.waited = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Line {
        receiver: Receiver,
        played: Vec<String>,
        total: Tally,
    }

    impl Line {
        fn new() -> Self {
            Self {
                receiver: Receiver::default(),
                played: Vec::new(),
                total: Tally::default(),
            }
        }

        fn count(&mut self, tally: Tally) {
            self.total.lost += tally.lost;
            self.total.late += tally.late;
            self.total.duplicate += tally.duplicate;
            self.total.restarts += tally.restarts;
        }

        fn push_of(&mut self, ssrc: u32, sequence: u16) {
            let payload = sequence.to_string();
            let packet = Arrived {
                sequence,
                ssrc,
                payload: payload.as_bytes(),
            };
            let tally = self.receiver.push(packet, |next| self.played.push(name(next)));
            self.count(tally);
        }

        fn push(&mut self, sequence: u16) {
            self.push_of(1, sequence);
        }

        fn step(&mut self) {
            let tally = self.receiver.step(|next| self.played.push(name(next)));
            self.count(tally);
        }
    }

    fn name(next: Next<'_>) -> String {
        match next {
            Next::Payload(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Next::Conceal => "-".into(),
        }
    }

    #[test]
    fn packets_in_order_pass_at_once_over_the_wrap() {
        let mut line = Line::new();
        [65_534, 65_535, 0, 1]
            .into_iter()
            .for_each(|sequence| line.push(sequence));
        assert_eq!(line.played, ["65534", "65535", "0", "1"]);
        assert_eq!(line.total, Tally::default());
    }

    #[test]
    fn reordered_packets_are_put_in_order_over_the_wrap() {
        let mut line = Line::new();
        [65_534, 0, 65_535, 2, 1, 3]
            .into_iter()
            .for_each(|sequence| line.push(sequence));
        assert_eq!(line.played, ["65534", "65535", "0", "1", "2", "3"]);
        assert_eq!(line.total, Tally::default());
    }

    #[test]
    fn a_lost_packet_is_concealed_when_the_third_after_it_has_come() {
        let mut line = Line::new();
        [1, 3, 4].into_iter().for_each(|sequence| line.push(sequence));
        assert_eq!(line.played, ["1"]);
        line.push(5);
        assert_eq!(line.played, ["1", "-", "3", "4", "5"]);
        assert_eq!(line.total.lost, 1);
    }

    #[test]
    fn what_waits_behind_a_gap_waits_60_ms_even_if_nothing_more_comes() {
        let mut line = Line::new();
        [1, 3].into_iter().for_each(|sequence| line.push(sequence));
        line.step();
        line.step();
        assert_eq!(line.played, ["1"]);
        line.step();
        assert_eq!(line.played, ["1", "-", "3"]);
    }

    #[test]
    fn a_late_packet_and_a_double_one_are_told_apart_and_never_played() {
        let mut line = Line::new();
        [1, 3, 4, 5].into_iter().for_each(|sequence| line.push(sequence));
        line.push(2);
        line.push(4);
        line.push(7);
        line.push(7);
        assert_eq!((line.total.late, line.total.duplicate), (1, 2));
        assert_eq!(line.played, ["1", "-", "3", "4", "5"]);
    }

    #[test]
    fn a_long_gap_is_concealed_for_100_ms_and_then_cut_out() {
        let mut line = Line::new();
        line.push(1);
        line.push(52);
        line.step();
        line.step();
        line.step();
        assert_eq!(line.total.lost, 50);
        assert_eq!(line.played, ["1", "-", "-", "-", "-", "-", "-", "-", "52"]);
    }

    #[test]
    fn another_ssrc_and_a_great_jump_begin_anew_and_what_was_held_is_still_heard() {
        let mut line = Line::new();
        [1, 3].into_iter().for_each(|sequence| line.push(sequence));
        line.push_of(2, 40_000);
        line.push_of(2, 40_001);
        line.push_of(2, 7);
        assert_eq!(line.played, ["1", "3", "40000", "40001", "7"]);
        assert_eq!((line.total.restarts, line.total.lost), (2, 0));
    }

    #[test]
    fn whatever_order_packets_come_in_none_is_played_twice_or_out_of_turn() {
        for seed in 0..300 {
            let mut noise = crate::noise::Noise::new(seed);
            let mut line = Line::new();
            let start = noise.below(65_536) as u16;
            line.push(start);
            for at in 1..200_u16 {
                for _ in 0..noise.below(3) {
                    line.push(start.wrapping_add(at + noise.below(5) as u16));
                }
                if noise.below(4) == 0 {
                    line.step();
                }
            }
            let order: Vec<u16> = line
                .played
                .iter()
                .filter(|name| *name != "-")
                .map(|name| name.parse::<u16>().unwrap().wrapping_sub(start))
                .collect();
            assert!(order.is_sorted_by(|a, b| a < b), "seed {seed}: {order:?}");
            assert_eq!(line.total.restarts, 0, "seed {seed}");
        }
    }
}
