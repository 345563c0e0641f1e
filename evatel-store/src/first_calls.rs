//! Calls to numbers that the snapshot has not in service: one that comes from another carrier arrives with its first call.

use std::sync::Arc;

use evatel_core::{
    audit::Origin,
    did::{DidRecord, DidState},
    directory::{Directory, Unserved},
    id::TrunkId,
    number::E164,
    permission::Actor,
};

use crate::{Error, NumberChange, Store, Target};

impl Store {
    /// Says what becomes of a call to a number that `known` has not in service.
    ///
    /// A number that comes from another carrier for a customer, and is called over the trunk that it shall come over, has
    /// come: its port in is completed, by the system, in the history and the audit as if the carrier had said so.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn unserved(
        &self,
        number: &E164,
        trunk: &TrunkId,
        known: &Directory,
    ) -> Result<Unserved, Error> {
        let system = Actor::system("first-call".parse().expect("a word is a name"));
        let system = self.acting_as(system, Origin::Daemon);
        let mut record = match system.number(number).await {
            Ok(record) => record,
            Err(Error::Missing { .. }) => return Ok(Unserved::NOBODYS),
            Err(error) => return Err(error),
        };
        if let (DidState::PortInPending { then: Some(_) }, Some(reseller)) =
            (&record.state, record.owner.reseller())
            && record.trunk == *trunk
        {
            let inside = system.enter(&Target::Reseller(reseller.clone())).await?;
            record = match inside.change_number(number, NumberChange::CompletePortIn).await {
                Ok(changed) => changed.record,
                // Another call came first, or somebody decided otherwise in this moment.
                Err(Error::Number(_) | Error::LostRace { .. }) => system.number(number).await?,
                Err(error) => return Err(error),
            };
        }
        if record.in_service().is_none() {
            return Ok(out_of_service(&record));
        }
        let (directory, _) = self.refresh_directory(known).await?;
        Ok(if directory.did(number).is_some() {
            Unserved::InService(Arc::new(directory))
        } else {
            out_of_service(&record)
        })
    }
}

fn out_of_service(record: &DidRecord) -> Unserved {
    Unserved::OutOfService {
        status: Some(record.state.status()),
        account: record.owner.account().cloned(),
    }
}
