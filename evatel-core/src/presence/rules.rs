//! A user's presence: the schedule of his statuses and the rules of each.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{
    forward::{InvalidForward, Treatment},
    status::Status,
};
use crate::{
    id::ContactId,
    schedule::Schedule,
    screening::{CallerMatch, InvalidCallerMatch},
};

/// Most statuses with rules.
pub const MAX_STATUSES: usize = 32;
/// Most rules of one status.
pub const MAX_RULES: usize = 64;

/// What a person writes down of a [`Presence`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PresenceForm {
    /// When each status holds; its override is the status set by hand.
    pub schedule: Schedule<Status>,
    /// What becomes of callers. A predefined status may be left out; one's own may not.
    #[serde(default)]
    pub statuses: Vec<StatusRules>,
}

/// The rules of one status; the first whose filter fits decides, and if none does, callers get the voicemail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusRules {
    /// Which status.
    pub status: Status,
    /// Its rules, in the order in which they are tried.
    pub rules: Vec<CallerRule>,
}

/// What becomes of some callers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallerRule {
    /// Of whom.
    pub who: CallerFilter,
    /// What.
    pub then: Treatment,
}

/// Some callers: `everybody`, `vip`, `contacts`, `contact:CONTACT`, `anonymous`, a number or `+1900*`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum CallerFilter {
    /// Who shows a number of this contact, personal or shared.
    Contact(ContactId),
    /// Who shows a number of any contact, personal or shared.
    Contacts,
    /// Everybody.
    Everybody,
    /// Who shows this number, or none.
    Caller(CallerMatch),
    /// Who is on the user's or his account's VIP list.
    Vip,
}

/// A checked presence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PresenceForm", into = "PresenceForm")]
pub struct Presence(PresenceForm);

/// Why something is no presence; rules are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPresence {
    /// Steps that cannot be rung.
    #[error("status `{status}`, rule {rule}: {reason}")]
    Forward {
        /// Of which status.
        status: Status,
        /// Which rule.
        rule: usize,
        /// Why.
        reason: InvalidForward,
    },
    /// More than [`MAX_STATUSES`] or [`MAX_RULES`].
    #[error("{given} {what} are too many: {most} at most")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many.
        given: usize,
        /// How many there may be.
        most: usize,
    },
    /// The same status twice.
    #[error("status `{status}` has rules twice: put them into one list")]
    Twice {
        /// Which.
        status: Status,
    },
    /// The schedule names a status that is neither predefined nor has rules.
    #[error(
        "the schedule names `{status}`, which is neither a predefined status nor among `statuses`: {known}"
    )]
    Unknown {
        /// Which.
        status: Status,
        /// Those that are predefined.
        known: String,
    },
    /// A rule behind one for everybody.
    #[error("status `{status}`, rule {rule} is never reached: rule {before} is for everybody")]
    Unreachable {
        /// Of which status.
        status: Status,
        /// Which rule.
        rule: usize,
        /// The one for everybody.
        before: usize,
    },
}

impl Presence {
    /// Checks what a person wrote.
    ///
    /// # Errors
    /// [`InvalidPresence`] with the place of what is wrong.
    pub fn new(form: PresenceForm) -> Result<Self, InvalidPresence> {
        let too_many = |what, given, most| InvalidPresence::TooMany { what, given, most };
        if form.statuses.len() > MAX_STATUSES {
            return Err(too_many("statuses", form.statuses.len(), MAX_STATUSES));
        }
        for (at, StatusRules { status, rules }) in form.statuses.iter().enumerate() {
            if form.statuses[..at]
                .iter()
                .any(|earlier| earlier.status == *status)
            {
                return Err(InvalidPresence::Twice {
                    status: status.clone(),
                });
            }
            if rules.len() > MAX_RULES {
                return Err(too_many("rules", rules.len(), MAX_RULES));
            }
            check_rules(status, rules)?;
        }
        let named = |status: &Status| match status {
            Status::Predefined(_) => true,
            Status::Own(_) => form.statuses.iter().any(|rules| rules.status == *status),
        };
        if let Some(unknown) = form.schedule.states().find(|status| !named(status)) {
            let words: Vec<String> = super::PredefinedStatus::ALL
                .iter()
                .map(|(word, _)| format!("`{word}`"))
                .collect();
            return Err(InvalidPresence::Unknown {
                status: unknown.clone(),
                known: words.join(" "),
            });
        }
        Ok(Self(form))
    }

    /// Borrows the schedule of statuses.
    pub fn schedule(&self) -> &Schedule<Status> {
        &self.0.schedule
    }

    /// Borrows the rules of a status, if it has any of its own.
    pub fn rules(&self, status: &Status) -> Option<&[CallerRule]> {
        let found = self.0.statuses.iter().find(|rules| rules.status == *status)?;
        Some(&found.rules)
    }

    /// Borrows what it was made from.
    pub fn form(&self) -> &PresenceForm {
        &self.0
    }

    /// Takes out what it was made from, to change it.
    pub fn into_form(self) -> PresenceForm {
        self.0
    }
}

fn check_rules(status: &Status, rules: &[CallerRule]) -> Result<(), InvalidPresence> {
    let everybody = rules.iter().position(|rule| rule.who == CallerFilter::Everybody);
    if let Some(at) = everybody.filter(|at| at + 1 < rules.len()) {
        return Err(InvalidPresence::Unreachable {
            status: status.clone(),
            rule: at + 2,
            before: at + 1,
        });
    }
    for (at, rule) in rules.iter().enumerate() {
        rule.then.check().map_err(|reason| InvalidPresence::Forward {
            status: status.clone(),
            rule: at + 1,
            reason,
        })?;
    }
    Ok(())
}

