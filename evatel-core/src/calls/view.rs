//! The call log as somebody may read it.

use std::collections::BTreeSet;

use crate::{
    calls::{Direction, LegEntry},
    id::UserId,
    number::{Dialled, E164, SpecialCode},
    permission::{AccountPlace, Action, Actor, Detail, Matter, Place, Principal, Refusal, can},
};

/// Shows of each entry what its reader may know.
///
/// Calls to 988 are shown to whoever made them, in person, and to nobody else (CRTC TRP 2022-234): not as a line, not as a
/// count, not to the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallView {
    /// The reader himself, where he is a user and nobody entered as him.
    own: Option<UserId>,
    /// What he may read of everybody's.
    rest: Option<Detail>,
    main_line: BTreeSet<E164>,
}

impl CallView {
    /// Gives the view of a reader over the calls of one account. `main_line` are the numbers at its receptionist.
    ///
    /// # Errors
    /// [`Refusal`] for whoever may read none of them.
    pub fn of_account(
        actor: &Actor,
        place: &AccountPlace,
        main_line: impl IntoIterator<Item = E164>,
    ) -> Result<Self, Refusal> {
        let all = can(actor, Action::Read, &place.resource(Matter::CallLog));
        let own = match actor.principal() {
            Principal::User { user, .. } if actor.is_in_person() => {
                let own = place.user_resource(user.clone(), Matter::CallLog);
                can(actor, Action::Read, &own).is_ok().then(|| user.clone())
            }
            _ => None,
        };
        let rest = match all {
            Ok(grant) => Some(grant.detail()),
            Err(_) if own.is_some() => None,
            Err(refusal) => return Err(refusal),
        };
        Ok(Self {
            own,
            rest,
            main_line: main_line.into_iter().collect(),
        })
    }

    /// Gives the view of a reader over the calls of all accounts at a place: the system's or a reseller's.
    ///
    /// # Errors
    /// [`Refusal`] for whoever may not read there.
    pub fn of_place(actor: &Actor, place: &Place) -> Result<Self, Refusal> {
        let grant = can(actor, Action::Read, &place.clone().resource(Matter::CallLog))?;
        Ok(Self {
            own: None,
            rest: Some(grant.detail()),
            main_line: BTreeSet::new(),
        })
    }

    /// Gives the only user whose calls can be shown at all, where there is such a limit.
    pub fn only_user(&self) -> Option<&UserId> {
        if self.rest.is_none() {
            self.own.as_ref()
        } else {
            None
        }
    }

    /// Says whether he may read what was said on a leg.
    pub fn hears(&self, entry: &LegEntry) -> bool {
        let is_own = self.own.is_some() && entry.user == self.own;
        is_own || self.rest == Some(Detail::Full) && !is_private(entry)
    }

    /// Shows an entry, or nothing.
    pub fn show(&self, mut entry: LegEntry) -> Option<LegEntry> {
        if self.own.is_some() && entry.user == self.own {
            return Some(entry);
        }
        if is_private(&entry) {
            return None;
        }
        match self.rest? {
            Detail::Full => Some(entry),
            Detail::Metadata => {
                entry.recording = None;
                Some(entry)
            }
            Detail::MainLine => {
                let called = entry.to.parse::<E164>().ok();
                let main = entry.direction == Direction::Inbound
                    && called.is_some_and(|number| self.main_line.contains(&number));
                main.then_some(entry)
            }
            Detail::Technical => {
                entry.from = hidden(&entry.from);
                entry.to = hidden(&entry.to);
                entry.recording = None;
                Some(entry)
            }
        }
    }
}

fn is_private(entry: &LegEntry) -> bool {
    [&entry.to, &entry.from]
        .into_iter()
        .any(|party| matches!(Dialled::parse(party), Ok(Dialled::Special(SpecialCode::Crisis))))
}

