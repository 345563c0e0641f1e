//! What a request touches: every operation of ARI that a tenant may use, with the ids in its path, query and body.
//!
//! Whatever is not named here is beyond a tenant, so that an operation of a newer Asterisk opens nothing. A request need not come
//! from [`crate::op`]: it is read as Asterisk will read it, and ARI takes every query parameter from the body, too.

use serde_json::Value;

use super::{TenantId, carried::Carrier};
use crate::{
    config::Config,
    error::Error,
    id::Mark,
    request::{Method, Request},
    subject::Subject,
};

/// A request, what it is about, and what it makes. Ids that Asterisk would choose have been chosen.
pub(super) struct Reach<T> {
    pub(super) request: Request<T>,
    pub(super) uses: Vec<Used>,
    pub(super) makes: Vec<Made>,
}

/// Something that has to be the tenant's.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Used {
    pub(super) subject: Subject,
    place: Place,
}

/// Where an id stands, which says how Asterisk refuses one that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A channel on whose behalf something is dialled.
    Caller,
    /// A channel that goes into a bridge or out of it.
    Member,
    /// The channel on whose behalf another is made.
    Originator,
    Path,
    /// The channel in the path of those operations that word it so.
    Provided,
    /// An event source.
    Source,
    /// A channel whose picture is shown.
    Video,
}

/// Something that will be the tenant's.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Made {
    pub(super) subject: Subject,
    /// How it carries whose it is; nothing of itself if none.
    pub(super) carrier: Option<Carrier>,
    pub(super) is_snoop: bool,
}

impl Used {
    /// Gives the error of an id that does not exist, in Asterisk's words.
    pub(super) fn missing(&self, request: &str) -> Error {
        let request = request.to_owned();
        let not_found = |what: &str| Error::NotFound {
            request: request.clone(),
            message: format!("{what} not found"),
        };
        match (self.place, &self.subject) {
            (Place::Caller, _) => Error::NotFound {
                request,
                message: "Caller not found".into(),
            },
            (Place::Member | Place::Video, _) => Error::BadRequest {
                request,
                message: "Channel not found".into(),
            },
            (Place::Originator, _) => Error::BadRequest {
                request,
                message: "Provided originator channel was not found".into(),
            },
            (Place::Source, _) => Error::Unprocessable {
                request,
                message: "Event source does not exist".into(),
            },
            (Place::Provided, _) => Error::NotFound {
                request,
                message: "Provided channel was not found".into(),
            },
            (Place::Path, Subject::Bridge(_)) => not_found("Bridge"),
            (Place::Path, Subject::Playback(_)) => not_found("Playback"),
            (Place::Path, Subject::Recording(_)) => not_found("Recording"),
            (Place::Path, _) => not_found("Channel"),
        }
    }
}

impl Made {
    fn channel(id: &str) -> Self {
        Self {
            subject: Subject::Channel(id.into()),
            carrier: Some(Carrier::Channel),
            is_snoop: false,
        }
    }

    fn bridge(id: &str) -> Self {
        Self {
            subject: Subject::Bridge(id.into()),
            carrier: Some(Carrier::Bridge),
            is_snoop: false,
        }
    }

    fn playback(id: &str) -> Self {
        Self {
            subject: Subject::Playback(id.into()),
            carrier: None,
            is_snoop: false,
        }
    }

    fn snoop(id: &str) -> Self {
        Self {
            carrier: None,
            is_snoop: true,
            ..Self::channel(id)
        }
    }

    /// Gives the error of an id that is taken, in Asterisk's words.
    pub(super) fn taken(&self, request: &str) -> Error {
        let what = match self.subject {
            Subject::Bridge(_) => "Bridge",
            Subject::Playback(_) => "Playback",
            _ => "Channel",
        };
        Error::Exists {
            request: request.to_owned(),
            message: format!("{what} with given unique ID already exists"),
        }
    }
}

