//! One stream of events an object, found by id. Nobody filters everybody's events.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, mpsc};

use crate::{
    event::{Event, EventKind, EventName},
    model::Channel,
    subject::Subject,
};

/// How many events may wait in one stream. When it is full the oldest one that ends nothing is dropped, and the reader is told.
pub const STREAM_EVENTS: usize = 256;
/// How many offered calls may wait. When it is full a call is left to the dialplan, whose watchdog takes it on.
pub const WAITING_OFFERS: usize = 256;

/// What a stream brings.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Signal {
    /// The connection is there again; what still exists was found, what does not is [`Signal::Gone`].
    Back,
    /// The channel came into the application while we were not listening.
    Entered,
    /// Asterisk said this.
    Event(Arc<Event>),
    /// The object ended while we were not listening; how is not known. Nothing follows.
    Gone,
    /// This many events were dropped here because the reader was slow.
    Lagged(u64),
    /// The channel left the application while we were not listening.
    Left,
    /// The connection is lost; events are missed from here to [`Signal::Back`].
    Lost,
}

/// A call that came into the application and that nobody had asked for.
#[derive(Debug)]
#[non_exhaustive]
pub struct Offered {
    /// The arguments of `Stasis()` after the application's name.
    pub args: Vec<String>,
    /// The channel as it came in.
    pub channel: Channel,
    /// All its events from here on.
    pub events: ObjectEvents,
}

/// Everything that happens to one object, in order, until it ends. Dropping it ends the interest.
///
/// Several may follow one object, such as a call's task and the keypad that it listens to: each gets everything.
pub struct ObjectEvents {
    subject: Subject,
    mailbox: Arc<Mailbox>,
    router: Arc<Router>,
}

impl ObjectEvents {
    /// Gives whose events these are.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Waits for the next signal; nothing comes after the object has ended.
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped.
    pub async fn next(&mut self) -> Option<Signal> {
        loop {
            let arrived = self.mailbox.arrived.notified();
            {
                let mut queue = lock(&self.mailbox.queue);
                if queue.dropped > 0 {
                    return Some(Signal::Lagged(std::mem::take(&mut queue.dropped)));
                }
                if let Some(signal) = queue.waiting.pop_front() {
                    return Some(signal);
                }
                if queue.ended {
                    return None;
                }
            }
            arrived.await;
        }
    }
}

impl Drop for ObjectEvents {
    fn drop(&mut self) {
        let mut streams = lock(&self.router.streams);
        let Some(stream) = streams.get_mut(&self.subject) else {
            return;
        };
        stream
            .mailboxes
            .retain(|mailbox| !Arc::ptr_eq(mailbox, &self.mailbox));
        if stream.mailboxes.is_empty() {
            streams.remove(&self.subject);
        }
    }
}

impl fmt::Debug for ObjectEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObjectEvents({:?})", self.subject)
    }
}

/// Brings each event to the streams of what it is about.
pub(crate) struct Router {
    streams: Mutex<HashMap<Subject, Stream>>,
    /// None once no more calls come.
    offers: Mutex<Option<mpsc::Sender<Offered>>>,
    /// What should have ended, though Asterisk did not do it when asked.
    unended: Mutex<HashSet<Subject>>,
}

struct Stream {
    /// One for each who follows, never none.
    mailboxes: Vec<Arc<Mailbox>>,
    /// Asterisk is known to have the object: it was in an event or in the answer to the request that makes it.
    exists: bool,
    /// The channel stands in the application.
    in_app: bool,
}

impl Stream {
    fn put(&self, signal: &Signal, is_last: bool) {
        for mailbox in &self.mailboxes {
            mailbox.put(signal.clone(), is_last);
        }
    }
}

#[derive(Default)]
struct Mailbox {
    queue: Mutex<Queue>,
    arrived: Notify,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Signal>,
    dropped: u64,
    ended: bool,
}

impl Mailbox {
    fn put(&self, signal: Signal, is_last: bool) {
        let mut queue = lock(&self.queue);
        if queue.ended {
            return;
        }
        if queue.waiting.len() >= STREAM_EVENTS {
            queue.waiting.pop_front();
            queue.dropped += 1;
        }
        queue.waiting.push_back(signal);
        queue.ended = is_last;
        drop(queue);
        self.arrived.notify_one();
    }
}

/// What is known of one object, for the comparison after a reconnect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) subject: Subject,
    pub(crate) in_app: bool,
}

