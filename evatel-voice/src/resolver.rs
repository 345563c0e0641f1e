//! Names are resolved by us: what is connected to is what was checked.

use std::{error::Error, future::Future, io, iter, net::IpAddr, pin::Pin, sync::Arc, time::Duration};

use evatel_core::egress::{CheckedUrl, Refused};
use reqwest::{
    Client,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect,
};

/// A name that is being looked up.
pub type Looking = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Finds the addresses of a name.
pub type Lookup = Arc<dyn Fn(String) -> Looking + Send + Sync>;

/// The resolver of the system.
#[must_use]
pub fn system_lookup() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    })
}

/// Makes a client for one URL. It connects only to addresses that the URL's policy lets pass, directly (no proxy), within `connect`, and
/// follows no redirect.
///
/// # Errors
/// When TLS cannot be set up.
pub fn client(url: &CheckedUrl, lookup: Lookup, connect: Duration) -> Result<Client, reqwest::Error> {
    let names = CheckedNames {
        url: url.clone(),
        lookup,
    };
    Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .dns_resolver(names.into())
        .connect_timeout(connect)
        .user_agent(concat!("evatel/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// Finds an address that was refused below what a client says.
#[must_use]
pub fn refused_in(error: &reqwest::Error) -> Option<Refused> {
    causes(error).find_map(|cause| cause.downcast_ref().cloned())
}

/// Gives the deepest cause of what a client says. The client's own words hold the URL, and with it what may be secret.
#[must_use]
pub fn last_cause(error: &reqwest::Error) -> String {
    causes(error)
        .last()
        .map_or_else(|| "the request could not be made".to_owned(), ToString::to_string)
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    iter::successors(Error::source(error), |cause: &&(dyn Error + 'static)| {
        Error::source(*cause)
    })
}

/// Resolves names for one URL: an address that may not be connected to is none.
struct CheckedNames {
    url: CheckedUrl,
    lookup: Lookup,
}

impl Resolve for CheckedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let url = self.url.clone();
        let looking = (self.lookup)(name.as_str().to_owned());
        Box::pin(async move {
            let passed = url.check_all(looking.await?)?;
            Ok(Box::new(passed.into_iter()) as Addrs)
        })
    }
}
