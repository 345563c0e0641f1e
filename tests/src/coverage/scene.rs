//! A little of everything on a real Asterisk, so that the events that it really sends are compared as well.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, bail};
use evatel_ari::{
    Ari, ChannelId, Config, Event,
    event::EventName,
    model::{DeviceStatus, TransferState},
    op::{
        VariableValue, applications::EventSource, bridges, channels, device_states, events, playbacks,
        sound::Play, sound::Recording,
    },
};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::{sync::broadcast::Receiver, time::timeout};

use super::{
    Docs,
    server::{PASSWORD, Server, USER},
};

/// The application, and the context of [`EXTENSIONS`].
const APP: &str = "coverage";
/// Far more than anything here takes, so that a busy machine does not matter.
const SOON: Duration = Duration::from_secs(20);

/// The dialplan of the scene: who calls `echo` hears himself, who calls `many` is offered to every application.
pub(super) const EXTENSIONS: &str = "\
[coverage]
exten => echo,1,Answer()
 same => n,Echo()
exten => many,1,StasisBroadcast(5000)
 same => n,Hangup()
";

/// What a server really said: each document with the name of its event or model.
#[derive(Debug)]
pub struct Said {
    /// Its answers to what can be asked without an id, in the middle of the scene.
    pub answers: Vec<(String, Value)>,
    /// The events that it sent.
    pub events: Vec<(String, Value)>,
}

/// Plays it and gives what the server said.
pub(super) async fn play(server: &Server, docs: &Docs) -> Result<Said> {
    let mut config = Config::new(server.url(), USER, SecretString::from(PASSWORD), APP)?;
    config.request_timeout = SOON;
    let (ari, _offers) = Ari::connect(config).await?;
    // Not to device states: when such a subscriber goes, Asterisk 22.10 may never answer `GET /applications` again.
    for source in [
        EventSource::AllBridges,
        EventSource::AllChannels,
        EventSource::AllEndpoints,
    ] {
        ari.follow(source).await?;
    }
    let mut stage = Stage {
        tap: ari.all_events(),
        seen: Vec::new(),
        ari,
    };
    let caller = stage.call("caller").await?;
    let second = stage.call("second").await?;
    stage.channel(&caller).await?;
    let answers = stage.bridge(&caller, &second, docs, server).await?;
    stage.offer().await?;
    stage.end(&caller).await?;
    let documents = stage.seen.iter();
    let events = documents.map(|event| Ok((event.name().to_owned(), serde_json::from_str(event.raw())?)));
    Ok(Said {
        answers,
        events: events.collect::<Result<_>>()?,
    })
}

struct Stage {
    ari: Ari,
    tap: Receiver<Arc<Event>>,
    seen: Vec<Arc<Event>>,
}

impl Stage {
    /// A call between the application and `echo`.
    async fn call(&mut self, id: &str) -> Result<ChannelId> {
        let caller = ChannelId::from(id);
        let mut outgoing = channels::Outgoing::new(format!("Local/echo@{APP}/n"), APP).with_args("one,two");
        outgoing.other_id = Some(format!("{id}-echo").into());
        outgoing
            .variables
            .insert("STATE".into(), VariableValue::in_events("called"));
        self.ari.send(channels::originate(&caller, &outgoing)).await?;
        self.until(EventName::StasisStart).await?;
        // A key that is sent earlier is lost: nobody listens to it.
        while !self.last()?.raw().contains("\"Echo\"") {
            self.until(EventName::ChannelDialplan).await?;
        }
        Ok(caller)
    }

