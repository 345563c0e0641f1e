//! The queue of one stream, which a reader may leave alone for as long as he likes.
//!
//! It holds [`STREAM_EVENTS`] at most. When it is full, or all queues together are, something goes for what comes: the
//! same kind of news about the object's life, which the newer one outdates; then the oldest chatter; then the oldest
//! digit. A life has few kinds of news, hence it always has room.

use std::{
    collections::VecDeque,
    mem::discriminant,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll, Waker},
};

use super::{Signal, lock};
use crate::{
    event::{Event, EventName},
    stats::Counters,
};

/// How many events may wait in one stream.
pub const STREAM_EVENTS: usize = 256;
/// How much room an emptied queue keeps.
const ROOM_KEPT: usize = 16;

/// All queues together.
#[derive(Debug)]
pub(super) struct Load {
    queued: AtomicUsize,
    bound: usize,
    counters: Arc<Counters>,
}

impl Load {
    pub(super) fn new(bound: usize, counters: Arc<Counters>) -> Self {
        Self {
            queued: AtomicUsize::new(0),
            bound,
            counters,
        }
    }

    pub(super) fn queued(&self) -> usize {
        self.queued.load(Relaxed)
    }

    /// Nothing new is begun.
    pub(super) fn is_full(&self) -> bool {
        self.queued() >= self.bound
    }

    /// Not even what must not be lost is kept.
    fn is_beyond(&self) -> bool {
        self.queued() >= self.bound.saturating_mul(2)
    }

    fn dropped(&self, how_many: usize) {
        self.counters.dropped.add(how_many as u64);
    }
}

/// How much it matters that a signal arrives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// Variables, places in the dialplan, talking: may be missed.
    Chatter,
    /// What somebody keyed or wrote: goes only where nothing lighter is.
    Digit,
    /// What became of the object: the newest of each kind is kept.
    Life,
}

impl Weight {
    fn of(signal: &Signal) -> Self {
        let Signal::Event(event) = signal else {
            return Self::Life;
        };
        match event.which() {
            EventName::ChannelDtmfReceived | EventName::TextMessageReceived => Self::Digit,
            EventName::BridgeVideoSourceChanged
            | EventName::ChannelCallerId
            | EventName::ChannelConnectedLine
            | EventName::ChannelDialplan
            | EventName::ChannelTalkingFinished
            | EventName::ChannelTalkingStarted
            | EventName::ChannelToneDetected
            | EventName::ChannelUserevent
            | EventName::ChannelVarset
            | EventName::Other(_) => Self::Chatter,
            _ => Self::Life,
        }
    }
}

/// Says whether `newer` is news of the same kind as `older`.
fn outdates(newer: &Signal, older: &Signal) -> bool {
    match (newer, older) {
        (Signal::Event(newer), Signal::Event(older)) => newer.which() == older.which(),
        _ => discriminant(newer) == discriminant(older),
    }
}

#[derive(Default)]
pub(super) struct Mailbox(Mutex<Queue>);

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Signal>,
    /// How many were dropped since the reader was told.
    lagged: u64,
    /// It was emptied, and the reader has not come since.
    gap: bool,
    ended: bool,
    /// The start of an offered call, until somebody takes the offer.
    offered: Option<Arc<Event>>,
    reader: Option<Waker>,
}

/// What a reader finds.
pub(super) struct Taken {
    pub(super) signal: Option<Signal>,
    /// The object must be looked at again, since the queue had been emptied.
    pub(super) after_gap: bool,
}

impl Mailbox {
    /// Makes the mailbox of a call that begins with this event.
    pub(super) fn offering(start: Arc<Event>) -> Self {
        Self(Mutex::new(Queue {
            offered: Some(start),
            ..Queue::default()
        }))
    }

    /// Puts a signal in; after one that `is_last` nothing more is taken. Never waits.
    pub(super) fn put(&self, signal: Signal, is_last: bool, load: &Load) {
        let mut queue = lock(&self.0);
        if queue.ended {
            return;
        }
        queue.put(signal, is_last, load);
        queue.ended = is_last;
        let reader = queue.reader.take();
        drop(queue);
        if let Some(reader) = reader {
            reader.wake();
        }
    }

