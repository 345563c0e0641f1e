//! Connections to a PostgreSQL server, over TLS unless it is on this machine.

use std::{error::Error as _, fs, path::Path, sync::Arc};

use diesel::ConnectionError;
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod, deadpool::Pool,
};
use futures_util::TryFutureExt;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio_postgres::{NoTls, error::SqlState};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{CONNECTIONS, PostgresLink};
use crate::{
    Error,
    url::{PostgresUrl, Tls},
};

/// Prepares a pool for the database at `url`.
pub(super) fn pool(url: &PostgresUrl) -> Pool<PostgresLink> {
    let mut config = ManagerConfig::<PostgresLink>::default();
    // A connection that the server closed is found out before it is given away, not by whoever gets it.
    config.recycling_method = RecyclingMethod::Verified;
    let url = url.clone();
    config.custom_setup = Box::new(move |_| {
        let url = url.clone();
        let connected = async move { connect(&url).await };
        Box::pin(connected.map_err(|error| match error {
            Error::Database(error) => ConnectionError::CouldntSetupConfiguration(error),
            Error::Unreachable { reason } => ConnectionError::BadConnection(reason),
            other => ConnectionError::BadConnection(other.to_string()),
        }))
    });
    // The manager wants a text; ours would hold the password, and the setup above knows better.
    let manager = AsyncDieselConnectionManager::new_with_config("", config);
    let pool = Pool::builder(manager).max_size(CONNECTIONS).build();
    pool.expect("a pool without time limits of its own needs no runtime")
}

/// Connects once.
pub(crate) async fn connect(url: &PostgresUrl) -> Result<PostgresLink, Error> {
    let config = url.config();
    let failed = |error: tokio_postgres::Error| match error.code() {
        Some(&SqlState::INVALID_CATALOG_NAME) => Error::NoDatabase {
            place: url.to_string(),
        },
        _ => unreachable(url, &said(&error)),
    };
    let link = match url.tls() {
        Tls::Off => {
            let (client, connection) = config.connect(NoTls).await.map_err(failed)?;
            PostgresLink::try_from_client_and_connection(client, connection).await
        }
        Tls::Verified(authorities) => {
            let tls = verifier(authorities.as_deref()).map_err(|reason| unreachable(url, &reason))?;
            let connected = config.connect(MakeRustlsConnect::new(tls)).await;
            let (client, connection) = connected.map_err(failed)?;
            PostgresLink::try_from_client_and_connection(client, connection).await
        }
    };
    Ok(link?)
}

/// Prepares TLS that trusts the authorities of a PEM file, else the public ones.
fn verifier(authorities: Option<&Path>) -> Result<ClientConfig, String> {
    let roots = match authorities {
        Some(path) => authorities_of(path).map_err(|error| format!("`{}`: {error}", path.display()))?,
        None => RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        },
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let tls = tls.map_err(|error| error.to_string())?;
    Ok(tls.with_root_certificates(roots).with_no_client_auth())
}

fn authorities_of(path: &Path) -> Result<RootCertStore, Box<dyn std::error::Error>> {
    let pem = fs::read(path)?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        roots.add(certificate?)?;
    }
    if roots.is_empty() {
        return Err("it holds no certificate".into());
    }
    Ok(roots)
}

fn unreachable(url: &PostgresUrl, reason: &str) -> Error {
    Error::Unreachable {
        reason: format!("`{url}`: {reason}"),
    }
}

/// What the driver says tells the cause in its source only.
fn said(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(error), _) => error.message().to_owned(),
        (None, Some(source)) => source.to_string(),
        (None, None) => error.to_string(),
    }
}
