//! Every pair of state and command, and random lives beside a naive oracle.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::{
    did::{DidStatus, DidTarget, EmergencyAddress},
    id::AccountId,
};

const HOUR: i64 = 3600;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn by() -> Name {
    "test".parse().unwrap()
}

/// Accounts 0 and 1 are customers of reseller 0, account 2 of reseller 1.
fn account(index: usize) -> AccountOwner {
    AccountOwner {
        account: format!("acc-{index}").parse().unwrap(),
        reseller: reseller(index / 2),
    }
}

fn reseller(index: usize) -> ResellerId {
    format!("rsl-{index}").parse().unwrap()
}

fn target(index: usize) -> DidTarget {
    DidTarget::SmartNumber {
        user: format!("usr-{index}").parse().unwrap(),
    }
}

fn successor(index: usize) -> Successor {
    Successor {
        owner: account(index),
        target: target(index),
    }
}

fn record(state: DidState, owner: Owner) -> DidRecord {
    DidRecord {
        id: "did-1".parse().unwrap(),
        number: "+15145550199".parse().unwrap(),
        trunk: "trk-1".parse().unwrap(),
        owner,
        state,
        emergency_address: None,
        events: 1,
    }
}

fn rejected() -> DidState {
    DidState::PortInRejected {
        then: Some(successor(0)),
        reason: "the name differs".parse().unwrap(),
    }
}

/// A number in each state, twice where what is inside decides what comes next.
fn numbers() -> Vec<DidRecord> {
    let (pool, own) = (
        Owner::Reseller {
            reseller: reseller(0),
        },
        Owner::Account(account(0)),
    );
    let target = || target(0);
    let (until, former) = (at(10 * HOUR), account(0).account);
    vec![
        record(DidState::Ordered, Owner::System),
        record(DidState::PortInPending { then: None }, pool.clone()),
        record(
            DidState::PortInPending {
                then: Some(successor(0)),
            },
            pool.clone(),
        ),
        record(rejected(), pool.clone()),
        record(DidState::Available, Owner::System),
        record(DidState::Available, pool.clone()),
        record(
            DidState::Reserved {
                holder: Holder::Account(account(0)),
                until,
            },
            pool.clone(),
        ),
        record(DidState::Assigned { target: target() }, own.clone()),
        record(DidState::Suspended { target: target() }, own.clone()),
        record(DidState::Quarantined { former, until }, pool),
        record(DidState::PortOutPending { target: target() }, own),
        record(DidState::Cancelled, Owner::System),
        record(DidState::PortedOut, Owner::System),
        record(DidState::ReturnedToItsp, Owner::System),
    ]
}

/// Every command, with what lets it through where there is a way.
fn commands() -> Vec<DidCommand> {
    vec![
        DidCommand::AbandonPortOut,
        DidCommand::Arrive,
        DidCommand::Assign(successor(0)),
        DidCommand::CancelOrder,
        DidCommand::CancelPortIn,
        DidCommand::ChangeReseller(reseller(1)),
        DidCommand::CompletePortIn,
        DidCommand::CompletePortOut,
        DidCommand::EndQuarantine,
        DidCommand::Expire,
        DidCommand::GiveBack,
        DidCommand::Grant(reseller(0)),
        DidCommand::MoveTrunk("trk-2".parse().unwrap()),
        DidCommand::Order(reseller(0)),
        DidCommand::PortOut,
        DidCommand::RejectPortIn {
            reason: "the name differs".parse().unwrap(),
        },
        DidCommand::Release {
            quarantine_until: at(100 * HOUR),
        },
        DidCommand::Reserve {
            holder: Holder::Account(account(0)),
            until: at(20 * HOUR),
        },
        DidCommand::ResubmitPortIn,
        DidCommand::Restore(successor(0)),
        DidCommand::Resume,
        DidCommand::Retarget(target(1)),
        DidCommand::ReturnToItsp,
        DidCommand::SetAddress(None),
        DidCommand::Suspend,
        DidCommand::Unreserve,
    ]
}