    pub(super) fn poll(&self, cx: &Context<'_>, load: &Load) -> Poll<Taken> {
        let mut queue = lock(&self.0);
        let taken = |signal| Taken {
            signal,
            after_gap: false,
        };
        if queue.lagged > 0 {
            let lagged = std::mem::take(&mut queue.lagged);
            return Poll::Ready(taken(Some(Signal::Lagged(lagged))));
        }
        if let Some(signal) = queue.waiting.pop_front() {
            load.queued.fetch_sub(1, Relaxed);
            if queue.waiting.is_empty() && queue.waiting.capacity() > ROOM_KEPT {
                queue.waiting.shrink_to(ROOM_KEPT);
            }
            let after_gap = queue.gap && signal == Signal::Lost && !queue.ended;
            queue.gap &= !after_gap;
            return Poll::Ready(Taken {
                signal: Some(signal),
                after_gap,
            });
        }
        if queue.ended {
            return Poll::Ready(taken(None));
        }
        match &queue.reader {
            Some(reader) if reader.will_wake(cx.waker()) => {}
            _ => queue.reader = Some(cx.waker().clone()),
        }
        Poll::Pending
    }

    /// Takes the offer, which whoever follows beside it is then no longer given.
    pub(super) fn take_offer(&self) -> Option<Arc<Event>> {
        lock(&self.0).offered.take()
    }

    /// Copies what waits, the start of an untaken offer first: for who follows the same object from now on.
    pub(super) fn so_far(&self) -> Option<Vec<Signal>> {
        let queue = lock(&self.0);
        let start = Signal::Event(queue.offered.clone()?);
        Some(
            std::iter::once(start)
                .chain(queue.waiting.iter().cloned())
                .collect(),
        )
    }

    /// Throws away what waits, as its reader has gone.
    pub(super) fn close(&self, load: &Load) {
        let mut queue = lock(&self.0);
        queue.ended = true;
        let waiting = std::mem::take(&mut queue.waiting);
        load.queued.fetch_sub(waiting.len(), Relaxed);
    }
}

impl Queue {
    fn put(&mut self, signal: Signal, is_last: bool, load: &Load) {
        let weight = Weight::of(&signal);
        if self.gap && !is_last {
            self.count_drop(load);
            return;
        }
        let is_full = self.waiting.len() >= STREAM_EVENTS || load.is_full();
        if is_full && !self.make_room(&signal, weight, load) {
            if weight == Weight::Chatter {
                self.count_drop(load);
                return;
            }
            if load.is_beyond() && !is_last {
                self.empty(load);
                return;
            }
        }
        self.waiting.push_back(signal);
        load.queued.fetch_add(1, Relaxed);
    }

    /// Drops one that matters less than the newcomer, if there is one.
    fn make_room(&mut self, newcomer: &Signal, weight: Weight, load: &Load) -> bool {
        let oldest = |wanted: Weight| self.waiting.iter().position(|it| Weight::of(it) == wanted);
        let outdated = || self.waiting.iter().position(|it| outdates(newcomer, it));
        let found = match weight {
            Weight::Chatter => oldest(Weight::Chatter),
            Weight::Digit => oldest(Weight::Chatter).or_else(|| match self.waiting.len() >= STREAM_EVENTS {
                true => oldest(Weight::Digit),
                false => None,
            }),
            Weight::Life => outdated()
                .or_else(|| oldest(Weight::Chatter))
                .or_else(|| oldest(Weight::Digit)),
        };
        let Some(at) = found else { return false };
        self.waiting.remove(at);
        load.queued.fetch_sub(1, Relaxed);
        self.count_drop(load);
        true
    }

    fn count_drop(&mut self, load: &Load) {
        self.lagged += 1;
        load.dropped(1);
    }

