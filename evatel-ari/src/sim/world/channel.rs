//! A channel's life: made, dialled, answered, in an application, ended.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{World, clock::Timer, dialplan::Plan, timestamp};
use crate::sim::media::Link;

/// The application in which a channel stands, or into which it shall come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::sim) struct Stay {
    pub(in crate::sim) app: String,
    pub(in crate::sim) args: Vec<String>,
}

impl Stay {
    pub(in crate::sim) fn new(app: &str, args: &str) -> Self {
        let args = args.split(',').filter(|_| !args.is_empty());
        Self {
            app: app.to_owned(),
            args: args.map(str::to_owned).collect(),
        }
    }

    fn data(&self) -> String {
        let all: Vec<_> = std::iter::once(&self.app)
            .chain(&self.args)
            .map(String::as_str)
            .collect();
        all.join(",")
    }
}

/// Where a dialled channel goes once it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sim) enum Wanted {
    App(Stay),
    Plan(Plan),
}

/// A dial under way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::sim) struct Dial {
    /// What stands in the `Dial` events, such as `answer@lab`; those after the first have it only for `originate`.
    pub(in crate::sim) resource: String,
    pub(in crate::sim) keeps_resource: bool,
    pub(in crate::sim) timer: u64,
}

/// A variable, and whether events show it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::sim) struct Variable {
    pub(in crate::sim) value: String,
    pub(in crate::sim) is_reported: bool,
}

/// One channel.
#[derive(Debug, Default)]
pub(in crate::sim) struct Channel {
    pub(in crate::sim) name: String,
    pub(in crate::sim) state: &'static str,
    pub(in crate::sim) caller: (String, String),
    pub(in crate::sim) language: String,
    pub(in crate::sim) created: String,
    /// Where it is in the dialplan: also where `continue` without a place goes on.
    pub(in crate::sim) place: Plan,
    /// What runs there: an application of the dialplan and its data.
    pub(in crate::sim) running: (String, String),
    pub(in crate::sim) stay: Option<Stay>,
    pub(in crate::sim) wanted: Option<Wanted>,
    /// What `dial` dials: set by `create`.
    pub(in crate::sim) endpoint: String,
    pub(in crate::sim) dial: Option<Dial>,
    pub(in crate::sim) variables: BTreeMap<String, Variable>,
    /// The other half of a Local pair.
    pub(in crate::sim) other: Option<String>,
    /// Whether the dialplan runs it: `place` says where.
    pub(in crate::sim) is_in_plan: bool,
    /// The number of the timer that ends its `Wait` or broadcast.
    pub(in crate::sim) timer: u64,
    /// Whether it waits to be claimed.
    pub(in crate::sim) is_broadcast: bool,
    pub(in crate::sim) is_claimed: bool,
    /// Whether the dialplan began with it, which has the last word when it ends.
    pub(in crate::sim) begins_in_plan: bool,
    /// Whether what it hears comes back.
    pub(in crate::sim) echoes: bool,
    pub(in crate::sim) media: Option<Link>,
    /// The channel on which it snoops.
    pub(in crate::sim) snoops_on: Option<String>,
    pub(in crate::sim) end: CancellationToken,
}

impl Channel {
    pub(in crate::sim) fn new(name: &str, state: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            state,
            language: "en".to_owned(),
            created: timestamp(),
            place: Plan::at("default", "s"),
            ..Self::default()
        }
    }

    pub(in crate::sim) fn technology(&self) -> &str {
        self.name.split_once('/').map_or("", |(technology, _)| technology)
    }
}

impl World {
    /// Describes a channel as Asterisk does.
    pub(in crate::sim) fn channel(&self, id: &str) -> Value {
        let Some(channel) = self.channels.get(id) else {
            return json!({ "id": id });
        };
        let (app_name, app_data) = match &channel.stay {
            Some(stay) => ("Stasis", stay.data()),
            None => (channel.running.0.as_str(), channel.running.1.clone()),
        };
        let (name, number) = &channel.caller;
        let mut told = json!({
            "id": id, "name": channel.name, "state": channel.state, "protocol_id": "",
            "caller": { "name": name, "number": number }, "connected": { "name": "", "number": "" },
            "accountcode": self.plain_variable(id, "CHANNEL(accountcode)"),
            "dialplan": {
                "context": channel.place.context, "exten": channel.place.exten, "priority": channel.place.priority,
                "app_name": app_name, "app_data": app_data,
            },
            "creationtime": channel.created, "language": channel.language,
        });
        let reported = channel
            .variables
            .iter()
            .filter(|(_, variable)| variable.is_reported);
        let reported: BTreeMap<_, _> = reported.map(|(name, variable)| (name, &variable.value)).collect();
        if !reported.is_empty() {
            told["channelvars"] = json!(reported);
        }
        told
    }

    fn plain_variable(&self, id: &str, name: &str) -> String {
        let channel = self.channels.get(id);
        channel
            .and_then(|channel| channel.variables.get(name))
            .map_or_else(String::new, |variable| variable.value.clone())
    }

