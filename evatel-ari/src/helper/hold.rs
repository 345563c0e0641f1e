//! What a party hears while it waits: music, silence or ringback, until it is stopped.

use super::{guard::Cleanup, target::Target};
use crate::{
    client::Ari,
    error::{Error, Result},
    handle::Handle,
    id::{BridgeId, ChannelId},
    op,
    request::Request,
};

/// Something that a party hears while it waits; it stops when this is dropped.
///
/// Asterisk sends nothing at all to a party that waits in no bridge: some networks take that for a broken call, for which
/// [`Waiting::silence`] helps.
#[derive(Debug)]
pub struct Waiting {
    what: What,
    cleanup: Cleanup,
    ari: Ari,
}

/// What is heard, and by whom.
#[derive(Debug, Clone)]
enum What {
    BridgeMusic(BridgeId),
    Hold(ChannelId),
    Music(ChannelId),
    Ringing(ChannelId),
    Silence(ChannelId),
}

impl Waiting {
    /// Plays music on hold of a class of `musiconhold.conf`, of the class `default` if none is named.
    ///
    /// ```
    /// # use evatel_ari::{Ari, ChannelId, helper::hold::Waiting};
    /// # async fn wait(id: &ChannelId, ari: &Ari) -> evatel_ari::Result<()> {
    /// let music = Waiting::music(Some("jazz"), id, ari).await?;
    /// // ... find somebody ...
    /// music.stop().await
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of the request; a class that does not exist is none, Asterisk plays `default` then.
    ///
    /// # Cancel safety
    /// If the future is dropped, the music is stopped, as with all others here.
    pub async fn music<H: Handle>(
        class: Option<&str>,
        target: impl Into<Target>,
        handle: &H,
    ) -> Result<Self> {
        let (what, begin) = match target.into() {
            Target::Bridge(id) => {
                let begin = op::bridges::start_moh(&id, class);
                (What::BridgeMusic(id), begin)
            }
            Target::Channel(id) => {
                let begin = op::channels::start_moh(&id, class);
                (What::Music(id), begin)
            }
        };
        Self::begin(what, begin, handle).await
    }

    /// Sends silence to a party.
    ///
    /// # Errors
    /// Those of the request.
    pub async fn silence<H: Handle>(channel: &ChannelId, handle: &H) -> Result<Self> {
        Self::begin(
            What::Silence(channel.clone()),
            op::channels::start_silence(channel),
            handle,
        )
        .await
    }

    /// Lets a party hear ringback: an answered one as a tone, another by SIP 180.
    ///
    /// # Errors
    /// Those of the request.
    pub async fn ringing<H: Handle>(channel: &ChannelId, handle: &H) -> Result<Self> {
        Self::begin(
            What::Ringing(channel.clone()),
            op::channels::ring(channel),
            handle,
        )
        .await
    }

    /// Puts a party on hold, as its own telephone shall show it.
    ///
    /// # Errors
    /// Those of the request.
    pub async fn hold<H: Handle>(channel: &ChannelId, handle: &H) -> Result<Self> {
        Self::begin(What::Hold(channel.clone()), op::channels::hold(channel), handle).await
    }

    async fn begin<H: Handle>(what: What, begin: Request<()>, handle: &H) -> Result<Self> {
        let ari = handle.whole();
        let mut waiting = Self {
            what,
            cleanup: Cleanup::new(ari),
            ari: ari.clone(),
        };
        match handle.send(begin).await {
            Ok(()) => Ok(waiting),
            Err(error) => {
                if !matches!(error, Error::OutcomeUnknown { .. }) {
                    waiting.cleanup.disarm();
                }
                Err(error)
            }
        }
    }

    /// Stops it now; success if the party is gone.
    ///
    /// # Errors
    /// Those of the request.
    ///
    /// # Cancel safety
    /// If the future is dropped, it is stopped all the same.
    pub async fn stop(mut self) -> Result<()> {
        let stopped = end(&self.what, &self.ari).await;
        self.cleanup.disarm();
        stopped
    }

    /// Lets it go on without a guard.
    pub fn keep(mut self) {
        self.cleanup.disarm();
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let what = self.what.clone();
        self.cleanup.run(async move |ari| {
            if let Err(error) = end(&what, &ari).await {
                tracing::warn!(?what, %error, "what a party hears may go on");
            }
        });
    }
}

async fn end(what: &What, ari: &Ari) -> Result<()> {
    let request = match what {
        What::BridgeMusic(id) => op::bridges::stop_moh(id),
        What::Hold(id) => op::channels::unhold(id),
        What::Music(id) => op::channels::stop_moh(id),
        What::Ringing(id) => op::channels::ring_stop(id),
        What::Silence(id) => op::channels::stop_silence(id),
    };
    match ari.send(request).await {
        // Who left the application has left what it heard there.
        Err(Error::NotFound { .. } | Error::NotInStasis { .. }) => Ok(()),
        other => other,
    }
}
