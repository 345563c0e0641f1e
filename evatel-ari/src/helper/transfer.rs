//! Transfers: those that a telephone asks us for (SIP REFER), which we carry out and whose result we tell it, and those that
//! Asterisk carried out itself.

mod asked;

pub use asked::{Asked, NotTransferred, Transferred, Wish};

use super::follow::follow_channel;
use crate::{
    client::Ari,
    error::Result,
    event::{
        EventKind,
        kind::{AttendedTransfer, BlindTransfer},
    },
    handle::Handle,
    id::ChannelId,
    op,
    router::{ObjectEvents, Signal},
};

/// The transfers of one channel.
#[derive(Debug)]
pub struct Transfers {
    channel: ChannelId,
    events: ObjectEvents,
    ari: Ari,
}

/// A transfer.
#[derive(Debug)]
#[non_exhaustive]
pub enum Transfer {
    /// The telephone asks for one and waits to hear how it goes.
    Asked(Box<Asked>),
    /// Asterisk carried one out that was agreed on first.
    Attended(Box<AttendedTransfer>),
    /// Asterisk carried one out.
    Blind(Box<BlindTransfer>),
    /// The connection was lost, or the reader was slow: a transfer may have been missed. Its telephone gives up by itself.
    Missed,
}

impl Transfers {
    /// Takes over the transfers that the telephone on this channel will ask for, from 22.3 on: until then, and without this,
    /// Asterisk carries them out itself. It stays so until the channel ends.
    ///
    /// ```
    /// # use evatel_ari::{Ari, ChannelId, helper::transfer::{Transfer, Transfers, Wish}, op::channels::Outgoing};
    /// # async fn serve(phone: &ChannelId, ari: &Ari) -> evatel_ari::Result<()> {
    /// let mut transfers = Transfers::take_over(phone, ari).await?;
    /// while let Some(transfer) = transfers.next().await {
    ///     let Transfer::Asked(asked) = transfer else { continue };
    ///     match asked.wish() {
    ///         Wish::Call(number) => {
    ///             // Whether it may be called is for the caller's own gate to say.
    ///             let outgoing = Outgoing::new(format!("PJSIP/{number}"), &*ari.config().app);
    ///             let _ = asked.blind(&outgoing, ari).await?;
    ///         }
    ///         Wish::Join { .. } => {
    ///             let _ = asked.attended(ari).await?;
    ///         }
    ///         _ => asked.decline().await?,
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] if the channel is gone, [`crate::Error::BadRequest`] or
    /// [`crate::Error::Unprocessable`] where Asterisk is too old or the channel is not one of PJSIP, and those of the requests.
    pub async fn take_over<H: Handle>(channel: &ChannelId, handle: &H) -> Result<Self> {
        let transfers = Self::watch(channel, handle).await?;
        handle
            .send(op::channels::set_variable(channel, HANDLING, "ari-only"))
            .await?;
        Ok(transfers)
    }

    /// Only watches: Asterisk carries out what is asked for, and this tells what came of it. Transfers by a key of
    /// `features.conf` are told in any case.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] if the channel is gone, and those of the request.
    pub async fn watch<H: Handle>(channel: &ChannelId, handle: &H) -> Result<Self> {
        Ok(Self {
            channel: channel.clone(),
            events: follow_channel(channel, handle).await?,
            ari: handle.whole().clone(),
        })
    }

    /// Waits for the next transfer; none comes once the channel has ended.
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped.
    pub async fn next(&mut self) -> Option<Transfer> {
        loop {
            match self.events.next().await? {
                Signal::Event(event) => match event.kind() {
                    EventKind::BridgeAttendedTransfer(transfer) => {
                        return Some(Transfer::Attended(transfer.clone()));
                    }
                    EventKind::BridgeBlindTransfer(transfer) => {
                        return Some(Transfer::Blind(transfer.clone()));
                    }
                    // The channel may be in it as who is transferred: that one is for the asking telephone's own stream.
                    EventKind::ChannelTransfer {
                        state: None,
                        refer_to,
                        referred_by,
                    } if referred_by.source_channel.id == self.channel => {
                        return Some(Transfer::Asked(Box::new(Asked::new(
                            refer_to,
                            referred_by,
                            &self.ari,
                        ))));
                    }
                    _ => {}
                },
                Signal::Back | Signal::Lagged(_) => return Some(Transfer::Missed),
                Signal::Gone => return None,
                _ => {}
            }
        }
    }
}

/// The function that leaves the transfers of a channel to ARI.
const HANDLING: &str = "PJSIP_TRANSFER_HANDLING()";
