//! Whose each channel, bridge and playback is, as far as we have heard or made it; what is not known is asked of Asterisk.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::{
    broadcast::{self, error::RecvError},
    watch,
};

use super::{TenantId, carried};
use crate::{
    client::{Ari, ConnectionState},
    error::{Error, Result},
    event::{Event, EventKind, EventName},
    id::{BridgeId, ChannelId},
    model::{Bridge, Channel},
    op,
    rest::Rest,
    subject::Subject,
};

/// Whose something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Whose {
    /// It is there, and no tenant's.
    Nobodys,
    /// It is not there.
    NotThere,
    Tenants(TenantId),
}

impl Whose {
    pub(super) fn is(&self, tenant: &TenantId) -> bool {
        matches!(self, Self::Tenants(owner) if owner == tenant)
    }
}

impl From<Option<TenantId>> for Whose {
    fn from(owner: Option<TenantId>) -> Self {
        owner.map_or(Self::Nobodys, Self::Tenants)
    }
}

/// What is known of owners. It only remembers: losing an entry costs a request, never the truth.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    owners: Mutex<HashMap<Subject, TenantId>>,
    listens: AtomicBool,
}

impl Registry {
    /// Begins to learn from events, once.
    pub(super) fn listen(self: &Arc<Self>, ari: &Ari) {
        if self.listens.swap(true, Ordering::Relaxed) {
            return;
        }
        let learning = Learning {
            owners: Arc::downgrade(self),
            events: ari.all_events(),
            state: ari.state(),
            rest: ari.rest().clone(),
        };
        tokio::spawn(learning.run());
    }

    /// Notes whose something is, whosever it was.
    pub(super) fn note(&self, subject: Subject, tenant: &TenantId) {
        self.lock().insert(subject, tenant.clone());
    }

    /// Notes whose something will be; false if it is another's already.
    pub(super) fn reserve(&self, subject: &Subject, tenant: &TenantId) -> bool {
        let mut owners = self.lock();
        *owners.entry(subject.clone()).or_insert_with(|| tenant.clone()) == *tenant
    }

    pub(super) fn forget(&self, subject: &Subject) {
        self.lock().remove(subject);
    }

    /// Says whose something is.
    pub(super) async fn of(&self, subject: &Subject, ari: &Ari) -> Result<Whose> {
        if let Some(owner) = self.lock().get(subject).cloned() {
            return Ok(Whose::Tenants(owner));
        }
        let whose = match subject {
            Subject::Bridge(id) => match found(ari.send(op::bridges::get(id)).await)? {
                Some(bridge) => of_bridge(&bridge, ari).await?.into(),
                None => Whose::NotThere,
            },
            // Asterisk takes the name of a channel for its id: only the id itself counts.
            Subject::Channel(id) => match found(ari.send(op::channels::get(id)).await)? {
                Some(channel) if channel.id == *id => of_channel(&channel, ari).await?.into(),
                Some(_) => Whose::Nobodys,
                None => Whose::NotThere,
            },
            Subject::Playback(id) => match found(ari.send(op::playbacks::get(id)).await)? {
                Some(playback) => {
                    let target = match playback.target_uri.split_once(':') {
                        Some(("bridge", id)) => Subject::Bridge(id.into()),
                        Some(("channel", id)) => Subject::Channel(id.into()),
                        _ => return Ok(Whose::Nobodys),
                    };
                    Box::pin(self.of(&target, ari)).await?
                }
                None => Whose::NotThere,
            },
            _ => Whose::Nobodys,
        };
        if let Whose::Tenants(owner) = &whose {
            // Somebody may have noted another meanwhile, who knew better.
            self.lock()
                .entry(subject.clone())
                .or_insert_with(|| owner.clone());
        }
        Ok(whose)
    }

    /// Says whose a listed channel is. Only those that may be a tenant's are asked for.
    pub(super) async fn of_listed_channel(&self, channel: &Channel, ari: &Ari) -> Result<Option<TenantId>> {
        let known = self.lock().get(&Subject::Channel(channel.id.clone())).cloned();
        if known.is_some() {
            return Ok(known);
        }
        of_channel(channel, ari).await
    }

