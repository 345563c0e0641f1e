//! Carrying out what [`adopt`](super::adopt) decides, when a daemon starts.

use std::{collections::HashMap, path::Path, sync::Arc};

use evatel_core::{
    calls::{Direction, HangupCause, LegEntry, TranscriptLine},
    id::{CallId, LegId, ReservationId},
};
use futures_util::future::join_all;
use jiff::Timestamp;
use tracing::{info, warn};

use super::{
    adopt::{Adoption, Found, Joined, adopt},
    keep::{file_name, take_recording},
    legs::warn_unless_gone,
    office::{CallRecord, Office},
};
use crate::{
    id::{ChannelId, RecordingName},
    switch::{LegEvents, Offer, Switch, joined_call},
};

/// Calls that an earlier daemon left, taken over from it. [`run_calls`](super::run_calls) goes on with them.
#[derive(Debug, Default)]
pub struct TakenOver {
    pub(super) going: Vec<Going>,
    pub(super) again: Vec<Again>,
    pub(super) recordings: Vec<Kept>,
    pub(super) lately: Vec<LegEntry>,
}

/// Two who talk.
#[derive(Debug)]
pub(super) struct Going {
    pub(super) pair: Joined,
    pub(super) caller: LegEvents,
    pub(super) callee: LegEvents,
    pub(super) recording: Option<RecordingName>,
}

/// A caller whose call begins again.
#[derive(Debug)]
pub(super) struct Again {
    pub(super) call: Option<CallId>,
    pub(super) offer: Offer,
}

/// A recording of a call that ended while nobody followed it.
#[derive(Debug)]
pub(super) struct Kept {
    call: CallId,
    name: RecordingName,
    file: String,
}

impl TakenOver {
    /// Says how many calls go on.
    pub fn going(&self) -> usize {
        self.going.len()
    }

    /// Says how many calls begin again.
    pub fn again(&self) -> usize {
        self.again.len()
    }

    /// Remembers what the call log has of the last [`CALL_BACK_FOR`](super::CALL_BACK_FOR): whoever called the emergency
    /// centre then is reached by it.
    pub fn remembering(self, lately: Vec<LegEntry>) -> Self {
        Self { lately, ..self }
    }

    /// Gives the places in the ledger of the legs that go on.
    pub fn places(&self) -> Vec<ReservationId> {
        self.going
            .iter()
            .filter_map(|going| going.pair.place.clone())
            .collect()
    }
}

/// Takes over what an earlier daemon left on the switch, as [`Config::leftovers`](crate::Config) handed it over, and ends
/// the rest. `open` are the entries of the call log that have no end; without them, as when the log cannot be read, the
/// calls go on all the same.
///
/// To be called before the first call is taken: a place in the ledger that is not among [`TakenOver::places`] is free then.
pub async fn take_over<O: Office>(open: &[LegEntry], switch: &Switch, office: &O) -> TakenOver {
    let places = places(switch).await;
    let adoptions = adopt(&Found {
        mark: &switch.mark(),
        orphans: switch.left(),
        places: &places,
        open,
        switch_since: switch.since(),
    });
    let mut taken = TakenOver::default();
    let (mut pairs, mut callers, mut legs, mut bridges) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for adoption in adoptions {
        match adoption {
            Adoption::Goes(pair) => pairs.push(pair),
            Adoption::Again { call, caller } => callers.push((call, caller)),
            Adoption::EndLeg { channel, cause } => legs.push((channel, cause)),
            Adoption::EndBridge(bridge) => bridges.push(bridge),
            Adoption::Close { leg, cause } => close(leg, cause, office).await,
        }
    }
    // Who talks is followed first: he may hang up at any moment.
    taken.going = join_all(pairs.into_iter().map(|pair| follow(pair, switch))).await;
    for going in &taken.going {
        let Joined {
            call, caller, callee, ..
        } = &going.pair;
        info!(call.id = %call, %caller, %callee, recorded = going.recording.is_some(), "Call taken over");
        // The log may have missed an answer in the moment in which the daemon died; the first one that it has stands.
        let at = going.pair.since.unwrap_or_else(Timestamp::now);
        for leg in [caller, callee] {
            let leg = leg.clone();
            office.record(CallRecord::LegAnswered { leg, at }).await;
        }
        tell("the daemon was restarted; the call goes on", call, office).await;
    }
    join_all(
        bridges
            .iter()
            .map(async |bridge| warn_unless_gone(switch.unbridge(bridge).await)),
    )
    .await;
    join_all(
        legs.iter()
            .map(|(channel, cause)| end(channel, *cause, open, switch, office)),
    )
    .await;
    for (call, caller) in callers {
        let Some(offer) = switch.offer(&caller) else {
            warn!(channel = %caller.id, "Caller's channel has an id that no leg has; he is hung up");
            end(&caller.id, HangupCause::TemporaryFailure, open, switch, office).await;
            continue;
        };
        if let Some(call) = &call {
            tell("the daemon was restarted; the call begins again", call, office).await;
        }
        info!(leg.id = %offer.leg, call = call.as_ref().map(CallId::as_str), "Call begins again");
        taken.again.push(Again { call, offer });
    }
    taken.recordings = recordings(&taken.going, open, switch).await;
    taken
}

