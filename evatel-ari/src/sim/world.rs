//! What the fake Asterisk holds: channels, bridges, recordings, subscriptions, and the events that changes raise.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::{
    Fault,
    http::{Asked, Reply},
    media::Peer,
};

/// When everything happens here: nobody reads it.
const TIMESTAMP: &str = "2026-11-22T10:00:00.000+0000";

/// What the task of an event socket has to do.
pub(super) enum ToSend {
    /// Say once the client has taken all before.
    Mark(tokio::sync::oneshot::Sender<()>),
    Text(String),
}

/// One channel.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) state: &'static str,
    pub(super) caller: (String, String),
    /// The application in which it stands, and its arguments.
    pub(super) app: Option<(String, Vec<String>)>,
    /// Where it goes once it is answered.
    pub(super) wanted_by: Option<(String, Vec<String>)>,
    pub(super) connection: Option<String>,
    pub(super) variables: BTreeMap<String, String>,
    pub(super) end: CancellationToken,
}

/// A refusal that waits for its request.
pub(super) struct Refusal {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) reply: Reply,
}

/// Everything.
pub(super) struct World {
    pub(super) version: String,
    pub(super) password: String,
    pub(super) faults: BTreeSet<Fault>,
    pub(super) refusals: Vec<Refusal>,
    pub(super) channels: BTreeMap<String, Line>,
    pub(super) bridges: BTreeMap<String, Vec<String>>,
    pub(super) recordings: BTreeMap<String, bool>,
    /// What the application asked to hear of: `channel:x`, `bridge:y`.
    pub(super) subscribed: BTreeSet<String>,
    pub(super) asked: watch::Sender<Vec<Asked>>,
    pub(super) peers: mpsc::UnboundedSender<Peer>,
    /// Event sockets by application, one each.
    pub(super) sockets: BTreeMap<String, (mpsc::UnboundedSender<ToSend>, CancellationToken)>,
    /// Events of the request under way; they go out before or after its reply.
    outbox: Vec<Value>,
}

impl World {
    pub(super) fn new(password: &str, peers: mpsc::UnboundedSender<Peer>) -> Self {
        Self {
            version: super::VERSION.to_owned(),
            password: password.to_owned(),
            faults: BTreeSet::new(),
            refusals: Vec::new(),
            channels: BTreeMap::new(),
            bridges: BTreeMap::new(),
            recordings: BTreeMap::new(),
            subscribed: BTreeSet::new(),
            asked: watch::Sender::default(),
            peers,
            sockets: BTreeMap::new(),
            outbox: Vec::new(),
        }
    }

    /// Says whether a fault concerns this request.
    pub(super) fn is_stalled(&self, asked: &Asked) -> bool {
        let stalled = |fault: &Fault| matches!(fault, Fault::Stalled(path) if asked.is_at(path));
        self.faults.iter().any(stalled)
    }

    /// Says whether the reply to this request gets lost.
    pub(super) fn loses_reply(&self, asked: &Asked) -> bool {
        let lost = |fault: &Fault| matches!(fault, Fault::Unanswered(path) if asked.is_at(path));
        asked.method != "DELETE" && self.faults.iter().any(lost)
    }

    /// Takes the refusal that waits for this request, if there is one.
    pub(super) fn refusal(&mut self, asked: &Asked) -> Option<Reply> {
        let at = self
            .refusals
            .iter()
            .position(|it| it.method == asked.method && it.path == asked.path)?;
        Some(self.refusals.remove(at).reply)
    }

    pub(super) fn raise(&mut self, mut event: Value) {
        event["timestamp"] = TIMESTAMP.into();
        event["asterisk_id"] = "00:00:5e:00:53:01".into();
        self.outbox.push(event);
    }

    /// Sends what was raised. Who is not connected misses it, as with Asterisk.
    pub(super) fn send_events(&mut self) {
        for event in std::mem::take(&mut self.outbox) {
            for (app, (socket, _)) in &self.sockets {
                let mut event = event.clone();
                event["application"] = app.as_str().into();
                // A socket that has just closed misses it.
                let _ = socket.send(ToSend::Text(event.to_string()));
            }
        }
    }

