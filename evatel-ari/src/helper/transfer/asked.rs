//! One transfer that a telephone asked for: carried out by us, and its result told to the telephone.

use std::time::Duration;

use evatel_core::calls::HangupCause;

use super::super::{
    dialling::{Dialling, Outcome, Progress},
    follow::follow_channel,
    guard::Cleanup,
    leg::{Leg, ending_in},
};
use crate::{
    client::Ari,
    error::{Error, Result},
    handle::Handle,
    id::{BridgeId, ChannelId},
    model::{ReferTo, ReferredBy, TransferState},
    op::{self, channels::Outgoing},
    router::{ObjectEvents, Signal},
};

/// A transfer that a telephone asked for. It waits to hear how it goes: if this is dropped, it hears that whom it asked for is
/// not available.
#[derive(Debug)]
pub struct Asked {
    refer_to: ReferTo,
    referred_by: ReferredBy,
    told: Told,
    ari: Ari,
    cleanup: Cleanup,
}

/// What the telephone has heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    /// That we got its wish: Asterisk answered 202 by itself.
    Accepted,
    /// That we are at it.
    Progress,
    /// How it ended.
    Result,
}

/// What the telephone wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wish<'a> {
    /// The other party shall be connected with this number or name (blind transfer).
    Call(&'a str),
    /// The other party shall be connected with who is on the telephone's second call (attended transfer).
    Join {
        /// The telephone's own second leg.
        second_leg: &'a ChannelId,
        /// Who is on it, none if nobody has answered there.
        party: Option<&'a ChannelId>,
    },
    /// Asterisk could not make out what it wants.
    Unclear,
}

/// A transfer that was carried out.
#[derive(Debug)]
#[non_exhaustive]
pub struct Transferred {
    /// Where both talk now.
    pub bridge: BridgeId,
    /// Whom the other party talks to now: after a blind transfer the leg that was dialled, to be kept or held.
    pub leg: Option<Leg>,
    /// The bridge of the telephone's second call, which is empty now. It is the caller's to end.
    pub emptied: Option<BridgeId>,
}

/// Why a transfer was not carried out. The telephone has been told, and its calls are as they were.
#[derive(Debug)]
#[non_exhaustive]
pub enum NotTransferred {
    /// The other party hung up meanwhile, or there was none.
    NobodyToTransfer,
    /// There is nobody on the telephone's second call, or what it wants is of the other kind.
    NobodyToJoin,
    /// Whom it wanted did not answer.
    NotAnswered(Outcome),
}

impl Asked {
    pub(super) fn new(refer_to: &ReferTo, referred_by: &ReferredBy, ari: &Ari) -> Self {
        Self {
            refer_to: refer_to.clone(),
            referred_by: referred_by.clone(),
            told: Told::Accepted,
            ari: ari.clone(),
            cleanup: Cleanup::new(ari),
        }
    }

    /// Gives the channel of the telephone that asked.
    pub fn asking(&self) -> &ChannelId {
        &self.referred_by.source_channel.id
    }

    /// Gives whom it wants to transfer: who is bridged with it.
    pub fn transferee(&self) -> Option<&ChannelId> {
        self.referred_by.connected_channel.as_ref().map(|it| &it.id)
    }

