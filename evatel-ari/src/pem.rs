//! Certificates and keys from PEM files, and errors that name the file.

#[cfg(test)]
pub(crate) mod authority;

use std::{path::Path, sync::Arc};

use tokio_rustls::rustls::{
    RootCertStore,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{Error as PemError, PemObject},
    },
};

use crate::error::{Error, Result};

/// Reads whose certificates are trusted.
pub(crate) fn authorities(file: &Path, setting: &'static str) -> Result<Arc<RootCertStore>> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(file, setting)? {
        roots.add(certificate).map_err(|error| Error::Config {
            setting,
            reason: format!("`{}`: {error}", file.display()),
        })?;
    }
    Ok(Arc::new(roots))
}

/// Reads a certificate and its chain.
pub(crate) fn certificates(file: &Path, setting: &'static str) -> Result<Vec<CertificateDer<'static>>> {
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

/// Reads a private key.
pub(crate) fn private_key(file: &Path, setting: &'static str) -> Result<PrivateKeyDer<'static>> {
    PrivateKeyDer::from_pem_file(file).map_err(|error| unusable(setting, file, &error))
}

/// Says what is wrong with a file, and what it should hold.
fn unusable(setting: &'static str, file: &Path, error: &PemError) -> Error {
    let reason = match error {
        PemError::NoItemsFound if setting.ends_with("key") => {
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
