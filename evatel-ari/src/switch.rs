//! The one vocabulary of calls over whatever switch carries them; here, Asterisk.
//!
//! Verbs are functions of [`Switch`]; what happens comes as [`LegEvent`]s, one ordered stream a leg, and as [`Offers`]. Whoever
//! speaks it never sees a channel, a bridge's technology or a dial string. ARCHITECTURE.md holds the table of verbs.

mod events;
mod left;
mod offers;
mod sound;

pub use events::{LegEvent, LegEvents};
pub(crate) use left::joined_call;
pub use offers::{Offer, Offers, PATIENCE};

use std::{collections::HashMap, fmt, sync::Mutex, time::Duration, time::Instant};

use evatel_core::{
    account::Language,
    calls::HangupCause,
    id::{CallId, LegId},
    policy::{LegPermit, Route},
};
use evatel_voice::{Band, Port};

use crate::{
    client::{self, Ari},
    error::{Error, Result},
    event::EventName,
    helper::{BridgeGuard, ChannelGuard},
    id::{BridgeId, ChannelId, RecordingName},
    media::Medium,
    op::{self, channels::Outgoing, sound::Recording},
    request::Request,
};
use sound::Sound;

/// Events of channels that calls have no use for, and of which each call has several: with [`Ari::filter_events`] Asterisk keeps
/// them to itself.
pub const UNUSED_EVENTS: [EventName; 2] = [EventName::ChannelDialplan, EventName::ChannelVarset];
/// Longest recording of a joined call; as long as a leg may last.
const LONGEST_RECORDING: Duration = Duration::from_secs(4 * 3600);

/// Who calls, as the called party sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallerId {
    /// Digits, with or without `+`; empty when withheld.
    pub number: String,
    /// A name; may be empty.
    pub name: String,
}

impl CallerId {
    /// Writes `"Name" <number>` with nothing in it that could end either (RFC 3261 §25.1, quoted-string).
    fn header(&self) -> String {
        let name: String = self
            .name
            .chars()
            .filter(|c| !c.is_control() && !matches!(c, '"' | '\\' | '<' | '>'))
            .collect();
        let number: String = self
            .number
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '_'))
            .collect();
        format!("\"{name}\" <{number}>")
    }
}

/// One Asterisk as calls see it.
pub struct Switch {
    ari: Ari,
    medium: Medium<160>,
    sounds: Mutex<HashMap<LegId, Sound>>,
}

impl fmt::Debug for Switch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Switch")
            .field("app", &self.ari.config().app)
            .finish_non_exhaustive()
    }
}

impl Switch {
    /// Takes a connection and the calls that come over it.
    pub fn new(ari: Ari, offers: client::Offers) -> (Self, Offers) {
        let offers = Offers::new(offers, ari.rest().clone());
        let switch = Self {
            ari,
            medium: Medium::default(),
            sounds: Mutex::default(),
        };
        (switch, offers)
    }

    /// Lets the sound of legs travel over this medium from now on, instead of the websocket that we open.
    #[must_use]
    pub fn over(mut self, medium: Medium<160>) -> Self {
        self.medium = medium;
        self
    }

    /// Makes the id of a leg that we will dial: a sweep after a crash knows it as ours.
    pub fn new_leg(&self) -> LegId {
        self.ari
            .mark()
            .fresh("leg")
            .parse()
            .expect("a mark, letters and digits make an id")
    }

    /// Takes an offered call: the dialplan's watchdog stops.
    ///
    /// Until then a call that cannot be taken goes on by itself. Whether the watchdog stopped may remain unknown; then the
    /// call counts as taken, since nobody else might serve it.
    ///
    /// No subscription is needed to learn the leg's end: a channel in the application tells why it is hung up before it
    /// leaves, and each subscription would be answered with the list of all channels there are.
    ///
    /// # Errors
    /// Those of the request; [`Error::is_gone`] when the caller was quicker.
    pub async fn take(&self, leg: &LegId) -> Result<()> {
        let stop = op::channels::set_variable(&channel(leg), "TIMEOUT(absolute)", "0");
        match self.ari.send(stop).await {
            Err(error @ Error::OutcomeUnknown { .. }) => {
                tracing::warn!(leg.id = %leg, %error, "watchdog of `{leg}` may still run");
                Ok(())
            }
            other => other,
        }
    }

