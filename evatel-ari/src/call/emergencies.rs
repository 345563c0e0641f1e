//! Who called the emergency centre lately: it must be able to call back.

use std::{collections::HashMap, sync::Mutex};

use evatel_core::{
    calls::LegEntry,
    id::{AccountId, UserId},
    policy::Rule,
};
use jiff::{SignedDuration, Timestamp};

/// How long the centre's call is put straight through: no list of callers, status, hour or assistant is asked.
pub const CALL_BACK_FOR: SignedDuration = SignedDuration::from_mins(30);

/// The last who called, by account. Where two of an account called, the centre reaches the later.
#[derive(Debug, Default)]
pub(super) struct Emergencies(Mutex<HashMap<AccountId, Caller>>);

#[derive(Debug)]
struct Caller {
    user: UserId,
    /// When his call began, or ended.
    at: Timestamp,
}

impl Emergencies {
    /// Begins with those whom the call log knows: other legs among the entries change nothing.
    pub(super) fn of_log(entries: &[LegEntry]) -> Self {
        let emergencies = Self::default();
        let rule = Rule::EmergencyAlways.to_string();
        for entry in entries.iter().filter(|entry| entry.rule == rule) {
            if let (Some(account), Some(user)) = (&entry.account, &entry.user) {
                emergencies.note(account, user, entry.ended_at.unwrap_or(entry.started_at));
            }
        }
        emergencies
    }

    /// Notes that a user's emergency call begins or ends.
    pub(super) fn note(&self, account: &AccountId, user: &UserId, at: Timestamp) {
        let mut callers = self.callers();
        callers.retain(|_, caller| is_recent(caller.at, at));
        let caller = Caller {
            user: user.clone(),
            at,
        };
        if callers.get(account).is_none_or(|known| known.at <= at) {
            callers.insert(account.clone(), caller);
        }
    }

    /// Gives who of an account called within [`CALL_BACK_FOR`].
    pub(super) fn caller_of(&self, account: &AccountId, now: Timestamp) -> Option<UserId> {
        let callers = self.callers();
        let caller = callers.get(account).filter(|caller| is_recent(caller.at, now))?;
        Some(caller.user.clone())
    }

    fn callers(&self) -> std::sync::MutexGuard<'_, HashMap<AccountId, Caller>> {
        // Each change is one step: after a panic the map is still whole.
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) < CALL_BACK_FOR
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_of_two_is_reached_and_nobody_after_half_an_hour() {
        let emergencies = Emergencies::default();
        let account: AccountId = "acc-1".parse().unwrap();
        let (anne, luc): (UserId, UserId) = ("usr-anne".parse().unwrap(), "usr-luc".parse().unwrap());
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        emergencies.note(&account, &anne, at("2026-11-26T17:05:00Z"));
        emergencies.note(&account, &luc, at("2026-11-26T17:00:00Z"));
        let called = |text: &str| emergencies.caller_of(&account, at(text));
        assert_eq!(called("2026-11-26T17:34:59Z"), Some(anne));
        assert_eq!(called("2026-11-26T17:35:00Z"), None);
        emergencies.note(&account, &luc, at("2026-11-26T17:10:00Z"));
        assert_eq!(called("2026-11-26T17:35:00Z"), Some(luc));
        assert_eq!(
            emergencies.caller_of(&"acc-2".parse().unwrap(), at("2026-11-26T17:10:00Z")),
            None
        );
    }
}
