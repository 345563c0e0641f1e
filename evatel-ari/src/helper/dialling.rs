//! One leg, from the request to its answer or to the reason why there is none.

use std::time::Duration;

use evatel_core::calls::HangupCause;
use tokio::time::{Instant, sleep_until};

use super::{
    guard::ChannelGuard,
    leg::{Ending, Leg, ending_in},
};
use crate::{
    error::{Error, Result},
    event::{EventKind, kind::DialStatus},
    handle::Handle,
    id::{BridgeId, ChannelId},
    model::{Channel, ChannelState},
    op::{
        self,
        channels::{Destination, NewChannel, Outgoing},
    },
    request::Request,
    router::Signal,
    subject::Subject,
};

/// How dialling goes.
#[derive(Debug)]
#[non_exhaustive]
pub enum Progress {
    /// The far end sends sound before the answer, such as an announcement (SIP 183).
    EarlyMedia,
    /// It is over; nothing follows.
    Ended(Outcome),
    /// The far end rings.
    Ringing,
}

/// How dialling ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// Somebody, or something, answered.
    Answered(Leg),
    /// The far end is busy.
    Busy,
    /// It was given up by us before an answer.
    Cancelled,
    /// It ended while the connection was lost: why is not known.
    Gone,
    /// It rang and nobody answered; the far end or its network gave up.
    NoAnswer,
    /// It was refused: by the far end, by its network, or by Asterisk.
    Refused(Ending),
    /// Our own time for it passed.
    TimedOut,
    /// Asterisk could not even begin: the endpoint is unknown, or no device is registered there.
    Unreachable {
        /// Asterisk's words.
        message: String,
    },
}

impl Outcome {
    fn of(ending: Ending) -> Self {
        match ending.cause {
            None => Self::Gone,
            Some(HangupCause::Busy) => Self::Busy,
            Some(HangupCause::NoAnswer | HangupCause::NoResponse) => Self::NoAnswer,
            Some(_) => Self::Refused(ending),
        }
    }
}

/// Dials and waits: for the answer, for the reason why there is none, or until `given_up` says with which cause the caller
/// gave it up ([`std::future::pending`] never does).
///
/// [`Outgoing::timeout`] is how long it may ring.
///
/// ```
/// # use evatel_ari::{Ari, helper::{Outcome, originate}, op::channels::Outgoing};
/// # async fn call(ari: &Ari) -> evatel_ari::Result<()> {
/// let outgoing = Outgoing::new("PJSIP/alice", &*ari.config().app);
/// match originate(&outgoing, std::future::pending(), ari).await? {
///     Outcome::Answered(leg) => println!("`{}` talks", leg.id()),
///     Outcome::Busy => println!("busy"),
///     other => println!("{other:?}"),
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Those of the request, but that nobody is registered at the endpoint is [`Outcome::Unreachable`].
///
/// # Cancel safety
/// If the future is dropped, the leg is hung up.
pub async fn originate<H: Handle>(
    outgoing: &Outgoing,
    given_up: impl Future<Output = HangupCause>,
    handle: &H,
) -> Result<Outcome> {
    let mut dialling = Dialling::start(outgoing, handle).await?;
    let cause = tokio::select! {
        outcome = dialling.outcome() => return Ok(outcome),
        cause = given_up => cause,
    };
    Ok(dialling.cancel(cause).await)
}

/// A leg that is being dialled; it is hung up when this is dropped.
#[derive(Debug)]
pub struct Dialling {
    state: State,
    answer: Answer,
    /// What has been told already.
    told: Told,
    deadline: Instant,
    id: ChannelId,
}

#[derive(Debug)]
enum State {
    Dialled(Leg),
    Over,
    /// Asterisk would not even begin.
    Refused(String),
}

/// What says that the far end has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// An originated channel comes into the application with its answer.
    StasisStart,
    /// A created channel stands in the application from the beginning.
    Up,
}

#[derive(Debug, Default)]
struct Told {
    early_media: bool,
    ringing: bool,
}

impl Dialling {
    /// Dials; the leg comes into the application when it is answered.
    ///
    /// # Errors
    /// Those of the request, but for [`Outcome::Unreachable`], which [`Dialling::next`] tells.
    ///
    /// # Cancel safety
    /// If the future is dropped, the leg is hung up.
    pub async fn start<H: Handle>(outgoing: &Outgoing, handle: &H) -> Result<Self> {
        let mut dialling = Self::announced(Answer::StasisStart, outgoing.timeout, handle).await?;
        let mut spare = outgoing.clone();
        // Our own deadline comes first; Asterisk's is for a program that died meanwhile.
        spare.timeout += SPARE;
        let request = op::channels::originate(&dialling.id, &spare);
        dialling.make(request, handle).await?;
        Ok(dialling)
    }