/// Reads a request; an error says what in it is beyond any tenant.
pub(super) fn of<T>(
    request: Request<T>,
    tenant: &TenantId,
    config: &Config,
    mark: &Mark,
) -> Result<Reach<T>, String> {
    let mut reach = Reach {
        uses: Vec::new(),
        makes: Vec::new(),
        request,
    };
    let segments = reach.request.segments().to_vec();
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    let parameters = parameters(&reach.request);
    reach.read_path(&path, &parameters, tenant, config, mark)?;
    for (name, value) in &parameters {
        reach.read_parameter(name, value, &path, tenant, config)?;
    }
    Ok(reach)
}

impl<T> Reach<T> {
    fn read_path(
        &mut self,
        path: &[&str],
        parameters: &[(String, String)],
        tenant: &TenantId,
        config: &Config,
        mark: &Mark,
    ) -> Result<(), String> {
        use Method::{Delete, Get, Post};
        let method = self.request.method();
        match (method, path) {
            (Get, ["asterisk", "info" | "ping"]) | (Get, ["sounds", ..]) => {}
            (Get, ["channels"]) => return Err("use `Tenant::channels`".into()),
            (Get, ["bridges"]) => return Err("use `Tenant::bridges`".into()),
            (Get, ["recordings", "stored"]) => return Err("use `Tenant::recordings`".into()),

            (Post, ["channels"] | ["channels", "create" | "externalMedia"]) => {
                let id = self.chosen("channelId", parameters, mark.fresh("channel"));
                self.makes_channel(&id);
            }
            (Post, ["channels", id]) => self.makes_channel(id),
            (Get | Delete, ["channels", id]) => self.uses_channel(id),
            (Post, ["channels", id, "play"]) => {
                self.uses_channel(id);
                let playback = self.chosen("playbackId", parameters, mark.fresh("sound"));
                self.makes.push(Made::playback(&playback));
            }
            (Post, ["channels", id, "play", playback]) => {
                self.uses_channel(id);
                self.makes.push(Made::playback(playback));
            }
            (Post, ["channels", id, "snoop"]) => {
                self.uses(Subject::Channel((*id).into()), Place::Provided);
                let snoop = self.chosen("snoopId", parameters, mark.fresh("snoop"));
                self.makes.push(Made::snoop(&snoop));
            }
            (Post, ["channels", id, "snoop", snoop]) => {
                self.uses(Subject::Channel((*id).into()), Place::Provided);
                self.makes.push(Made::snoop(snoop));
            }
            (Get, ["channels", id, "variable" | "variables"]) => {
                self.uses(Subject::Channel((*id).into()), Place::Provided);
            }
            (_, ["channels", id, verb]) if CHANNEL_VERBS.contains(verb) => self.uses_channel(id),

            (Post, ["bridges"]) => {
                let id = self.chosen("bridgeId", parameters, mark.fresh("bridge"));
                self.makes.push(Made::bridge(&id));
            }
            (Post, ["bridges", id]) => self.makes.push(Made::bridge(id)),
            (Get | Delete, ["bridges", id]) => self.uses(Subject::Bridge((*id).into()), Place::Path),
            (Post, ["bridges", id, "play"]) => {
                self.uses(Subject::Bridge((*id).into()), Place::Path);
                let playback = self.chosen("playbackId", parameters, mark.fresh("sound"));
                self.makes.push(Made::playback(&playback));
            }
            (Post, ["bridges", id, "play", playback]) => {
                self.uses(Subject::Bridge((*id).into()), Place::Path);
                self.makes.push(Made::playback(playback));
            }
            (Post, ["bridges", id, "videoSource", channel]) => {
                self.uses(Subject::Bridge((*id).into()), Place::Path);
                self.uses(Subject::Channel((*channel).into()), Place::Video);
            }
            (_, ["bridges", id, verb]) if BRIDGE_VERBS.contains(verb) => {
                self.uses(Subject::Bridge((*id).into()), Place::Path);
            }

            (_, ["playbacks", id] | ["playbacks", id, "control"]) => {
                self.uses(Subject::Playback((*id).into()), Place::Path);
            }
            (_, ["recordings", "live" | "stored", name, ..]) => {
                self.uses(Subject::Recording((*name).into()), Place::Path);
            }
            (Post | Delete, ["applications", app, "subscription"]) => is_own_app(app, config)?,
            (Post, ["events", "user", _]) => {}
            _ => return Err(format!("it is about no channel or bridge of `{tenant}`")),
        }
        Ok(())
    }

