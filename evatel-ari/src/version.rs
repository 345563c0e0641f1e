//! Which Asterisk it is, and since which one something exists.

use std::{fmt, sync::Arc};

/// The version of an Asterisk, as it says itself in `GET /asterisk/info`.
///
/// Compared by the numbers at its front. A build from git has the number of its branch and counts as the newest of it;
/// one from `master`, or a text that cannot be read, counts as newer than everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    text: Arc<str>,
    numbers: Numbers,
}

/// Major, minor and patch.
type Numbers = (u16, u16, u16);

/// What stands for a number that is not told.
const NEWEST: u16 = u16::MAX;

impl Version {
    /// Reads what Asterisk says: `22.10.1~dfsg+~cs6.16`, `certified/22.8-cert1`, `GIT-22-0f1e2d3`, `18.9.0`.
    pub fn read(text: &str) -> Self {
        let (numbers, from_git) = match text.strip_prefix("GIT-") {
            Some(branch) => (branch, true),
            None => (text, false),
        };
        let numbers = numbers.trim_start_matches("certified/");
        let end = numbers
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(numbers.len());
        let mut parts = numbers[..end].split('.').map_while(|part| part.parse().ok());
        let rest = if from_git { NEWEST } else { 0 };
        let numbers = match parts.next() {
            Some(major) => (major, parts.next().unwrap_or(rest), parts.next().unwrap_or(rest)),
            None => (NEWEST, NEWEST, NEWEST),
        };
        Self {
            text: text.into(),
            numbers,
        }
    }

    /// Borrows the text as Asterisk wrote it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Says whether it is older than `other`.
    pub fn is_older_than(&self, other: &Self) -> bool {
        self.numbers < other.numbers
    }

    /// Says whether it has what exists `since` then.
    pub fn has(&self, since: Since) -> bool {
        let (major, minor, _) = self.numbers;
        match since.0.iter().find(|(branch, _)| *branch == major) {
            Some((_, first)) => minor >= *first,
            None => since.0.iter().all(|(branch, _)| *branch < major),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The first release of each branch that has something, oldest first: `22.3` and, brought back, `20.13` and `21.8`.
///
/// A branch that is not named has it only if it is newer than all that are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Since(pub &'static [(u16, u16)]);

impl Since {
    /// Media direction of external media over a websocket.
    pub const MEDIA_DIRECTION: Self = Self(&[(20, 19), (22, 9), (23, 3)]);
    /// The format in which a bridge plays or records.
    pub const BRIDGE_FORMATS: Self = Self(&[(20, 17), (22, 7), (23, 1)]);
    /// `POST /channels/{id}/progress`, and external media over a websocket.
    pub const PROGRESS: Self = Self(&[(20, 16), (21, 11), (22, 6)]);
    /// `POST /endpoints/refer` and its sister.
    pub const REFER: Self = Self(&[(18, 20), (20, 5)]);
    /// What is appended to the dial string of external media; with it came JSON on the media websocket.
    pub const TRANSPORT_DATA: Self = Self(&[(20, 18), (22, 8), (23, 2)]);
    /// `POST /channels/{id}/transfer_progress`.
    pub const TRANSFER_PROGRESS: Self = Self(&[(20, 13), (21, 8), (22, 3)]);
    /// Variables of bridges, several variables at once, variables reported in events, and claiming.
    ///
    /// Asterisk's own documents say 22.7 of claiming, but it is first found in 22.10.
    pub const VARIABLES: Self = Self(&[(20, 20), (22, 10), (23, 4)]);
}

impl fmt::Display for Since {
    /// Writes `22.3 (or 21.8, 20.13)`: the newest first, since that is where one would go.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut newest_first = self.0.iter().rev();
        if let Some((major, minor)) = newest_first.next() {
            write!(f, "{major}.{minor}")?;
        }
        for (index, (major, minor)) in newest_first.enumerate() {
            f.write_str(if index == 0 { " (or " } else { ", " })?;
            write!(f, "{major}.{minor}")?;
        }
        f.write_str(if self.0.len() > 1 { ")" } else { "" })
    }
}

impl fmt::Debug for Since {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Since({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number_and_debians_suffix_is_ignored() {
        let needed = Version::read("22.8");
        for old in [
            "20.11.0",
            "22.7.9~dfsg",
            "18.9.0",
            "certified/20.7-cert5",
            "GIT-20-abc",
        ] {
            assert!(Version::read(old).is_older_than(&needed), "{old}");
        }
        for new in [
            "22.8.0",
            "22.10.1~dfsg+~cs6.16.60671435-1",
            "22.11.0-rc1",
            "23.0.0",
            "GIT-master-f0c1c1a",
            "GIT-22-f0c1c1a",
            "certified/22.8-cert1",
            "",
        ] {
            assert!(!Version::read(new).is_older_than(&needed), "{new}");
        }
    }

    #[test]
    fn what_was_brought_back_to_older_branches_is_there_and_a_branch_between_lacks_it() {
        let has = |version| Version::read(version).has(Since::VARIABLES);
        for version in [
            "20.20.0",
            "22.10.1~dfsg",
            "23.4.0",
            "24.0.0",
            "GIT-22-f0c1c1a",
            "GIT-master-1",
        ] {
            assert!(has(version), "{version}");
        }
        for version in [
            "18.9.0",
            "20.19.9",
            "21.12.0",
            "22.9.0",
            "23.3.1",
            "certified/22.8-cert1",
        ] {
            assert!(!has(version), "{version}");
        }
        assert!(Version::read("21.8.0").has(Since::TRANSFER_PROGRESS));
    }

    #[test]
    fn the_newest_branch_is_named_first() {
        assert_eq!(Since::TRANSFER_PROGRESS.to_string(), "22.3 (or 21.8, 20.13)");
        assert_eq!(Since(&[(22, 8)]).to_string(), "22.8");
    }
}