    /// Creates the leg, puts it into `bridge`, and dials then: who is in the bridge hears what comes before the answer.
    ///
    /// # Errors
    /// Those of the requests, but for [`Outcome::Unreachable`], which [`Dialling::next`] tells. The leg is ended then.
    ///
    /// # Cancel safety
    /// If the future is dropped, the leg is hung up.
    pub async fn into_bridge<H: Handle>(outgoing: &Outgoing, bridge: &BridgeId, handle: &H) -> Result<Self> {
        let mut dialling = Self::announced(Answer::Up, outgoing.timeout, handle).await?;
        let request = op::channels::create(&dialling.id, &undialled(outgoing, handle));
        dialling.make(request, handle).await?;
        if let State::Dialled(leg) = &mut dialling.state {
            if !entered(leg).await {
                dialling.state = State::Over;
                return Ok(dialling);
            }
            handle
                .send(op::bridges::add_channels(bridge, &[leg.id()]))
                .await?;
            handle
                .send(op::channels::dial(
                    leg.id(),
                    outgoing.timeout + SPARE,
                    outgoing.originator.as_ref(),
                ))
                .await?;
        }
        Ok(dialling)
    }

    async fn announced<H: Handle>(answer: Answer, timeout: Duration, handle: &H) -> Result<Self> {
        let ari = handle.whole();
        let id = ChannelId::from(ari.mark().fresh("leg"));
        let events = handle.stream(Subject::Channel(id.clone())).await?;
        let guard = ChannelGuard::new(id.clone(), ari);
        Ok(Self {
            state: State::Dialled(Leg::new(guard, events)),
            answer,
            told: Told::default(),
            deadline: Instant::now() + timeout,
            id,
        })
    }

    /// Sends the request that makes the leg. A reply that got lost leaves the guard armed: it may ring.
    async fn make<H: Handle>(&mut self, request: Request<Channel>, handle: &H) -> Result<()> {
        let State::Dialled(leg) = &mut self.state else {
            return Ok(());
        };
        match leg.guard().make(request, handle).await {
            Ok(_) => {
                handle.whole().confirm_channel(&self.id);
                Ok(())
            }
            Err(Error::Unallocated { message, .. }) => {
                self.end(State::Refused(message));
                Ok(())
            }
            Err(error) => {
                if !matches!(error, Error::OutcomeUnknown { .. }) {
                    self.end(State::Over);
                }
                Err(error)
            }
        }
    }

    /// Gives the channel's id.
    pub fn channel(&self) -> &ChannelId {
        &self.id
    }

    /// Says which cause the far end sees if this is dropped; [`HangupCause::Normal`] unless this says otherwise.
    pub fn set_cause(&mut self, cause: HangupCause) {
        if let State::Dialled(leg) = &mut self.state {
            leg.set_cause(cause);
        }
    }

    /// Waits for the next step; none comes after [`Progress::Ended`].
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped.
    pub async fn next(&mut self) -> Option<Progress> {
        loop {
            let leg = match &mut self.state {
                State::Dialled(leg) => leg,
                State::Over => return None,
                State::Refused(message) => {
                    let message = std::mem::take(message);
                    self.state = State::Over;
                    return Some(Progress::Ended(Outcome::Unreachable { message }));
                }
            };
            let signal = tokio::select! {
                biased;
                signal = leg.events().next() => signal,
                () = sleep_until(self.deadline) => {
                    leg.set_cause(HangupCause::NoAnswer);
                    self.state = State::Over;
                    return Some(Progress::Ended(Outcome::TimedOut));
                }
            };
            if let Some(step) = self.step(signal).await {
                return Some(step);
            }
        }
    }

    /// Waits for the end; what comes before is passed over. [`Outcome::Gone`] if it was told before.
    ///
    /// # Cancel safety
    /// Nothing but steps that it has passed over is lost if the future is dropped.
    pub async fn outcome(&mut self) -> Outcome {
        loop {
            match self.next().await {
                Some(Progress::Ended(outcome)) => return outcome,
                Some(_) => {}
                None => return Outcome::Gone,
            }
        }
    }

