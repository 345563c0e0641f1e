//! What a device proves itself with.

use evatel_core::id::DeviceId;
use secrecy::SecretString;

/// A device's digest secret.
#[derive(Debug, Clone)]
pub struct DeviceSecret {
    /// Whose.
    pub device: DeviceId,
    /// MD5 of `device:realm:password`, 32 hexadecimal digits (RFC 2617 §3.2.2.2), as Asterisk's `md5_cred` takes it.
    pub ha1: SecretString,
}