    /// Answers.
    pub async fn answer(&self, leg: &LegId) -> Result<()> {
        self.of_leg(leg, op::channels::answer(&channel(leg))).await
    }

    /// Lets an unanswered caller's network play ringback (SIP 180).
    pub async fn ring(&self, leg: &LegId) -> Result<()> {
        self.of_leg(leg, op::channels::ring(&channel(leg))).await
    }

    /// Refuses a leg that was not answered; the caller's network sees `cause`. Success if the leg is gone.
    pub async fn reject(&self, leg: &LegId, cause: HangupCause) -> Result<()> {
        self.hangup(leg, cause).await
    }

    /// Ends a leg, ringing or answered. Success if it is gone.
    pub async fn hangup(&self, leg: &LegId, cause: HangupCause) -> Result<()> {
        let closed = self.close_media(leg).await;
        // A bridge that cannot be ended is no reason to let the party wait.
        self.ari.hangup(&channel(leg), cause).await?;
        closed
    }

    /// Dials the very leg that was permitted, as `leg`, for at most `timeout` (whole seconds). Its events tell the rest.
    ///
    /// # Errors
    /// An expired permit, an endpoint that nobody is registered at ([`Error::hangup_cause`] is then `Absent`), those of the request.
    pub async fn dial(
        &self,
        permit: LegPermit,
        leg: &LegId,
        caller_id: &CallerId,
        timeout: Duration,
        call: &CallId,
        language: Language,
    ) -> Result<LegEvents> {
        let longest = permit.max_length();
        let (plan, place) = permit.spend(Instant::now()).map_err(|expired| Error::Config {
            setting: "permit",
            reason: expired.to_string(),
        })?;
        let endpoint = match plan.route() {
            Route::Device { device } => format!("PJSIP/{device}"),
            Route::Trunk {
                trunk, dial_number, ..
            } => format!("PJSIP/{dial_number}@{trunk}"),
        };
        let id = channel(leg);
        let mut outgoing = Outgoing::new(endpoint, self.ari.config().app.clone()).with_args("dialled");
        outgoing.caller_id = Some(caller_id.header());
        // Our own deadline comes first; Asterisk's is for a daemon that died meanwhile.
        outgoing.timeout = timeout + Duration::from_secs(5);
        // Asterisk ends the leg then by itself, ringing included, even if nobody is there to do it.
        outgoing
            .variables
            .insert("TIMEOUT(absolute)".into(), longest.as_secs().to_string().into());
        outgoing
            .variables
            .insert(left::CALL.into(), call.to_string().into());
        if let Some(place) = place {
            outgoing
                .variables
                .insert(left::PLACE.into(), place.to_string().into());
        }
        outgoing
            .variables
            .insert("CHANNEL(language)".into(), language.word().into());
        let events = LegEvents::new(self.ari.subscribe_channel(&id));
        // A leg whose reply got lost may ring: nobody else would end it before its time.
        let mut guard = ChannelGuard::new(id.clone(), &self.ari);
        let made = guard
            .make(op::channels::originate(&id, &outgoing), &self.ari)
            .await;
        if !matches!(made, Err(Error::OutcomeUnknown { .. })) {
            guard.keep();
        }
        made?;
        self.ari.confirm_channel(&id);
        Ok(events)
    }

    /// Opens sound on an answered leg: a media leg of ours, in this band, and the party in a bridge of their own. Asterisk brings what the
    /// party sends to that band; there is nothing above 4 kHz in what a telephone of 8 kHz sends.
    ///
    /// # Errors
    /// Those of the requests and of the media connection; nothing is left behind then.
    pub async fn open_media(&self, leg: &LegId, band: Band) -> Result<Port> {
        let (sound, port) = Sound::open(&channel(leg), band, &self.medium, &self.ari).await?;
        let former = self.sounds().insert(leg.clone(), sound);
        if let Some(former) = former {
            former.close(&self.ari).await?;
        }
        Ok(port)
    }

