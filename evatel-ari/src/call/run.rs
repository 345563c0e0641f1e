//! The loop that takes calls.

use std::sync::Arc;

use evatel_core::{calls::HangupCause, id::CallId};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, info, info_span, warn};

use super::{
    door::{Entry, Known},
    emergencies::Emergencies,
    forwards::Forwards,
    legs::warn_unless_gone,
    office::{Office, Settings},
    story::Story,
    takeover::{Again, TakenOver, keep_recordings},
    task::{CallTask, House},
};
use crate::switch::{Offer, Offers, Switch};

/// How calls are told that they have to end.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    /// No new call is taken; those that are up come to their end.
    pub drain: CancellationToken,
    /// Calls that are up are left at once: two who are joined talk on, for the next daemon to take over; anybody else is
    /// sent on in the dialplan.
    pub leave: CancellationToken,
}

/// Goes on with the calls that were taken over, and takes new ones until `stop` says otherwise.
///
/// Each call is a task of its own; one that fails harms no other.
pub async fn run_calls<O: Office>(
    mut offers: Offers,
    taken: TakenOver,
    switch: Arc<Switch>,
    settings: Settings,
    office: Arc<O>,
    stop: Stop,
) {
    let mut calls = JoinSet::new();
    let TakenOver {
        going,
        again,
        recordings,
        lately,
    } = taken;
    let (drain, leave) = (stop.drain, stop.leave);
    let house = House {
        switch,
        settings,
        office,
        emergencies: Arc::new(Emergencies::of_log(&lately)),
        forwards: Arc::new(Forwards::default()),
        leave,
    };
    for going in going {
        let span = info_span!("call", call.id = %going.pair.call);
        calls.spawn(CallTask::adopted(going, house.clone()).run().instrument(span));
    }
    for Again { call, offer } in again {
        let known = call.is_some();
        let call = call.unwrap_or_else(new_call);
        let span = info_span!("call", call.id = %call);
        calls.spawn(take(offer, call, known, house.clone()).instrument(span));
    }
    if !recordings.is_empty() {
        let House {
            switch,
            settings,
            office,
            ..
        } = house.clone();
        calls.spawn(async move {
            keep_recordings(recordings, &settings.recordings_dir, &switch, office).await;
        });
    }
    loop {
        tokio::select! {
            () = drain.cancelled() => break,
            Some(_) = calls.join_next(), if !calls.is_empty() => {}
            offer = offers.next() => {
                let Some(offer) = offer else { break };
                let call = new_call();
                let span = info_span!("call", call.id = %call);
                calls.spawn(take(offer, call, false, house.clone()).instrument(span));
            }
        }
    }
    while calls.join_next().await.is_some() {}
}

fn new_call() -> CallId {
    format!("call-{}", uuid::Uuid::now_v7().simple())
        .parse()
        .expect("letters, digits and `-` make an id")
}

/// Takes the call from the dialplan's watchdog, before anything else; one that cannot be taken goes on in the dialplan.
/// The caller's leg of a `known` call has its entry in the log already.
async fn take<O: Office>(offer: Offer, call: CallId, known: bool, house: House<O>) {
    if house.switch.mark().is_on(offer.leg.as_str()) {
        // A leg of our own that nobody waits for: its party answered in the moment in which it was given up.
        warn_unless_gone(house.switch.hangup(&offer.leg, HangupCause::Normal).await);
        return;
    }
    if let Err(error) = house.switch.take(&offer.leg).await {
        warn!(leg.id = %offer.leg, %error, "Call could not be taken; the dialplan goes on with it");
        if known {
            // He was taken once: whether gone or out of reach, nobody else will write his end down.
            let story = Story::resume(call, house.office);
            story.ended(&offer.leg, error.hangup_cause()).await;
        }
        return;
    }
    let at_the_door = Known {
        settings: &house.settings,
        emergencies: &house.emergencies,
        forwards: &house.forwards,
    };
    let entry = Entry::find(&offer, at_the_door, &*house.office).await;
    info!(leg.id = %offer.leg, entry = entry.rule, "Call taken");
    CallTask::begin(offer, call, known, entry, house)
        .await
        .run()
        .await;
}