    /// Gives up, answered meanwhile or not; the far end sees `cause`, such as
    /// [`HangupCause::AnsweredElsewhere`] where another telephone took the call.
    ///
    /// # Cancel safety
    /// If the future is dropped, the leg is hung up all the same.
    pub async fn cancel(mut self, cause: HangupCause) -> Outcome {
        if let State::Dialled(leg) = std::mem::replace(&mut self.state, State::Over)
            && let Err(error) = leg.hang_up(cause).await
        {
            tracing::warn!(channel = %self.id, %error, "leg `{}` may still ring", self.id);
        }
        Outcome::Cancelled
    }

    async fn step(&mut self, signal: Option<Signal>) -> Option<Progress> {
        let kind = match &signal {
            Some(Signal::Event(event)) => event.kind(),
            Some(Signal::Entered) if self.answer == Answer::StasisStart => return self.answered(),
            // The answer may have been among what was missed. One who came in by it was told as `Entered`.
            Some(Signal::Back | Signal::Lagged(_)) if self.answer == Answer::Up => {
                return if self.is_up().await { self.answered() } else { None };
            }
            Some(Signal::Gone) | None => return Some(self.ended(Ending::unheard())),
            Some(_) => return None,
        };
        match kind {
            EventKind::StasisStart { channel, .. } if self.answer == Answer::StasisStart => {
                // A leg that takes this one's place has a start of its own, in which this one is named, too.
                if channel.id == self.id {
                    self.answered()
                } else {
                    None
                }
            }
            EventKind::ChannelStateChange { channel } => match channel.state {
                ChannelState::Ringing => self.ringing(),
                ChannelState::Up if self.answer == Answer::Up => self.answered(),
                _ => None,
            },
            EventKind::Dial { peer, dialstatus, .. } if peer.id == self.id => match dialstatus {
                DialStatus::Ringing => self.ringing(),
                DialStatus::Progress => self.early_media(),
                DialStatus::Answer if self.answer == Answer::Up => self.answered(),
                _ => None,
            },
            kind => ending_in(kind).map(|ending| self.ended(ending)),
        }
    }

    /// Asks whether the leg is answered. That it cannot be asked is told by what follows.
    async fn is_up(&mut self) -> bool {
        let State::Dialled(leg) = &mut self.state else {
            return false;
        };
        let Some(ari) = leg.guard().ari().cloned() else {
            return false;
        };
        let asked = ari.send(op::channels::get(&self.id)).await;
        asked.is_ok_and(|channel| channel.state == ChannelState::Up)
    }

    fn ringing(&mut self) -> Option<Progress> {
        let told = std::mem::replace(&mut self.told.ringing, true);
        (!told).then_some(Progress::Ringing)
    }

    fn early_media(&mut self) -> Option<Progress> {
        let told = std::mem::replace(&mut self.told.early_media, true);
        (!told).then_some(Progress::EarlyMedia)
    }

    fn answered(&mut self) -> Option<Progress> {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Dialled(leg) => Some(Progress::Ended(Outcome::Answered(leg))),
            State::Over | State::Refused(_) => None,
        }
    }

    fn ended(&mut self, ending: Ending) -> Progress {
        self.end(State::Over);
        Progress::Ended(Outcome::of(ending))
    }

    /// Nothing is left that could be hung up.
    fn end(&mut self, state: State) {
        if let State::Dialled(leg) = &mut self.state {
            leg.guard().is_over();
        }
        self.state = state;
    }
}

/// What of an outgoing call is needed to create its channel. It comes into an application in any case: ours, unless it names
/// another.
fn undialled<H: Handle>(outgoing: &Outgoing, handle: &H) -> NewChannel {
    let (app, app_args) = match &outgoing.destination {
        Destination::App { name, args } => (name.clone(), args.clone()),
        Destination::Dialplan(_) => (handle.whole().config().app.clone(), None),
    };
    let mut channel = NewChannel::new(outgoing.endpoint.clone(), app);
    channel.app_args = app_args;
    channel.other_id = outgoing.other_id.clone();
    channel.originator = outgoing.originator.clone();
    channel.formats = outgoing.formats.clone();
    channel.variables = outgoing.variables.clone();
    channel
}

/// Waits until a created leg stands in the application; before that it can be put into no bridge.
pub(super) async fn entered(leg: &mut Leg) -> bool {
    loop {
        match leg.events().next().await {
            Some(Signal::Event(event)) => match event.kind() {
                EventKind::StasisStart { .. } => return true,
                kind if ending_in(kind).is_some() => return false,
                _ => {}
            },
            Some(Signal::Entered) => return true,
            Some(Signal::Gone) | None => return false,
            Some(_) => {}
        }
    }
}

/// How much longer Asterisk itself lets it ring.
const SPARE: Duration = Duration::from_secs(5);
