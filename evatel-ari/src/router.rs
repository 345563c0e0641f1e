//! One stream of events an object, found by id. Nobody filters everybody's events.

mod early;
mod mailbox;
mod stream;
mod streams;

use std::{
    collections::HashSet,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    sync::mpsc::{self, error::TrySendError},
    time::Instant,
};

pub use early::{EARLY_EVENTS, EARLY_FOR};
pub use mailbox::STREAM_EVENTS;
pub use stream::{ObjectEvents, Offered, Offers, Signal};

use crate::{
    event::{Envelope, Event, EventName},
    id::ChannelId,
    resync::{Difference, Known},
    stats::Counters,
    subject::{Subject, SubjectKind, SubjectRef},
};
use early::Early;
use mailbox::{Load, Mailbox};
use streams::{Stream, Streams};

/// How many offered calls may wait. When it is full a call is given back to the dialplan.
pub const WAITING_OFFERS: usize = 256;

/// What the router wants done and cannot do itself, as it never waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Chore {
    /// Give a call that cannot be served back to the dialplan.
    Decline(ChannelId),
    /// Find out how it stands with an object whose events were missed.
    LookAgain(Subject),
    /// Try again to end what could not be ended.
    End(Subject),
    /// End what may still come about: the request that makes it was not answered.
    EndIfItComes(Subject),
}

/// Brings each event to the streams of what it is about.
pub(crate) struct Router {
    inner: Mutex<Inner>,
    load: Load,
    counters: Arc<Counters>,
    chores: mpsc::Sender<Chore>,
    /// Events of channels in other applications come, too.
    hears_all: bool,
    /// What should have ended, though Asterisk did not do it when asked.
    unended: Mutex<HashSet<Subject>>,
}

#[derive(Default)]
struct Inner {
    streams: Streams,
    early: Early,
    /// None once no more calls come.
    offers: Option<mpsc::Sender<ObjectEvents>>,
}

impl Router {
    /// Makes a router whose queues hold `bound` events together; from there on new calls are declined and chatter is dropped.
    pub(crate) fn new(
        bound: usize,
        hears_all: bool,
        counters: Arc<Counters>,
        chores: mpsc::Sender<Chore>,
    ) -> (Arc<Self>, Offers) {
        let (offers, waiting) = mpsc::channel(WAITING_OFFERS);
        let inner = Inner {
            offers: Some(offers),
            ..Inner::default()
        };
        let router = Self {
            inner: Mutex::new(inner),
            load: Load::new(bound, counters.clone()),
            counters,
            chores,
            hears_all,
            unended: Mutex::default(),
        };
        (Arc::new(router), Offers::new(waiting))
    }

    /// Begins a stream, beside those that are there for the same object. What came early comes first.
    pub(crate) fn subscribe(self: &Arc<Self>, subject: Subject) -> ObjectEvents {
        let mailbox = Arc::<Mailbox>::default();
        let mut inner = lock(&self.inner);
        let inner = &mut *inner;
        match inner.streams.get_mut(&subject) {
            Some(stream) => {
                let so_far = stream.mailboxes.iter().find_map(|it| it.so_far());
                for signal in so_far.into_iter().flatten() {
                    mailbox.put(signal, false, &self.load);
                }
                stream.mailboxes.push(mailbox.clone());
            }
            None => {
                let mut stream = Stream::new(mailbox.clone(), false);
                let mut has_ended = false;
                for event in inner.early.take(&subject, Instant::now()) {
                    has_ended |= event.which().ends(subject.kind());
                    stream.exists = true;
                    stream.in_app |= event.is(EventName::StasisStart);
                    stream.in_app &= !event.is(EventName::StasisEnd);
                    stream.put(Signal::Event(event), has_ended, &self.load);
                }
                if !has_ended {
                    inner.streams.of(subject.kind()).insert(subject.shared(), stream);
                }
            }
        }
        ObjectEvents::new(subject, mailbox, self.clone())
    }

