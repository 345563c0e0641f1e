//! What the application asked to be told of, so that it can be asked for again after a reconnect.

mod heard;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) use self::heard::{Comparison, Heard};

use crate::{
    error::{Error, Result},
    event::EventName,
    op::{
        self,
        applications::{EventFilter, EventSource},
    },
    rest::Rest,
};

/// The subscriptions and the filter that were asked for.
#[derive(Debug)]
pub(crate) struct Wishes {
    everything: bool,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    sources: Vec<EventSource>,
    filter: Option<EventFilter>,
}

impl Wishes {
    /// Begins with everything or nothing. Where we open the websocket its `subscribeAll` says everything already, after a reconnect
    /// too: Asterisk 22.10.1 lets go of such an application with its connection, and a new one is subscribed again.
    pub(crate) fn new(everything: bool) -> Self {
        Self {
            everything,
            inner: Mutex::default(),
        }
    }

    /// Subscribes to a source, and again after each reconnect.
    pub(crate) async fn follow(&self, source: EventSource, rest: &Rest) -> Result<()> {
        subscribe(std::slice::from_ref(&source), rest).await?;
        let mut wishes = self.lock();
        if !wishes.sources.contains(&source) {
            wishes.sources.push(source);
        }
        Ok(())
    }

    /// Ends a subscription. That there is none is success.
    pub(crate) async fn unfollow(&self, source: &EventSource, rest: &Rest) -> Result<()> {
        self.lock().sources.retain(|it| it != source);
        let app = &rest.config().app;
        let sources = std::slice::from_ref(source);
        match rest.send(op::applications::unsubscribe(app, sources)).await {
            Ok(_) => Ok(()),
            Err(Error::NotFound { .. } | Error::NotInStasis { .. } | Error::Unprocessable { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Sets the filter of all applications, and again after each reconnect.
    pub(crate) async fn filter(&self, filter: EventFilter, rest: &Rest) -> Result<()> {
        let filter = with_answers(filter);
        set_filter(&filter, rest).await?;
        self.lock().filter = Some(filter);
        Ok(())
    }

    /// Asks again for what Asterisk has forgotten, and says how much that was. What is not there any more is wished no longer if it
    /// cannot come back.
    pub(crate) async fn renew(&self, heard: &Heard, rest: &Rest) -> Result<u64> {
        self.hear_everything(rest).await?;
        let (sources, filter) = {
            let wishes = self.lock();
            (wishes.sources.clone(), wishes.filter.clone())
        };
        let mut forgotten = 0;
        for app in rest.config().apps() {
            if let Some(filter) = &filter {
                let there = heard.has_filter(filter, app);
                if there != Comparison::Kept {
                    forgotten += u64::from(there == Comparison::Forgotten);
                    rest.send(op::applications::filter(app, filter)).await?;
                }
            }
            for source in &sources {
                forgotten += u64::from(heard.has(source, app) == Comparison::Forgotten);
                match renew_one(source, heard, app, rest).await {
                    Ok(()) => {}
                    Err(Error::NotFound { .. } | Error::Unprocessable { .. }) => {
                        tracing::warn!("`{source}` is not there any more: nothing is told of it");
                        if matches!(source, EventSource::Bridge(_) | EventSource::Channel(_)) {
                            self.lock().sources.retain(|it| it != source);
                        }
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(forgotten)
    }

    /// Says whether a source is among what is wished.
    pub(crate) fn has(&self, source: &EventSource) -> bool {
        self.lock().sources.contains(source)
    }

    /// Subscribes to everything where that was wished.
    pub(crate) async fn hear_everything(&self, rest: &Rest) -> Result<()> {
        if !self.everything {
            return Ok(());
        }
        for source in [
            EventSource::AllBridges,
            EventSource::AllChannels,
            EventSource::AllDeviceStates,
            EventSource::AllEndpoints,
        ] {
            match subscribe(std::slice::from_ref(&source), rest).await {
                // Device states have a module of their own (`res_stasis_device_state`).
                Err(Error::BadRequest { message, .. }) => {
                    tracing::warn!("this Asterisk does not tell of `{source}`: {message}");
                }
                other => other?,
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing panics while it is held: a push, a look.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Subscribes an application again, unless Asterisk has kept that: each subscription wants an end of its own. For a channel it may have
/// kept only what its stay in the application implies, which does not tell the channel's end: there one more is right.
pub(crate) async fn renew_one(source: &EventSource, heard: &Heard, app: &str, rest: &Rest) -> Result<()> {
    let is_kept = heard.has(source, app) == Comparison::Kept;
    if is_kept && !matches!(source, EventSource::Channel(_)) {
        return Ok(());
    }
    let asked = op::applications::subscribe(app, std::slice::from_ref(source));
    rest.send(asked).await.map(drop)
}

async fn subscribe(sources: &[EventSource], rest: &Rest) -> Result<()> {
    for app in rest.config().apps() {
        rest.send(op::applications::subscribe(app, sources)).await?;
    }
    Ok(())
}

async fn set_filter(filter: &EventFilter, rest: &Rest) -> Result<()> {
    for app in rest.config().apps() {
        rest.send(op::applications::filter(app, filter)).await?;
    }
    Ok(())
}

/// A filter that names what may come would keep the answers to our requests away as well (ari_websockets.c).
fn with_answers(mut filter: EventFilter) -> EventFilter {
    if let Some(allowed) = &mut filter.allowed
        && !allowed.is_empty()
        && !allowed.iter().any(|it| it.name == EventName::RESTResponse)
    {
        let answers = EventFilter::only([EventName::RESTResponse]);
        allowed.extend(answers.allowed.unwrap_or_default());
    }
    if let Some(disallowed) = &mut filter.disallowed {
        disallowed.retain(|it| it.name != EventName::RESTResponse);
    }
    filter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_filter_keeps_the_answers_to_our_requests_away() {
        let names = |filter: Option<Vec<crate::model::EventType>>| -> Vec<EventName> {
            filter.into_iter().flatten().map(|it| it.name).collect()
        };
        let only = with_answers(EventFilter::only([EventName::StasisStart]));
        assert_eq!(
            names(only.allowed),
            [EventName::StasisStart, EventName::RESTResponse]
        );
        let without = with_answers(EventFilter::without([
            EventName::RESTResponse,
            EventName::ChannelVarset,
        ]));
        assert_eq!(names(without.disallowed), [EventName::ChannelVarset]);
        assert_eq!(with_answers(EventFilter::default()), EventFilter::default());
    }
}
