//! Hardware addresses of telephones.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A telephone's MAC address (IEEE 802 EUI-48). It names a telephone on its label and proves nothing: anybody can guess it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MacAddress([u8; 6]);

/// Refuses what is no telephone's MAC address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{given}` is no MAC address of a telephone: write the 12 hexadecimal digits of its label, such as `80:5e:c0:12:34:56`"
)]
pub struct InvalidMac {
    given: String,
}

impl FromStr for MacAddress {
    type Err = InvalidMac;

    /// Takes `805ec0123456`, `80:5E:C0:12:34:56`, `80-5e-c0-12-34-56` and `805e.c012.3456`.
    fn from_str(text: &str) -> Result<Self, InvalidMac> {
        let refused = || InvalidMac {
            given: text.chars().take(40).flat_map(char::escape_debug).collect(),
        };
        let grouped = |mark: char, size: usize| {
            text.contains(mark) && text.split(mark).all(|group| group.len() == size)
        };
        let digits = match text.len() {
            12 => text.to_owned(),
            14 if grouped('.', 4) => text.replace('.', ""),
            17 if grouped(':', 2) => text.replace(':', ""),
            17 if grouped('-', 2) => text.replace('-', ""),
            _ => return Err(refused()),
        };
        if digits.len() != 12 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(refused());
        }
        let mut bytes = [0; 6];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).map_err(|_| refused())?;
        }
        // All zeros, and what addresses many at once, is nobody's.
        if bytes == [0; 6] || bytes[0] & 1 == 1 {
            return Err(refused());
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

impl TryFrom<String> for MacAddress {
    type Error = InvalidMac;
    fn try_from(text: String) -> Result<Self, InvalidMac> {
        text.parse()
    }
}

impl From<MacAddress> for String {
    fn from(mac: MacAddress) -> String {
        mac.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_that_vendors_print_an_address_is_the_same_address() {
        for text in [
            "805ec0123456",
            "80:5E:C0:12:34:56",
            "80-5e-c0-12-34-56",
            "805e.c012.3456",
        ] {
            assert_eq!(
                text.parse::<MacAddress>().unwrap().to_string(),
                "80:5e:c0:12:34:56"
            );
        }
    }

    #[test]
    fn what_no_telephone_has_is_refused() {
        for text in [
            "",
            "000000000000",
            "ffffffffffff",
            "01:00:5e:00:00:01",
            "805ec012345",
            "805ec01234567",
            "80:5e:c0:12:34-56",
            "80:5ec:0:12:34:56",
            "805ec012345g",
            "８05ec0123456",
            "80:5e:c0:12:34:5\n",
            "8:05:ec:01:23:456",
            "+05ec0123456",
        ] {
            assert!(text.parse::<MacAddress>().is_err(), "{text}");
        }
    }
}
