//! Names are resolved by us: what is connected to is what was checked.

use std::{future::Future, io, net::IpAddr, pin::Pin, sync::Arc};

use evatel_core::egress::CheckedUrl;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

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

/// Resolves names for one URL: an address that may not be connected to is none.
pub(crate) struct CheckedNames {
    pub(crate) url: CheckedUrl,
    pub(crate) lookup: Lookup,
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