    /// Raises an event about one channel.
    pub(in crate::sim) fn raise_channel(&mut self, id: &str, mut event: Value) {
        event["channel"] = self.channel(id);
        self.raise(&[format!("channel:{id}")], &event);
    }

    /// Puts a new channel there.
    pub(in crate::sim) fn add_channel(&mut self, id: &str, channel: Channel) {
        self.channels.insert(id.to_owned(), channel);
        self.raise_channel(id, json!({ "type": "ChannelCreated" }));
    }

    pub(in crate::sim) fn set_state(&mut self, id: &str, state: &'static str) {
        if let Some(channel) = self.channels.get_mut(id)
            && channel.state != state
        {
            channel.state = state;
            self.raise_channel(id, json!({ "type": "ChannelStateChange" }));
        }
    }

    fn raise_dial(&mut self, id: &str, status: &str, resource: &str) {
        let peer = self.channel(id);
        let event = json!({
            "type": "Dial", "dialstatus": status, "forward": "", "dialstring": resource, "peer": peer,
        });
        self.raise(&[format!("channel:{id}")], &event);
    }

    fn raise_dial_status(&mut self, id: &str, status: &str) {
        let Some(dial) = self.channels.get(id).and_then(|channel| channel.dial.clone()) else {
            return;
        };
        let resource = if dial.keeps_resource {
            dial.resource
        } else {
            String::new()
        };
        self.raise_dial(id, status, &resource);
    }

    /// Dials: the other half of a Local pair runs its dialplan, anything else waits for the test.
    pub(in crate::sim) fn begin_dial(
        &mut self,
        id: &str,
        resource: &str,
        keeps_resource: bool,
        ring: Duration,
    ) {
        let other = self.channels.get(id).and_then(|channel| channel.other.clone());
        if let Some(other) = &other
            && !self.has_place(other)
        {
            // A Local channel into nowhere dies without a word, its far half first.
            self.remove(other, 0, None);
            self.remove(id, 0, None);
            return;
        }
        let timer = match ring {
            Duration::ZERO => 0,
            ring => self.timers.set(ring, Timer::DialOver(id.to_owned())),
        };
        if let Some(channel) = self.channels.get_mut(id) {
            channel.dial = Some(Dial {
                resource: resource.to_owned(),
                keeps_resource,
                timer,
            });
        }
        self.raise_dial(id, "", resource);
        if let Some(other) = other {
            self.hand_over_variables(id, &other);
            self.run_plan(&other);
        }
    }

    /// A Local channel gives its variables to its other half when it is dialled.
    fn hand_over_variables(&mut self, id: &str, other: &str) {
        let variables = self
            .channels
            .get(id)
            .map(|channel| channel.variables.clone())
            .unwrap_or_default();
        for (name, variable) in variables {
            let value = variable.value.clone();
            if let Some(other) = self.channels.get_mut(other) {
                other.variables.insert(name.clone(), variable);
            }
            self.raise_channel(
                other,
                json!({ "type": "ChannelVarset", "variable": name, "value": value }),
            );
        }
    }

    /// The far end rings.
    pub(in crate::sim) fn far_end_rings(&mut self, id: &str) {
        self.set_state(id, "Ringing");
        self.raise_dial_status(id, "RINGING");
    }

    /// The far end lets itself be heard before the answer.
    pub(in crate::sim) fn far_end_progresses(&mut self, id: &str) {
        self.raise_dial_status(id, "PROGRESS");
    }

    /// The far end answers: the channel comes where it shall.
    pub(in crate::sim) fn far_end_answers(&mut self, id: &str) {
        self.set_state(id, "Up");
        self.raise_dial_status(id, "ANSWER");
        let wanted = self.channels.get_mut(id).and_then(|channel| {
            channel.dial = None;
            channel.wanted.take()
        });
        let entered = match wanted {
            Some(Wanted::App(stay)) => self.enter(id, stay),
            Some(Wanted::Plan(plan)) => {
                if let Some(channel) = self.channels.get_mut(id) {
                    channel.begins_in_plan = true;
                }
                self.go_to(id, plan);
                true
            }
            None => true,
        };
        if !entered {
            self.end(id, 16, Some(last_word()));
        }
    }

    pub(in crate::sim) fn dial_is_over(&mut self, id: &str, timer: u64) {
        let dial = self.channels.get(id).and_then(|channel| channel.dial.as_ref());
        if dial.is_some_and(|dial| dial.timer == timer) {
            let request = self.channels[id].stay.is_some();
            self.give_up_dial(id);
            // User alerting, no answer.
            self.end(id, 19, request.then(|| json!({ "cause": 32, "soft": true })));
        }
    }

    /// We give up, not the far end: no `Dial` says so.
    pub(in crate::sim) fn give_up_dial(&mut self, id: &str) {
        if let Some(channel) = self.channels.get_mut(id) {
            channel.dial = None;
        }
    }