    fn read_parameter(
        &mut self,
        name: &str,
        value: &str,
        path: &[&str],
        tenant: &TenantId,
        config: &Config,
    ) -> Result<(), String> {
        match name {
            "app" | "application" => is_own_app(value, config)?,
            "caller" => self.uses(Subject::Channel(value.into()), Place::Caller),
            "channel" => {
                for id in split(value) {
                    self.uses(Subject::Channel(id.into()), Place::Member);
                }
            }
            "destinationRecordingName" => is_own_recording(value, tenant)?,
            "eventSource" | "source" => {
                for source in split(value) {
                    let subject = match source.split_once(':') {
                        Some(("bridge", id)) if !id.is_empty() => Subject::Bridge(id.into()),
                        Some(("channel", id)) if !id.is_empty() => Subject::Channel(id.into()),
                        _ => return Err(format!("`{source}` is no single channel or bridge")),
                    };
                    self.uses(subject, Place::Source);
                }
            }
            "media" => split(value)
                .iter()
                .try_for_each(|media| is_own_media(media, tenant))?,
            "name" if path.last() == Some(&"record") => is_own_recording(value, tenant)?,
            "originator" => self.uses(Subject::Channel(value.into()), Place::Originator),
            "otherChannelId" => self.makes.push(Made::channel(value)),
            "variable" => is_own_variable(value)?,
            "variables" => split(value).iter().try_for_each(|name| is_own_variable(name))?,
            // Whoever chooses the place of such an id chooses what is made: the path has read those that belong there.
            "channelId" | "bridgeId" | "playbackId" | "snoopId"
                if !self.makes.iter().any(|made| made.subject.as_str() == value) =>
            {
                return Err(format!("`{name}` has no place there"));
            }
            _ => {}
        }
        Ok(())
    }

    /// Gives the id that a parameter names, or names one, so that it is known before Asterisk tells of it.
    fn chosen(&mut self, name: &'static str, parameters: &[(String, String)], fresh: String) -> String {
        if let Some((_, id)) = parameters.iter().find(|(known, _)| known == name) {
            return id.clone();
        }
        let with_id = std::mem::replace(&mut self.request, Request::get([])).query(name, &fresh);
        self.request = with_id;
        fresh
    }

    fn makes_channel(&mut self, id: &str) {
        self.makes.push(Made::channel(id));
        // The second half of a `Local` channel; of another there is none, and nothing is found under this id.
        self.makes.push(Made::channel(&format!("{id};2")));
    }

    fn uses_channel(&mut self, id: &str) {
        self.uses(Subject::Channel(id.into()), Place::Path);
    }

    fn uses(&mut self, subject: Subject, place: Place) {
        self.uses.push(Used { subject, place });
    }
}

/// What may be done with a channel.
const CHANNEL_VERBS: &[&str] = &[
    "answer",
    "continue",
    "dial",
    "dtmf",
    "hold",
    "moh",
    "move",
    "mute",
    "progress",
    "record",
    "redirect",
    "ring",
    "rtp_statistics",
    "silence",
    "transfer_progress",
    "variable",
    "variables",
];

/// What may be done with a bridge.
const BRIDGE_VERBS: &[&str] = &[
    "addChannel",
    "moh",
    "record",
    "removeChannel",
    "variable",
    "variables",
    "videoSource",
];

