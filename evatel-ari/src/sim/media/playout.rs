//! What `chan_websocket` does with what it is sent: a queue that is played one frame each 20 ms, and commands on it.
//! No sockets and no clock of its own: [`Playout::tick`] is 20 ms.

use std::collections::VecDeque;

/// How many frames the queue takes; what comes above is dropped without a word.
const MOST: usize = 1000;
/// At so many frames the sender is asked to stop.
const XOFF: usize = 900;
/// At so few he may go on.
const XON: usize = 800;

/// What `chan_websocket` tells its client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sim) enum Told {
    BufferingCompleted(Option<String>),
    Error(&'static str),
    MarkProcessed(Option<String>),
    QueueDrained,
    Status {
        queue_length: usize,
        is_full: bool,
        is_bulk: bool,
        is_paused: bool,
    },
    Xoff,
    Xon,
}

/// What a command asks of the channel, beyond its queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sim) enum Asks {
    Answer,
    Hangup,
    Nothing,
}

#[derive(Debug)]
enum Item {
    Frame(Vec<u8>),
    Buffered(Option<String>),
    Mark(Option<String>),
}

/// The queue of one connection.
#[derive(Debug)]
pub(in crate::sim) struct Playout {
    queue: VecDeque<Item>,
    frames: usize,
    frame_bytes: usize,
    /// What is less than a frame while buffering; otherwise it is dropped, as Asterisk does.
    rest: Vec<u8>,
    is_bulk: bool,
    is_full: bool,
    is_paused: bool,
    reports_drained: bool,
}

impl Playout {
    pub(in crate::sim) fn new(frame_bytes: usize) -> Self {
        Self {
            queue: VecDeque::new(),
            frames: 0,
            frame_bytes,
            rest: Vec::new(),
            is_bulk: false,
            is_full: false,
            is_paused: false,
            reports_drained: false,
        }
    }

    /// Says whether time changes anything.
    pub(in crate::sim) fn runs(&self) -> bool {
        !self.queue.is_empty() && !self.is_paused
    }

    /// Takes sound.
    pub(in crate::sim) fn push(&mut self, bytes: &[u8]) -> Option<Told> {
        self.rest.extend_from_slice(bytes);
        let whole = self.rest.len() / self.frame_bytes * self.frame_bytes;
        let taken: Vec<u8> = self.rest.drain(..whole).collect();
        for frame in taken.chunks(self.frame_bytes) {
            if self.frames < MOST {
                self.frames += 1;
                self.queue.push_back(Item::Frame(frame.to_vec()));
            }
        }
        if !self.is_bulk {
            self.rest.clear();
        }
        let is_over = self.frames >= XOFF && !self.is_full;
        is_over.then(|| {
            self.is_full = true;
            Told::Xoff
        })
    }

    /// Does what a command asks for.
    pub(in crate::sim) fn command(&mut self, name: &str, id: Option<String>) -> (Asks, Option<Told>) {
        match name {
            "ANSWER" => return (Asks::Answer, None),
            "HANGUP" => return (Asks::Hangup, None),
            "START_MEDIA_BUFFERING" => self.is_bulk = true,
            "STOP_MEDIA_BUFFERING" => {
                self.is_bulk = false;
                self.flush_rest();
                self.queue.push_back(Item::Buffered(id));
            }
            "MARK_MEDIA" if self.queue.is_empty() => return (Asks::Nothing, Some(Told::MarkProcessed(id))),
            "MARK_MEDIA" => self.queue.push_back(Item::Mark(id)),
            "FLUSH_MEDIA" => {
                self.queue.clear();
                self.rest.clear();
                (self.frames, self.is_bulk) = (0, false);
                return (Asks::Nothing, self.relieved());
            }
            "PAUSE_MEDIA" => self.is_paused = true,
            "CONTINUE_MEDIA" => self.is_paused = false,
            "REPORT_QUEUE_DRAINED" => self.reports_drained = true,
            "GET_STATUS" => {
                let status = Told::Status {
                    queue_length: self.frames,
                    is_full: self.is_full,
                    is_bulk: self.is_bulk,
                    is_paused: self.is_paused,
                };
                return (Asks::Nothing, Some(status));
            }
            // Asterisk only logs what it does not know.
            _ => {}
        }
        (Asks::Nothing, None)
    }