    /// Notes that Asterisk has the object: from now on its absence after a reconnect means that it ended.
    pub(crate) fn confirm(&self, subject: &Subject) {
        if let Some(stream) = lock(&self.inner).streams.get_mut(subject) {
            stream.exists = true;
        }
    }

    /// Brings an event to whom it concerns. Never waits. The event is made only if somebody wants it.
    pub(crate) fn route(self: &Arc<Self>, envelope: &Envelope<'_>, make: &mut impl FnMut() -> Arc<Event>) {
        let mut inner = lock(&self.inner);
        if envelope.name == EventName::StasisStart
            && let Some(channel) = &envelope.channel
        {
            match inner.streams.of(SubjectKind::Channel).get_mut(&**channel) {
                Some(stream) => stream.in_app = true,
                None => return self.offer(inner, channel, make()),
            }
        }
        let left = match envelope.name {
            EventName::StasisEnd => envelope.channel.as_deref(),
            _ => None,
        };
        for subject in &envelope.subjects {
            let streams = inner.streams.of(subject.kind);
            let Some(stream) = streams.get_mut(&*subject.id) else {
                if subject.kind.is_made_by_asterisk() {
                    inner.early.keep(subject, make(), Instant::now());
                }
                continue;
            };
            stream.exists = true;
            stream.heard = true;
            stream.in_app &= left != Some(&*subject.id);
            let is_last = envelope.name.ends(subject.kind);
            stream.put(Signal::Event(make()), is_last, &self.load);
            if is_last {
                streams.remove(&*subject.id);
            }
        }
    }

    fn offer(self: &Arc<Self>, mut inner: MutexGuard<'_, Inner>, id: &str, start: Arc<Event>) {
        let channel = ChannelId::from(id);
        let Some(offers) = inner.offers.clone() else {
            return;
        };
        let place = match offers.try_reserve() {
            Ok(place) if !self.load.is_full() => place,
            Ok(_) | Err(TrySendError::Full(())) => return self.decline(&channel),
            Err(TrySendError::Closed(())) => {
                let subject = SubjectRef {
                    kind: SubjectKind::Channel,
                    id: id.into(),
                };
                return inner.early.keep(&subject, start, Instant::now());
            }
        };
        let mailbox = Arc::new(Mailbox::offering(start));
        let subject = Subject::Channel(channel);
        let stream = Stream::new(mailbox.clone(), true);
        inner
            .streams
            .of(SubjectKind::Channel)
            .insert(subject.shared(), stream);
        drop(inner);
        place.send(ObjectEvents::new(subject, mailbox, self.clone()));
    }

    fn decline(&self, channel: &ChannelId) {
        self.counters.refused_calls.add(1);
        tracing::error!(channel = %channel, "call on `{channel}` given back to the dialplan: too much waits here");
        self.want(Chore::Decline(channel.clone()));
    }

    /// Asks for a chore. When too many wait it is left undone: the dialplan's watchdog takes a call on, the next
    /// reconnect looks at every object.
    fn want(&self, chore: Chore) {
        if let Err(error) = self.chores.try_send(chore) {
            tracing::error!("too much is to be done: {error}");
        }
    }

    pub(crate) fn look_again(&self, subject: &Subject) {
        self.want(Chore::LookAgain(subject.clone()));
    }

    /// Tells every stream.
    pub(crate) fn tell_all(&self, signal: &Signal) {
        for (_, _, stream) in lock(&self.inner).streams.iter() {
            stream.put(signal.clone(), false, &self.load);
        }
    }

    /// Tells the streams of one object.
    pub(crate) fn tell(&self, subject: &Subject, signal: &Signal) {
        if let Some(stream) = lock(&self.inner).streams.get_mut(subject) {
            stream.put(signal.clone(), false, &self.load);
        }
    }

    /// Ends the stream of an object that is no more.
    pub(crate) fn gone(&self, subject: &Subject) {
        if let Some(stream) = lock(&self.inner).streams.remove(subject) {
            stream.put(Signal::Gone, true, &self.load);
        }
    }

