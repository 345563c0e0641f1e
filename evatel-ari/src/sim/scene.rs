//! What happens outside: calls come in, parties answer, press keys and hang up.

use std::time::Duration;

use serde_json::json;

use super::{
    Asterisk, PATIENCE,
    media::{Peer, Said},
    outbound::{self, Outbound},
    world::{
        World,
        bridge::Bridge,
        channel::{Channel, Stay, Variable},
        dialplan::{Plan, Step},
        recording::Stored,
    },
};

/// A call that comes in. It is offered by [`Incoming::offer`].
#[derive(Debug)]
#[must_use = "a call that is not offered reaches nobody"]
pub struct Incoming<'a> {
    asterisk: &'a Asterisk,
    id: String,
    name: String,
    number: String,
    called: String,
    variables: Vec<(String, String)>,
}

impl Incoming<'_> {
    /// Sets the id, which otherwise is like Asterisk's own.
    pub fn id(mut self, id: &str) -> Self {
        id.clone_into(&mut self.id);
        self
    }

    /// Sets the caller's name.
    pub fn name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Sets the number that was called: the extension in the dialplan.
    pub fn called(mut self, number: &str) -> Self {
        number.clone_into(&mut self.called);
        self
    }

    /// Sets a variable that the dialplan had set.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Hands the call to an application, with arguments, and gives its id. Where nobody is there it stays in the dialplan,
    /// with `STASISSTATUS` at `FAILED`.
    pub fn offer(self, app: &str, args: &[&str]) -> String {
        let id = self.id.clone();
        let stay = Stay {
            app: app.to_owned(),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        };
        self.asterisk.shared.change(|world| {
            self.ring(world);
            if !world.enter(&id, stay) {
                world.set_status(&id, "FAILED");
            }
        });
        id
    }

    /// Hands the call to the program's own server, dialled for this call alone, as application `{app}:{channel's name}`. Gives its
    /// id, or nothing when that server cannot be reached: the call then stays in the dialplan.
    pub async fn offer_per_call(self, outbound: &Outbound, args: &[&str]) -> Option<String> {
        let (id, shared) = (self.id.clone(), self.asterisk.shared.clone());
        shared.change(|world| self.ring(world));
        let name = shared.lock().channels.get(&id)?.name.clone();
        let app = format!("{}:{name}", outbound.apps.first()?);
        let is_there = outbound::call(outbound.clone(), app.clone(), shared.clone()).await;
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        shared.change(|world| {
            if is_there {
                world.enter(&id, Stay { app, args });
            } else {
                world.set_status(&id, "FAILED");
            }
        });
        is_there.then_some(id)
    }

    /// Lets the call run the dialplan, from the first step of an extension, and gives its id.
    pub fn into_dialplan(self, context: &str, exten: &str) -> String {
        let id = self.id.clone();
        self.asterisk.shared.change(|world| {
            self.ring(world);
            world.go_to(&id, Plan::at(context, exten));
        });
        id
    }

    fn ring(self, world: &mut World) {
        let mut channel = Channel::new(&format!("PJSIP/trunk-{}", self.id), "Ring");
        channel.caller = (self.name, self.number);
        channel.place = Plan::at("evatel", &self.called);
        let variables = self.variables.into_iter();
        channel.variables = variables
            .map(|(name, value)| {
                let is_reported = false;
                (name, Variable { value, is_reported })
            })
            .collect();
        world.add_channel(&self.id, channel);
    }
}

impl World {
    /// A party presses a key: its application hears of it, and so do media legs in the same bridge.
    pub(super) fn press(&mut self, id: &str, digit: char) {
        self.raise_channel(
            id,
            json!({ "type": "ChannelDtmfReceived", "digit": digit.to_string(), "duration_ms": 100 }),
        );
        self.digit_ends_recordings(id, digit);
        self.digit_ends_echo(id, digit);
        for listener in self.listeners(id) {
            let link = self
                .channels
                .get(&listener)
                .and_then(|channel| channel.media.as_ref());
            if let Some(say) = link.and_then(|link| link.say.as_ref()) {
                // A leg that does not keep up misses it.
                let _ = say.try_send(Said::Digit(digit));
            }
        }
    }
}