#[test]
fn exactly_the_ways_of_the_table_exist() {
    let mut walked = BTreeSet::new();
    for number in numbers() {
        for command in commands() {
            let verb = command.verb();
            if let Ok(applied) = number.apply(command, &by(), at(HOUR)) {
                walked.insert((number.state.status(), verb, applied.record.state.status()));
            }
        }
        // The two that only time takes.
        let settled = number.settle(at(1000 * HOUR));
        if let [event] = &settled.events[..] {
            assert_eq!(event.by.as_str(), "clock");
            walked.insert((number.state.status(), event.verb, event.to));
        }
        // A number comes in as whatever a new one can be, where its last life is over.
        for new in numbers() {
            if let Ok(again) = number.taken_in_again(new, &by(), at(HOUR)) {
                walked.insert((
                    number.state.status(),
                    DidVerb::Import,
                    again.record.state.status(),
                ));
            }
        }
    }
    assert_eq!(walked, TRANSITIONS.iter().copied().collect());
    // No verb was forgotten above, and none is in no way at all but the first line of a history.
    let given: BTreeSet<_> = commands().iter().map(DidCommand::verb).collect();
    let all: BTreeSet<_> = DidVerb::ALL
        .iter()
        .map(|(_, verb)| *verb)
        .filter(|verb| *verb != DidVerb::Import)
        .collect();
    assert_eq!(given, all);
    let states: BTreeSet<_> = numbers().iter().map(|number| number.state.status()).collect();
    assert_eq!(states.len(), DidStatus::ALL.len());
}

#[test]
fn a_port_in_is_refused_with_a_reason_asked_for_again_and_called_off_with_all_told() {
    let coming = record(
        DidState::PortInPending {
            then: Some(successor(0)),
        },
        Owner::Reseller {
            reseller: reseller(0),
        },
    );
    let reason: Name = "the name differs".parse().unwrap();
    let reject = DidCommand::RejectPortIn {
        reason: reason.clone(),
    };
    let refused = coming.apply(reject, &by(), at(0)).unwrap();
    assert_eq!(refused.events[0].reason, Some(reason));
    assert_eq!(refused.record.state, rejected());
    let again = refused
        .record
        .apply(DidCommand::ResubmitPortIn, &by(), at(HOUR))
        .unwrap();
    assert_eq!(
        again.record.state, coming.state,
        "whoever waits for it still does"
    );
    assert_eq!(again.events[0].reason, None);
    let off = again
        .record
        .apply(DidCommand::CancelPortIn, &by(), at(2 * HOUR))
        .unwrap();
    assert_eq!(
        (&off.record.state, &off.record.owner),
        (&DidState::Cancelled, &Owner::System)
    );
    assert_eq!(off.record.events, 4);
}

#[test]
fn a_number_that_has_left_begins_a_new_life_in_its_history() {
    let left = DidRecord {
        events: 7,
        ..record(DidState::ReturnedToItsp, Owner::System)
    };
    let new = DidRecord {
        id: "did-2".parse().unwrap(),
        trunk: "trk-2".parse().unwrap(),
        ..record(
            DidState::Assigned { target: target(2) },
            Owner::Account(account(2)),
        )
    };
    let again = left.taken_in_again(new.clone(), &by(), at(HOUR)).unwrap();
    assert_eq!(
        again.record,
        DidRecord {
            id: left.id,
            events: 8,
            ..new.clone()
        }
    );
    assert_eq!(again.events[0].sequence, 8);
    assert_eq!(again.events[0].from, Some(DidStatus::ReturnedToItsp));
    assert_eq!(again.flag, Some(Flag::NoEmergencyAddress));
    let there = record(DidState::Available, Owner::System);
    assert!(matches!(
        there.taken_in_again(new, &by(), at(HOUR)),
        Err(Refused::Transition { .. })
    ));
}