/// Hides a public number but for its last two digits; devices and extensions stay as they are.
fn hidden(party: &str) -> String {
    match party.parse::<E164>() {
        Ok(number) => number.masked(),
        Err(_) if party.len() > 6 && party.bytes().all(|byte| byte.is_ascii_digit()) => {
            let (hidden, shown) = party.split_at(party.len() - 2);
            "*".repeat(hidden.len()) + shown
        }
        Err(_) => party.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        account::{AccountKind, BillingMode, Role, Roles},
        calls::{DecisionWord, LegCause},
    };

    fn company() -> AccountPlace {
        AccountPlace {
            account: "acc-roy".parse().unwrap(),
            reseller: "north".parse().unwrap(),
            billing: BillingMode::Delegated,
            kind: AccountKind::Company,
            has_administrator: true,
        }
    }

    fn entry(user: &str, to: &str) -> LegEntry {
        LegEntry {
            call: "call-1".parse().unwrap(),
            leg: "leg-1".parse().unwrap(),
            account: Some(company().account),
            direction: Direction::Inbound,
            from: "+14385550142".to_owned(),
            to: to.to_owned(),
            cause: LegCause::Inbound,
            authoriser: "caller".to_owned(),
            user: Some(user.parse().unwrap()),
            decision: DecisionWord::Allow,
            rule: "inbound".to_owned(),
            started_at: "2026-11-26T12:00:00Z".parse().unwrap(),
            answered_at: None,
            ended_at: None,
            hangup: None,
            recording: Some("call-1.wav".to_owned()),
        }
    }

    fn employee(roles: Roles) -> Actor {
        Actor::user("anne".parse().unwrap(), &company(), roles)
    }

    fn view(roles: Roles) -> CallView {
        CallView::of_account(&employee(roles), &company(), ["+15145550100".parse().unwrap()]).unwrap()
    }

    #[test]
    fn a_call_to_988_is_shown_to_who_made_it_and_to_nobody_else() {
        let crisis = |user| entry(user, "988");
        assert!(view(Roles::NONE).show(crisis("anne")).is_some());
        for role in [
            Role::Administrator,
            Role::OfficeManager,
            Role::Receptionist,
            Role::TechSupport,
        ] {
            assert_eq!(view(role.into()).show(crisis("luc")), None, "{role}");
        }
        let system = Actor::system("root".parse().unwrap());
        assert_eq!(
            CallView::of_place(&system, &Place::System)
                .unwrap()
                .show(crisis("anne")),
            None
        );
        let entered = system.enter(&Place::Account(company())).unwrap();
        assert_eq!(
            CallView::of_account(&entered, &company(), [])
                .unwrap()
                .show(crisis("anne")),
            None
        );
    }

    #[test]
    fn an_employee_reads_his_own_calls_and_no_others() {
        let view = view(Roles::NONE);
        assert_eq!(view.only_user().unwrap().as_str(), "anne");
        assert_eq!(
            view.show(entry("anne", "+15145550199")),
            Some(entry("anne", "+15145550199"))
        );
        assert_eq!(view.show(entry("luc", "+15145550199")), None);
    }

    #[test]
    fn a_receptionist_reads_the_main_line_and_support_sees_no_number() {
        let receptionist = view(Role::Receptionist.into());
        assert!(receptionist.show(entry("luc", "+15145550100")).is_some());
        assert_eq!(receptionist.show(entry("luc", "+15145550199")), None);

        let shown = view(Role::TechSupport.into())
            .show(entry("luc", "+15145550199"))
            .unwrap();
        assert_eq!((&*shown.from, &*shown.to), ("**********42", "**********99"));
        assert_eq!(shown.recording, None);
        let own = view(Role::TechSupport.into())
            .show(entry("anne", "+15145550199"))
            .unwrap();
        assert_eq!(own.from, "+14385550142", "his own he reads in full");
    }

    #[test]
    fn a_reseller_reads_what_he_bills_by_and_only_of_his_own_customers() {
        let north = Actor::reseller("north".parse().unwrap(), "log-1".parse().unwrap());
        let shown = CallView::of_account(&north, &company(), [])
            .unwrap()
            .show(entry("luc", "+15145550199"));
        assert_eq!(shown.unwrap().recording, None);
        let south = Actor::reseller("south".parse().unwrap(), "log-2".parse().unwrap());
        assert_eq!(
            CallView::of_account(&south, &company(), []),
            Err(Refusal::Missing)
        );
    }
}
