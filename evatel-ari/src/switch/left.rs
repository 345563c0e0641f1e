//! What an earlier run of the daemon left on the switch, and how it is taken on or sent on.

use evatel_core::{
    calls::HangupCause,
    id::{CallId, LegId, ReservationId},
};
use jiff::Timestamp;

use super::{CallerId, LegEvents, Offer, Switch, channel};
use crate::{
    error::{Error, Result},
    id::{BridgeId, ChannelId, Mark, RecordingName},
    model::Channel,
    op::{self, applications::EventSource, channels::DialplanPlace},
    resync::Orphans,
};

/// The variable of a dialled leg that holds its call.
pub(super) const CALL: &str = "EVATEL_CALL";
/// The variable of a dialled leg that holds its place in the ledger.
pub(super) const PLACE: &str = "EVATEL_PLACE";

/// Makes the id of the bridge that joins a call's parties: whoever comes later reads the call from it.
pub(super) fn joining_bridge(call: &CallId, mark: &Mark) -> BridgeId {
    BridgeId::from(mark.on(&format!("joined-{call}")))
}

/// Reads whose parties a bridge joins.
pub(crate) fn joined_call(bridge: &BridgeId, mark: &Mark) -> Option<CallId> {
    bridge.as_str().strip_prefix(&mark.on("joined-"))?.parse().ok()
}

/// Makes the name of the recording of a call.
pub(super) fn recording_name(call: &CallId, mark: &Mark) -> RecordingName {
    RecordingName::from(mark.on(&format!("recording-{call}")))
}

impl Switch {
    /// Gives our mark.
    pub(crate) fn mark(&self) -> Mark {
        self.ari.mark()
    }

    /// Says what an earlier run had left when we connected.
    pub(crate) fn left(&self) -> &Orphans {
        self.ari.leftovers()
    }

    /// Says since when the switch runs.
    pub(crate) fn since(&self) -> Option<Timestamp> {
        self.ari.info().status.startup_time.moment().ok()
    }

    /// Reads a dialled leg's place in the ledger; a leg that is gone or neither has nor had one has none.
    pub(crate) async fn place_of(&self, leg: &LegId) -> Result<Option<ReservationId>> {
        match self.ari.send(op::channels::variable(&channel(leg), PLACE)).await {
            Ok(variable) => Ok(variable.value.parse().ok()),
            Err(error) if error.is_gone() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Follows a leg that is up: whatever happens to it is told from here on, and its end if it has ended already.
    pub(crate) async fn follow(&self, leg: &LegId) -> LegEvents {
        let id = channel(leg);
        let events = LegEvents::of_answered(self.ari.subscribe_channel(&id));
        self.ari.confirm_channel(&id);
        match self.subscribe(leg).await {
            Ok(()) => {}
            Err(error) if error.is_gone() => self.ari.channel_is_gone(&id),
            // The application hears of the channels that stand in it anyway.
            Err(error) => tracing::warn!(leg.id = %leg, %error, "Cause of the leg's end may not be told"),
        }
        events
    }

    /// Makes a caller who stands in the application, and whom nobody serves, an offer again.
    pub(crate) fn offer(&self, caller: &Channel) -> Option<Offer> {
        let leg: LegId = caller.id.as_str().parse().ok()?;
        let events = LegEvents::new(self.ari.subscribe_channel(&caller.id));
        self.ari.confirm_channel(&caller.id);
        Some(Offer {
            leg,
            entry: caller
                .dialplan
                .app_data
                .split(',')
                .skip(1)
                .map(str::to_owned)
                .collect(),
            caller: CallerId {
                number: caller.caller.number.clone(),
                name: caller.caller.name.clone(),
            },
            events,
        })
    }

    /// Sends a caller on in the dialplan, behind the place where it handed him over: it serves him by itself there.
    pub(crate) async fn send_on(&self, leg: &LegId) -> Result<()> {
        self.ari
            .send(op::channels::resume_dialplan(
                &channel(leg),
                &DialplanPlace::default(),
            ))
            .await
    }

    /// Ends a channel that nobody follows; success if it is gone.
    pub(crate) async fn end_channel(&self, id: &ChannelId, cause: HangupCause) -> Result<()> {
        self.ari.hangup(id, cause).await
    }

    /// Gives the recording of a call if it is under way.
    pub(crate) async fn running_recording(&self, call: &CallId) -> Option<RecordingName> {
        let name = recording_name(call, &self.ari.mark());
        match self.ari.send(op::recordings::live(&name)).await {
            Ok(_) => Some(name),
            Err(error) => {
                if !error.is_gone() {
                    tracing::warn!(call.id = %call, %error, "Recording of the call may stay on the switch");
                }
                None
            }
        }
    }

    /// Lists recordings of calls that are on the switch, under way or ended.
    pub(crate) async fn recordings(&self) -> Result<Vec<(CallId, RecordingName)>> {
        let front = self.ari.mark().on("recording-");
        let stored = self.ari.send(op::recordings::list_stored()).await?;
        Ok(stored
            .into_iter()
            .filter_map(|it| Some((it.name.as_str().strip_prefix(&front)?.parse().ok()?, it.name)))
            .collect())
    }

    /// Lets the application hear of a leg's end with its cause.
    pub(super) async fn subscribe(&self, leg: &LegId) -> Result<()> {
        let source = EventSource::from(&channel(leg));
        let asked = op::applications::subscribe(&self.ari.config().app, &[source]);
        match self.ari.send(asked).await {
            Ok(_) => Ok(()),
            // 422 is what an event source gets that does not exist.
            Err(Error::Unprocessable { .. }) => Err(Error::UnknownLeg { leg: leg.to_string() }),
            Err(error) => Err(error),
        }
    }
}
