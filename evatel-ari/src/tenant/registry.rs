//! Whose something is: what [`Owners`] does not know is asked of Asterisk, and what events tell is noted there.

use std::sync::{Arc, Weak};

use tokio::sync::{
    broadcast::{self, error::RecvError},
    watch,
};

use super::{TenantId, carried, owners::Owners};
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

/// Begins to learn from events, once.
pub(super) fn listen(ari: &Ari) {
    if ari.owners().is_listening() {
        return;
    }
    let learning = Learning {
        owners: Arc::downgrade(ari.owners()),
        events: ari.all_events(),
        state: ari.state(),
        rest: ari.rest().clone(),
    };
    tokio::spawn(learning.run());
}

/// Says whose something is.
pub(super) async fn owner_of(subject: &Subject, ari: &Ari) -> Result<Whose> {
    if let Some(owner) = ari.owners().known(subject) {
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
                Box::pin(owner_of(&target, ari)).await?
            }
            None => Whose::NotThere,
        },
        _ => Whose::Nobodys,
    };
    if let Whose::Tenants(owner) = &whose {
        // Somebody may have noted another meanwhile, who knew better.
        ari.owners().reserve(subject, owner);
    }
    Ok(whose)
}

/// Says whose a listed channel is. Only those that may be a tenant's are asked for.
pub(super) async fn owner_of_listed_channel(channel: &Channel, ari: &Ari) -> Result<Option<TenantId>> {
    match ari.owners().known(&Subject::Channel(channel.id.clone())) {
        Some(known) => Ok(Some(known)),
        None => of_channel(channel, ari).await,
    }
}

/// Says whose a listed bridge is.
pub(super) async fn owner_of_listed_bridge(bridge: &Bridge, ari: &Ari) -> Result<Option<TenantId>> {
    match ari.owners().known(&Subject::Bridge(bridge.id.clone())) {
        Some(known) => Ok(Some(known)),
        None => of_bridge(bridge, ari).await,
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
    owners: Weak<Owners>,
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
                        learn(&event, &owners);
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
                if let Err(error) = prune(&owners, &self.rest).await {
                    tracing::warn!(%error, "owners of what has ended are remembered for longer");
                }
            }
        }
    }
}

fn learn(event: &Event, owners: &Owners) {
    match event.which() {
        EventName::ChannelDestroyed | EventName::BridgeDestroyed | EventName::PlaybackFinished => {
            let subjects = event.subjects();
            subjects
                .iter()
                .filter(|it| event.ends(it))
                .for_each(|ended| owners.forget(ended));
        }
        EventName::StasisStart | EventName::ChannelCreated => {
            if let EventKind::StasisStart { channel, .. } | EventKind::ChannelCreated { channel } =
                event.kind()
                && let Some(tenant) = carried::on_channel(channel)
            {
                owners.reserve(&Subject::Channel(channel.id.clone()), &tenant);
            }
        }
        _ => {}
    }
}

/// Forgets channels and bridges that are not there any more, and sounds, whose end may have been missed.
async fn prune(owners: &Owners, rest: &Rest) -> Result<()> {
    // Known first, listed second: what is made between the two is not missed.
    let known = owners.owned();
    let channels = rest.send(op::channels::list()).await?;
    let bridges = rest.send(op::bridges::list()).await?;
    for subject in known {
        let is_there = match &subject {
            Subject::Channel(id) => channels.iter().any(|channel| channel.id == *id),
            Subject::Bridge(id) => bridges.iter().any(|bridge| bridge.id == *id),
            _ => false,
        };
        if !is_there {
            owners.forget(&subject);
        }
    }
    Ok(())
}