    /// Says whose a listed bridge is.
    pub(super) async fn of_listed_bridge(&self, bridge: &Bridge, ari: &Ari) -> Result<Option<TenantId>> {
        let known = self.lock().get(&Subject::Bridge(bridge.id.clone())).cloned();
        if known.is_some() {
            return Ok(known);
        }
        of_bridge(bridge, ari).await
    }

    fn learn(&self, event: &Event) {
        match event.which() {
            EventName::ChannelDestroyed | EventName::BridgeDestroyed | EventName::PlaybackFinished => {
                let mut owners = self.lock();
                for subject in event.subjects().iter().filter(|it| event.ends(it)) {
                    owners.remove(subject);
                }
            }
            EventName::StasisStart | EventName::ChannelCreated => {
                if let EventKind::StasisStart { channel, .. } | EventKind::ChannelCreated { channel } =
                    event.kind()
                    && let Some(tenant) = carried::on_channel(channel)
                {
                    self.reserve(&Subject::Channel(channel.id.clone()), &tenant);
                }
            }
            _ => {}
        }
    }

    /// Forgets channels and bridges that are not there any more, and sounds, whose end may have been missed.
    async fn prune(&self, rest: &Rest) -> Result<()> {
        // Known first, listed second: what is made between the two is not missed.
        let known: Vec<Subject> = self.lock().keys().cloned().collect();
        let channels = rest.send(op::channels::list()).await?;
        let bridges = rest.send(op::bridges::list()).await?;
        let mut owners = self.lock();
        for subject in known {
            let is_there = match &subject {
                Subject::Channel(id) => channels.iter().any(|channel| channel.id == *id),
                Subject::Bridge(id) => bridges.iter().any(|bridge| bridge.id == *id),
                _ => false,
            };
            if !is_there {
                owners.remove(&subject);
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Subject, TenantId>> {
        // Nothing panics while it is held: an insert, a remove, a look.
        self.owners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn of_channel(channel: &Channel, ari: &Ari) -> Result<Option<TenantId>> {
    // Where events carry our variable, so does this; a tenant of the endpoint's configuration is only the second word.
    if channel
        .variable(carried::TENANT)
        .is_some_and(|value| !value.is_empty())
    {
        return Ok(carried::on_channel(channel));
    }
    let id: &ChannelId = &channel.id;
    let said = found(ari.send(op::channels::variable(id, carried::TENANT)).await)?;
    let said = said.and_then(|variable| variable.value.parse().ok());
    Ok(said.or_else(|| carried::on_channel(channel)))
}

async fn of_bridge(bridge: &Bridge, ari: &Ari) -> Result<Option<TenantId>> {
    let told = carried::on_bridge(bridge);
    if told.is_some() || !carried::has_bridge_variables(ari) {
        return Ok(told);
    }
    let id: &BridgeId = &bridge.id;
    let said = found(ari.send(op::bridges::variable(id, carried::TENANT)).await)?;
    Ok(said.and_then(|variable| variable.value.parse().ok()))
}

/// What is not there is an answer here, and so is a bridge or channel that Asterisk holds for itself.
fn found<T>(answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound { .. } | Error::NotInStasis { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The task that learns from events, until the session or the registry is gone.
struct Learning {
    owners: Weak<Registry>,
    events: broadcast::Receiver<Arc<Event>>,
    state: watch::Receiver<ConnectionState>,
    rest: Rest,
}

impl Learning {
    async fn run(mut self) {
        loop {
            let missed = tokio::select! {
                event = self.events.recv() => match event {
                    Ok(event) => {
                        let Some(owners) = self.owners.upgrade() else { return };
                        owners.learn(&event);
                        false
                    }
                    Err(RecvError::Lagged(_)) => true,
                    Err(RecvError::Closed) => return,
                },
                changed = self.state.changed() => match changed {
                    Ok(()) => *self.state.borrow_and_update() == ConnectionState::Connected,
                    Err(_) => return,
                },
            };
            if missed {
                let Some(owners) = self.owners.upgrade() else {
                    return;
                };
                if let Err(error) = owners.prune(&self.rest).await {
                    tracing::warn!(%error, "owners of what has ended are remembered for longer");
                }
            }
        }
    }
}
