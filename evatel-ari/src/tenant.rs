//! One tenant's part of an Asterisk: a handle that makes channels and bridges with the tenant's name on them, and that finds
//! nobody else's, whatever id it is given.
//!
//! A write user of ARI may hang up and read any channel, even by its name, whether it is in an application or not: the wall has
//! to stand here. Every request goes through [`Tenant::send`], which knows all operations of ARI and what each touches (`tenant/reach.rs`);
//! what it does not know, and what belongs to no tenant (modules, configuration, endpoints ...), it refuses. Whose a channel or
//! bridge is, stands on the object itself in variables (`tenant/carried.rs`), so that a restart forgets nothing; `tenant/owners.rs` only
//! remembers it.
//!
//! It does not say whom a tenant may call, which is for the gate above ([`crate::Switch::dial`]), nor what the dialplan does
//! with a channel that goes on there.

pub(crate) mod carried;
mod id;
pub(crate) mod owners;
mod reach;
mod registry;

use carried::Carried;
use reach::{Made, Reach};
use registry::Whose;

pub use id::TenantId;

use crate::{
    client::Ari,
    error::{Error, Result},
    handle::{Handle, sealed::Whole},
    id::{ChannelId, RecordingName},
    model::{Bridge, Channel, StoredRecording},
    op,
    request::{Answer, Request},
    router::ObjectEvents,
    subject::Subject,
};

/// A handle on what belongs to one tenant, cheap to clone; all helpers take it in place of [`Ari`].
#[derive(Debug, Clone)]
pub struct Tenant {
    ari: Ari,
    carried: Carried,
}

impl Ari {
    /// Gives the handle of one tenant.
    ///
    /// ```
    /// # use evatel_ari::{Ari, Error, op, tenant::TenantId};
    /// # async fn isolated(ari: &Ari) -> evatel_ari::Result<()> {
    /// let (one, other) = ("clinic".parse::<TenantId>()?, "garage".parse::<TenantId>()?);
    /// let (clinic, garage) = (ari.tenant(one), ari.tenant(other));
    /// let bridge = ari.mark().fresh("bridge").into();
    /// clinic.send(op::bridges::create(&bridge, "waiting room")).await?;
    /// let error = garage.send(op::bridges::destroy(&bridge)).await.unwrap_err();
    /// assert!(matches!(error, Error::NotFound { .. }));
    /// # Ok(())
    /// # }
    /// ```
    pub fn tenant(&self, id: TenantId) -> Tenant {
        registry::listen(self);
        Tenant {
            ari: self.clone(),
            carried: Carried::new(id),
        }
    }

    /// Gives a channel that came in to a tenant: from now on it is that tenant's, and nobody else's.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the channel is gone, and those of the requests.
    pub async fn assign(&self, channel: &ChannelId, tenant: &Tenant) -> Result<()> {
        for (name, value) in tenant.carried.of_channel() {
            self.send(op::channels::set_variable(channel, name, value.as_str()))
                .await?;
        }
        self.owners().note(Subject::Channel(channel.clone()), tenant.id());
        Ok(())
    }
}

impl Tenant {
    /// Lets what is made through the handle carry an account code, which Asterisk writes into its call records.
    #[must_use]
    pub fn for_account(mut self, code: impl Into<String>) -> Self {
        self.carried.account = Some(code.into());
        self
    }

    /// Lets what is made through the handle carry the id of a call.
    #[must_use]
    pub fn for_call(mut self, id: impl Into<String>) -> Self {
        self.carried.call = Some(id.into());
        self
    }

    /// Gives the tenant's id.
    pub fn id(&self) -> &TenantId {
        &self.carried.tenant
    }

    /// Gives the name of a recording in the tenant's own folder: a tenant has no others.
    pub fn recording(&self, name: &str) -> RecordingName {
        format!("{}{name}", reach::folder(self.id())).into()
    }

    /// Sends a request about what is the tenant's, or that makes something, which is then the tenant's.
    ///
    /// # Errors
    /// What belongs to somebody else gives the error that Asterisk gives for what does not exist; an id that is taken is
    /// [`Error::Exists`]. [`Error::Beyond`] for operations that are about no channel or bridge, for lists (see [`Tenant::channels`]
    /// and its sisters), for other applications, and for functions that reach other channels. Else those of [`Ari::send`].
    ///
    /// # Cancel safety
    /// If the future is dropped, the request may or may not have been done.
    pub async fn send<T: Answer>(&self, request: Request<T>) -> Result<T> {
        let named = format!("{request:?}");
        let beyond = |reason: String| Error::Beyond {
            request: named.clone(),
            tenant: self.id().to_string(),
            reason,
        };
        let Reach { request, uses, makes } =
            reach::of(request, self.id(), self.ari.config(), &self.ari.mark()).map_err(beyond)?;
        for used in &uses {
            if !self.owns(&used.subject).await? {
                return Err(used.missing(&named));
            }
        }
        self.reserve(&named, &makes).await?;
        let carries_on = makes.iter().find_map(|made| made.carrier);
        let request = match carries_on {
            Some(carrier) => self.carried.put_on(request, carrier, &self.ari),
            None => request,
        };
        let answer = self.ari.send(request).await;
        match &answer {
            // It may have been made.
            Ok(_) | Err(Error::OutcomeUnknown { .. }) => {}
            Err(_) => makes
                .iter()
                .for_each(|made| self.ari.owners().forget(&made.subject)),
        }
        let snooping = makes.iter().find(|made| made.is_snoop);
        if let (Ok(_), Some(made)) = (&answer, snooping) {
            // No variables go along with the request that makes it.
            let id = ChannelId::from(made.subject.as_str());
            self.ari.assign(&id, self).await?;
        }
        answer
    }

