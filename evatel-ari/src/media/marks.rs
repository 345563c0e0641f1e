//! What the party really heard, to the frame: places in the stream that are waited for.

use std::collections::VecDeque;

/// What became of a place in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// All before it was heard.
    Heard,
    /// A flush threw away what was before it.
    Flushed,
    /// The leg ended first.
    Gone,
}

/// How many marks may wait at once; one more counts as [`Mark::Gone`] at once.
pub(super) const WAITING: usize = 64;

/// The marks of a leg that wait, in the order of their places. `A` is whom to answer.
#[derive(Debug)]
pub(super) struct Marks<A> {
    waiting: VecDeque<Waiting<A>>,
    last_id: u64,
}

#[derive(Debug)]
struct Waiting<A> {
    id: u64,
    /// How many frames the leg will have sent when this place is reached.
    after: u64,
    asked: bool,
    answer: A,
}

impl<A> Default for Marks<A> {
    fn default() -> Self {
        Self {
            waiting: VecDeque::with_capacity(WAITING),
            last_id: 0,
        }
    }
}

impl<A> Marks<A> {
    /// Puts a mark after `after` frames of the stream. Gives the answer back if too many wait.
    pub(super) fn put(&mut self, after: u64, answer: A) -> Result<(), A> {
        if self.waiting.len() == WAITING {
            return Err(answer);
        }
        self.last_id += 1;
        self.waiting.push_back(Waiting {
            id: self.last_id,
            after,
            asked: false,
            answer,
        });
        Ok(())
    }

    /// Gives the next mark whose place is sent and that the switch has to be told of now.
    pub(super) fn unasked(&mut self, sent: u64) -> Option<u64> {
        let mark = self.waiting.iter_mut().find(|mark| !mark.asked)?;
        (mark.after <= sent).then(|| {
            mark.asked = true;
            mark.id
        })
    }

    /// The switch reached mark `id`, hence all before it.
    pub(super) fn processed(&mut self, id: u64) -> impl Iterator<Item = A> {
        let reached = self
            .waiting
            .iter()
            .take_while(|mark| mark.id <= id && mark.asked)
            .count();
        self.waiting.drain(..reached).map(|mark| mark.answer)
    }

    /// By the clock, all up to frame `heard` was heard.
    pub(super) fn heard(&mut self, heard: u64) -> impl Iterator<Item = A> {
        let reached = self.waiting.iter().take_while(|mark| mark.after <= heard).count();
        self.waiting.drain(..reached).map(|mark| mark.answer)
    }

    /// The switch threw away all that was sent: what it was asked for will never be reached.
    pub(super) fn flushed(&mut self) -> impl Iterator<Item = A> {
        let asked = self.waiting.iter().take_while(|mark| mark.asked).count();
        self.waiting.drain(..asked).map(|mark| mark.answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_told_to_the_switch_when_its_place_was_sent_and_not_before() {
        let mut marks = Marks::default();
        marks.put(3, "a").unwrap();
        marks.put(5, "b").unwrap();
        assert_eq!(marks.unasked(2), None);
        assert_eq!(marks.unasked(3), Some(1));
        assert_eq!(marks.unasked(4), None);
        assert_eq!(marks.unasked(9), Some(2));
        assert_eq!(marks.processed(1).collect::<Vec<_>>(), ["a"]);
        assert_eq!(marks.processed(2).collect::<Vec<_>>(), ["b"]);
        assert_eq!(marks.heard(u64::MAX).count(), 0, "none waits");
    }

    #[test]
    fn a_flush_takes_the_marks_of_what_was_sent_and_leaves_those_of_what_comes() {
        let mut marks = Marks::default();
        marks.put(3, "sent").unwrap();
        marks.put(7, "to come").unwrap();
        marks.unasked(5);
        assert_eq!(marks.flushed().collect::<Vec<_>>(), ["sent"]);
        assert_eq!(marks.processed(1).count(), 0, "a late answer changes nothing");
        assert_eq!(marks.heard(7).collect::<Vec<_>>(), ["to come"]);
    }

    #[test]
    fn one_mark_too_many_is_given_back() {
        let mut marks = Marks::default();
        for place in 0..WAITING as u64 {
            marks.put(place, place).unwrap();
        }
        assert_eq!(marks.put(99, 99), Err(99));
    }
}