    fn flush_rest(&mut self) {
        if !self.rest.is_empty() {
            self.rest.resize(self.frame_bytes, 0);
            self.queue.push_back(Item::Frame(std::mem::take(&mut self.rest)));
            self.frames += 1;
        }
    }

    fn relieved(&mut self) -> Option<Told> {
        let is_relief = self.is_full && self.frames <= XON;
        is_relief.then(|| {
            self.is_full = false;
            Told::Xon
        })
    }

    /// Lets 20 ms pass: gives the frame that is heard, and what is told.
    pub(in crate::sim) fn tick(&mut self) -> (Option<Vec<u8>>, Vec<Told>) {
        let mut told = Vec::new();
        if self.is_paused {
            return (None, told);
        }
        let mut heard = None;
        while let Some(item) = self.queue.front() {
            if matches!(item, Item::Frame(_)) && heard.is_some() {
                break;
            }
            match self.queue.pop_front() {
                Some(Item::Frame(frame)) => {
                    self.frames -= 1;
                    heard = Some(frame);
                    told.extend(self.relieved());
                }
                Some(Item::Buffered(id)) => told.push(Told::BufferingCompleted(id)),
                Some(Item::Mark(id)) => told.push(Told::MarkProcessed(id)),
                None => {}
            }
        }
        if self.queue.is_empty() && self.reports_drained {
            self.reports_drained = false;
            told.push(Told::QueueDrained);
        }
        (heard, told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(count: usize) -> Vec<u8> {
        vec![1; 320 * count]
    }

    #[test]
    fn one_frame_is_heard_each_tick_and_a_mark_after_what_was_before_it() {
        let mut playout = Playout::new(320);
        playout.push(&frames(2));
        playout.command("MARK_MEDIA", Some("m".into()));
        assert_eq!(playout.tick(), (Some(frames(1)), vec![]));
        let told = vec![Told::MarkProcessed(Some("m".into()))];
        assert_eq!(playout.tick(), (Some(frames(1)), told));
        assert!(!playout.runs());
    }

    #[test]
    fn who_sends_too_much_is_held_back_until_the_queue_is_shorter() {
        let mut playout = Playout::new(320);
        assert_eq!(playout.push(&frames(899)), None);
        assert_eq!(playout.push(&frames(1)), Some(Told::Xoff));
        assert_eq!(playout.push(&frames(500)), None);
        let xon = (0..MOST).position(|_| playout.tick().1 == [Told::Xon]);
        assert_eq!(xon, Some(MOST - XON - 1));
    }

    #[test]
    fn a_flush_empties_the_queue_and_lets_the_sender_go_on() {
        let mut playout = Playout::new(320);
        playout.push(&frames(950));
        assert_eq!(
            playout.command("FLUSH_MEDIA", None),
            (Asks::Nothing, Some(Told::Xon))
        );
        assert!(!playout.runs());
    }

    #[test]
    fn a_part_of_a_frame_is_lost_unless_it_is_buffered() {
        let mut playout = Playout::new(320);
        playout.push(&[1; 100]);
        playout.push(&[1; 300]);
        assert!(!playout.runs());
        playout.command("START_MEDIA_BUFFERING", None);
        playout.push(&[1; 100]);
        playout.push(&[1; 300]);
        playout.command("STOP_MEDIA_BUFFERING", Some("b".into()));
        assert_eq!(playout.tick(), (Some(frames(1)), vec![]));
        let (heard, told) = playout.tick();
        assert_eq!(heard.map(|frame| frame.len()), Some(320));
        assert_eq!(told, [Told::BufferingCompleted(Some("b".into()))]);
    }

    #[test]
    fn nothing_is_heard_while_it_is_paused() {
        let mut playout = Playout::new(320);
        playout.push(&frames(1));
        playout.command("PAUSE_MEDIA", None);
        assert!(!playout.runs());
        assert_eq!(playout.tick(), (None, vec![]));
        playout.command("CONTINUE_MEDIA", None);
        assert_eq!(playout.tick().0, Some(frames(1)));
    }
}
