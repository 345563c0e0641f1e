//! How channels are made: `originate`, `create` and `dial`.

use std::time::Duration;

use serde_json::Value;

use crate::sim::{
    http::{Asked, Reply},
    world::{
        World,
        channel::{Channel, Stay, Wanted},
        dialplan::Plan,
    },
};

/// Longest id of a channel.
const MAX_ID: usize = 149;
/// How long a dialled party may ring unless it is said.
const RING: i64 = 30;

impl World {
    /// `POST /channels` and `POST /channels/{id}`.
    pub(super) fn originate(&mut self, id: &str, asked: &Asked) -> Reply {
        let (technology, resource) = match self.dialled(id, asked) {
            Ok(endpoint) => endpoint,
            Err(refusal) => return refusal,
        };
        let (app, exten) = (asked.param("app"), asked.param("extension"));
        let wanted = match (app, exten) {
            ("", "") => return Reply::refused(400, "Application or extension must be specified"),
            ("", exten) => Wanted::Plan(Plan {
                context: asked.given("context").unwrap_or("default").to_owned(),
                exten: exten.to_owned(),
                priority: asked.number("priority").unwrap_or(1).try_into().unwrap_or(1),
            }),
            (app, _) => Wanted::App(Stay::new(app, asked.param("appArgs"))),
        };
        let id = self.id_or_new(id);
        self.make(&id, &technology, &resource, asked);
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.wanted = Some(wanted);
            channel.running = ("AppDial2".to_owned(), "(Outgoing Line)".to_owned());
        }
        // Who originates is subscribed, to both halves of a pair.
        if !app.is_empty() && self.apps.contains_key(app) {
            let other = self.channels[&id].other.clone();
            for half in [Some(id.clone()), other].into_iter().flatten() {
                self.subscribe(app, &format!("channel:{half}"));
            }
        }
        let told = self.channel(&id);
        let ring = asked.number("timeout").unwrap_or(RING);
        let ring = Duration::from_secs(ring.try_into().unwrap_or_default());
        self.begin_dial(&id, &resource, true, ring);
        Reply::json(&told)
    }

    /// `POST /channels/create`.
    pub(super) fn create(&mut self, asked: &Asked) -> Reply {
        let (technology, resource) = match self.dialled(asked.param("channelId"), asked) {
            Ok(endpoint) => endpoint,
            Err(refusal) => return refusal,
        };
        let id = self.id_or_new(asked.param("channelId"));
        self.make(&id, &technology, &resource, asked);
        let told = self.channel(&id);
        let stay = Stay::new(asked.param("app"), asked.param("appArgs"));
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.endpoint = resource;
        }
        if self.apps.contains_key(&stay.app) {
            self.subscribe(&stay.app, &format!("channel:{id}"));
        }
        if !self.enter(&id, stay) {
            self.end(&id, 16, None);
        }
        Reply::json(&told)
    }

    /// `POST /channels/{id}/dial`.
    pub(super) fn dial(&mut self, id: &str, asked: &Asked) -> Reply {
        let channel = &self.channels[id];
        if channel.state != "Down" || channel.dial.is_some() {
            return Reply::refused(409, "Channel is not in the 'Down' state");
        }
        let resource = channel.endpoint.clone();
        let ring = asked.number("timeout").unwrap_or_default();
        let ring = Duration::from_secs(ring.try_into().unwrap_or_default());
        self.begin_dial(id, &resource, false, ring);
        Reply::empty()
    }

    /// Checks what is to be dialled and gives technology and resource.
    fn dialled(&mut self, id: &str, asked: &Asked) -> Result<(String, String), Reply> {
        let endpoint = asked.param("endpoint");
        if endpoint.is_empty() {
            return Err(Reply::refused(400, "Endpoint must be specified"));
        }
        let Some((technology, resource)) = endpoint.split_once('/') else {
            return Err(Reply::refused(400, "Invalid endpoint specified"));
        };
        if [id, asked.param("otherChannelId")]
            .iter()
            .any(|id| id.len() > MAX_ID)
        {
            let message = format!("Uniqueid length exceeds maximum of {MAX_ID}");
            return Err(Reply::refused(400, &message));
        }
        let originator = asked.param("originator");
        if !originator.is_empty() && !self.channels.contains_key(originator) {
            return Err(Reply::refused(400, "Provided originator channel was not found"));
        }
        if [id, asked.param("otherChannelId")]
            .iter()
            .any(|id| self.channels.contains_key(*id))
        {
            return Err(Reply::refused(409, "Channel with given unique ID already exists"));
        }
        if !TECHNOLOGIES.contains(&technology) || self.faults.is_unreachable(endpoint) {
            return Err(Reply::unallocated());
        }
        Ok((technology.to_owned(), resource.to_owned()))
    }

    pub(super) fn id_or_new(&mut self, id: &str) -> String {
        match id {
            "" => format!("1764108049.{}", self.next_turn()),
            id => id.to_owned(),
        }
    }

    /// Makes the channel, or both halves of a Local pair.
    fn make(&mut self, id: &str, technology: &str, resource: &str, asked: &Asked) {
        let turn = self.next_turn();
        let name = format!("{technology}/{}", resource.trim_end_matches("/n"));
        let is_pair = technology == "Local";
        let name = if is_pair {
            format!("{name}-{turn:08x}")
        } else {
            format!(
                "{technology}/{}-{turn:08x}",
                resource.rsplit('@').next().unwrap_or_default()
            )
        };
        let mut first = Channel::new(
            &if is_pair {
                format!("{name};1")
            } else {
                name.clone()
            },
            "Down",
        );
        first.caller = caller(asked.param("callerId"));
        if is_pair {
            let other = match asked.param("otherChannelId") {
                "" => format!("{id};2"),
                other => other.to_owned(),
            };
            let (exten, context) = resource
                .trim_end_matches("/n")
                .split_once('@')
                .unwrap_or((resource, "default"));
            first.place = Plan::at(context, exten);
            first.other = Some(other.clone());
            let mut second = Channel::new(&format!("{name};2"), "Ring");
            second.place = first.place.clone();
            second.other = Some(id.to_owned());
            second.begins_in_plan = true;
            self.add_channel(id, first);
            self.add_channel(&other, second);
        } else {
            self.add_channel(id, first);
        }
        self.set_first(id, &asked.body["variables"]);
    }

    /// Sets the variables with which a channel begins.
    pub(super) fn set_first(&mut self, id: &str, variables: &Value) {
        if let Some(channel) = self.channels.get_mut(id) {
            super::variables::set_all(Some(&mut channel.variables), variables);
            if let Some(language) = channel.variables.get("CHANNEL(language)") {
                channel.language = language.value.clone();
            }
        }
    }
}

/// Reads `"Name" <number>`, or a number alone.
fn caller(text: &str) -> (String, String) {
    match text.split_once('<') {
        Some((name, number)) => (
            name.trim().trim_matches('"').to_owned(),
            number.trim_end_matches('>').to_owned(),
        ),
        None => (String::new(), text.to_owned()),
    }
}

/// What channels can be dialled with.
const TECHNOLOGIES: [&str; 5] = ["AudioSocket", "IAX2", "Local", "PJSIP", "WebSocket"];