impl Router {
    pub(crate) fn new() -> (Arc<Self>, mpsc::Receiver<Offered>) {
        let (offers, waiting) = mpsc::channel(WAITING_OFFERS);
        (
            Arc::new(Self {
                streams: Mutex::default(),
                offers: Mutex::new(Some(offers)),
                unended: Mutex::default(),
            }),
            waiting,
        )
    }

    /// Begins a stream, beside those that are there for the same object.
    pub(crate) fn subscribe(self: &Arc<Self>, subject: Subject) -> ObjectEvents {
        self.begin(&mut lock(&self.streams), subject, false)
    }

    fn begin(
        self: &Arc<Self>,
        streams: &mut HashMap<Subject, Stream>,
        subject: Subject,
        exists: bool,
    ) -> ObjectEvents {
        let mailbox = Arc::<Mailbox>::default();
        let stream = streams.entry(subject.clone()).or_insert_with(|| Stream {
            mailboxes: Vec::with_capacity(1),
            exists,
            in_app: exists,
        });
        stream.mailboxes.push(mailbox.clone());
        ObjectEvents {
            subject,
            mailbox,
            router: self.clone(),
        }
    }

    /// Notes that Asterisk has the object: from now on its absence after a reconnect means that it ended.
    pub(crate) fn confirm(&self, subject: &Subject) {
        if let Some(stream) = lock(&self.streams).get_mut(subject) {
            stream.exists = true;
        }
    }

    /// Brings an event to whom it concerns. Never waits.
    pub(crate) fn route(self: &Arc<Self>, event: &Arc<Event>) {
        let subjects = event.subjects();
        let mut offer = None;
        {
            let mut streams = lock(&self.streams);
            if event.is(EventName::StasisStart)
                && let EventKind::StasisStart { args, channel, .. } = event.kind()
            {
                let subject = Subject::Channel(channel.id.clone());
                match streams.get_mut(&subject) {
                    Some(stream) => stream.in_app = true,
                    None => {
                        let events = self.begin(&mut streams, subject, true);
                        offer = Some(Offered {
                            args: args.clone(),
                            channel: channel.clone(),
                            events,
                        });
                    }
                }
            }
            for subject in subjects.iter().filter(|_| offer.is_none()) {
                let Some(stream) = streams.get_mut(subject) else {
                    continue;
                };
                stream.exists = true;
                stream.in_app &= !event.is(EventName::StasisEnd);
                let is_last = event.ends(subject);
                stream.put(&Signal::Event(event.clone()), is_last);
                if is_last {
                    streams.remove(subject);
                }
            }
        }
        let Some(offer) = offer else { return };
        let channel = offer.channel.id.clone();
        let Some(offers) = lock(&self.offers).clone() else {
            return;
        };
        if let Err(error) = offers.try_send(offer) {
            // Not dropped under the lock: dropping the offer ends its stream, which takes the lock.
            tracing::error!(channel = %channel, "call on `{channel}` left to the dialplan: {error}");
        }
    }

    /// Tells every stream.
    pub(crate) fn tell_all(&self, signal: &Signal) {
        for stream in lock(&self.streams).values() {
            stream.put(signal, false);
        }
    }

    /// Ends the stream of an object that is no more.
    pub(crate) fn gone(&self, subject: &Subject) {
        if let Some(stream) = lock(&self.streams).remove(subject) {
            stream.put(&Signal::Gone, true);
        }
    }

    /// Tells that a channel has come into the application unheard.
    pub(crate) fn entered(&self, subject: &Subject) {
        if let Some(stream) = lock(&self.streams).get_mut(subject) {
            stream.in_app = true;
            stream.put(&Signal::Entered, false);
        }
    }

    /// Tells that a channel has left the application unheard.
    pub(crate) fn left(&self, subject: &Subject) {
        if let Some(stream) = lock(&self.streams).get_mut(subject) {
            stream.in_app = false;
            stream.put(&Signal::Left, false);
        }
    }

    /// Lists what Asterisk is known to have.
    pub(crate) fn known(&self) -> Vec<Known> {
        let streams = lock(&self.streams);
        let existing = streams.iter().filter(|(_, stream)| stream.exists);
        existing
            .map(|(subject, stream)| Known {
                subject: subject.clone(),
                in_app: stream.in_app,
            })
            .collect()
    }

    /// Says whether somebody follows the object, be it known to exist or only announced.
    pub(crate) fn is_followed(&self, subject: &Subject) -> bool {
        lock(&self.streams).contains_key(subject)
    }

