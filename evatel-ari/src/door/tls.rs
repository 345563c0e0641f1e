//! TLS at a door, from PEM files.

#[cfg(test)]
mod tests;

use std::{fmt, path::Path, sync::Arc};

use tokio::net::TcpStream;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        RootCertStore, ServerConfig,
        crypto::ring,
        pki_types::{
            CertificateDer, PrivateKeyDer,
            pem::{Error as PemError, PemObject},
        },
        server::WebPkiClientVerifier,
    },
    server::TlsStream,
};

use super::listener::Refused;
use crate::error::{Error, Result};

/// A certificate with its key, and whose certificates are wanted of those who connect.
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
}

impl Tls {
    /// Reads certificate (with its chain) and private key from PEM files. With `client_ca` whoever connects must show a certificate that
    /// one of its authorities issued (`cert_file` and `priv_key_file` of `websocket_client.conf`).
    ///
    /// # Errors
    /// [`Error::Config`] that names the file, and what is wrong with it.
    pub fn load(certificate: &Path, key: &Path, client_ca: Option<&Path>) -> Result<Self> {
        let provider = Arc::new(ring::default_provider());
        let chain = certificates(certificate, "certificate")?;
        let private = PrivateKeyDer::from_pem_file(key).map_err(|error| unusable("key", key, &error))?;
        let refused = |setting, file: &Path, error: &dyn fmt::Display| Error::Config {
            setting,
            reason: format!("`{}`: {error}", file.display()),
        };
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| refused("certificate", certificate, &error))?;
        let builder = match client_ca {
            None => builder.with_no_client_auth(),
            Some(file) => builder.with_client_cert_verifier(
                WebPkiClientVerifier::builder_with_provider(authorities(file)?, provider)
                    .build()
                    .map_err(|error| refused("client_ca", file, &error))?,
            ),
        };
        let config = builder
            .with_single_cert(chain, private)
            .map_err(|error| refused("certificate", certificate, &error))?;
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
        })
    }

    pub(super) async fn accept(&self, tcp: TcpStream) -> Result<TlsStream<TcpStream>, Refused> {
        let accepted = self.acceptor.accept(tcp).await;
        accepted.map_err(|error| Refused::Garbled(format!("no TLS: {error}")))
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls(..)")
    }
}

fn authorities(file: &Path) -> Result<Arc<RootCertStore>> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(file, "client_ca")? {
        roots.add(certificate).map_err(|error| Error::Config {
            setting: "client_ca",
            reason: format!("`{}`: {error}", file.display()),
        })?;
    }
    Ok(Arc::new(roots))
}

fn certificates(file: &Path, setting: &'static str) -> Result<Vec<CertificateDer<'static>>> {
    let read = |error: PemError| unusable(setting, file, &error);
    let certificates: Vec<_> = CertificateDer::pem_file_iter(file)
        .map_err(read)?
        .collect::<Result<_, _>>()
        .map_err(read)?;
    if certificates.is_empty() {
        return Err(unusable(setting, file, &PemError::NoItemsFound));
    }
    Ok(certificates)
}

/// Says what is wrong with a file, and what it should hold.
fn unusable(setting: &'static str, file: &Path, error: &PemError) -> Error {
    let reason = match error {
        PemError::NoItemsFound if setting == "key" => {
            "holds no private key: write one as `-----BEGIN PRIVATE KEY-----`".into()
        }
        PemError::NoItemsFound => "holds no certificate: write one as `-----BEGIN CERTIFICATE-----`".into(),
        PemError::Io(error) => format!("cannot be read: {error}"),
        other => format!("is no PEM file: {other}"),
    };
    Error::Config {
        setting,
        reason: format!("`{}` {reason}", file.display()),
    }
}
