//! Text messages to and from endpoints, and referrals outside of a call.

use super::{
    follow::{follow_source, let_go},
    guard::Cleanup,
};
use crate::{
    client::Ari,
    error::Result,
    event::EventKind,
    id::EndpointName,
    model::TextMessage,
    op::{
        self,
        applications::EventSource,
        endpoints::{Message, Refer},
    },
    router::{ObjectEvents, Signal},
    subject::Subject,
};

/// Sends a text message to a URI, such as `pjsip:alice`. That it was sent says nothing of whether it was read.
///
/// # Errors
/// [`crate::Error::NotFound`] if there is no such endpoint, and those of the request.
pub async fn send(text: &str, from: &str, to: &str, ari: &Ari) -> Result<()> {
    ari.send(op::endpoints::send_message(to, &Message::new(from, text)))
        .await
}

/// Answers a text message.
///
/// # Errors
/// As [`send`].
pub async fn reply(text: &str, received: &TextMessage, ari: &Ari) -> Result<()> {
    send(text, &received.to, &received.from, ari).await
}

/// Asks an endpoint, outside of any call, to call `refer.refer_to` (SIP REFER). What it makes of it, it tells nobody.
///
/// # Errors
/// [`crate::Error::NotFound`] if there is no such endpoint, and those of the request.
pub async fn refer(to: &str, refer: &Refer, ari: &Ari) -> Result<()> {
    ari.send(op::endpoints::refer(to, refer)).await
}

/// The text messages that an endpoint sends. The application's subscription ends when this is dropped.
#[derive(Debug)]
pub struct Inbox {
    endpoint: EndpointName,
    /// None only while it is dropped.
    events: Option<ObjectEvents>,
    cleanup: Cleanup,
}

/// What an [`Inbox`] brings.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Received {
    /// A message.
    Message(TextMessage),
    /// The connection was lost, or the reader was slow: messages may have been missed.
    Missed,
}

impl Inbox {
    /// Begins to listen to an endpoint, such as `PJSIP/alice`.
    ///
    /// ```
    /// # use evatel_ari::{Ari, helper::message::{self, Inbox, Received}};
    /// # async fn echo(ari: &Ari) -> evatel_ari::Result<()> {
    /// let mut inbox = Inbox::open("PJSIP/alice".into(), ari).await?;
    /// while let Some(Received::Message(text)) = inbox.next().await {
    ///     message::reply(&text.body, &text, ari).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] if there is no such endpoint, and those of the request.
    pub async fn open(endpoint: EndpointName, ari: &Ari) -> Result<Self> {
        let source = EventSource::Endpoint(endpoint.clone());
        let events = follow_source(Subject::Endpoint(endpoint.clone()), source, ari).await?;
        Ok(Self {
            endpoint,
            events: Some(events),
            cleanup: Cleanup::new(ari),
        })
    }

    /// Waits for the next message; none comes once the connection is closed for good.
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped.
    pub async fn next(&mut self) -> Option<Received> {
        loop {
            match self.events.as_mut()?.next().await? {
                Signal::Event(event) => {
                    if let EventKind::TextMessageReceived { message, .. } = event.kind() {
                        return Some(Received::Message(message.clone()));
                    }
                }
                Signal::Back | Signal::Lagged(_) => return Some(Received::Missed),
                Signal::Gone => return None,
                _ => {}
            }
        }
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        let endpoint = self.endpoint.clone();
        // Whoever cleans up asks whether somebody follows: this one does no more.
        self.events = None;
        self.cleanup.run(async move |ari| {
            let source = EventSource::Endpoint(endpoint.clone());
            let_go(Subject::Endpoint(endpoint), source, &ari).await;
        });
    }
}