/// Functions that stay with the channel on which they are called; any other may reach another channel, a file or a shell.
const OWN_FUNCTIONS: &[&str] = &[
    "AGC",
    "CALLERID",
    "CHANNEL",
    "CONNECTEDLINE",
    "DENOISE",
    "FAXOPT",
    "HANGUPCAUSE",
    "HOLD_INTERCEPT",
    "JITTERBUFFER",
    "MUTEAUDIO",
    "PITCH_SHIFT",
    "PJSIP_DTMF_MODE",
    "PJSIP_HEADER",
    "PJSIP_TRANSFER_HANDLING",
    "REDIRECTING",
    "TALK_DETECT",
    "TIMEOUT",
    "TONE_DETECT",
    "VOLUME",
];

/// Gives the folder in which the recordings of a tenant are.
pub(super) fn folder(tenant: &TenantId) -> String {
    format!("tenants/{tenant}/")
}

/// Says whether a recording is in the tenant's folder.
pub(super) fn is_in_folder(name: &str, tenant: &TenantId) -> bool {
    name.strip_prefix(&folder(tenant))
        .is_some_and(|name| name.split('/').all(|part| !matches!(part, "" | "." | "..")))
}

fn is_own_app(app: &str, config: &Config) -> Result<(), String> {
    match app == config.app {
        true => Ok(()),
        false => Err(format!("`{app}` is another application")),
    }
}

fn is_own_recording(name: &str, tenant: &TenantId) -> Result<(), String> {
    match is_in_folder(name, tenant) {
        true => Ok(()),
        false => Err(format!(
            "recordings of `{tenant}` are in `{}`: use `Tenant::recording`",
            folder(tenant)
        )),
    }
}

fn is_own_media(media: &str, tenant: &TenantId) -> Result<(), String> {
    let Some((scheme, what)) = media.split_once(':') else {
        return Err(format!("`{media}` is no media"));
    };
    match scheme {
        "recording" => is_own_recording(what, tenant),
        // A sound may be any file that Asterisk can read.
        "sound" if what.starts_with('/') || what.contains("..") || what.contains('"') => {
            Err(format!("`{media}` is outside of the sounds"))
        }
        "characters" | "digits" | "number" | "sound" | "tone" => Ok(()),
        _ => Err(format!("`{media}` is no media")),
    }
}

fn is_own_variable(name: &str) -> Result<(), String> {
    let bare = name.trim().trim_start_matches('_');
    if bare.starts_with("EVATEL_TENANT") || bare.to_ascii_lowercase().starts_with("channel(tenantid") {
        return Err("whose a channel is cannot be changed".into());
    }
    let Some((function, arguments)) = bare.split_once('(') else {
        return Ok(());
    };
    let is_own = OWN_FUNCTIONS.contains(&function);
    match is_own && !arguments.contains(['$', '{', '(']) {
        true => Ok(()),
        false => Err(format!("`{name}` may reach beyond its own channel")),
    }
}

/// Lists all parameters, of the query and of the body, whose `variables` are names here.
fn parameters<T>(request: &Request<T>) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = request
        .parameters()
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    let Some(Value::Object(body)) = request.json() else {
        return all;
    };
    for (name, value) in body {
        let texts: Vec<String> = match value {
            Value::Object(fields) => fields.keys().cloned().collect(),
            Value::Array(items) => items.iter().map(text).collect(),
            value => vec![text(value)],
        };
        // A list in the body is not split by commas.
        all.extend(texts.into_iter().map(|text| (name.clone(), text)));
    }
    all
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Splits a list as Asterisk does, or finer: where it sees one item with quotes or brackets, each part is looked at, and none is
/// anybody's.
fn split(list: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut chars = list.chars();
    while let Some(c) = chars.next() {
        let last = items.len() - 1;
        match c {
            ',' => items.push(String::new()),
            '\\' => items[last].extend(chars.next()),
            c => items[last].push(c),
        }
    }
    items
}

#[cfg(test)]
mod tests;
