//! Guards: what was made is ended when nobody holds it any more.

use std::mem;

use evatel_core::calls::HangupCause;
use tokio::{runtime, sync::oneshot, task::JoinHandle};

use crate::{
    client::Ari,
    error::{Error, Result},
    handle::Handle,
    id::{BridgeId, ChannelId},
    request::{Answer, Request},
    subject::Subject,
};

/// A channel that is hung up when this is dropped, unless it is kept.
///
/// ```
/// # use evatel_ari::{Ari, ChannelId, helper::ChannelGuard};
/// # async fn handled(id: ChannelId, ari: &Ari) {
/// let guard = ChannelGuard::new(id, ari);
/// // Whatever returns early from here hangs up.
/// let id = guard.keep();
/// # let _ = id;
/// # }
/// ```
#[derive(Debug)]
pub struct ChannelGuard {
    id: ChannelId,
    cause: HangupCause,
    cleanup: Cleanup,
}

impl ChannelGuard {
    /// Guards a channel; the far end will see [`HangupCause::Normal`].
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn new(id: ChannelId, ari: &Ari) -> Self {
        Self {
            id,
            cause: HangupCause::Normal,
            cleanup: Cleanup::new(ari),
        }
    }

    /// Gives the channel's id.
    pub fn id(&self) -> &ChannelId {
        &self.id
    }

    /// Sends the request that makes the channel, under the id that is guarded.
    ///
    /// # Errors
    /// Those of the request.
    ///
    /// # Cancel safety
    /// If the future is dropped the request runs on, and the channel is hung up once it is answered: what is asked to end before
    /// Asterisk has made it would not be found. Where no answer comes, it is looked for half a minute longer.
    pub async fn make<T: Answer + 'static>(
        &mut self,
        request: Request<T>,
        handle: &impl Handle,
    ) -> Result<T> {
        self.cleanup.make(request, handle).await
    }

    /// Says which cause the far end will see.
    pub fn set_cause(&mut self, cause: HangupCause) {
        self.cause = cause;
    }

    /// Lets the channel live on without a guard.
    pub fn keep(mut self) -> ChannelId {
        self.cleanup.disarm();
        self.id.clone()
    }

    /// Hangs up now; success if the channel is gone.
    ///
    /// # Errors
    /// Those of [`Ari::hangup`], which is asked again when the connection is back.
    ///
    /// # Cancel safety
    /// If the future is dropped, the channel is hung up all the same.
    pub async fn hang_up(mut self, cause: HangupCause) -> Result<()> {
        self.cause = cause;
        let Some(ari) = self.cleanup.ari.clone() else {
            return Ok(());
        };
        let ended = ari.hangup(&self.id, cause).await;
        // What failed is noted by the session: a second attempt at once would fail as well.
        self.cleanup.was_ended(Subject::Channel(self.id.clone()));
        ended
    }

    /// The channel has ended by itself: there is nothing to hang up.
    pub(super) fn is_over(&mut self) {
        self.cleanup.disarm();
    }

    /// Gives the whole Asterisk, while there is something to end.
    pub(super) fn ari(&self) -> Option<&Ari> {
        self.cleanup.ari.as_ref()
    }
}

impl Drop for ChannelGuard {
    fn drop(&mut self) {
        let (id, cause) = (self.id.clone(), self.cause);
        let subject = Subject::Channel(id.clone());
        self.cleanup.run_for(subject, async move |ari| {
            if let Err(error) = ari.hangup(&id, cause).await {
                tracing::warn!(channel = %id, %error, "channel `{id}` may be left over");
            }
        });
    }
}

/// A bridge that is ended when this is dropped, unless it is kept; the channels in it stay.
///
/// ```
/// # use evatel_ari::{Ari, BridgeId, helper::BridgeGuard, op};
/// # async fn meet(ari: &Ari) -> evatel_ari::Result<BridgeGuard> {
/// let mut guard = BridgeGuard::new(BridgeId::from(ari.mark().fresh("bridge")), ari);
/// guard.make(op::bridges::create(guard.id(), "meeting"), ari).await?;
/// # Ok(guard)
/// # }
/// ```
#[derive(Debug)]
pub struct BridgeGuard {
    id: BridgeId,
    cleanup: Cleanup,
}