    /// Says what it wants.
    pub fn wish(&self) -> Wish<'_> {
        let wanted = &self.refer_to.requested_destination;
        match (&self.refer_to.destination_channel, wanted.destination.as_deref()) {
            (Some(second_leg), _) => Wish::Join {
                second_leg: &second_leg.id,
                party: self.refer_to.connected_channel.as_ref().map(|it| &it.id),
            },
            (None, Some(number)) if !number.is_empty() => Wish::Call(number),
            _ => Wish::Unclear,
        }
    }

    /// Gives all that Asterisk told of it.
    pub fn details(&self) -> (&ReferTo, &ReferredBy) {
        (&self.refer_to, &self.referred_by)
    }

    /// Tells the telephone that whom it wants is being called.
    ///
    /// # Errors
    /// Those of the request; that the telephone has hung up is none, it need not hear.
    pub async fn progress(&mut self) -> Result<()> {
        if self.told >= Told::Progress {
            return Ok(());
        }
        self.tell(Told::Progress, TransferState::Progress).await
    }

    /// Tells the telephone that it is done: it hangs up then.
    ///
    /// # Errors
    /// As [`Asked::progress`].
    pub async fn answered(mut self) -> Result<()> {
        self.tell(Told::Result, TransferState::Answered).await
    }

    /// Tells the telephone that it may not, or that whom it wants does not want.
    ///
    /// # Errors
    /// As [`Asked::progress`].
    pub async fn decline(mut self) -> Result<()> {
        self.tell(Told::Result, TransferState::Declined).await
    }

    /// Tells the telephone that whom it wants cannot be reached.
    ///
    /// # Errors
    /// As [`Asked::progress`].
    pub async fn unavailable(mut self) -> Result<()> {
        self.tell(Told::Result, TransferState::Unavailable).await
    }

    /// Dials whom the telephone wants and puts the answered leg to the other party, in place of the telephone. The telephone
    /// hears how it goes, and is hung up if it does not do so itself within two seconds of the result.
    ///
    /// Which endpoint stands for [`Wish::Call`], and whether it may be called, is the caller's to say.
    ///
    /// # Errors
    /// Those of the requests. The telephone has been told that it is not available then, and its call is as it was.
    ///
    /// # Cancel safety
    /// If the future is dropped, the new leg is hung up and the telephone is told that it is not available.
    pub async fn blind<H: Handle>(
        mut self,
        outgoing: &Outgoing,
        handle: &H,
    ) -> Result<Result<Transferred, NotTransferred>> {
        let Some((transferee, bridge)) = self.first_call() else {
            self.unavailable().await?;
            return Ok(Err(NotTransferred::NobodyToTransfer));
        };
        let mut other = match follow_channel(&transferee, handle).await {
            Err(error) if error.is_gone() => {
                self.unavailable().await?;
                return Ok(Err(NotTransferred::NobodyToTransfer));
            }
            other => other?,
        };
        let mut dialling = Dialling::start(outgoing, handle).await?;
        let outcome = loop {
            let step = tokio::select! {
                biased;
                () = ended(&mut other) => {
                    dialling.cancel(HangupCause::Normal).await;
                    self.unavailable().await?;
                    return Ok(Err(NotTransferred::NobodyToTransfer));
                }
                step = dialling.next() => step,
            };
            match step {
                Some(Progress::Ringing | Progress::EarlyMedia) => self.progress().await?,
                Some(Progress::Ended(outcome)) => break outcome,
                None => break Outcome::Gone,
            }
        };
        let leg = match outcome {
            Outcome::Answered(leg) => leg,
            Outcome::Refused(_) => {
                self.decline().await?;
                return Ok(Err(NotTransferred::NotAnswered(outcome)));
            }
            _ => {
                self.unavailable().await?;
                return Ok(Err(NotTransferred::NotAnswered(outcome)));
            }
        };
        handle
            .send(op::bridges::add_channels(&bridge, &[leg.id()]))
            .await?;
        let telephone = self.asking().clone();
        self.finish(&[&telephone]).await?;
        Ok(Ok(Transferred {
            bridge,
            leg: Some(leg),
            emptied: None,
        }))
    }

    /// Puts who is on the telephone's second call to the other party of its first one. Both legs of the telephone are hung up if
    /// it does not do so itself within two seconds of the result.
    ///
    /// # Errors
    /// Those of the requests. The telephone has been told that it is not available then, and its calls are as they were.
    ///
    /// # Cancel safety
    /// If the future is dropped, the telephone is told that it is not available, unless both talk already.
    pub async fn attended<H: Handle>(self, handle: &H) -> Result<Result<Transferred, NotTransferred>> {
        let Some((_, bridge)) = self.first_call() else {
            self.unavailable().await?;
            return Ok(Err(NotTransferred::NobodyToTransfer));
        };
        let Wish::Join {
            second_leg,
            party: Some(party),
        } = self.wish()
        else {
            self.unavailable().await?;
            return Ok(Err(NotTransferred::NobodyToJoin));
        };
        let (second_leg, party) = (second_leg.clone(), party.clone());
        let emptied = self.refer_to.bridge.as_ref().map(|bridge| bridge.id.clone());
        handle.send(op::bridges::add_channels(&bridge, &[&party])).await?;
        let telephone = self.asking().clone();
        self.finish(&[&telephone, &second_leg]).await?;
        Ok(Ok(Transferred {
            bridge,
            leg: None,
            emptied,
        }))
    }

    /// Gives the other party of the first call and the bridge in which it talks.
    fn first_call(&self) -> Option<(ChannelId, BridgeId)> {
        let bridge = self.referred_by.bridge.as_ref()?;
        Some((self.transferee()?.clone(), bridge.id.clone()))
    }

    /// Tells the telephone that it is done, and lets its legs go.
    async fn finish(self, legs: &[&ChannelId]) -> Result<()> {
        let ari = self.ari.clone();
        let mut followed = Vec::new();
        for id in legs {
            match follow_channel(id, &ari).await {
                Ok(events) => followed.push((*id, events)),
                Err(error) if error.is_gone() => {}
                Err(error) => return Err(error),
            }
        }
        self.answered().await?;
        for (id, mut events) in followed {
            if tokio::time::timeout(LETTING_GO, ended(&mut events))
                .await
                .is_err()
            {
                ari.hangup(id, HangupCause::Normal).await?;
            }
        }
        Ok(())
    }

    async fn tell(&mut self, told: Told, state: TransferState) -> Result<()> {
        let sent = send_progress(self.asking(), &state, &self.ari).await;
        // A result whose reply got lost is not followed by a second, other one.
        self.told = told;
        if told == Told::Result {
            self.cleanup.disarm();
        }
        sent
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        let telephone = self.asking().clone();
        self.cleanup.run(async move |ari| {
            if let Err(error) = send_progress(&telephone, &TransferState::Unavailable, &ari).await {
                tracing::warn!(channel = %telephone, %error, "`{telephone}` does not learn of its transfer");
            }
        });
    }
}