    /// Leaves nothing but the mark of a gap: the object is looked at again once the reader comes.
    fn empty(&mut self, load: &Load) {
        let lost = self.waiting.len() + 1;
        self.waiting = VecDeque::from([Signal::Lost]);
        load.queued.fetch_sub(lost - 1, Relaxed);
        load.queued.fetch_add(1, Relaxed);
        self.lagged += lost as u64;
        self.gap = true;
        load.dropped(lost);
        load.counters.gaps.add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(bound: usize) -> Load {
        Load::new(bound, Arc::default())
    }

    fn said(name: &str, number: usize) -> Signal {
        let text = format!(r#"{{"type":"{name}","number":{number},"channel":{{"id":"a"}}}}"#);
        Signal::Event(Arc::new(Event::read(&text)))
    }

    fn take(mailbox: &Mailbox, load: &Load) -> Option<Signal> {
        match mailbox.poll(&Context::from_waker(Waker::noop()), load) {
            Poll::Ready(taken) => taken.signal,
            Poll::Pending => None,
        }
    }

    fn all(mailbox: &Mailbox, load: &Load) -> Vec<String> {
        let name = |signal| match signal {
            Signal::Event(event) => event.name().to_owned(),
            other => format!("{other:?}"),
        };
        std::iter::from_fn(|| take(mailbox, load).map(name)).collect()
    }

    #[test]
    fn a_flood_of_variables_costs_neither_a_digit_nor_the_life_of_the_channel() {
        let (mailbox, load) = (Mailbox::default(), load(10_000));
        mailbox.put(said("StasisStart", 0), false, &load);
        for number in 0..STREAM_EVENTS {
            mailbox.put(said("ChannelVarset", number), false, &load);
            mailbox.put(said("ChannelDtmfReceived", number), false, &load);
        }
        mailbox.put(said("ChannelDestroyed", 0), true, &load);
        let names = all(&mailbox, &load);
        // One digit makes room for the start, one for the end.
        assert_eq!(names[0], format!("Lagged({})", STREAM_EVENTS + 2));
        assert_eq!(
            (&*names[1], names.last().unwrap().as_str()),
            ("StasisStart", "ChannelDestroyed")
        );
        let digits = names.iter().filter(|name| *name == "ChannelDtmfReceived").count();
        assert_eq!(digits, STREAM_EVENTS - 2);
        assert_eq!(load.queued(), 0);
    }

    #[test]
    fn news_of_one_kind_outdate_each_other_where_there_is_no_room() {
        let (mailbox, load) = (Mailbox::default(), load(3));
        for number in 0..1_000 {
            for name in [
                "StasisStart",
                "ChannelStateChange",
                "ChannelEnteredBridge",
                "StasisEnd",
            ] {
                mailbox.put(said(name, number), false, &load);
            }
        }
        let names = all(&mailbox, &load);
        let newest = [
            "StasisStart",
            "ChannelStateChange",
            "ChannelEnteredBridge",
            "StasisEnd",
        ];
        assert_eq!(names[1..], newest);
        assert_eq!(names[0], format!("Lagged({})", 4_000 - 4));
    }

    #[test]
    fn far_beyond_the_bound_a_gap_is_marked_and_the_end_still_comes() {
        let (mailbox, load) = (Mailbox::default(), load(1));
        let other = Mailbox::default();
        for name in ["StasisStart", "StasisEnd"] {
            other.put(said(name, 0), false, &load);
        }
        mailbox.put(said("StasisStart", 0), false, &load);
        mailbox.put(said("ChannelStateChange", 0), false, &load);
        let reader = Context::from_waker(Waker::noop());
        assert_eq!(take(&mailbox, &load), Some(Signal::Lagged(2)));
        let Poll::Ready(taken) = mailbox.poll(&reader, &load) else {
            panic!("nothing came")
        };
        assert!(taken.after_gap && taken.signal == Some(Signal::Lost));
        mailbox.put(said("ChannelDestroyed", 0), true, &load);
        assert_eq!(all(&mailbox, &load), ["ChannelDestroyed"]);
    }

    #[test]
    fn a_mailbox_that_is_closed_gives_its_room_back() {
        let (mailbox, load) = (Mailbox::default(), load(10));
        mailbox.put(said("StasisStart", 0), false, &load);
        mailbox.close(&load);
        mailbox.put(said("StasisEnd", 0), false, &load);
        assert_eq!(load.queued(), 0);
    }
}
