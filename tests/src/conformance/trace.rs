//! What was seen, without what differs by chance: times, addresses, numbers in names.

use std::{collections::BTreeMap, fmt};

use serde_json::Value;

/// What a behaviour saw: requests in their order, events by object in theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    steps: Vec<String>,
    events: BTreeMap<String, Vec<String>>,
}

impl Trace {
    /// Notes a step.
    pub fn step(&mut self, line: impl Into<String>) {
        self.steps.push(line.into());
    }

    /// Notes an event, if it is one that is compared; `of` says whose ears heard it.
    pub fn event(&mut self, of: &str, event: &Value) {
        if is_chatter(event) {
            return;
        }
        let object = object(event);
        let object = if of.is_empty() {
            object
        } else {
            format!("{object}, as heard by {of}")
        };
        let events = self.events.entry(object).or_default();
        events.push(line(event));
        // Several threads tell of a dial: even the first word may come last. Nothing is dialled twice here.
        if event["type"] == "Dial" {
            events.sort();
        }
    }

    /// Shows what differs from `other`, or nothing.
    pub fn difference(&self, other: &Self, names: (&str, &str)) -> Option<String> {
        let (ours, theirs) = (self.to_string(), other.to_string());
        (ours != theirs).then(|| {
            similar::TextDiff::from_lines(&ours, &theirs)
                .unified_diff()
                .context_radius(3)
                .header(names.0, names.1)
                .to_string()
        })
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            writeln!(f, "{step}")?;
        }
        for (object, events) in &self.events {
            writeln!(f, "{object}:")?;
            for event in events {
                writeln!(f, "    {event}")?;
            }
        }
        Ok(())
    }
}

/// Says whether an event tells of Asterisk's inner life, which the simulator does not have.
fn is_chatter(event: &Value) -> bool {
    match event["type"].as_str().unwrap_or_default() {
        "ChannelDialplan" | "ChannelConnectedLine" | "ChannelCallerId" => true,
        // Asterisk's own applications set variables all the time; those of the behaviours are lower case.
        "ChannelVarset" => event["variable"]
            .as_str()
            .is_some_and(|name| name.starts_with(char::is_uppercase)),
        "DeviceStateChanged" => event["device_state"]["name"]
            .as_str()
            .is_some_and(|name| !name.starts_with("Stasis:")),
        _ => false,
    }
}

/// Names the object to whose events this one belongs: Asterisk keeps order within one topic only.
fn object(event: &Value) -> String {
    let id = |name: &str, id: &str| event[name][id].as_str().map(|id| format!("{name} {id}"));
    let kind = event["type"].as_str().unwrap_or_default();
    let bridge_first = kind.contains("Bridge");
    let found = bridge_first.then(|| id("bridge", "id")).flatten();
    found
        .or_else(|| id("playback", "id"))
        .or_else(|| id("recording", "name"))
        .or_else(|| id("channel", "id"))
        .or_else(|| event["peer"]["id"].as_str().map(|id| format!("dial of {id}")))
        .or_else(|| id("bridge", "id"))
        .or_else(|| id("device_state", "name"))
        .unwrap_or_else(|| "application".to_owned())
}

/// Writes an event in one line: its name, then its fields.
fn line(event: &Value) -> String {
    let fields = event.as_object().into_iter().flatten();
    let told = fields.filter(|(name, _)| !VOLATILE.contains(&name.as_str()));
    let told: Vec<_> = told
        .map(|(name, value)| format!("{name}={}", field(name, value)))
        .collect();
    format!(
        "{} {}",
        event["type"].as_str().unwrap_or_default(),
        told.join(" ")
    )
}

/// Writes a field; the party of a dial without his state, which may be ahead of the event already.
fn field(name: &str, value: &Value) -> String {
    match name {
        "peer" => plain(value["name"].as_str().unwrap_or_default()),
        _ => short(value),
    }
}

/// Writes a value without what differs by chance.
pub(super) fn short(value: &Value) -> String {
    let text = |name: &str| value[name].as_str().unwrap_or_default();
    match value {
        Value::Object(_) if value["dialplan"].is_object() => {
            let variables = &value["channelvars"];
            let shown = if variables.is_object() {
                format!(" {variables}")
            } else {
                String::new()
            };
            format!("{}({} {}{shown})", text("id"), plain(text("name")), text("state"))
        }
        Value::Object(_) if value["bridge_class"].is_string() => {
            let mut members: Vec<_> = value["channels"]
                .as_array()
                .into_iter()
                .flatten()
                .map(Value::to_string)
                .collect();
            members.sort();
            let variables = &value["bridgevars"];
            let shown = if variables.is_object() {
                format!(" {variables}")
            } else {
                String::new()
            };
            format!(
                "{}({} {}{shown})",
                text("id"),
                text("technology"),
                members.join(",")
            )
        }
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .filter(|(name, _)| !VOLATILE.contains(&name.as_str()));
            let mut fields: Vec<_> = fields
                .map(|(name, value)| format!("{name}:{}", short(value)))
                .collect();
            fields.sort();
            format!("{{{}}}", fields.join(" "))
        }
        Value::String(text) => plain(text),
        other => other.to_string(),
    }
}

/// Takes the running numbers out of a channel's name: `Local/answer@lab-00000003;1` or `WebSocket/INCOMING/0x7f…`.
fn plain(text: &str) -> String {
    let is_number =
        |part: &str| part.len() >= 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'x');
    let parts = text.split_inclusive(['-', ';', '/']);
    parts
        .map(|part| {
            let (front, end) = part.split_at(part.trim_end_matches(['-', ';', '/']).len());
            if is_number(front) {
                format!("*{end}")
            } else {
                part.to_owned()
            }
        })
        .collect::<String>()
        .replace("INCOMING-*", "INCOMING/*")
}

/// What differs by chance, or is compared elsewhere.
const VOLATILE: [&str; 9] = [
    "application",
    "asterisk_id",
    "creationtime",
    "duration",
    "duration_ms",
    "timestamp",
    "type",
    "uri",
    "video_mode",
];
