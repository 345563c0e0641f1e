//! What a listener holds: the stream of one object, and the calls that are offered.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use futures_util::Stream;
use serde::Deserialize;
use tokio::sync::mpsc;

use super::{Router, mailbox::Mailbox};
use crate::{event::Event, id::AppName, model::Channel, subject::Subject};

/// What a stream brings.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Signal {
    /// Nothing is missed any more; what still exists was found, what does not is [`Signal::Gone`].
    Back,
    /// The connection is given up for good; the object may live. Nothing follows.
    Closed,
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
    /// The connection is lost, or more waits than is kept: events are missed from here to [`Signal::Back`].
    Lost,
}

/// Everything that happens to one object, in order, until it ends. Dropping it ends the interest.
///
/// Several may follow one object, such as a call's task and the keypad that it listens to: each gets everything.
/// A reader may be as slow as he likes: nobody waits for him, what is dropped is counted ([`Signal::Lagged`]), and of what
/// becomes of the object the newest of each kind of news is kept.
pub struct ObjectEvents {
    subject: Subject,
    mailbox: Arc<Mailbox>,
    router: Arc<Router>,
}

impl ObjectEvents {
    pub(super) fn new(subject: Subject, mailbox: Arc<Mailbox>, router: Arc<Router>) -> Self {
        Self {
            subject,
            mailbox,
            router,
        }
    }

    /// Gives whose events these are.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Waits for the next signal; nothing comes after the object has ended.
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped.
    pub async fn next(&mut self) -> Option<Signal> {
        std::future::poll_fn(|cx| self.poll_signal(cx)).await
    }

    fn poll_signal(&mut self, cx: &Context<'_>) -> Poll<Option<Signal>> {
        let taken = ready!(self.mailbox.poll(cx, self.router.load()));
        if taken.after_gap {
            self.router.look_again(&self.subject);
        }
        Poll::Ready(taken.signal)
    }
}

impl Stream for ObjectEvents {
    type Item = Signal;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Signal>> {
        self.poll_signal(cx)
    }
}

impl Drop for ObjectEvents {
    fn drop(&mut self) {
        self.router.forget(&self.subject, &self.mailbox);
    }
}

impl fmt::Debug for ObjectEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObjectEvents({:?})", self.subject)
    }
}

/// A call that came into the application and that nobody had asked for.
#[derive(Debug)]
#[non_exhaustive]
pub struct Offered {
    /// The application that it came into.
    pub app: AppName,
    /// The arguments of `Stasis()` after the application's name.
    pub args: Vec<String>,
    /// The channel as it came in.
    pub channel: Channel,
    /// All its events from here on.
    pub events: ObjectEvents,
}

/// The calls that come in.
#[derive(Debug)]
pub struct Offers {
    waiting: mpsc::Receiver<ObjectEvents>,
}

impl Offers {
    pub(super) fn new(waiting: mpsc::Receiver<ObjectEvents>) -> Self {
        Self { waiting }
    }

    /// Waits for the next call; none comes once the connection is closed for good.
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped.
    pub async fn next(&mut self) -> Option<Offered> {
        loop {
            let events = self.waiting.recv().await?;
            // Read here and not by the socket's reader, which is to be quick.
            if let Some(offered) = read(events) {
                return Some(offered);
            }
        }
    }
}

/// What an offer says: read at one go, where [`Event::header`] and [`Event::kind`] would be two.
#[derive(Deserialize)]
struct Start {
    #[serde(default)]
    application: AppName,
    #[serde(default)]
    args: Vec<String>,
    channel: Channel,
}

/// Reads an offer; one that cannot be read was logged, and its call is left to the dialplan.
fn read(events: ObjectEvents) -> Option<Offered> {
    let start = events.mailbox.take_offer()?;
    let Start {
        application: app,
        args,
        channel,
    } = match start.payload() {
        Ok(start) => start,
        Err(error) => {
            tracing::warn!(event = %start, "a call is left to the dialplan, as its `{start}` could not be read: {error}");
            return None;
        }
    };
    // Who hears all hears of calls in other applications as well; only of these does the dialplan's place say so.
    if events.router.hears_all() && channel.dialplan.app_name == "Stasis" && !channel.is_in_app(app.as_str())
    {
        return None;
    }
    Some(Offered {
        app,
        args,
        channel,
        events,
    })
}