    /// The channel comes into an application; false when nobody is there.
    pub(in crate::sim) fn enter(&mut self, id: &str, stay: Stay) -> bool {
        if !self.is_connected(&stay.app) {
            return false;
        }
        let Some(channel) = self.channels.get_mut(id) else {
            return true;
        };
        channel.stay = Some(stay.clone());
        self.subscribe(&stay.app, &format!("channel:{id}"));
        let channel = self.channel(id);
        let event = json!({ "type": "StasisStart", "args": stay.args, "channel": channel });
        self.tell(&stay.app, event);
        true
    }

    /// The channel leaves the application, and lives on.
    pub(in crate::sim) fn leave(&mut self, id: &str) {
        self.part(id, false);
        self.stop_sounds_of(&format!("channel:{id}"));
        let Some(stay) = self.channels.get(id).and_then(|channel| channel.stay.clone()) else {
            return;
        };
        let told = self.channel(id);
        self.tell(&stay.app, json!({ "type": "StasisEnd", "channel": told }));
        self.unsubscribe(&stay.app, &format!("channel:{id}"));
        if let Some(channel) = self.channels.get_mut(id) {
            channel.stay = None;
        }
    }

    /// The channel ends, and with it the other half of its pair. `request` is what `ChannelHangupRequest` says, if it comes.
    pub(in crate::sim) fn end(&mut self, id: &str, cause: i64, request: Option<Value>) -> bool {
        if !self.channels.contains_key(id) {
            return false;
        }
        let technical = request
            .as_ref()
            .and_then(|request| request["tech_cause"].as_i64());
        let is_last_word = request.as_ref() == Some(&last_word());
        self.raise_hangup_request(id, request);
        self.leave(id);
        if !is_last_word {
            self.has_last_word(id);
        }
        let other = self.channels.get_mut(id).and_then(|channel| channel.other.take());
        if let Some(other) = &other {
            self.raise_hangup_request(other, Some(json!({ "cause": cause })));
        }
        self.remove(id, cause, technical);
        if let Some(other) = other {
            self.leave(&other);
            self.has_last_word(&other);
            self.remove(&other, cause, None);
        }
        true
    }

    /// The dialplan that began with a channel hangs it up once it is back.
    fn has_last_word(&mut self, id: &str) {
        let begins = self
            .channels
            .get(id)
            .is_some_and(|channel| channel.begins_in_plan);
        self.raise_hangup_request(id, begins.then(last_word));
    }

    fn raise_hangup_request(&mut self, id: &str, request: Option<Value>) {
        if let Some(mut event) = request {
            event["type"] = "ChannelHangupRequest".into();
            self.raise_channel(id, event);
        }
    }

    /// Takes the channel away, whatever it was doing.
    pub(in crate::sim) fn remove(&mut self, id: &str, cause: i64, technical: Option<i64>) {
        self.raise_dial_status(id, dial_status(cause));
        let Some(channel) = self.channels.get_mut(id) else {
            return;
        };
        if channel.is_in_plan {
            channel.running = Default::default();
        }
        let mut event = json!({ "type": "ChannelDestroyed", "cause": cause, "cause_txt": words(cause) });
        if let Some(technical) = technical {
            event["tech_cause"] = technical.into();
        }
        self.raise_channel(id, event);
        if let Some(channel) = self.channels.remove(id) {
            channel.end.cancel();
        }
        self.forget(&format!("channel:{id}"));
        let snoops = self
            .channels
            .iter()
            .filter(|(_, other)| other.snoops_on.as_deref() == Some(id));
        for snoop in snoops.map(|(id, _)| id.clone()).collect::<Vec<_>>() {
            self.end(&snoop, 16, None);
        }
    }
}

/// The request with which the dialplan ends a channel.
pub(in crate::sim) fn last_word() -> Value {
    json!({ "cause": 16, "soft": true })
}

/// What a dial that ends with this cause of Q.850 is called.
fn dial_status(cause: i64) -> &'static str {
    match cause {
        17 => "BUSY",
        16 | 18 | 19 => "NOANSWER",
        0 | 20 => "CHANUNAVAIL",
        _ => "CONGESTION",
    }
}

/// Asterisk's words for a cause of Q.850.
fn words(cause: i64) -> &'static str {
    match cause {
        1 => "Unallocated (unassigned) number",
        16 => "Normal Clearing",
        17 => "User busy",
        18 => "No user responding",
        19 => "User alerting, no answer",
        20 => "Subscriber absent",
        21 => "Call Rejected",
        26 => "Answered elsewhere",
        27 => "Destination out of order",
        28 => "Invalid number format",
        31 => "Normal, unspecified",
        34 => "Circuit/channel congestion",
        38 => "Network out of order",
        41 => "Temporary failure",
        42 => "Switching equipment congestion",
        58 => "Bearer capability not available",
        127 => "Interworking, unspecified",
        _ => "Unknown",
    }
}