#[test]
fn a_release_leaves_the_number_to_the_resellers_pool_where_it_rests() {
    let own = record(
        DidState::Assigned { target: target(0) },
        Owner::Account(account(0)),
    );
    let until = at(90 * 24 * HOUR);
    let released = own
        .apply(
            DidCommand::Release {
                quarantine_until: until,
            },
            &by(),
            at(0),
        )
        .unwrap()
        .record;
    assert_eq!(
        released.owner,
        Owner::Reseller {
            reseller: reseller(0)
        }
    );

    let stranger = released.apply(DidCommand::Restore(successor(1)), &by(), at(HOUR));
    assert!(matches!(stranger, Err(Refused::NotFormerOwner { .. })));
    let back = released
        .apply(DidCommand::Restore(successor(0)), &by(), at(HOUR))
        .unwrap()
        .record;
    assert_eq!(back.owner, Owner::Account(account(0)));

    // When its time is over nobody has to sweep before the next customer gets it.
    let holder = Holder::Account(account(1));
    let taken = released
        .apply(
            DidCommand::Reserve {
                holder,
                until: at(91 * 24 * HOUR),
            },
            &by(),
            until,
        )
        .unwrap();
    let verbs: Vec<_> = taken.events.iter().map(|event| event.verb).collect();
    assert_eq!(verbs, [DidVerb::EndQuarantine, DidVerb::Reserve]);
    assert_eq!(taken.events[1].sequence, 4);
}

#[test]
fn a_reservation_holds_for_its_holder_until_its_moment_and_not_one_longer() {
    let pool = record(
        DidState::Available,
        Owner::Reseller {
            reseller: reseller(0),
        },
    );
    let reserve = |until| DidCommand::Reserve {
        holder: Holder::Account(account(0)),
        until,
    };
    for (until, reason) in [(at(0), "over"), (at(31 * 24 * HOUR), "30 days")] {
        let refused = pool.apply(reserve(until), &by(), at(0)).unwrap_err();
        assert!(refused.to_string().contains(reason), "{refused}");
    }
    let reserved = pool.apply(reserve(at(HOUR)), &by(), at(0)).unwrap().record;
    let other = reserved.apply(DidCommand::Assign(successor(1)), &by(), at(HOUR - 1));
    assert!(matches!(other, Err(Refused::AnotherHolder { .. })));
    assert!(
        reserved
            .apply(DidCommand::Assign(successor(0)), &by(), at(HOUR - 1))
            .is_ok()
    );
    let late = reserved.apply(DidCommand::Assign(successor(0)), &by(), at(HOUR));
    assert!(matches!(
        late,
        Err(Refused::Transition {
            status: DidStatus::Available,
            ..
        })
    ));
}

#[test]
fn a_number_of_one_resellers_pool_is_out_of_anothers_reach() {
    let pool = record(
        DidState::Available,
        Owner::Reseller {
            reseller: reseller(0),
        },
    );
    for holder in [
        Holder::Account(account(2)),
        Holder::Reseller {
            reseller: reseller(1),
        },
    ] {
        let refused = pool
            .apply(
                DidCommand::Reserve {
                    holder,
                    until: at(HOUR),
                },
                &by(),
                at(0),
            )
            .unwrap_err();
        assert_eq!(
            refused.to_string(),
            "`+15145550199` is not in this reseller's pool"
        );
    }
    assert!(pool.apply(DidCommand::Grant(reseller(1)), &by(), at(0)).is_err());
}

#[test]
fn a_number_without_an_address_is_flagged_when_it_goes_into_service() {
    let held = DidState::Reserved {
        holder: Holder::Account(account(0)),
        until: at(HOUR),
    };
    let mut number = record(held, Owner::System);
    let assigned = number
        .apply(DidCommand::Assign(successor(0)), &by(), at(0))
        .unwrap();
    assert_eq!(assigned.flag, Some(Flag::NoEmergencyAddress));
    number.emergency_address = Some(EmergencyAddress {
        street: "1 rue Un".parse().unwrap(),
        city: "Laval".parse().unwrap(),
        province: "QC".parse().unwrap(),
        validated_at: None,
    });
    assert_eq!(
        number
            .apply(DidCommand::Assign(successor(0)), &by(), at(0))
            .unwrap()
            .flag,
        None
    );
}

/// The lifecycle once more, as one reads it in a specification: text against text, no types, no table.
struct Oracle {
    state: String,
    account: Option<usize>,
    reseller: Option<usize>,
    holder: Option<usize>,
    former: Option<usize>,
    until: i64,
    trunk: usize,
    /// Who waits for a number that comes from another carrier.
    then: Option<usize>,
}

