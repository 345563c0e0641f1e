//! What the helpers work on: the whole Asterisk, or one tenant's part of it.

use crate::{
    client::Ari,
    error::Result,
    request::{Answer, Request},
    router::ObjectEvents,
    subject::Subject,
};

/// A handle through which requests go out and streams come in: [`Ari`] itself, or one tenant's part of it.
///
/// It cannot be implemented outside: what a tenant may touch is checked in one place.
pub trait Handle: sealed::Whole + Clone + Send + Sync + 'static {
    /// Sends a request and waits for its answer.
    ///
    /// # Errors
    /// Those of [`crate::Rest::send`]; what this handle may not touch counts as not there.
    fn send<T: Answer>(&self, request: Request<T>) -> impl Future<Output = Result<T>> + Send;

    /// Begins the stream of something, beside others that follow it, before or after it is made.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] for what this handle may not touch.
    fn stream(&self, subject: Subject) -> impl Future<Output = Result<ObjectEvents>> + Send;
}

impl Handle for Ari {
    fn send<T: Answer>(&self, request: Request<T>) -> impl Future<Output = Result<T>> + Send {
        Self::send(self, request)
    }

    async fn stream(&self, subject: Subject) -> Result<ObjectEvents> {
        Ok(self.subscribe(subject))
    }
}

impl sealed::Whole for Ari {
    fn whole(&self) -> &Ari {
        self
    }
}

/// What only this crate reaches: the handle that may do everything.
pub(crate) mod sealed {
    use crate::client::Ari;

    pub trait Whole {
        /// Gives the whole Asterisk, to end what was made through the handle and for what belongs to nobody.
        fn whole(&self) -> &Ari;
    }
}