    /// Notes what could not be ended: it is tried again after the next reconnect.
    pub(crate) fn could_not_end(&self, subject: Subject) {
        lock(&self.unended).insert(subject);
    }

    /// Forgets what has ended after all.
    pub(crate) fn has_ended(&self, subject: &Subject) {
        lock(&self.unended).remove(subject);
    }

    /// Lists what could not be ended.
    pub(crate) fn unended(&self) -> HashSet<Subject> {
        lock(&self.unended).clone()
    }

    /// Ends every stream and the offers, as when the connection is given up for good.
    pub(crate) fn close(&self) {
        lock(&self.offers).take();
        let streams = std::mem::take(&mut *lock(&self.streams));
        for stream in streams.values() {
            stream.put(&Signal::Gone, true);
        }
    }
}

/// Takes a lock that no panic can have left in disorder: every critical section here is a few assignments.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(text: &str) -> Arc<Event> {
        Arc::new(Event::read(text))
    }

    fn about(kind: &str, channel: &str) -> Arc<Event> {
        event(&format!(
            r#"{{"type":"{kind}","cause":16,"digit":"1","args":["x"],"channel":{{"id":"{channel}"}}}}"#
        ))
    }

    fn name(signal: Option<Signal>) -> String {
        match signal {
            Some(Signal::Event(event)) => event.name().to_owned(),
            other => format!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn an_expected_channel_gets_its_start_and_a_stranger_is_offered() {
        let (router, mut offers) = Router::new();
        let mut ours = router.subscribe(Subject::Channel("ours".into()));
        router.route(&about("StasisStart", "ours"));
        router.route(&about("StasisStart", "1700.1"));
        router.route(&about("ChannelDtmfReceived", "1700.1"));
        assert_eq!(name(ours.next().await), "StasisStart");
        let mut offered = offers.recv().await.unwrap();
        assert_eq!(
            (offered.channel.id.as_str(), offered.args),
            ("1700.1", vec!["x".to_owned()])
        );
        assert_eq!(name(offered.events.next().await), "ChannelDtmfReceived");
    }

    #[tokio::test]
    async fn a_stream_ends_after_its_object_and_not_before() {
        let (router, _offers) = Router::new();
        let mut events = router.subscribe(Subject::Channel("a".into()));
        router.route(&about("StasisEnd", "a"));
        router.route(&about("ChannelDestroyed", "a"));
        router.route(&about("ChannelDtmfReceived", "a"));
        assert_eq!(name(events.next().await), "StasisEnd");
        assert_eq!(name(events.next().await), "ChannelDestroyed");
        assert!(events.next().await.is_none());
    }

    #[tokio::test]
    async fn a_slow_reader_loses_the_oldest_is_told_how_many_and_still_sees_the_end() {
        let (router, _offers) = Router::new();
        let mut events = router.subscribe(Subject::Channel("a".into()));
        for _ in 0..STREAM_EVENTS + 4 {
            router.route(&about("ChannelDtmfReceived", "a"));
        }
        router.route(&about("ChannelDestroyed", "a"));
        assert_eq!(events.next().await, Some(Signal::Lagged(5)));
        let mut last = String::new();
        while let Some(signal) = events.next().await {
            last = name(Some(signal));
        }
        assert_eq!(last, "ChannelDestroyed");
    }

    #[tokio::test]
    async fn whoever_follows_an_object_gets_everything_and_the_last_to_go_forgets_it() {
        let (router, _offers) = Router::new();
        let mut first = router.subscribe(Subject::Channel("a".into()));
        let mut second = router.subscribe(Subject::Channel("a".into()));
        router.route(&about("StasisEnd", "a"));
        assert_eq!(name(first.next().await), "StasisEnd");
        assert_eq!(name(second.next().await), "StasisEnd");
        drop(first);
        router.route(&about("ChannelDestroyed", "a"));
        assert_eq!(name(second.next().await), "ChannelDestroyed");
        assert!(router.known().is_empty());

        let third = router.subscribe(Subject::Channel("b".into()));
        router.confirm(&Subject::Channel("b".into()));
        assert_eq!(router.known().len(), 1);
        drop(third);
        assert!(router.known().is_empty());
    }

    #[tokio::test]
    async fn what_was_only_announced_is_not_known_to_exist() {
        let (router, _offers) = Router::new();
        let subject = Subject::Channel("a".into());
        let _events = router.subscribe(subject.clone());
        assert!(router.known().is_empty());
        router.confirm(&subject);
        assert_eq!(
            router.known(),
            [Known {
                subject,
                in_app: false
            }]
        );
    }
}