impl BridgeGuard {
    /// Guards a bridge. Make the guard before the request that makes the bridge, whose reply may get lost.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn new(id: BridgeId, ari: &Ari) -> Self {
        Self {
            id,
            cleanup: Cleanup::new(ari),
        }
    }

    /// Gives the bridge's id.
    pub fn id(&self) -> &BridgeId {
        &self.id
    }

    /// Sends the request that makes the bridge, under the id that is guarded.
    ///
    /// # Errors
    /// Those of the request.
    ///
    /// # Cancel safety
    /// If the future is dropped the request runs on, and the bridge is ended once it is answered.
    pub async fn make<T: Answer + 'static>(
        &mut self,
        request: Request<T>,
        handle: &impl Handle,
    ) -> Result<T> {
        self.cleanup.make(request, handle).await
    }

    /// Lets the bridge live on without a guard.
    pub fn keep(mut self) -> BridgeId {
        self.cleanup.disarm();
        self.id.clone()
    }

    /// Ends the bridge now; success if it is gone.
    ///
    /// # Errors
    /// Those of [`Ari::destroy_bridge`], which is asked again when the connection is back.
    ///
    /// # Cancel safety
    /// If the future is dropped, the bridge is ended all the same.
    pub async fn destroy(mut self) -> Result<()> {
        let Some(ari) = self.cleanup.ari.clone() else {
            return Ok(());
        };
        let ended = ari.destroy_bridge(&self.id).await;
        self.cleanup.was_ended(Subject::Bridge(self.id.clone()));
        ended
    }
}

impl Drop for BridgeGuard {
    fn drop(&mut self) {
        let id = self.id.clone();
        let subject = Subject::Bridge(id.clone());
        self.cleanup.run_for(subject, async move |ari| {
            if let Err(error) = ari.destroy_bridge(&id).await {
                tracing::warn!(bridge = %id, %error, "bridge `{id}` may be left over");
            }
        });
    }
}

/// The means to end something from a destructor: the session, and the runtime on which its task will run.
#[derive(Debug)]
pub(super) struct Cleanup {
    /// None once there is nothing to end.
    ari: Option<Ari>,
    making: Making,
    runtime: runtime::Handle,
}

/// How it stands with the request that makes something.
#[derive(Debug)]
enum Making {
    /// It was answered, or is not ours.
    Done,
    /// Its reply is awaited; whether it came is what the task gives.
    UnderWay(JoinHandle<bool>),
    /// It was not answered: Asterisk may do it yet.
    Unanswered,
}

impl Making {
    /// Waits for the answer; gives whether there was none.
    async fn went_unanswered(self) -> bool {
        match self {
            Self::Done => false,
            Self::UnderWay(task) => !task.await.unwrap_or(false),
            Self::Unanswered => true,
        }
    }
}

impl Cleanup {
    pub(super) fn new(ari: &Ari) -> Self {
        Self {
            ari: Some(ari.clone()),
            making: Making::Done,
            runtime: runtime::Handle::current(),
        }
    }

    /// Sends the request that makes what there will be to end.
    async fn make<T: Answer + 'static>(&mut self, request: Request<T>, handle: &impl Handle) -> Result<T> {
        let (handle, named) = (handle.clone(), format!("{request:?}"));
        let (sender, reply) = oneshot::channel();
        self.making = Making::UnderWay(self.runtime.spawn(async move {
            let made = handle.send(request).await;
            let answered = !matches!(made, Err(Error::OutcomeUnknown { .. }));
            // Who gave up waiting asks for the end after this.
            _ = sender.send(made);
            answered
        }));
        let made = reply.await.unwrap_or_else(|_| {
            Err(Error::OutcomeUnknown {
                request: named,
                reason: "its task was stopped".into(),
            })
        });
        self.making = match &made {
            Err(Error::OutcomeUnknown { .. }) => Making::Unanswered,
            _ => Making::Done,
        };
        made
    }

    pub(super) fn disarm(&mut self) {
        self.ari = None;
    }

    /// Its end was asked for: only what a request without an answer may still make is left to end.
    fn was_ended(&mut self, subject: Subject) {
        if let Some(ari) = self.ari.take()
            && !matches!(self.making, Making::Done)
        {
            ari.end_if_it_comes(subject);
        }
    }

    /// Runs what ends it, once. The task keeps the session until it is done; on a runtime that shuts down it does nothing, and the next
    /// run of the application finds what carries our mark.
    pub(super) fn run<F>(&mut self, end: impl FnOnce(Ari) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        if let Some(ari) = self.ari.take() {
            self.runtime.spawn(end(ari));
        }
    }

    /// Runs what ends an object of ours, once, and not before the request that makes it is answered; one that was not answered may still
    /// be done, and what comes of it is ended then.
    fn run_for<F>(&mut self, subject: Subject, end: impl FnOnce(Ari) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let making = mem::replace(&mut self.making, Making::Done);
        self.run(async move |ari| {
            let unanswered = making.went_unanswered().await;
            end(ari.clone()).await;
            if unanswered {
                ari.end_if_it_comes(subject);
            }
        });
    }
}
