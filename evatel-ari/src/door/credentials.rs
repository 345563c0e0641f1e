//! A user and a password, as HTTP's Basic scheme shows them (RFC 7617).

use base64::{Engine, prelude::BASE64_STANDARD};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

/// What somebody who connects has to show in `Authorization`.
#[derive(Debug, Clone)]
pub struct Credentials {
    user: String,
    password: SecretString,
}

impl Credentials {
    /// Makes credentials, as `username` and `password` of `websocket_client.conf` hold them.
    pub fn new(user: impl Into<String>, password: SecretString) -> Self {
        Self {
            user: user.into(),
            password,
        }
    }

    /// Says whether the header shows them. How long that takes tells only whether the length is right.
    pub(crate) fn are_shown(&self, header: Option<&[u8]>) -> bool {
        let Some((scheme, shown)) = header
            .and_then(|header| std::str::from_utf8(header).ok())
            .and_then(|header| header.split_once(' '))
        else {
            return false;
        };
        let Ok(shown) = BASE64_STANDARD.decode(shown.trim()) else {
            return false;
        };
        let wanted = format!("{}:{}", self.user, self.password.expose_secret());
        scheme.eq_ignore_ascii_case("basic") && bool::from(shown.ct_eq(wanted.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_user_with_the_right_password_passes() {
        let credentials = Credentials::new("pbx", SecretString::from("geheim:1"));
        let shows = |text: &str| {
            let header = format!("Basic {}", BASE64_STANDARD.encode(text));
            credentials.are_shown(Some(header.as_bytes()))
        };
        assert!(shows("pbx:geheim:1"));
        for wrong in ["pbx:geheim:2", "pbx:", "", "pbx", "PBX:geheim:1", "pbx:geheim:1 "] {
            assert!(!shows(wrong), "{wrong}");
        }
    }

    #[test]
    fn no_header_another_scheme_and_noise_do_not_pass() {
        let credentials = Credentials::new("pbx", SecretString::from("x"));
        let right = BASE64_STANDARD.encode("pbx:x");
        assert!(credentials.are_shown(Some(format!("basic {right}").as_bytes())));
        assert!(!credentials.are_shown(None));
        for wrong in [
            format!("Bearer {right}"),
            right,
            "Basic".into(),
            "Basic %%%".into(),
        ] {
            assert!(!credentials.are_shown(Some(wrong.as_bytes())), "{wrong}");
        }
        assert!(!credentials.are_shown(Some(b"Basic \xff\xfe")));
    }

    #[test]
    fn the_password_does_not_print() {
        let credentials = Credentials::new("pbx", SecretString::from("geheim"));
        assert!(!format!("{credentials:?}").contains("geheim"));
    }
}