impl Asterisk {
    /// A call comes in from this number; say more of it, then offer it.
    pub fn incoming(&self, number: &str) -> Incoming<'_> {
        let turn = self.shared.lock().next_turn();
        Incoming {
            asterisk: self,
            id: format!("1764108049.{turn}"),
            name: String::new(),
            number: number.to_owned(),
            called: "s".to_owned(),
            variables: Vec::new(),
        }
    }

    /// A call comes in: channel `id` of caller `number` rings, and the dialplan hands it to `app` with `args`.
    pub fn offer(&self, id: &str, number: &str, app: &str, args: &[&str]) {
        self.incoming(number).id(id).offer(app, args);
    }

    /// Puts an extension into the dialplan: `Local/{exten}@{context}` dials it, `continue` goes there.
    pub fn extension(&self, context: &str, exten: &str, steps: impl Into<Vec<Step>>) {
        let key = (context.to_owned(), exten.to_owned());
        self.shared.lock().dialplan.insert(key, steps.into());
    }

    /// Puts a channel there of which nobody is told: in the application `app`, or in the dialplan.
    pub fn put_channel(&self, id: &str, app: Option<&str>) {
        let mut world = self.shared.lock();
        let mut channel = Channel::new(&format!("PJSIP/trunk-{id}"), "Up");
        channel.stay = app.map(|app| Stay::new(app, ""));
        world.channels.insert(id.to_owned(), channel);
        world.waits_outside(id);
        if let Some(app) = app {
            world.subscribe(app, &format!("channel:{id}"));
        }
    }

    /// Puts an empty bridge there of which nobody is told.
    pub fn put_bridge(&self, id: &str) {
        self.shared
            .lock()
            .bridges
            .insert(id.to_owned(), Bridge::new("", false));
    }

    /// Puts a recording on the disk.
    pub fn put_recording(&self, name: &str, format: &str, bytes: impl Into<Vec<u8>>) {
        let stored = Stored {
            format: format.to_owned(),
            bytes: bytes.into(),
        };
        self.shared
            .lock()
            .recordings
            .stored
            .insert(name.to_owned(), stored);
    }

    /// Installs a sound, such as `greeting` for `sound:greeting`. A sound that is not installed fails, as with the real one; `beep`,
    /// `hello-world`, `tt-monkeys`, `vm-goodbye` and `silence/1` to `silence/10` are there.
    pub fn put_sound(&self, name: &str, length: Duration) {
        self.shared.lock().sounds.insert(name.to_owned(), length);
    }

    /// Configures an endpoint, or changes its state: `online`, `offline` or `unknown`.
    pub fn set_endpoint(&self, technology: &str, resource: &str, state: &str) {
        self.shared
            .change(|world| world.set_endpoint(technology, resource, state));
    }

    /// Configures whom a media websocket of connection type `client` dials.
    pub fn websocket_client(&self, id: &str, url: &str) {
        self.shared
            .lock()
            .websocket_clients
            .insert(id.to_owned(), url.to_owned());
    }

    /// The dialled telephone rings.
    pub fn rings(&self, id: &str) {
        self.shared.change(|world| world.far_end_rings(id));
    }

    /// The dialled party's network lets itself be heard before the answer (SIP 183).
    pub fn progresses(&self, id: &str) {
        self.shared.change(|world| world.far_end_progresses(id));
    }

    /// The dialled party answers; the channel comes into the application that dialled it.
    pub fn answers(&self, id: &str) {
        self.shared.change(|world| world.far_end_answers(id));
    }

    /// The party presses a key.
    pub fn presses(&self, id: &str, digit: char) {
        self.shared.change(|world| world.press(id, digit));
    }

    /// The party puts us on hold, as it is told where `HOLD_INTERCEPT` is set.
    pub fn holds(&self, id: &str) {
        self.happens(id, json!({ "type": "ChannelHold" }));
    }

    /// The party takes us off hold.
    pub fn unholds(&self, id: &str) {
        self.happens(id, json!({ "type": "ChannelUnhold" }));
    }

    /// The party begins to speak, as it is told where `TALK_DETECT` is set.
    pub fn speaks(&self, id: &str) {
        self.happens(id, json!({ "type": "ChannelTalkingStarted" }));
    }

    /// The party stops speaking, after so long.
    pub fn falls_silent(&self, id: &str, after: Duration) {
        let milliseconds = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
        self.happens(
            id,
            json!({ "type": "ChannelTalkingFinished", "duration": milliseconds }),
        );
    }

    /// A tone is heard, as it is told where `TONE_DETECT` is set.
    pub fn sounds_a_tone(&self, id: &str) {
        self.happens(id, json!({ "type": "ChannelToneDetected" }));
    }

    /// The party asks for a transfer, as it is told where the endpoint leaves transfers to ARI.
    pub fn transfers(&self, id: &str, to: &str) {
        self.shared.change(|world| {
            let source = world.channel(id);
            let event = json!({
                "type": "ChannelTransfer",
                "refer_to": { "requested_destination": { "destination": to } },
                "referred_by": { "source_channel": source },
            });
            world.raise(&[format!("channel:{id}")], &event);
        });
    }

    /// Raises an event about a channel: the fields that it has beside the channel, and its `type`.
    pub fn happens(&self, id: &str, event: serde_json::Value) {
        self.shared.change(|world| world.raise_channel(id, event));
    }

    /// A text message comes from an endpoint to an application that is subscribed to it.
    pub fn texts(&self, technology: &str, resource: &str, body: &str) {
        self.shared.change(|world| {
            let message = json!({ "from": format!("{}:{resource}", technology.to_lowercase()), "to": "", "body": body });
            let mut event = json!({ "type": "TextMessageReceived", "message": message });
            if let Some(endpoint) = world.endpoint(technology, resource) {
                event["endpoint"] = endpoint;
            }
            world.raise(&[format!("endpoint:{technology}/{resource}")], &event);
        });
    }

    /// The party hangs up, or the line dies, with this cause of Q.850.
    pub fn hangs_up(&self, id: &str, cause: u8) {
        let request = json!({ "cause": cause });
        self.shared
            .change(|world| world.end(id, cause.into(), Some(request)));
    }

    /// A recording ends, as when its bridge does.
    pub fn finishes_recording(&self, name: &str) {
        self.shared.change(|world| world.stop_recording(name, true));
    }

    /// The dialplan takes the channel out of the application.
    pub fn leaves(&self, id: &str) {
        self.shared.change(|world| world.back_outside(id));
    }

    /// A playback comes to its end, however long the sound is.
    pub fn finishes_playing(&self, id: &str) {
        self.shared.change(|world| {
            if world.playback(id).is_some() {
                world.end_playback(id, "done");
            }
        });
    }

    /// Waits for the next media connection.
    ///
    /// # Panics
    /// If none comes within [`PATIENCE`].
    pub async fn next_media(&self) -> Peer {
        match tokio::time::timeout(PATIENCE, self.media()).await {
            Ok(Some(peer)) => peer,
            _ => panic!("no media connection came"),
        }
    }

    /// Waits for the next media connection, however long it takes. Cancel safe.
    pub async fn media(&self) -> Option<Peer> {
        self.peers.lock().await.recv().await
    }
}
