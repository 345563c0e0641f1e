//! After a reconnect: everything is asked for again, and what was known is compared with what is there.

use std::collections::HashSet;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::{Connection, chores};
use crate::{
    client::ConnectionState,
    error::{Error, Result},
    op,
    resync::{Listed, forgotten, resync},
    router::Signal,
    subject::Subject,
    wishes::{Heard, renew_one},
};

/// How many objects are subscribed to again at a time.
const AT_A_TIME: usize = 8;

impl Connection {
    /// Finds out what was missed, and subscribes again.
    pub(super) async fn catch_up(&self) -> Result<()> {
        let config = self.rest.config();
        // Known first, listed second: what is made between the two is listed and not missed.
        let known = self.router.known();
        let unended = self.router.unended();
        let heard = Heard::ask(&self.rest).await;
        let forgotten = self.wishes.renew(&heard, &self.rest).await?;
        let listed = Listed {
            channels: self.rest.send(op::channels::list()).await?,
            bridges: self.rest.send(op::bridges::list()).await?,
        };
        let difference = resync(&known, &listed, &config.apps());
        self.router.settle(&difference);
        let asked: Vec<_> = difference
            .stay
            .iter()
            .map(|subject| self.resubscribe(subject, &heard))
            .collect();
        let () = stream::iter(asked)
            .buffer_unordered(AT_A_TIME)
            .try_collect()
            .await?;
        self.end_forgotten(&unended, &listed).await;
        tracing::info!(
            gone = difference.gone.len(),
            left = difference.left.len(),
            stay = difference.stay.len(),
            forgotten,
            "connected to Asterisk again"
        );
        self.counters.reconnects.add(1);
        self.counters.forgotten.add(forgotten);
        self.state.send_replace(ConnectionState::Connected);
        self.router.tell_all(&Signal::Back);
        Ok(())
    }

    /// Subscribes again to what somebody follows and Asterisk has forgotten.
    async fn resubscribe(&self, subject: &Subject, heard: &Heard) -> Result<()> {
        let Some(source) = subject.source().filter(|source| !self.wishes.has(source)) else {
            return Ok(());
        };
        match renew_one(&source, heard, &self.rest.config().app, &self.rest).await {
            Ok(()) => Ok(()),
            Err(Error::NotFound { .. } | Error::Unprocessable { .. }) => {
                self.router.gone(subject);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Ends what should have ended before, with one attempt each: what fails is tried again.
    async fn end_forgotten(&self, unended: &HashSet<Subject>, listed: &Listed) {
        let is_followed = |subject: &Subject| self.router.is_followed(subject);
        let found = forgotten(listed, unended, is_followed, &self.rest.config().mark());
        for subject in unended.iter().filter(|it| !found.contains(it)) {
            self.router.has_ended(subject);
        }
        for subject in found {
            chores::end(&subject, &self.rest, &self.router).await;
        }
    }
}
