//! What a channel that we make needs.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    id::ChannelId,
    model::Channel,
    op::{VariableValue, seconds},
    request::Request,
};

/// What an outgoing channel needs to be made and dialled at once.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outgoing {
    /// What Asterisk dials, such as `PJSIP/15145550199@carrier`.
    pub endpoint: String,
    /// Who gets the channel when it is answered.
    pub destination: Destination,
    /// Who calls, as the far end shall see it: `"Name" <number>`.
    pub caller_id: Option<String>,
    /// The second half of a `Local` channel.
    pub other_id: Option<ChannelId>,
    /// The channel on whose behalf it is made; both then share one linked id. Asterisk refuses it beside `formats`.
    pub originator: Option<ChannelId>,
    /// The audio formats it may use, such as `ulaw`; those of the originator or of the endpoint if there are none.
    pub formats: Vec<String>,
    /// How long it may ring; whole seconds, at least one.
    pub timeout: Duration,
    /// Variables and functions such as `CHANNEL(language)` set before it is dialled.
    pub variables: BTreeMap<String, VariableValue>,
}

/// Who gets a channel when it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Destination {
    /// An application.
    App {
        /// Its name.
        name: String,
        /// What `StasisStart` brings as arguments, separated by commas.
        args: Option<String>,
    },
    /// The dialplan; an extension must be named.
    Dialplan(DialplanPlace),
}

/// A place in the dialplan. What is not said stays as it is, or is the usual.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DialplanPlace {
    /// The context.
    pub context: Option<String>,
    /// The extension.
    pub extension: Option<String>,
    /// The priority, counted from 1.
    pub priority: Option<u32>,
    /// The priority by its label, which goes before the number.
    pub label: Option<String>,
}

impl DialplanPlace {
    /// Makes the first priority of an extension.
    pub fn new(context: impl Into<String>, extension: impl Into<String>) -> Self {
        Self {
            context: Some(context.into()),
            extension: Some(extension.into()),
            priority: None,
            label: None,
        }
    }
}

impl Outgoing {
    /// Makes one that an application gets, with 30 seconds to ring and nothing optional.
    pub fn new(endpoint: impl Into<String>, app: impl Into<String>) -> Self {
        let name = app.into();
        Self::to(endpoint, Destination::App { name, args: None })
    }

    /// Makes one that goes to `destination`, with 30 seconds to ring and nothing optional.
    pub fn to(endpoint: impl Into<String>, destination: Destination) -> Self {
        Self {
            endpoint: endpoint.into(),
            destination,
            caller_id: None,
            other_id: None,
            originator: None,
            formats: Vec::new(),
            timeout: Duration::from_secs(30),
            variables: BTreeMap::new(),
        }
    }

    /// Sets what `StasisStart` brings as arguments, separated by commas. A channel that goes to the dialplan has none.
    #[must_use]
    pub fn with_args(mut self, text: impl Into<String>) -> Self {
        if let Destination::App { args, .. } = &mut self.destination {
            *args = Some(text.into());
        }
        self
    }
}

/// What a channel needs to be made and to be dialled later.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewChannel {
    /// What [`super::dial`] will dial, such as `PJSIP/15145550199@carrier`.
    pub endpoint: String,
    /// The application that gets the channel at once.
    pub app: String,
    /// What `StasisStart` brings as arguments, separated by commas.
    pub app_args: Option<String>,
    /// The second half of a `Local` channel.
    pub other_id: Option<ChannelId>,
    /// The channel on whose behalf it is made; both then share one linked id. Asterisk refuses it beside `formats`.
    pub originator: Option<ChannelId>,
    /// The audio formats it may use; those of the originator or of the endpoint if there are none.
    pub formats: Vec<String>,
    /// Variables and functions set at once.
    pub variables: BTreeMap<String, VariableValue>,
}

impl NewChannel {
    /// Makes one with nothing optional.
    pub fn new(endpoint: impl Into<String>, app: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            app: app.into(),
            app_args: None,
            other_id: None,
            originator: None,
            formats: Vec::new(),
            variables: BTreeMap::new(),
        }
    }
}

/// `POST /channels/{id}` makes a channel, dials it, and gives it to its destination when it is answered.
///
/// Events, even `StasisStart`, may come before the reply: subscribe to `id` first.
pub fn originate(id: &ChannelId, outgoing: &Outgoing) -> Request<Channel> {
    Request::post(["channels", id.as_str()]).outgoing(outgoing)
}

/// `POST /channels` does as [`originate`], with this id or one that Asterisk chooses.
pub fn originate_any_id(id: Option<&ChannelId>, outgoing: &Outgoing) -> Request<Channel> {
    Request::post(["channels"])
        .query_opt("channelId", id.map(ChannelId::as_str))
        .outgoing(outgoing)
}

/// `POST /channels/create` makes a channel and gives it to the application at once; [`super::dial`] then dials it.
pub fn create(id: &ChannelId, channel: &NewChannel) -> Request<Channel> {
    Request::post(["channels", "create"])
        .query("channelId", id.as_str())
        .query("endpoint", &channel.endpoint)
        .app(&channel.app, channel.app_args.as_deref())
        .made(
            channel.other_id.as_ref(),
            channel.originator.as_ref(),
            &channel.formats,
        )
        .variables(&channel.variables)
}

impl<T> Request<T> {
    fn outgoing(self, outgoing: &Outgoing) -> Self {
        let request = self.query("endpoint", &outgoing.endpoint);
        let request = match &outgoing.destination {
            Destination::App { name, args } => request.app(name, args.as_deref()),
            Destination::Dialplan(place) => request.place(place),
        };
        request
            .query_opt("callerId", outgoing.caller_id.as_deref())
            .query("timeout", seconds(outgoing.timeout))
            .made(
                outgoing.other_id.as_ref(),
                outgoing.originator.as_ref(),
                &outgoing.formats,
            )
            .variables(&outgoing.variables)
    }

    pub(super) fn app(self, name: &str, args: Option<&str>) -> Self {
        self.query("app", name).query_opt("appArgs", args)
    }

    pub(super) fn place(self, place: &DialplanPlace) -> Self {
        self.query_opt("context", place.context.as_deref())
            .query_opt("extension", place.extension.as_deref())
            .query_opt("priority", place.priority.map(|priority| priority.to_string()))
            .query_opt("label", place.label.as_deref())
    }

    fn made(self, other: Option<&ChannelId>, originator: Option<&ChannelId>, formats: &[String]) -> Self {
        // No list for Asterisk's own splitting: `formats` is one text of format names.
        self.query_opt("otherChannelId", other.map(ChannelId::as_str))
            .query_opt("originator", originator.map(ChannelId::as_str))
            .query_opt("formats", (!formats.is_empty()).then(|| formats.join(",")))
    }
}
