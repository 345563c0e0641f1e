//! Listening in on a channel, or whispering to it.

use super::{dialling::entered, follow::follow_channel, guard::ChannelGuard, leg::Leg};
use crate::{
    error::{Error, Result},
    handle::Handle,
    id::ChannelId,
    op::{self, channels::Snoop},
    subject::Subject,
};

/// Opens a channel that hears another, or that it hears; it is in the application when this returns, so it can be bridged or
/// recorded. It ends by itself when the other does, and when the leg is dropped.
///
/// ```
/// # use evatel_ari::{Ari, ChannelId, helper::snoop::snoop, op::channels::{Snoop, SnoopDirection}};
/// # async fn coach(agent: &ChannelId, ari: &Ari) -> evatel_ari::Result<()> {
/// let mut what = Snoop::new(&*ari.config().app);
/// what.spy = SnoopDirection::Both;
/// what.whisper = SnoopDirection::Out;
/// let ear = snoop(agent, &what, ari).await?;
/// # let _ = ear;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error::NotFound`] if the channel is gone, [`Error::Overdue`] if the new one does not come into the application in the
/// time of a request, and those of the request.
///
/// # Cancel safety
/// If the future is dropped, the new channel is hung up.
pub async fn snoop<H: Handle>(channel: &ChannelId, what: &Snoop, handle: &H) -> Result<Leg> {
    let ari = handle.whole();
    let id = ChannelId::from(ari.mark().fresh("snoop"));
    let events = handle.stream(Subject::Channel(id.clone())).await?;
    let mut leg = Leg::new(ChannelGuard::new(id.clone(), ari), events);
    let request = op::channels::snoop(channel, &id, what);
    if let Err(error) = leg.guard().make(request, handle).await {
        if !matches!(error, Error::OutcomeUnknown { .. }) {
            leg.guard().is_over();
        }
        return Err(error);
    }
    // Without this, Asterisk tells nothing of a snooping channel once it has left the application.
    let _events = follow_channel(&id, handle).await?;
    let waited = ari.config().request_timeout;
    match tokio::time::timeout(waited, entered(&mut leg)).await {
        Ok(true) => Ok(leg),
        Ok(false) => {
            leg.guard().is_over();
            Err(Error::NotFound {
                request: format!("POST /channels/{channel}/snoop/{id}"),
                message: "the channel ended before it could be listened to".into(),
            })
        }
        Err(_) => Err(Error::Overdue {
            event: format!("StasisStart of `{id}`"),
            waited,
        }),
    }
}