impl TryFrom<PresenceForm> for Presence {
    type Error = InvalidPresence;
    fn try_from(form: PresenceForm) -> Result<Self, InvalidPresence> {
        Self::new(form)
    }
}

impl From<Presence> for PresenceForm {
    fn from(presence: Presence) -> PresenceForm {
        presence.0
    }
}

/// Refuses what is no filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFilter {
    /// After `contact:` there is no id.
    #[error(transparent)]
    Contact(#[from] crate::id::InvalidId),
    /// It is no number.
    #[error("{0}; or `everybody`, `vip`, `contacts` or `contact:CONTACT`")]
    Caller(#[from] InvalidCallerMatch),
}

impl FromStr for CallerFilter {
    type Err = InvalidFilter;

    fn from_str(text: &str) -> Result<Self, InvalidFilter> {
        Ok(match text {
            "everybody" => Self::Everybody,
            "vip" => Self::Vip,
            "contacts" => Self::Contacts,
            _ => match text.strip_prefix("contact:") {
                Some(contact) => Self::Contact(contact.parse()?),
                None => Self::Caller(text.parse()?),
            },
        })
    }
}

impl TryFrom<String> for CallerFilter {
    type Error = InvalidFilter;
    fn try_from(text: String) -> Result<Self, InvalidFilter> {
        text.parse()
    }
}

impl From<CallerFilter> for String {
    fn from(filter: CallerFilter) -> String {
        filter.to_string()
    }
}

impl fmt::Display for CallerFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contact(contact) => write!(f, "contact:{contact}"),
            Self::Contacts => f.write_str("contacts"),
            Self::Everybody => f.write_str("everybody"),
            Self::Caller(caller) => caller.fmt(f),
            Self::Vip => f.write_str("vip"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRESENCE: &str = r#"{
        "schedule": {"zone": "America/Toronto",
            "weekly": [{"when": "mon-fri 09:00-17:00", "state": "working"}, {"when": "fri 17:00-20:00", "state": "Au gym"}],
            "otherwise": "after-hours"},
        "statuses": [
            {"status": "working", "rules": [
                {"who": "anonymous", "then": "reject"},
                {"who": "vip", "then": {"forward": [
                    {"ring_seconds": 20, "legs": [{"to": "devices"}]},
                    {"ring_seconds": 25, "legs": [{"to": "devices"}, {"to": "+15145550142", "confirm": true}]}]}},
                {"who": "everybody", "then": "voicemail"}]},
            {"status": "Au gym", "rules": []}
        ]
    }"#;

    #[test]
    fn a_presence_is_written_as_it_is_read() {
        let presence: Presence = serde_json::from_str(PRESENCE).unwrap();
        let written = serde_json::to_string(&presence).unwrap();
        assert_eq!(serde_json::from_str::<Presence>(&written).unwrap(), presence);
    }

    #[test]
    fn what_is_no_presence_is_refused_with_the_place() {
        for (from, to, place) in [
            (
                r#", "confirm": true"#,
                "",
                "status `working`, rule 2: step 2: `+15145550142` is outside and must confirm",
            ),
            (
                r#""ring_seconds": 20"#,
                r#""ring_seconds": 4"#,
                "rule 2: step 1 rings 4 s: 5 to 60 s",
            ),
            (
                r#""ring_seconds": 20"#,
                r#""ring_seconds": 61"#,
                "step 1 rings 61 s",
            ),
            (
                r#""who": "anonymous""#,
                r#""who": "everybody""#,
                "rule 2 is never reached: rule 1 is for everybody",
            ),
            (
                r#""status": "Au gym""#,
                r#""status": "working""#,
                "status `working` has rules twice",
            ),
            (
                r#""state": "Au gym""#,
                r#""state": "workin""#,
                "the schedule names `workin`",
            ),
            (r#"[{"to": "devices"}]"#, "[]", "step 1 rings 0 legs: 1 to 8"),
            (
                r#"[{"to": "devices"}]"#,
                r#"[{"to": "devices"}, {"to": "devices"}]"#,
                "step 1 rings `devices` twice",
            ),
            (
                r#""to": "devices""#,
                r#""to": "5145550142""#,
                "`5145550142` is not E.164",
            ),
            (r#""who": "vip""#, r#""who": "vips""#, "`vips`"),
            (r#""ring_seconds""#, r#""ring_secs""#, "unknown field `ring_secs`"),
        ] {
            let text = PRESENCE.replacen(from, to, 1);
            assert_ne!(text, PRESENCE, "{from}");
            let error = serde_json::from_str::<Presence>(&text).unwrap_err().to_string();
            assert!(error.contains(place), "{error}");
        }
    }

    #[test]
    fn steps_that_ring_longer_together_than_a_carrier_waits_are_refused() {
        let step = |ring_seconds| super::super::ForwardStep {
            ring_seconds,
            legs: vec![super::super::ForwardLeg {
                to: super::super::ForwardTarget::Devices,
                confirm: false,
            }],
        };
        let check = |steps: Vec<u16>| Treatment::Forward(steps.into_iter().map(step).collect()).check();
        assert_eq!(check(vec![45, 45]), Ok(()));
        assert_eq!(check(vec![45, 46]), Err(InvalidForward::Budget { seconds: 91 }));
        assert_eq!(check(vec![5; 6]), Err(InvalidForward::Steps { steps: 6 }));
        assert_eq!(check(vec![]), Err(InvalidForward::Steps { steps: 0 }));
    }
}
