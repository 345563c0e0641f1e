//! What Asterisk says an application hears, to be compared with what was asked for.

use crate::{
    model::{Application, EventType},
    op::{
        self,
        applications::{EventFilter, EventSource},
    },
    rest::Rest,
};

/// What each of our applications hears; of one that Asterisk does not describe, nothing is known.
#[derive(Debug, Default)]
pub(crate) struct Heard(Vec<Application>);

impl Heard {
    /// Asks. That it cannot be found out is no failure: `GET /applications` is known to hang once Asterisk has let go of a device's
    /// state in the wrong moment (asterisk#2170).
    pub(crate) async fn ask(rest: &Rest) -> Self {
        let mut described = Vec::new();
        for app in rest.config().apps() {
            match rest.send(op::applications::get(app)).await {
                Ok(application) => described.push(application),
                Err(error) => {
                    tracing::warn!(%error, "Asterisk does not say what `{app}` hears: everything is asked for again");
                }
            }
        }
        Self(described)
    }

    /// Says whether an application is subscribed to a source.
    pub(crate) fn has(&self, source: &EventSource, app: &str) -> Comparison {
        self.compare(app, |it| match source {
            EventSource::AllBridges => has(&it.bridge_ids, ALL_BRIDGES),
            EventSource::AllChannels => has(&it.channel_ids, ALL_CHANNELS),
            EventSource::AllDeviceStates => has(&it.device_names, ALL_DEVICE_STATES),
            EventSource::AllEndpoints => has(&it.endpoint_ids, ALL_ENDPOINTS),
            EventSource::Bridge(id) => it.bridge_ids.contains(id),
            EventSource::Channel(id) => it.channel_ids.contains(id),
            EventSource::DeviceState(name) => it.device_names.contains(name),
            EventSource::Endpoint(name) => has(&it.endpoint_ids, name.as_str()),
            EventSource::Technology(technology) => has(&it.endpoint_ids, technology),
        })
    }

    /// Says whether an application has a filter.
    pub(crate) fn has_filter(&self, filter: &EventFilter, app: &str) -> Comparison {
        // Both left out mean both empty; one left out stays as it was.
        let is_none = filter.allowed.is_none() && filter.disallowed.is_none();
        self.compare(app, |it| {
            let same = |wanted: &Option<Vec<EventType>>, there: &[EventType]| match wanted {
                Some(wanted) => wanted.len() == there.len() && wanted.iter().all(|one| there.contains(one)),
                None => !is_none || there.is_empty(),
            };
            same(&filter.allowed, &it.events_allowed) && same(&filter.disallowed, &it.events_disallowed)
        })
    }

    fn compare(&self, app: &str, is_so: impl FnOnce(&Application) -> bool) -> Comparison {
        match self.0.iter().find(|it| it.name == app).map(is_so) {
            Some(true) => Comparison::Kept,
            Some(false) => Comparison::Forgotten,
            None => Comparison::Unknown,
        }
    }
}

/// How what was asked for compares with what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// Asterisk does not have it any more.
    Forgotten,
    /// It is there.
    Kept,
    /// It could not be found out.
    Unknown,
}

/// Endpoints are found by any spelling of their technology's case.
fn has<N: AsRef<str>>(names: &[N], wanted: &str) -> bool {
    names
        .iter()
        .any(|name| name.as_ref().eq_ignore_ascii_case(wanted))
}

/// What stands for all of a kind (`res/stasis/app.c`).
const ALL_BRIDGES: &str = "__AST_BRIDGE_ALL_TOPIC";
const ALL_CHANNELS: &str = "__AST_CHANNEL_ALL_TOPIC";
const ALL_DEVICE_STATES: &str = "__AST_DEVICE_STATE_ALL_TOPIC";
const ALL_ENDPOINTS: &str = "__AST_ENDPOINT_ALL_TOPIC";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::EventName;

    fn heard() -> Heard {
        Heard(vec![Application {
            name: "evatel".into(),
            channel_ids: vec!["1700.1".into(), ALL_CHANNELS.into()],
            endpoint_ids: vec!["PJSIP/desk".into()],
            events_allowed: EventFilter::only([EventName::StasisStart])
                .allowed
                .unwrap_or_default(),
            ..Application::default()
        }])
    }

    #[test]
    fn what_is_subscribed_to_is_told_from_what_is_not_and_from_what_nobody_knows() {
        for (source, wanted) in [
            (EventSource::Channel("1700.1".into()), Comparison::Kept),
            (EventSource::Channel("1700.2".into()), Comparison::Forgotten),
            (EventSource::AllChannels, Comparison::Kept),
            (EventSource::AllBridges, Comparison::Forgotten),
            (EventSource::Endpoint("pjsip/desk".into()), Comparison::Kept),
            (EventSource::Technology("PJSIP".into()), Comparison::Forgotten),
        ] {
            assert_eq!(heard().has(&source, "evatel"), wanted, "{source}");
            assert_eq!(heard().has(&source, "other"), Comparison::Unknown, "{source}");
        }
    }

    #[test]
    fn a_filter_is_there_only_as_it_was_asked_for() {
        let only = |names: &[EventName]| EventFilter::only(names.iter().cloned());
        let there = |filter: &EventFilter| heard().has_filter(filter, "evatel");
        assert_eq!(there(&only(&[EventName::StasisStart])), Comparison::Kept);
        assert_eq!(there(&only(&[EventName::StasisEnd])), Comparison::Forgotten);
        assert_eq!(there(&EventFilter::default()), Comparison::Forgotten);
        assert_eq!(
            there(&EventFilter::without([EventName::ChannelVarset])),
            Comparison::Forgotten
        );
    }
}
