//! Hashing what people remember (argon2id), and telling apart what programs are given (SHA-256).

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{Error, mint, store::off_runtime};

/// Hashes a password or a PIN, off the runtime's threads.
pub(crate) async fn hash(secret: SecretString) -> Result<String, Error> {
    off_runtime(move || {
        let hash = Argon2::default().hash_password(secret.expose_secret().as_bytes());
        hash.map(|hash| hash.to_string())
            .map_err(|error| Error::Hash(error.to_string()))
    })
    .await
}

/// Compares a password or a PIN with its hash, off the runtime's threads.
pub(crate) async fn verify(given: SecretString, hash: String) -> Result<bool, Error> {
    off_runtime(move || {
        let hash = PasswordHash::new(&hash).map_err(|error| Error::Hash(error.to_string()))?;
        Ok(Argon2::default()
            .verify_password(given.expose_secret().as_bytes(), &hash)
            .is_ok())
    })
    .await
}

/// A token: an id to find it by, and a secret of [`mint::SECRET_CHARS`] characters of which only the digest is kept. A
/// slow hash would add nothing to 138 random bits.
pub(crate) struct Token {
    pub(crate) id: String,
    secret: SecretString,
}

impl Token {
    /// Makes a token for an id; gives what its holder keeps and what we keep.
    pub(crate) fn mint(id: &str) -> Result<(SecretString, String), Error> {
        let secret = mint::secret()?;
        Ok((format!("{id}_{secret}").into(), digest(&secret)))
    }

    /// Takes a token apart; none where it is not of the form.
    pub(crate) fn read(text: &SecretString) -> Option<Self> {
        let (id, secret) = text.expose_secret().split_once('_')?;
        (secret.len() == mint::SECRET_CHARS && id.len() <= evatel_core::id::MAX_ID_LEN).then(|| Self {
            id: id.to_owned(),
            secret: secret.into(),
        })
    }

    /// Compares it with the digest that we kept, in a time that says nothing about where they differ.
    pub(crate) fn matches(&self, kept: &str) -> bool {
        digest(self.secret.expose_secret())
            .as_bytes()
            .ct_eq(kept.as_bytes())
            .into()
    }
}

fn digest(secret: &str) -> String {
    let bytes = Sha256::digest(secret.as_bytes());
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_by_its_digest_and_no_other_is() {
        let (token, kept) = Token::mint("key-1").unwrap();
        let read = Token::read(&token).unwrap();
        assert_eq!((read.id.as_str(), read.matches(&kept)), ("key-1", true));
        let (other, _) = Token::mint("key-1").unwrap();
        assert!(!Token::read(&other).unwrap().matches(&kept));
        assert!(!kept.contains(token.expose_secret().split_once('_').unwrap().1));
        for bad in ["", "key-1", "key-1_", "key-1_short", &"x".repeat(200)] {
            assert!(Token::read(&bad.into()).is_none(), "{bad}");
        }
    }
}
