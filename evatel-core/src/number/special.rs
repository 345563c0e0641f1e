//! Codes of the public network that are no E.164 numbers, 911 first.

use serde::{Deserialize, Serialize};

/// A code of the public network that is no E.164 number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SpecialCode {
    /// 988, the crisis line: free, always allowed to a person at a device.
    Crisis,
    /// 911, and 9911 and 112 which mean it.
    Emergency,
    /// 933, which reads the caller's address back (United States): treated as 911, so that it tests 911's way.
    EmergencyTest,
    /// 211, 311, 411, 511, 611, 711, 811.
    Service(u16),
}

/// One row of [`EMERGENCY_TABLE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmergencyCode {
    /// What a person keys.
    pub dialled: &'static str,
    /// What it means; its [`SpecialCode::digits`] go to the carrier.
    pub means: SpecialCode,
}

/// Counts up with each change of [`EMERGENCY_TABLE`].
pub const EMERGENCY_TABLE_VERSION: u32 = 1;

/// The codes that pass every restriction, state and limit. A part of the code, on purpose: no setting can lose one.
///
/// 911 and 9911: TD CRTC 2022-265 and Kari's Law (direct dialling, with and without the outside prefix);
/// 112: 3GPP TS 22.101 §10.1; 933: the United States' address test; 988: CRTC TRP 2022-234.
pub const EMERGENCY_TABLE: [EmergencyCode; 5] = [
    EmergencyCode {
        dialled: "911",
        means: SpecialCode::Emergency,
    },
    EmergencyCode {
        dialled: "9911",
        means: SpecialCode::Emergency,
    },
    EmergencyCode {
        dialled: "112",
        means: SpecialCode::Emergency,
    },
    EmergencyCode {
        dialled: "933",
        means: SpecialCode::EmergencyTest,
    },
    EmergencyCode {
        dialled: "988",
        means: SpecialCode::Crisis,
    },
];

/// The service codes of the North American plan (N11); 911 is not one of them.
pub const SERVICE_CODES: [(&str, u16); 7] = [
    ("211", 211),
    ("311", 311),
    ("411", 411),
    ("511", 511),
    ("611", 611),
    ("711", 711),
    ("811", 811),
];

impl SpecialCode {
    /// Finds the code that these digits are, whole.
    pub fn of(digits: &str) -> Option<Self> {
        let emergency = EMERGENCY_TABLE.iter().find(|row| row.dialled == digits);
        let service = || SERVICE_CODES.iter().find(|(word, _)| *word == digits);
        emergency
            .map(|row| row.means)
            .or_else(|| service().map(|(_, code)| Self::Service(*code)))
    }

    /// Says whether it passes every restriction, state and limit.
    pub fn is_emergency(self) -> bool {
        !matches!(self, Self::Service(_))
    }

    /// Says whether only the system may close it: 211, relay (711) and health (811) are people's last resort too.
    pub fn only_system_closes(self) -> bool {
        matches!(self, Self::Service(211 | 711 | 811))
    }

    /// Gives the digits that go to the carrier.
    pub fn digits(self) -> String {
        match self {
            Self::Crisis => "988".into(),
            Self::Emergency => "911".into(),
            Self::EmergencyTest => "933".into(),
            Self::Service(code) => code.to_string(),
        }
    }
}

/// Says whether an extension would hold up or catch somebody who keys a code: it is one, begins with one or is the
/// beginning of one, also after an outside prefix `9`; or it is one after `1`.
pub(super) fn catches_code(extension: &str) -> bool {
    let codes = || {
        let emergency = EMERGENCY_TABLE.iter().map(|row| row.dialled);
        emergency.chain(SERVICE_CODES.iter().map(|(word, _)| *word))
    };
    let after_nine = extension.strip_prefix('9');
    let after_one = extension.strip_prefix('1');
    codes().any(|code| {
        extension.starts_with(code)
            || code.starts_with(extension)
            || after_nine.is_some_and(|rest| rest.starts_with(code))
            || after_one == Some(code)
    })
}