    /// What can happen to a channel.
    async fn channel(&mut self, id: &ChannelId) -> Result<()> {
        let ari = self.ari.clone();
        for (name, value) in [
            ("HOLD_INTERCEPT(set)", ""),
            ("CALLERID(num)", "5145550100"),
            ("CONNECTEDLINE(num)", "5145550101"),
        ] {
            ari.send(channels::set_variable(id, name, value)).await?;
        }
        ari.send(channels::hold(id)).await?;
        ari.send(channels::unhold(id)).await?;
        ari.send(channels::send_digits(id, "5")).await?;
        self.until(EventName::ChannelDtmfReceived).await?;
        ari.send(channels::transfer_progress(id, &TransferState::Progress))
            .await?;
        let playback = "playback".into();
        let play = Play::new(["sound:beep", "digits:5"]);
        ari.send(channels::play(id, &playback, play)).await?;
        self.until(EventName::PlaybackStarted).await?;
        ari.send(playbacks::get(&playback)).await?;
        self.until(EventName::PlaybackFinished).await?;
        let mut recording = Recording::new("recording".into(), "wav");
        recording.max_duration = Some(Duration::from_secs(1));
        ari.send(channels::record(id, &recording)).await?;
        self.until(EventName::RecordingFinished).await?;
        ari.send(channels::move_to(id, "nobody", None)).await?;
        self.until(EventName::ApplicationMoveFailed).await
    }

    /// What can happen to a bridge, and the answers while there is one.
    async fn bridge(
        &mut self,
        id: &ChannelId,
        second: &ChannelId,
        docs: &Docs,
        server: &Server,
    ) -> Result<Vec<(String, Value)>> {
        let ari = self.ari.clone();
        ari.send(device_states::update("Stasis:door", &DeviceStatus::InUse))
            .await?;
        let bridge = "bridge".into();
        let mut new = bridges::NewBridge::from("name");
        new.variables
            .insert("STATE".into(), VariableValue::in_events("new"));
        ari.send(bridges::create(&bridge, new)).await?;
        let snoop = ChannelId::from("snoop");
        ari.send(channels::snoop(id, &snoop, &channels::Snoop::new(APP)))
            .await?;
        self.until(EventName::StasisStart).await?;
        ari.send(bridges::add_channels(&bridge, &[id, second])).await?;
        self.until(EventName::ChannelEnteredBridge).await?;
        let answers = server.answers(docs).await?;
        ari.send(bridges::set_video_source(&bridge, id)).await?;
        ari.send(bridges::play(&bridge, &"announcement".into(), "sound:beep"))
            .await?;
        self.until(EventName::PlaybackStarted).await?;
        ari.send(bridges::remove_channels(&bridge, &[id])).await?;
        self.until(EventName::ChannelLeftBridge).await?;
        ari.send(bridges::destroy(&bridge)).await?;
        self.until(EventName::BridgeDestroyed).await?;
        Ok(answers)
    }

    /// A call that is offered to every application, and claimed.
    async fn offer(&mut self) -> Result<()> {
        let ari = self.ari.clone();
        let many = channels::NewChannel::new(format!("Local/many@{APP}"), APP);
        let offered = ChannelId::from("offered");
        ari.send(channels::create(&offered, &many)).await?;
        self.until(EventName::StasisStart).await?;
        ari.send(channels::dial(&offered, SOON, None)).await?;
        self.until(EventName::CallBroadcast).await?;
        let channel = self.last()?.payload::<Broadcast>()?.channel.id;
        ari.send(events::claim(&channel, APP)).await?;
        // `CallClaimed` is for those who lost it.
        self.until(EventName::StasisStart).await
    }

    /// The end of the call, and the last event.
    async fn end(&mut self, id: &ChannelId) -> Result<()> {
        let ari = self.ari.clone();
        let sources = [EventSource::from(id)];
        ari.send(events::raise("over", APP, &sources, &json!({ "NAME": "value" })))
            .await?;
        ari.send(channels::hangup(id, channels::HangupReason::Busy))
            .await?;
        self.until(EventName::ChannelDestroyed).await
    }

    fn last(&self) -> Result<&Event> {
        let last = self.seen.last();
        last.map(|event| &**event).context("no event came yet")
    }

    /// Waits for the next event of this name, and keeps all that come.
    async fn until(&mut self, name: EventName) -> Result<()> {
        loop {
            let event = timeout(SOON, self.tap.recv()).await;
            let Ok(event) = event else {
                bail!("`{name}` did not come within {SOON:?}");
            };
            let event = event.with_context(|| format!("while `{name}` was waited for"))?;
            let is_it = event.is(name.clone());
            self.seen.push(event);
            if is_it {
                return Ok(());
            }
        }
    }
}

#[derive(serde::Deserialize)]
struct Broadcast {
    channel: evatel_ari::model::Channel,
}