impl Oracle {
    fn step(&mut self, step: Step, now: i64) -> bool {
        if (self.state == "reserved" || self.state == "quarantined") && self.until <= now {
            self.state = "available".to_owned();
        }
        let reach = |oracle: &Self, who: usize| oracle.reseller.is_none_or(|owner| owner == who / 2);
        let was = self.state.clone();
        match (was.as_str(), step) {
            ("available", Step::Grant(who)) if self.reseller.is_none() => self.reseller = Some(who / 2),
            ("available", Step::GiveBack) if self.reseller.is_some() => self.reseller = None,
            ("available", Step::Reserve(who, hours)) if reach(self, who) && (1..=720).contains(&hours) => {
                (self.state, self.holder, self.until) =
                    ("reserved".to_owned(), Some(who), now + hours * HOUR);
            }
            ("reserved", Step::Unreserve) => self.state = "available".to_owned(),
            ("reserved", Step::Assign(who)) if self.holder == Some(who) => {
                (self.state, self.account, self.reseller) = ("assigned".to_owned(), Some(who), Some(who / 2));
            }
            ("assigned", Step::Suspend) => self.state = "suspended".to_owned(),
            ("suspended", Step::Resume) => self.state = "assigned".to_owned(),
            ("assigned" | "suspended", Step::Release(hours)) => {
                (self.former, self.account) = (self.account, None);
                (self.state, self.until) = ("quarantined".to_owned(), now + hours * HOUR);
            }
            ("quarantined", Step::Restore(who)) if self.former == Some(who) && reach(self, who) => {
                (self.state, self.account, self.reseller) = ("assigned".to_owned(), Some(who), Some(who / 2));
            }
            ("available" | "quarantined", Step::ReturnToItsp) => {
                (self.state, self.reseller) = ("returned-to-itsp".to_owned(), None)
            }
            ("assigned", Step::PortOut) => self.state = "port-out-pending".to_owned(),
            ("port-out-pending", Step::AbandonPortOut) => self.state = "assigned".to_owned(),
            ("port-out-pending", Step::CompletePortOut) => {
                (self.state, self.account, self.reseller) = ("ported-out".to_owned(), None, None);
            }
            ("cancelled" | "ported-out" | "returned-to-itsp", Step::Order) => {
                (self.state, self.reseller) = ("ordered".to_owned(), Some(0));
            }
            ("cancelled" | "ported-out" | "returned-to-itsp", Step::PortIn(who)) => {
                self.state = "port-in-pending".to_owned();
                (self.reseller, self.then) = (Some(who.unwrap_or(0) / 2), who);
            }
            ("port-in-pending", Step::RejectPortIn) => self.state = "port-in-rejected".to_owned(),
            ("port-in-rejected", Step::ResubmitPortIn) => self.state = "port-in-pending".to_owned(),
            ("port-in-pending", Step::CompletePortIn) => match self.then {
                Some(who) => (self.state, self.account) = ("assigned".to_owned(), Some(who)),
                None => self.state = "available".to_owned(),
            },
            ("port-in-pending" | "port-in-rejected", Step::CancelPortIn) | ("ordered", Step::CancelOrder) => {
                (self.state, self.reseller) = ("cancelled".to_owned(), None);
            }
            (state, Step::MoveTrunk(trunk))
                if !["cancelled", "ported-out", "returned-to-itsp"].contains(&state) =>
            {
                self.trunk = trunk;
            }
            ("assigned" | "suspended" | "port-out-pending", Step::ChangeReseller(to)) => {
                self.reseller = Some(to)
            }
            ("port-in-pending" | "port-in-rejected", Step::ChangeReseller(to)) if self.then.is_some() => {
                self.reseller = Some(to);
            }
            ("ordered", Step::Arrive) => self.state = "available".to_owned(),
            _ => return false,
        }
        true
    }
}

#[derive(Debug, Clone, Copy)]
enum Step {
    AbandonPortOut,
    Arrive,
    Assign(usize),
    CancelOrder,
    CancelPortIn,
    ChangeReseller(usize),
    CompletePortIn,
    CompletePortOut,
    GiveBack,
    Grant(usize),
    MoveTrunk(usize),
    Order,
    /// A port in of a number that has left, for a customer or for the pool.
    PortIn(Option<usize>),
    PortOut,
    RejectPortIn,
    Release(i64),
    Reserve(usize, i64),
    Restore(usize),
    ResubmitPortIn,
    Resume,
    ReturnToItsp,
    Suspend,
    Unreserve,
}

