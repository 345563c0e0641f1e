//! TLS at a door, from PEM files.

#[cfg(test)]
#[cfg(feature = "voice")]
mod tests;

use std::{fmt, path::Path, sync::Arc};

use tokio::net::TcpStream;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, server::WebPkiClientVerifier},
    server::TlsStream,
};

use super::listener::Refused;
use crate::{
    error::{Error, Result},
    pem,
};

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
        let chain = pem::certificates(certificate, "certificate")?;
        let private = pem::private_key(key, "key")?;
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
                WebPkiClientVerifier::builder_with_provider(pem::authorities(file, "client_ca")?, provider)
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
