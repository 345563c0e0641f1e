//! Following what exists already: Asterisk is asked to tell everything about it, its end included.

use crate::{
    client::Ari,
    error::{Error, Result},
    handle::Handle,
    id::{BridgeId, ChannelId},
    op::{self, applications::EventSource},
    router::ObjectEvents,
    subject::Subject,
};

/// Follows a channel that exists; its stream ends with `ChannelDestroyed` and the cause.
///
/// Without being asked, Asterisk tells nothing of a channel that came in once it has left the application.
///
/// ```
/// # use evatel_ari::{Ari, ChannelId, helper::follow_channel, router::Signal};
/// # async fn log(id: &ChannelId, ari: &Ari) -> evatel_ari::Result<()> {
/// let mut events = follow_channel(id, ari).await?;
/// while let Some(signal) = events.next().await {
///     println!("{signal:?}");
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error::NotFound`] if there is no such channel (any more), and those of the request.
pub async fn follow_channel<H: Handle>(id: &ChannelId, handle: &H) -> Result<ObjectEvents> {
    follow(
        Subject::Channel(id.clone()),
        EventSource::Channel(id.clone()),
        handle,
    )
    .await
}

/// Follows a bridge that exists.
///
/// # Errors
/// [`Error::NotFound`] if there is no such bridge (any more), and those of the request.
pub async fn follow_bridge<H: Handle>(id: &BridgeId, handle: &H) -> Result<ObjectEvents> {
    follow(
        Subject::Bridge(id.clone()),
        EventSource::Bridge(id.clone()),
        handle,
    )
    .await
}

async fn follow<H: Handle>(subject: Subject, source: EventSource, handle: &H) -> Result<ObjectEvents> {
    let events = handle.stream(subject.clone()).await?;
    let app = &handle.whole().config().app;
    match handle.send(op::applications::subscribe(app, &[source])).await {
        Ok(_) => {
            handle.whole().confirm(&subject);
            Ok(events)
        }
        // 422 is what an event source gets that does not exist.
        Err(Error::Unprocessable { request, message }) => Err(Error::NotFound { request, message }),
        Err(error) => Err(error),
    }
}

/// Follows a device or an endpoint, of which nothing is told without a subscription; it is made once, whoever follows.
pub(super) async fn follow_source(subject: Subject, source: EventSource, ari: &Ari) -> Result<ObjectEvents> {
    let is_followed = ari.is_followed(&subject);
    let events = ari.subscribe(subject);
    if !is_followed {
        match ari.follow(source).await {
            Err(Error::Unprocessable { request, message }) => {
                return Err(Error::NotFound { request, message });
            }
            followed => followed?,
        }
    }
    Ok(events)
}

/// Ends the subscription to a device or an endpoint once nobody follows it any more.
pub(super) async fn let_go(subject: Subject, source: EventSource, ari: &Ari) {
    if ari.is_followed(&subject) {
        return;
    }
    if let Err(error) = ari.unfollow(&source).await {
        tracing::warn!(%error, "the subscription to `{source}` may be left over");
    }
}