impl Step {
    fn take(self, number: &DidRecord, now: i64) -> Result<Applied, Refused> {
        let after = |hours: i64| at(now + hours * HOUR);
        let command = match self {
            Self::AbandonPortOut => DidCommand::AbandonPortOut,
            Self::Arrive => DidCommand::Arrive,
            Self::Assign(who) => DidCommand::Assign(successor(who)),
            Self::CancelOrder => DidCommand::CancelOrder,
            Self::CancelPortIn => DidCommand::CancelPortIn,
            Self::ChangeReseller(to) => DidCommand::ChangeReseller(reseller(to)),
            Self::CompletePortIn => DidCommand::CompletePortIn,
            Self::CompletePortOut => DidCommand::CompletePortOut,
            Self::GiveBack => DidCommand::GiveBack,
            Self::Grant(who) => DidCommand::Grant(reseller(who / 2)),
            Self::MoveTrunk(trunk) => DidCommand::MoveTrunk(format!("trk-{trunk}").parse().unwrap()),
            Self::Order => DidCommand::Order(reseller(0)),
            Self::PortIn(who) => {
                let owner = Owner::Reseller {
                    reseller: reseller(who.unwrap_or(0) / 2),
                };
                let state = DidState::PortInPending {
                    then: who.map(successor),
                };
                let new = DidRecord {
                    trunk: number.trunk.clone(),
                    ..record(state, owner)
                };
                return number.taken_in_again(new, &by(), at(now));
            }
            Self::PortOut => DidCommand::PortOut,
            Self::RejectPortIn => DidCommand::RejectPortIn {
                reason: "no".parse().unwrap(),
            },
            Self::Release(hours) => DidCommand::Release {
                quarantine_until: after(hours),
            },
            Self::Reserve(who, hours) => DidCommand::Reserve {
                holder: Holder::Account(account(who)),
                until: after(hours),
            },
            Self::Restore(who) => DidCommand::Restore(successor(who)),
            Self::ResubmitPortIn => DidCommand::ResubmitPortIn,
            Self::Resume => DidCommand::Resume,
            Self::ReturnToItsp => DidCommand::ReturnToItsp,
            Self::Suspend => DidCommand::Suspend,
            Self::Unreserve => DidCommand::Unreserve,
        };
        number.apply(command, &by(), at(now))
    }
}

fn steps() -> impl Strategy<Value = Vec<(Step, i64)>> {
    let step = prop_oneof![
        4 => (0_usize..3, 0_i64..800).prop_map(|(who, hours)| Step::Reserve(who, hours)),
        4 => (0_usize..3).prop_map(Step::Assign),
        2 => (0_usize..3).prop_map(Step::Restore),
        2 => (0_usize..3).prop_map(Step::Grant),
        3 => (1_i64..2200).prop_map(Step::Release),
        2 => (1_usize..4).prop_map(Step::MoveTrunk),
        1 => Just(Step::GiveBack),
        1 => Just(Step::Unreserve),
        1 => Just(Step::Suspend),
        2 => Just(Step::Resume),
        1 => Just(Step::PortOut),
        1 => Just(Step::AbandonPortOut),
        1 => Just(Step::CompletePortOut),
        1 => Just(Step::ReturnToItsp),
        3 => Just(Step::Order),
        3 => Just(Step::Arrive),
        1 => Just(Step::CancelOrder),
        3 => proptest::option::of(0_usize..3).prop_map(Step::PortIn),
        2 => Just(Step::RejectPortIn),
        2 => Just(Step::ResubmitPortIn),
        1 => Just(Step::CancelPortIn),
        2 => (0_usize..2).prop_map(Step::ChangeReseller),
        2 => Just(Step::CompletePortIn),
    ];
    // Mostly soon after the last step, sometimes long after.
    proptest::collection::vec((step, prop_oneof![3 => 0_i64..5, 1 => 0_i64..2500]), 1..80)
}

