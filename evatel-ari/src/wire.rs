//! A connection to Asterisk's HTTP server, in clear or over TLS.

use std::{fmt, io, path::Path, sync::Arc};

use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName},
};
use tokio_util::either::Either;
use url::Url;

use crate::{
    error::{Error, Result},
    pem,
};

/// What requests and websockets go over.
pub(crate) type Wire = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// Whose certificates we trust as Asterisk's, and what we show of ourselves.
///
/// The default trusts the public authorities and shows nothing.
#[derive(Clone)]
pub struct ClientTls {
    connector: TlsConnector,
}

impl ClientTls {
    /// Trusts the authorities of a PEM file instead of the public ones, and shows a certificate with its key if one is given.
    ///
    /// # Errors
    /// [`Error::Config`] that names the file, and what is wrong with it.
    pub fn load(authorities: Option<&Path>, identity: Option<(&Path, &Path)>) -> Result<Self> {
        let roots = match authorities {
            Some(file) => pem::authorities(file, "tls.authorities")?,
            None => Arc::new(public()),
        };
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring speaks the versions that rustls holds safe")
            .with_root_certificates(roots);
        let config = match identity {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let chain = pem::certificates(certificate, "tls.certificate")?;
                let private = pem::private_key(key, "tls.key")?;
                builder
                    .with_client_auth_cert(chain, private)
                    .map_err(|error| Error::Config {
                        setting: "tls.certificate",
                        reason: format!("`{}`: {error}", certificate.display()),
                    })?
            }
        };
        Ok(Self {
            connector: TlsConnector::from(Arc::new(config)),
        })
    }
}

impl Default for ClientTls {
    fn default() -> Self {
        Self::load(None, None).expect("no file is read, hence none can be wrong")
    }
}

impl fmt::Debug for ClientTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientTls(..)")
    }
}

fn public() -> RootCertStore {
    RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    }
}

/// Connects to the server that `url` names.
pub(crate) async fn connect(url: &Url, tls: &ClientTls) -> io::Result<Wire> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let port = url.port_or_known_default().unwrap_or_default();
    let tcp = TcpStream::connect((host, port)).await?;
    tcp.set_nodelay(true)?;
    if url.scheme() != "https" {
        return Ok(Either::Left(tcp));
    }
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let stream = tls.connector.connect(name, tcp).await?;
    Ok(Either::Right(Box::new(stream)))
}