    /// Throws away what the party has not heard yet.
    pub async fn flush(&self, leg: &LegId) {
        let media = self.sounds().get(leg).map(Sound::media);
        if let Some(media) = media {
            // What was heard is in the agent's own account.
            let _ = media.flush().await;
        }
    }

    /// Closes the sound of a leg; the leg stays. Success if there is none.
    pub async fn close_media(&self, leg: &LegId) -> Result<()> {
        let sound = self.sounds().remove(leg);
        match sound {
            Some(sound) => sound.close(&self.ari).await,
            None => Ok(()),
        }
    }

    /// Joins two answered legs of a call; their sound must be closed. Whoever finds the bridge later knows the call by its id.
    pub async fn bridge(&self, call: &CallId, first: &LegId, second: &LegId) -> Result<BridgeId> {
        let bridge = left::joining_bridge(call, &self.ari.mark());
        joined(bridge, "call", [&channel(first), &channel(second)], &self.ari).await
    }

    /// Parts two legs; both stay. Success if they are parted.
    pub async fn unbridge(&self, bridge: &BridgeId) -> Result<()> {
        self.ari.destroy_bridge(bridge).await
    }

    /// Records what both parties of a call say, mixed, until [`Switch::stop_recording`] or the bridge ends.
    pub async fn record_bridge(&self, call: &CallId, bridge: &BridgeId) -> Result<RecordingName> {
        let name = left::recording_name(call, &self.ari.mark());
        let mut recording = Recording::new(name.clone(), "wav");
        recording.max_duration = Some(LONGEST_RECORDING);
        self.ari.send(op::bridges::record(bridge, recording)).await?;
        Ok(name)
    }

    /// Ends a recording. Success if it has ended.
    pub async fn stop_recording(&self, name: &RecordingName) -> Result<()> {
        match self.ari.send(op::recordings::stop(name)).await {
            Err(error) if error.is_gone() => Ok(()),
            other => other,
        }
    }

    /// Fetches an ended recording as a WAV file; it stays on the switch until [`Switch::remove_recording`].
    pub async fn fetch_recording(&self, name: &RecordingName) -> Result<Vec<u8>> {
        Ok(self.ari.send(op::recordings::file(name)).await?.0)
    }

    /// Removes an ended recording from the switch.
    pub async fn remove_recording(&self, name: &RecordingName) -> Result<()> {
        self.ari.send(op::recordings::delete(name)).await
    }

    /// Sends a request about a leg; a leg that does not exist is told as ended, should its end have been missed.
    async fn of_leg(&self, leg: &LegId, request: Request<()>) -> Result<()> {
        let sent = self.ari.send(request).await;
        if sent.as_ref().is_err_and(Error::is_gone) {
            self.ari.channel_is_gone(&channel(leg));
        }
        sent
    }

    fn sounds(&self) -> std::sync::MutexGuard<'_, HashMap<LegId, Sound>> {
        // Nothing panics while it is held: an insert, a remove, a look.
        self.sounds
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Joins two channels in a new bridge, or leaves none behind.
async fn joined(id: BridgeId, name: &str, channels: [&ChannelId; 2], ari: &Ari) -> Result<BridgeId> {
    let mut guard = BridgeGuard::new(id, ari);
    let entered = async {
        guard.make(op::bridges::create(guard.id(), name), ari).await?;
        ari.send(op::bridges::add_channels(guard.id(), &channels)).await
    };
    match entered.await {
        Ok(()) => Ok(guard.keep()),
        Err(error) => {
            let bridge = guard.id().clone();
            if let Err(error) = guard.destroy().await {
                tracing::warn!(bridge = %bridge, %error, "bridge `{bridge}` may be left over");
            }
            Err(error)
        }
    }
}

/// A leg is a channel of the same id.
fn channel(leg: &LegId) -> ChannelId {
    ChannelId::from(leg.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_caller_name_cannot_leave_its_quotes() {
        let caller = CallerId {
            number: "+1514\r\n5550199&PJSIP/x".into(),
            name: "Eve\" <911>\n".into(),
        };
        assert_eq!(caller.header(), "\"Eve 911\" <+15145550199PJSIPx>");
    }
}
