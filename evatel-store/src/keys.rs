//! The keys that secrets in the database are sealed with; they lie in a file of their own, never in the database.
//!
//! A sealed secret is the text `k1.<key>.<nonce and ciphertext>`: XChaCha20-Poly1305 under a random nonce, bound to its
//! table, row and column, so that it cannot be opened where somebody copied it to.

use std::{
    fs,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use chacha20poly1305::{
    Key as CipherKey, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use secrecy::{ExposeSecret, SecretSlice, SecretString, zeroize::Zeroizing};

use crate::{Error, mint};

/// The key in use, and those before it that still open what they sealed. It cannot be printed.
#[derive(Debug, Clone)]
pub struct Keys {
    /// The one in use first.
    keys: Vec<Key>,
}

#[derive(Debug, Clone)]
struct Key {
    /// 8 hexadecimal digits, chosen at random.
    id: String,
    bytes: SecretSlice<u8>,
}

/// Where a secret lies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot<'a> {
    pub(crate) table: &'static str,
    pub(crate) row: &'a str,
    pub(crate) column: &'static str,
}

impl Keys {
    /// Makes a new key.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub fn generate() -> Result<Self, Error> {
        Ok(Self {
            keys: vec![Key::generate()?],
        })
    }

    /// Puts a new key in use and keeps those before.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub fn with_new(&self) -> Result<Self, Error> {
        let mut keys = vec![Key::generate()?];
        keys.extend(self.keys.iter().cloned());
        Ok(Self { keys })
    }

    /// Keeps only the key in use.
    #[must_use]
    pub fn without_old(&self) -> Self {
        Self {
            keys: self.keys[..1].to_vec(),
        }
    }

    /// Keeps only the key of this name.
    ///
    /// # Errors
    /// [`Error::KeyMissing`].
    pub(crate) fn only(&self, id: &str) -> Result<Self, Error> {
        let found = self.keys.iter().find(|key| key.id == id);
        let key = found.ok_or_else(|| Error::KeyMissing { key: id.to_owned() })?;
        Ok(Self {
            keys: vec![key.clone()],
        })
    }

    /// Gives the name of the key in use, 8 hexadecimal digits.
    pub fn id(&self) -> &str {
        &self.keys[0].id
    }

    /// Reads a file of keys, one a line, the one in use first: its name, a blank, 32 bytes in base64.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::KeyFile`]; no part of the file is repeated.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = Zeroizing::new(fs::read_to_string(path).map_err(|source| Error::Io {
            path: path.to_owned(),
            source,
        })?);
        let keys = text.lines().map(Key::parse).collect::<Option<Vec<Key>>>();
        match keys {
            Some(keys) if !keys.is_empty() => Ok(Self { keys }),
            _ => Err(Error::KeyFile {
                path: path.to_owned(),
            }),
        }
    }

    /// Writes the keys to a new file that only its owner can read.
    ///
    /// # Errors
    /// [`Error::Io`], also where a file is there already.
    pub fn write_new(&self, path: &Path) -> Result<(), Error> {
        let written = (|| {
            let mut file = fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path)?;
            for key in &self.keys {
                let bytes = Zeroizing::new(STANDARD_NO_PAD.encode(key.bytes.expose_secret()));
                writeln!(file, "{} {}", key.id, *bytes)?;
            }
            file.sync_all()?;
            keep_name(path)
        })();
        written.map_err(|source| Error::Io {
            path: path.to_owned(),
            source,
        })
    }

    /// Puts the keys in the place of a file at once: there is the old file or the new one, never half of one.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn replace(&self, path: &Path) -> Result<(), Error> {
        let mut name = path.as_os_str().to_owned();
        name.push(".new");
        let fresh = PathBuf::from(name);
        // One that an earlier try left behind holds no key that seals anything.
        let _ = fs::remove_file(&fresh);
        self.write_new(&fresh)?;
        let renamed = fs::rename(&fresh, path).and_then(|()| keep_name(path));
        renamed.map_err(|source| Error::Io {
            path: path.to_owned(),
            source,
        })
    }

    pub(crate) fn seal(&self, secret: &str, spot: Spot<'_>) -> Result<String, Error> {
        let key = &self.keys[0];
        let mut nonce = [0; NONCE_BYTES];
        mint::fill(&mut nonce)?;
        let bound = spot.bound_to(&key.id);
        let payload = Payload {
            msg: secret.as_bytes(),
            aad: bound.as_bytes(),
        };
        let sealed = key.cipher().encrypt(&XNonce::from(nonce), payload);
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed.expect("a secret of memory's size can be sealed"));
        Ok(format!("{FORM}.{}.{}", key.id, STANDARD_NO_PAD.encode(bytes)))
    }

    /// Opens what was sealed for the same spot.
    ///
    /// # Errors
    /// [`Error::KeyMissing`] where its key is none of these, [`Error::Sealed`] where it was changed or moved.
    pub(crate) fn open(&self, sealed: &str, spot: Spot<'_>) -> Result<SecretString, Error> {
        let damaged = || Error::Sealed {
            table: spot.table,
            column: spot.column,
            row: spot.row.to_owned(),
        };
        let mut parts = sealed.splitn(3, '.');
        let (Some(FORM), Some(id), Some(text)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(damaged());
        };
        let Some(key) = self.keys.iter().find(|key| key.id == id) else {
            return Err(Error::KeyMissing { key: id.to_owned() });
        };
        let bytes = STANDARD_NO_PAD.decode(text).map_err(|_| damaged())?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or_else(damaged)?;
        let bound = spot.bound_to(id);
        let payload = Payload {
            msg: sealed,
            aad: bound.as_bytes(),
        };
        let opened = key.cipher().decrypt(&XNonce::from(*nonce), payload);
        let opened = opened.map_err(|_| damaged())?;
        String::from_utf8(opened).map(Into::into).map_err(|_| damaged())
    }
}