    /// Describes a channel as Asterisk does.
    pub(super) fn channel(&self, id: &str) -> Value {
        let Some(line) = self.channels.get(id) else {
            return json!({ "id": id });
        };
        let (app_name, app_data) = match &line.app {
            Some((app, args)) => {
                let data = std::iter::once(app).chain(args).map(String::as_str);
                ("Stasis", data.collect::<Vec<_>>().join(","))
            }
            None if line.wanted_by.is_some() => ("AppDial2", "(Outgoing Line)".to_owned()),
            None => ("Wait", "1".to_owned()),
        };
        let (name, number) = &line.caller;
        let mut channel = json!({
            "id": id, "name": format!("PJSIP/{id}"), "state": line.state, "language": "en", "accountcode": "",
            "caller": { "name": name, "number": number }, "connected": { "name": "", "number": "" },
            "dialplan": { "context": "evatel", "exten": "s", "priority": 1, "app_name": app_name, "app_data": app_data },
            "creationtime": TIMESTAMP, "protocol_id": "",
        });
        if let Some(connection) = &line.connection {
            channel["channelvars"] = json!({ crate::op::channels::MEDIA_CONNECTION_ID: connection });
        }
        channel
    }

    pub(super) fn bridge(&self, id: &str) -> Value {
        let channels = self.bridges.get(id).cloned().unwrap_or_default();
        json!({
            "id": id, "name": "", "technology": "simple_bridge", "bridge_type": "mixing", "creator": "Stasis",
            "bridge_class": "stasis", "channels": channels,
        })
    }

    /// The channel comes into the application.
    pub(super) fn enter(&mut self, id: &str, app: String, args: Vec<String>) {
        if let Some(line) = self.channels.get_mut(id) {
            line.app = Some((app, args.clone()));
            let channel = self.channel(id);
            self.raise(json!({ "type": "StasisStart", "args": args, "channel": channel }));
        }
    }

    pub(super) fn set_state(&mut self, id: &str, state: &'static str) {
        if let Some(line) = self.channels.get_mut(id) {
            line.state = state;
            let channel = self.channel(id);
            self.raise(json!({ "type": "ChannelStateChange", "channel": channel }));
        }
    }

    /// The channel leaves the application, and lives on in the dialplan.
    pub(super) fn leave(&mut self, id: &str) {
        self.part(id);
        let Some(line) = self.channels.get_mut(id) else {
            return;
        };
        if line.app.take().is_some() {
            let channel = self.channel(id);
            self.raise(json!({ "type": "StasisEnd", "channel": channel }));
        }
    }

    /// The channel ends: it leaves its bridge and the application; its end is told to who subscribed.
    pub(super) fn end(&mut self, id: &str, cause: i64) -> bool {
        self.leave(id);
        let mut channel = self.channel(id);
        let Some(line) = self.channels.remove(id) else {
            return false;
        };
        channel["state"] = "Down".into();
        line.end.cancel();
        // Asterisk's own subscription ends with StasisEnd: without one of ours the cause is never told.
        if self.subscribed.remove(&format!("channel:{id}")) {
            self.raise(json!({ "type": "ChannelDestroyed", "cause": cause, "cause_txt": "Said", "channel": channel }));
        }
        true
    }

    /// The recording is a stored one from now on.
    pub(super) fn finish_recording(&mut self, name: &str) {
        self.recordings.insert(name.to_owned(), false);
        let recording = json!({ "name": name, "format": "wav", "state": "done", "duration": 1 });
        self.raise(json!({ "type": "RecordingFinished", "recording": recording }));
    }

    /// Takes a channel out of the bridge in which it is.
    pub(super) fn part(&mut self, id: &str) {
        let left: Vec<_> = self
            .bridges
            .iter_mut()
            .filter(|(_, members)| members.iter().any(|member| member == id))
            .map(|(bridge, members)| {
                members.retain(|member| member != id);
                bridge.clone()
            })
            .collect();
        for bridge in left {
            let (bridge, channel) = (self.bridge(&bridge), self.channel(id));
            self.raise(json!({ "type": "ChannelLeftBridge", "bridge": bridge, "channel": channel }));
        }
    }
}