    /// Lists the tenant's channels.
    ///
    /// # Errors
    /// Those of [`Ari::send`].
    pub async fn channels(&self) -> Result<Vec<Channel>> {
        let mut own = Vec::new();
        for channel in self.ari.send(op::channels::list()).await? {
            let owner = registry::owner_of_listed_channel(&channel, &self.ari).await?;
            if owner.as_ref() == Some(self.id()) {
                own.push(channel);
            }
        }
        Ok(own)
    }

    /// Lists the tenant's bridges.
    ///
    /// # Errors
    /// Those of [`Ari::send`].
    pub async fn bridges(&self) -> Result<Vec<Bridge>> {
        let mut own = Vec::new();
        for bridge in self.ari.send(op::bridges::list()).await? {
            let owner = registry::owner_of_listed_bridge(&bridge, &self.ari).await?;
            if owner.as_ref() == Some(self.id()) {
                own.push(bridge);
            }
        }
        Ok(own)
    }

    /// Lists the tenant's recordings on Asterisk's disk.
    ///
    /// # Errors
    /// Those of [`Ari::send`].
    pub async fn recordings(&self) -> Result<Vec<StoredRecording>> {
        let folder = reach::folder(self.id());
        let mut stored = self.ari.send(op::recordings::list_stored()).await?;
        stored.retain(|recording| recording.name.as_str().starts_with(&folder));
        Ok(stored)
    }

    async fn owns(&self, subject: &Subject) -> Result<bool> {
        match subject {
            Subject::Recording(name) => Ok(reach::is_in_folder(name.as_str(), self.id())),
            _ => Ok(registry::owner_of(subject, &self.ari).await?.is(self.id())),
        }
    }

    /// Notes that what a request makes will be the tenant's.
    async fn reserve(&self, named: &str, makes: &[Made]) -> Result<()> {
        for (index, made) in makes.iter().enumerate() {
            if !self.may_make(&made.subject).await? {
                let owners = self.ari.owners();
                makes[..index]
                    .iter()
                    .for_each(|made| owners.forget(&made.subject));
                return Err(made.taken(named));
            }
        }
        Ok(())
    }

    /// Says whether an id is free or the tenant's own, and takes it. Whose an existing bridge is has to be asked: Asterisk takes
    /// the request that makes one for a change of the one that is there.
    async fn may_make(&self, subject: &Subject) -> Result<bool> {
        Ok(match registry::owner_of(subject, &self.ari).await? {
            Whose::Nobodys => false,
            Whose::NotThere => self.ari.owners().reserve(subject, self.id()),
            Whose::Tenants(owner) => owner == *self.id(),
        })
    }
}

impl Handle for Tenant {
    fn send<T: Answer>(&self, request: Request<T>) -> impl Future<Output = Result<T>> + Send {
        Self::send(self, request)
    }

    async fn stream(&self, subject: Subject) -> Result<ObjectEvents> {
        let is_own = match &subject {
            Subject::Recording(_) => self.owns(&subject).await?,
            // What does not exist yet will be the tenant's.
            Subject::Bridge(_) | Subject::Channel(_) | Subject::Playback(_) => {
                self.may_make(&subject).await?
            }
            Subject::Application(_) | Subject::Device(_) | Subject::Endpoint(_) => false,
        };
        if !is_own {
            return Err(Error::NotFound {
                request: format!("events of {}", subject.as_str()),
                message: "not found".into(),
            });
        }
        Ok(self.ari.subscribe(subject))
    }
}

impl Whole for Tenant {
    fn whole(&self) -> &Ari {
        &self.ari
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenants_id_is_a_plain_word() {
        for good in ["clinic", "ACME-2.eu", "0"] {
            good.parse::<TenantId>().unwrap();
        }
        for bad in ["", "a b", "a/b", "..", "a=b", "a_b", &"x".repeat(65)] {
            bad.parse::<TenantId>().unwrap_err();
        }
    }
}