#[test]
fn a_number_is_on_offer_to_its_pools_customers_to_whom_it_is_kept_for_and_to_who_let_it_go() {
    let pool = || Owner::Reseller {
        reseller: reseller(0),
    };
    let kept = |holder| DidState::Reserved {
        holder,
        until: at(10 * HOUR),
    };
    let resting = DidState::Quarantined {
        former: account(0).account,
        until: at(10 * HOUR),
    };
    let any = Holder::Reseller {
        reseller: reseller(0),
    };
    for (number, before, after) in [
        (
            record(DidState::Available, pool()),
            [true, true, false],
            [true, true, false],
        ),
        (record(DidState::Available, Owner::System), [false; 3], [false; 3]),
        (
            record(kept(any), pool()),
            [true, true, false],
            [true, true, false],
        ),
        // Time alone ends a reservation and a quarantine.
        (
            record(kept(Holder::Account(account(0))), pool()),
            [true, false, false],
            [true, true, false],
        ),
        (record(resting, pool()), [true, false, false], [true, true, false]),
        (record(DidState::Ordered, pool()), [false; 3], [false; 3]),
        (
            record(
                DidState::Assigned { target: target(0) },
                Owner::Account(account(0)),
            ),
            [false; 3],
            [false; 3],
        ),
    ] {
        for (index, (before, after)) in before.into_iter().zip(after).enumerate() {
            let customer = account(index);
            assert_eq!(
                number.is_on_offer_to(&customer, at(HOUR)),
                before,
                "{number:?}, {index}"
            );
            assert_eq!(
                number.is_on_offer_to(&customer, at(11 * HOUR)),
                after,
                "{number:?}, {index}"
            );
        }
    }
}

#[test]
fn a_number_of_the_pool_is_reserved_and_given_in_one_step_whose_history_has_both() {
    let pool = Owner::Reseller {
        reseller: reseller(0),
    };
    let free = record(DidState::Available, pool);
    let given = free.hand_over(successor(1), &by(), at(HOUR)).unwrap();
    let verbs: Vec<_> = given
        .events
        .iter()
        .map(|event| (event.sequence, event.verb))
        .collect();
    assert_eq!(verbs, [(2, DidVerb::Reserve), (3, DidVerb::Assign)]);
    assert_eq!(given.record.owner, Owner::Account(account(1)));
    assert!(matches!(
        free.hand_over(successor(2), &by(), at(HOUR)),
        Err(Refused::AnotherPool { .. })
    ));
    assert!(matches!(
        given.record.hand_over(successor(0), &by(), at(HOUR)),
        Err(Refused::NotFree {
            status: DidStatus::Assigned,
            ..
        })
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn random_lives_agree_with_the_oracle_and_never_give_two_owners(steps in steps()) {
        let mut now = 0;
        let mut number = record(DidState::Available, Owner::System);
        let mut oracle = Oracle {
            state: "available".to_owned(), account: None, reseller: None, holder: None, former: None, until: 0, trunk: 1,
            then: None,
        };
        let mut history: Vec<NumberEvent> = Vec::new();
        for (step, hours) in steps {
            now += hours * HOUR;
            let applied = step.take(&number, now);
            prop_assert_eq!(applied.is_ok(), oracle.step(step, now), "{:?} at {}: {:?}", step, now, applied);
            if let Ok(applied) = applied {
                number = applied.record;
                history.extend(applied.events);
                prop_assert_eq!(number.state.status().word(), oracle.state.as_str());
                prop_assert_eq!(number.trunk.as_str(), format!("trk-{}", oracle.trunk));
                let owner: Option<AccountId> = oracle.account.map(|who| account(who).account);
                prop_assert_eq!(number.owner.account().cloned(), owner);
                prop_assert_eq!(number.owner.reseller().cloned(), oracle.reseller.map(reseller));
            }
        }
        // From the history alone: an owner is followed by another only after the number lay in a pool.
        let mut owner: Option<AccountId> = None;
        for (place, event) in history.iter().enumerate() {
            prop_assert_eq!(event.sequence as usize, place + 2);
            let next = event.owner.account().cloned();
            prop_assert!(owner.is_none() || next.is_none() || owner == next, "two owners: {:?}", event);
            owner = next;
        }
        prop_assert_eq!(number.events as usize, history.len() + 1);
        // In service exactly where somebody owns it and something answers.
        prop_assert_eq!(number.in_service().is_some(), ["assigned", "port-out-pending"].contains(&oracle.state.as_str()));
    }
}