    /// Tells that a channel has come into the application unheard, unless its events told already.
    pub(crate) fn entered(&self, subject: &Subject) {
        if let Some(stream) = lock(&self.inner).streams.get_mut(subject)
            && !stream.heard
        {
            stream.in_app = true;
            stream.put(Signal::Entered, false, &self.load);
        }
    }

    /// Tells that a channel has left the application unheard, unless its events told already.
    pub(crate) fn left(&self, subject: &Subject) {
        if let Some(stream) = lock(&self.inner).streams.get_mut(subject)
            && !stream.heard
        {
            stream.in_app = false;
            stream.put(Signal::Left, false, &self.load);
        }
    }

    /// Tells what a comparison found.
    pub(crate) fn settle(&self, difference: &Difference) {
        for subject in &difference.gone {
            self.gone(subject);
        }
        for subject in &difference.left {
            self.left(subject);
        }
        for subject in &difference.entered {
            self.entered(subject);
        }
    }

    /// Lists what Asterisk is known to have, as a comparison begins.
    pub(crate) fn known(&self) -> Vec<Known> {
        let mut inner = lock(&self.inner);
        let mut known = Vec::new();
        for kind in SubjectKind::ALL {
            for (id, stream) in inner.streams.of(kind) {
                stream.heard = false;
                if stream.exists {
                    known.push(Known {
                        subject: Subject::new(kind, id),
                        in_app: stream.in_app,
                    });
                }
            }
        }
        known
    }

    /// Says what is known of one object, as it is looked at again.
    pub(crate) fn known_of(&self, subject: &Subject) -> Option<Known> {
        let mut inner = lock(&self.inner);
        let stream = inner.streams.get_mut(subject)?;
        stream.heard = false;
        Some(Known {
            subject: subject.clone(),
            in_app: stream.in_app,
        })
    }

    /// Says whether somebody follows the object, be it known to exist or only announced.
    pub(crate) fn is_followed(&self, subject: &Subject) -> bool {
        lock(&self.inner).streams.get_mut(subject).is_some()
    }

    /// Notes what could not be ended: it is tried again.
    pub(crate) fn could_not_end(&self, subject: Subject) {
        lock(&self.unended).insert(subject.clone());
        self.want(Chore::End(subject));
    }

    /// Has what may still come about ended.
    pub(crate) fn end_if_it_comes(&self, subject: Subject) {
        self.want(Chore::EndIfItComes(subject));
    }

    /// Forgets what has ended after all.
    pub(crate) fn has_ended(&self, subject: &Subject) {
        lock(&self.unended).remove(subject);
    }

    /// Lists what could not be ended.
    pub(crate) fn unended(&self) -> HashSet<Subject> {
        lock(&self.unended).clone()
    }

    /// Counts the streams.
    pub(crate) fn followed(&self) -> usize {
        lock(&self.inner).streams.count()
    }

    /// Counts what waits in all queues.
    pub(crate) fn queued(&self) -> usize {
        self.load.queued()
    }

    fn hears_all(&self) -> bool {
        self.hears_all
    }

    fn load(&self) -> &Load {
        &self.load
    }

    /// Takes a mailbox out whose reader has gone.
    fn forget(&self, subject: &Subject, mailbox: &Arc<Mailbox>) {
        mailbox.close(&self.load);
        let mut inner = lock(&self.inner);
        let Some(stream) = inner.streams.get_mut(subject) else {
            return;
        };
        stream.mailboxes.retain(|it| !Arc::ptr_eq(it, mailbox));
        if stream.mailboxes.is_empty() {
            inner.streams.remove(subject);
        }
    }

    /// Ends every stream and the offers, as when the connection is given up for good.
    pub(crate) fn close(&self) {
        let streams = {
            let mut inner = lock(&self.inner);
            inner.offers = None;
            std::mem::take(&mut inner.streams)
        };
        for (_, _, stream) in streams.iter() {
            stream.put(Signal::Closed, true, &self.load);
        }
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Router")
    }
}

/// Takes a lock that no panic can have left in disorder: every critical section here is a few assignments.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