/// Tells a telephone how its transfer goes.
///
/// Asterisk 22.10 tells of a transfer a moment before it can be told how that goes, and crashes if it is ([`op::channels::transfer_progress`]).
/// What is asked of the channel's SIP dialog is answered by the task that is at it still, so that moment is over then.
async fn send_progress(telephone: &ChannelId, state: &TransferState, ari: &Ari) -> Result<()> {
    let asked = ari
        .send(op::channels::variable(telephone, "CHANNEL(pjsip,call-id)"))
        .await;
    heard(asked.map(drop))?;
    heard(ari.send(op::channels::transfer_progress(telephone, state)).await)
}

/// Takes a telephone that has hung up for one that heard.
fn heard(sent: Result<()>) -> Result<()> {
    match sent {
        Err(Error::NotFound { .. } | Error::NotInStasis { .. }) => Ok(()),
        other => other,
    }
}

/// Waits until a channel has ended.
async fn ended(events: &mut ObjectEvents) {
    loop {
        match events.next().await {
            Some(Signal::Event(event)) if ending_in(event.kind()).is_none() => {}
            Some(Signal::Event(_) | Signal::Gone) | None => return,
            Some(_) => {}
        }
    }
}

/// How long a telephone may take to hang up once it knows that its transfer is done.
const LETTING_GO: Duration = Duration::from_secs(2);