impl Key {
    fn generate() -> Result<Self, Error> {
        let mut name = [0; 4];
        mint::fill(&mut name)?;
        let mut bytes = vec![0; KEY_BYTES];
        mint::fill(&mut bytes)?;
        Ok(Self {
            id: name.iter().map(|byte| format!("{byte:02x}")).collect(),
            bytes: bytes.into(),
        })
    }

    fn parse(line: &str) -> Option<Self> {
        let (id, text) = line.trim_end().split_once(' ')?;
        let well_named = id.len() == 8 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bytes = STANDARD_NO_PAD.decode(text).ok()?;
        (well_named && bytes.len() == KEY_BYTES).then(|| Self {
            id: id.to_owned(),
            bytes: bytes.into(),
        })
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        let bytes: [u8; KEY_BYTES] = self
            .bytes
            .expose_secret()
            .try_into()
            .expect("both ways to a key give as many bytes");
        XChaCha20Poly1305::new(&CipherKey::from(bytes))
    }
}

/// Brings a file's name to the disk: what is sealed with its key next must not outlive the key.
fn keep_name(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

impl Spot<'_> {
    /// The parts of an id never hold the separator.
    fn bound_to(&self, key: &str) -> String {
        format!("{FORM}\0{key}\0{}\0{}\0{}", self.table, self.row, self.column)
    }
}

const FORM: &str = "k1";
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(row: &str) -> Spot<'_> {
        Spot {
            table: "devices",
            row,
            column: "secret",
        }
    }

    #[test]
    fn a_secret_opens_in_its_own_row_only_and_with_its_own_key_only() {
        let keys = Keys::generate().unwrap();
        let sealed = keys.seal("hush", spot("dev-1")).unwrap();
        assert!(sealed.starts_with(&format!("k1.{}.", keys.id())) && !sealed.contains("hush"));
        assert_ne!(
            keys.seal("hush", spot("dev-1")).unwrap(),
            sealed,
            "no nonce comes twice"
        );
        assert_eq!(keys.open(&sealed, spot("dev-1")).unwrap().expose_secret(), "hush");
        assert!(matches!(
            keys.open(&sealed, spot("dev-2")),
            Err(Error::Sealed { .. })
        ));
        let other = Keys::generate().unwrap();
        let Err(Error::KeyMissing { key }) = other.open(&sealed, spot("dev-1")) else {
            panic!("opened by another key")
        };
        assert_eq!(key, keys.id());
        let mut changed = sealed.clone().into_bytes();
        let last = changed.len() - 2;
        changed[last] = if changed[last] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(keys.open(&changed, spot("dev-1")).is_err());
    }

    #[test]
    fn a_new_key_seals_and_the_old_one_still_opens_until_it_is_left_out() {
        let old = Keys::generate().unwrap();
        let sealed = old.seal("hush", spot("dev-1")).unwrap();
        let both = old.with_new().unwrap();
        assert_ne!(both.id(), old.id());
        assert_eq!(both.open(&sealed, spot("dev-1")).unwrap().expose_secret(), "hush");
        assert!(both.without_old().open(&sealed, spot("dev-1")).is_err());
    }

    #[test]
    fn a_file_of_keys_is_its_owners_is_never_written_over_and_says_nothing_when_it_is_wrong() {
        use std::os::unix::fs::PermissionsExt;
        let folder = std::env::temp_dir().join(format!("evatel-keys-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("key");
        let keys = Keys::generate().unwrap();
        keys.replace(&path).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert!(keys.write_new(&path).is_err());
        let sealed = keys.seal("hush", spot("dev-1")).unwrap();
        assert!(Keys::read(&path).unwrap().open(&sealed, spot("dev-1")).is_ok());
        assert!(!format!("{keys:?}").contains(&fs::read_to_string(&path).unwrap()[9..20]));

        fs::write(&path, "00000000 dG9vLXNob3J0").unwrap();
        let refused = Keys::read(&path).unwrap_err();
        assert!(matches!(refused, Error::KeyFile { .. }));
        assert!(!format!("{refused} {refused:?}").contains("dG9v"));
        fs::remove_dir_all(&folder).unwrap();
    }
}