/// Moves the recordings of calls that ended while nobody followed them to where recordings are kept.
pub(super) async fn keep_recordings<O: Office>(
    left: Vec<Kept>,
    folder: &Path,
    switch: &Switch,
    office: Arc<O>,
) {
    for Kept { call, name, file } in left {
        let path = folder.join(file);
        if take_recording(&name, &path, switch).await {
            info!(call.id = %call, path = %path.display(), "Recording of an earlier call kept");
            office.record(CallRecord::Recorded { call, path }).await;
        }
    }
}

/// Reads the places in the ledger of the legs that are joined.
async fn places(switch: &Switch) -> HashMap<LegId, ReservationId> {
    let mark = switch.mark();
    let legs = mark.on("leg-");
    let joining = switch.left().bridges.iter();
    let members = joining
        .filter(|bridge| joined_call(&bridge.id, &mark).is_some())
        .flat_map(|bridge| &bridge.channels)
        .filter(|id| id.as_str().starts_with(&legs))
        .filter_map(|id| id.as_str().parse::<LegId>().ok());
    let places = join_all(members.map(async |leg| match switch.place_of(&leg).await {
        Ok(place) => Some((leg, place?)),
        Err(error) => {
            warn!(leg.id = %leg, %error, "Leg's place in the ledger cannot be read: it will not be counted any more");
            None
        }
    }));
    places.await.into_iter().flatten().collect()
}

async fn follow(pair: Joined, switch: &Switch) -> Going {
    let (caller, callee, recording) = tokio::join!(
        switch.follow(&pair.caller),
        switch.follow(&pair.callee),
        switch.running_recording(&pair.call)
    );
    Going {
        pair,
        caller,
        callee,
        recording,
    }
}

async fn end<O: Office>(
    channel: &ChannelId,
    cause: HangupCause,
    open: &[LegEntry],
    switch: &Switch,
    office: &O,
) {
    if let Err(error) = switch.end_channel(channel, cause).await {
        warn!(%channel, %error, "Leg of an earlier daemon could not be ended");
    }
    // A media leg has no entry.
    if let Some(entry) = open.iter().find(|entry| entry.leg.as_str() == channel.as_str()) {
        close(entry.leg.clone(), cause, office).await;
    }
}

async fn close<O: Office>(leg: LegId, cause: HangupCause, office: &O) {
    let at = Timestamp::now();
    office.record(CallRecord::LegEnded { leg, at, cause }).await;
}

async fn tell<O: Office>(text: &str, call: &CallId, office: &O) {
    let line = TranscriptLine {
        at: Timestamp::now(),
        who: "system".to_owned(),
        text: text.to_owned(),
    };
    let call = call.clone();
    office.record(CallRecord::Line { call, line }).await;
}

/// Finds recordings that belong to no call which goes on.
async fn recordings(going: &[Going], open: &[LegEntry], switch: &Switch) -> Vec<Kept> {
    let listed = switch.recordings().await.unwrap_or_else(|error| {
        warn!(%error, "Recordings on the switch cannot be listed; they stay there");
        Vec::new()
    });
    let ended = listed
        .into_iter()
        .filter(|(call, _)| going.iter().all(|going| going.pair.call != *call));
    let kept = ended.map(|(call, name)| {
        let caller = open
            .iter()
            .find(|entry| entry.call == call && entry.direction == Direction::Inbound);
        let file = match caller {
            Some(entry) => file_name(&entry.leg, "call"),
            None => format!("{call}.wav"),
        };
        Kept { call, name, file }
    });
    kept.collect()
}
