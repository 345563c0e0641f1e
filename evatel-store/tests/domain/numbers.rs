//! Numbers through the command layer, on both databases.

use std::{collections::HashSet, sync::Arc};

use evatel_core::{
    account::{AccountKind, AccountStatus, BillingMode, Language, Role, rules::Broken},
    audit::Origin,
    did::{
        DidState, DidStatus, DidTarget, DidVerb, Owner, Refused,
        import::{Column, Destination, ImportRow, Remedy, Rows},
    },
    directory::Unserved,
    id::{AccountId, ResellerId, TrunkId, UserId},
    name::Name,
    number::E164,
    permission::{AccountPlace, Actor},
};
use evatel_store::{
    AccountChange, Acting, Arrival, AuditFilter, Error, NewAccount, NewNumber, NewTrunk, NewUser,
    NumberChange, NumberFilter, QUARANTINE, Refreshed, Target,
};
use jiff::SignedDuration;
use rstest::rstest;
use tokio::sync::Barrier;

use crate::house::{
    House,
    Kind::{self, Postgres, Sqlite},
};

pub(crate) fn number(last: u32) -> E164 {
    format!("+1514{:07}", 5_550_000 + last).parse().unwrap()
}

pub(crate) async fn stock(house: &House, acting: &Acting, last: u32) -> E164 {
    let trunk = match house.store.trunks().await.unwrap().pop() {
        Some(trunk) => trunk.id,
        None => house.trunk().await,
    };
    let new = NewNumber {
        number: number(last),
        trunk,
        arrival: Arrival::Available,
    };
    acting.add_number(&house.account.reseller, new).await.unwrap();
    number(last)
}

/// Another customer of the same reseller, with one user.
pub(crate) async fn neighbour(house: &House, acting: &Acting) -> (AccountId, UserId) {
    customer_of(&house.account.reseller, acting).await
}

/// A customer of a reseller, with one user.
pub(crate) async fn customer_of(reseller: &ResellerId, acting: &Acting) -> (AccountId, UserId) {
    let new = NewAccount {
        reseller: reseller.clone(),
        name: "Voisin".parse().unwrap(),
        kind: AccountKind::Company,
        language: Language::Fr,
        zone: "America/Toronto".parse().unwrap(),
    };
    let account = acting.add_account(new).await.unwrap().id;
    let new = NewUser {
        account: account.clone(),
        extension: "101".parse().unwrap(),
        name: "Zoé".parse().unwrap(),
    };
    let inside = acting.enter(&Target::Account(account.clone())).await.unwrap();
    let user = inside.add_user(new).await.unwrap().id;
    (account, user)
}

/// The first user of a company, who is its administrator.
pub(crate) fn administrator(house: &House, account: &AccountId, user: &UserId) -> Acting {
    let place = AccountPlace {
        account: account.clone(),
        reseller: house.account.reseller.clone(),
        billing: BillingMode::Delegated,
        kind: AccountKind::Company,
        has_administrator: true,
    };
    let eve = Actor::user(user.clone(), &place, Role::Administrator.into());
    house.store.acting_as(eve, Origin::CommandLine)
}

pub(crate) fn smart(user: &UserId) -> DidTarget {
    DidTarget::SmartNumber { user: user.clone() }
}

pub(crate) fn release() -> NumberChange {
    NumberChange::Release {
        quarantine: QUARANTINE,
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_account_in_service_keeps_the_number_by_which_it_is_reached(
    #[values(Sqlite, Postgres)] kind: Kind,
    #[values(AccountKind::Company, AccountKind::Professional)] of: AccountKind,
) {
    let house = House::build(kind).await;
    let acting = house.acting().await;
    let (account, user) = match of {
        AccountKind::Company => neighbour(&house, &acting).await,
        AccountKind::Professional => (house.account.id.clone(), house.user.id.clone()),
    };
    let receptionist = DidTarget::Receptionist {
        operator: user.clone(),
    };
    let (reaching, other) = match of {
        AccountKind::Company => (receptionist, smart(&user)),
        AccountKind::Professional => (smart(&user), receptionist),
    };
    let assigned = async |last, target| {
        let number = stock(&house, &acting, last).await;
        let assign = NumberChange::Assign(target);
        acting.change_number(&number, assign).await.map(|_| number)
    };
    let active = AccountChange {
        status: Some(AccountStatus::Active),
        ..AccountChange::default()
    };
    // A number of another kind does not count.
    assigned(1, other.clone()).await.unwrap();
    let early = acting.change_account(&account, active.clone()).await;
    assert!(
        matches!(early, Err(Error::Broken(Broken::NoNumber { .. }))),
        "{early:?}"
    );
    let main = assigned(2, reaching.clone()).await.unwrap();
    acting.change_account(&account, active).await.unwrap();

    let before = acting.number(&main).await.unwrap();
    for change in [release(), NumberChange::Suspend, NumberChange::Retarget(other)] {
        let left = acting.change_number(&main, change.clone()).await;
        assert!(
            matches!(left, Err(Error::Broken(Broken::NoNumber { .. }))),
            "{change:?}: {left:?}"
        );
    }
    assert_eq!(
        acting.number(&main).await.unwrap(),
        before,
        "nothing was half done"
    );
    let spare = assigned(3, reaching).await.unwrap();
    acting.change_number(&main, release()).await.unwrap();
    // Whoever leaves with his number is not held up.
    acting.change_number(&spare, NumberChange::PortOut).await.unwrap();
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_number_goes_from_the_pool_to_a_user_and_back_and_its_history_tells(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let acting = house.acting().await;
    let number = stock(&house, &acting, 1).await;
    let assign = NumberChange::Assign(smart(&house.user.id));
    acting.change_number(&number, assign.clone()).await.unwrap();
    let directory = house.store.load_directory().await.unwrap();
    assert_eq!(directory.did(&number).unwrap().account, house.account.id);

    acting.change_number(&number, release()).await.unwrap();
    assert!(house.store.load_directory().await.unwrap().did(&number).is_none());
    let resting = acting.number(&number).await.unwrap();
    assert_eq!(
        resting.owner,
        Owner::Reseller {
            reseller: house.account.reseller.clone()
        }
    );

    let (_, zoe) = neighbour(&house, &acting).await;
    let stranger = acting
        .change_number(&number, NumberChange::Restore(smart(&zoe)))
        .await;
    assert!(
        matches!(stranger, Err(Error::Number(Refused::NotFormerOwner { .. }))),
        "{stranger:?}"
    );
    let restore = NumberChange::Restore(smart(&house.user.id));
    acting.change_number(&number, restore).await.unwrap();

    let history = acting.number_history(&number).await.unwrap();
    let verbs: Vec<_> = history.iter().map(|event| event.verb).collect();
    use DidVerb::{Assign, Import, Release, Reserve, Restore};
    assert_eq!(verbs, [Import, Reserve, Assign, Release, Restore]);
    assert!(
        history.iter().all(|event| event.by.as_str() == "system:root"),
        "{history:?}"
    );
    let audit = AuditFilter {
        limit: 100,
        object: Some(number.to_string()),
        ..AuditFilter::default()
    };
    let told = house.root().audit(&Target::System, &audit).await.unwrap();
    assert_eq!(told.len(), 4);
    assert!(
        told.iter().all(|kept| kept.entry.as_whom.is_some()),
        "who entered stands beside as whom"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_has_left_is_ordered_again_and_keeps_its_history(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let acting = house.acting().await;
    let number = stock(&house, &acting, 1).await;
    let operator = DidTarget::Receptionist {
        operator: house.user.id.clone(),
    };
    let mut answered_by = Vec::new();
    for change in [
        NumberChange::Assign(operator.clone()),
        NumberChange::PortOut,
        NumberChange::CompletePortOut,
        NumberChange::Order {
            reseller: house.account.reseller.clone(),
        },
        NumberChange::Arrive,
    ] {
        acting.change_number(&number, change).await.unwrap();
        let directory = house.store.load_directory().await.unwrap();
        answered_by.push(directory.did(&number).map(|did| did.target.clone()));
    }
    // Until it has gone it is answered as before.
    assert_eq!(
        answered_by,
        [Some(operator.clone()), Some(operator), None, None, None]
    );
    assert_eq!(acting.number(&number).await.unwrap().state, DidState::Available);
    let history = house.root().number_history(&number).await.unwrap();
    let verbs: Vec<_> = history.iter().map(|event| event.verb).collect();
    use DidVerb::{Arrive, Assign, CompletePortOut, Import, Order, PortOut, Reserve};
    assert_eq!(
        verbs,
        [Import, Reserve, Assign, PortOut, CompletePortOut, Order, Arrive]
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_never_came_or_was_given_back_begins_a_new_life_in_the_same_history(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let (acting, reseller) = (house.acting().await, house.account.reseller.clone());
    let trunk = house.trunk().await;
    let taken_in = async |arrival| {
        let new = NewNumber {
            number: number(1),
            trunk: trunk.clone(),
            arrival,
        };
        acting.add_number(&reseller, new).await
    };
    let target = smart(&house.user.id);
    let first = taken_in(Arrival::PortIn {
        target: Some(target.clone()),
    })
    .await
    .unwrap();
    let early = taken_in(Arrival::Available).await;
    assert!(matches!(early, Err(Error::NumberTaken { .. })), "{early:?}");
    let reason: Name = "the name differs".parse().unwrap();
    let reject = NumberChange::RejectPortIn {
        reason: reason.clone(),
    };
    let rejected = acting.change_number(&number(1), reject.clone()).await.unwrap();
    assert!(
        matches!(&rejected.record.state, DidState::PortInRejected { then: Some(_), reason: why } if *why == reason)
    );
    assert_eq!(acting.number(&number(1)).await.unwrap(), rejected.record);
    let still = NumberChange::CompletePortIn;
    assert!(acting.change_number(&number(1), still).await.is_err());
    for change in [NumberChange::ResubmitPortIn, reject, NumberChange::CancelPortIn] {
        acting.change_number(&number(1), change).await.unwrap();
    }

    let again = taken_in(Arrival::Ordered).await.unwrap().record;
    assert_eq!(again.id, first.record.id, "the same row");
    acting
        .change_number(&number(1), NumberChange::CancelOrder)
        .await
        .unwrap();
    taken_in(Arrival::InService(target)).await.unwrap();
    let refused = acting.change_number(&number(1), NumberChange::ReturnToItsp).await;
    assert!(
        matches!(refused, Err(Error::Number(Refused::Transition { .. }))),
        "{refused:?}"
    );
    acting
        .change_number(
            &number(1),
            NumberChange::Release {
                quarantine: SignedDuration::ZERO,
            },
        )
        .await
        .unwrap();
    // Its time is over: out of the pool it goes back to the ITSP, and comes with a file.
    acting
        .change_number(&number(1), NumberChange::ReturnToItsp)
        .await
        .unwrap();
    let text = format!("number,user\n{},{}\n5145550002,\n", number(1), house.user.id);
    for expected in [(2, 0), (0, 2)] {
        let file = "numbers.csv".parse().unwrap();
        let done = acting
            .import_numbers(&reseller, rows(&text), Some(trunk.clone()), &file)
            .await
            .unwrap();
        assert_eq!((done.added, done.same), expected, "{:?}", done.refused);
    }
    let directory = house.store.load_directory().await.unwrap();
    assert!(directory.did(&number(1)).is_some());

    let history = house.root().number_history(&number(1)).await.unwrap();
    let verbs: Vec<_> = history.iter().map(|event| event.verb).collect();
    use DidVerb::*;
    assert_eq!(
        verbs,
        [
            Import,
            RejectPortIn,
            ResubmitPortIn,
            RejectPortIn,
            CancelPortIn,
            Import,
            CancelOrder,
            Import,
            Release,
            EndQuarantine,
            ReturnToItsp,
            Import
        ]
    );
    assert_eq!(history[1].reason, Some(reason));
    // Whoever has it now reads what happened since it came to him.
    let own = acting.number_history(&number(1)).await.unwrap();
    assert_eq!(own, history[11..]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_for_a_customer_is_completed_by_its_first_call_over_its_own_trunk(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let (acting, reseller) = (house.acting().await, house.account.reseller.clone());
    let own = house.trunk().await;
    let other = NewTrunk {
        format: "e164".parse().unwrap(),
        name: "Autre".parse().unwrap(),
        peer: "192.0.2.20".parse().unwrap(),
    };
    let other = house.root().add_trunk(other).await.unwrap().id;
    for (last, target) in [(1, Some(smart(&house.user.id))), (2, None)] {
        let new = NewNumber {
            number: number(last),
            trunk: own.clone(),
            arrival: Arrival::PortIn { target },
        };
        acting.add_number(&reseller, new).await.unwrap();
    }
    let known = house.store.load_directory().await.unwrap();
    let called = async |last, trunk: &TrunkId| {
        let unserved = house.store.unserved(&number(last), trunk, &known).await.unwrap();
        match unserved {
            Unserved::InService(directory) => Ok(directory.did(&number(last)).unwrap().target.clone()),
            Unserved::OutOfService { status, account } => Err((status, account)),
        }
    };
    let coming = Err((Some(DidStatus::PortInPending), None));
    assert_eq!(called(1, &other).await, coming, "over another carrier's trunk");
    assert_eq!(called(2, &own).await, coming, "nobody waits for it");
    assert_eq!(called(9, &own).await, Err((None, None)));

    // Two at once: one completes it, both are answered.
    let (first, second) = tokio::join!(called(1, &own), called(1, &own));
    let target = Ok(smart(&house.user.id));
    assert_eq!((&first, &second), (&target, &target));
    let history = acting.number_history(&number(1)).await.unwrap();
    let ended: Vec<_> = history
        .iter()
        .filter(|event| event.verb == DidVerb::CompletePortIn)
        .collect();
    assert_eq!(ended.len(), 1);
    assert_eq!(ended[0].by.as_str(), "system:first-call");
    let audit = AuditFilter {
        limit: 100,
        object: Some(number(1).to_string()),
        ..AuditFilter::default()
    };
    let told = house.root().audit(&Target::System, &audit).await.unwrap();
    assert_eq!(told.len(), 2, "it came in, and it came into service");

    acting
        .change_number(&number(1), NumberChange::Suspend)
        .await
        .unwrap();
    let suspended = Err((Some(DidStatus::Suspended), Some(house.account.id.clone())));
    assert_eq!(called(1, &own).await, suspended);
    acting.change_number(&number(1), release()).await.unwrap();
    assert_eq!(called(1, &own).await, Err((Some(DidStatus::Quarantined), None)));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_number_comes_over_another_trunk_wherever_it_stands_and_history_and_audit_tell(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let acting = house.acting().await;
    let number = stock(&house, &acting, 1).await;
    let known = house.store.load_directory().await.unwrap();
    let other = NewTrunk {
        format: "e164".parse().unwrap(),
        name: "Autre".parse().unwrap(),
        peer: "192.0.2.20".parse().unwrap(),
    };
    let other = house.root().add_trunk(other).await.unwrap().id;
    let to = |trunk: &TrunkId| NumberChange::MoveTrunk(trunk.clone());
    let first = acting.number(&number).await.unwrap().trunk;
    acting.change_number(&number, to(&other)).await.unwrap();
    // Nothing changes where it is already, nor when it is only tried.
    let revision = house.store.revision().await.unwrap();
    acting.change_number(&number, to(&other)).await.unwrap();
    let tried = acting.clone().rehearsing();
    let tried = tried.change_number(&number, to(&first)).await.unwrap();
    assert_eq!(tried.record.trunk, first);
    assert_eq!(house.store.revision().await.unwrap(), revision);

    let assign = NumberChange::Assign(smart(&house.user.id));
    acting.change_number(&number, assign).await.unwrap();
    acting.change_number(&number, to(&first)).await.unwrap();
    acting.change_number(&number, to(&other)).await.unwrap();
    // A snapshot of before is brought up to now by what the feed names.
    let (directory, refreshed) = house.store.refresh_directory(&known).await.unwrap();
    assert!(matches!(refreshed, Refreshed::Changes(_)), "{refreshed:?}");
    assert_eq!(directory.did(&number).unwrap().trunk, other);

    let history = acting.number_history(&number).await.unwrap();
    let verbs: Vec<_> = history.iter().map(|event| event.verb).collect();
    use DidVerb::{Assign, Import, MoveTrunk, Reserve};
    assert_eq!(verbs, [Import, MoveTrunk, Reserve, Assign, MoveTrunk, MoveTrunk]);
    let audit = AuditFilter {
        limit: 1,
        object: Some(number.to_string()),
        ..AuditFilter::default()
    };
    let told = house.root().audit(&Target::System, &audit).await.unwrap();
    let told = serde_json::to_value(&told[0].entry).unwrap();
    assert_eq!(
        (&told["before"]["trunk"], &told["after"]["trunk"]),
        (&serde_json::json!(first), &serde_json::json!(other))
    );

    let none = acting
        .change_number(&number, to(&"trk-none".parse().unwrap()))
        .await;
    assert!(
        matches!(none, Err(Error::Missing { what: "trunk", .. })),
        "{none:?}"
    );
    // The trunk of before is used no more; that of now is.
    house.root().remove_trunk(&first).await.unwrap();
    let used = house.root().remove_trunk(&other).await;
    assert!(matches!(used, Err(Error::InUse { .. })), "{used:?}");
    // The carrier is the reseller's to choose, whose pool it came from.
    let own = administrator(&house, &house.account.id, &house.user.id);
    let refused = own.change_number(&number, to(&other)).await;
    assert!(
        matches!(refused, Err(Error::Refused(_) | Error::Missing { .. })),
        "{refused:?}"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_history_of_a_number_cannot_be_rewritten(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let acting = house.acting().await;
    stock(&house, &acting, 1).await;
    for sql in [
        "UPDATE number_events SET verb = 'assign'",
        "DELETE FROM number_events",
    ] {
        assert!(!house.run_sql(sql).await, "{sql}");
    }
    assert_eq!(
        acting.number_history(&number(1)).await.unwrap()[0].verb,
        DidVerb::Import
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_number_is_the_same_as_none_whatever_is_tried(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let acting = house.acting().await;
    let (theirs, free) = (stock(&house, &acting, 1).await, stock(&house, &acting, 2).await);
    let assign = NumberChange::Assign(smart(&house.user.id));
    acting.change_number(&theirs, assign).await.unwrap();
    let (account, zoe) = neighbour(&house, &acting).await;
    let eve = administrator(&house, &account, &zoe);
    let nobodys = number(9);
    let changes = [
        NumberChange::Assign(smart(&zoe)),
        NumberChange::Restore(smart(&zoe)),
        NumberChange::Retarget(smart(&zoe)),
        NumberChange::Suspend,
        NumberChange::Resume,
        NumberChange::SetAddress(None),
        NumberChange::PortOut,
        NumberChange::AbandonPortOut,
        NumberChange::CompletePortOut,
        NumberChange::CompletePortIn,
        NumberChange::Arrive,
        NumberChange::Order {
            reseller: house.account.reseller.clone(),
        },
        NumberChange::ReturnToItsp,
        NumberChange::CancelOrder,
        NumberChange::CancelPortIn,
        NumberChange::ResubmitPortIn,
        NumberChange::RejectPortIn {
            reason: "no".parse().unwrap(),
        },
        NumberChange::MoveTrunk(house.store.trunks().await.unwrap().remove(0).id),
        NumberChange::Unreserve,
        NumberChange::Reserve {
            account: None,
            length: SignedDuration::from_hours(1),
        },
        release(),
    ];
    for change in changes {
        let none = eve
            .change_number(&nobodys, change.clone())
            .await
            .unwrap_err()
            .to_string();
        for foreign in [&theirs, &free] {
            let said = eve
                .change_number(foreign, change.clone())
                .await
                .unwrap_err()
                .to_string();
            assert_eq!(
                said.replace(foreign.as_str(), "N"),
                none.replace(nobodys.as_str(), "N"),
                "{change:?}"
            );
        }
    }
    for foreign in [&theirs, &free] {
        assert!(matches!(eve.number(foreign).await, Err(Error::Missing { .. })));
        assert!(matches!(
            eve.number_history(foreign).await,
            Err(Error::Missing { .. })
        ));
    }
    let own = eve
        .numbers(&Target::Account(account), &NumberFilter::default())
        .await
        .unwrap();
    assert_eq!(own, []);
    assert_eq!(
        acting.number(&theirs).await.unwrap().owner.account(),
        Some(&house.account.id)
    );
}

fn rows(text: &str) -> Vec<ImportRow> {
    Rows::new(text.as_bytes())
        .unwrap()
        .map(|row| row.unwrap().unwrap())
        .collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_import_run_again_changes_nothing_and_never_moves_a_number(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let acting = house.acting().await;
    let trunk = Some(house.trunk().await);
    let (_, zoe) = neighbour(&house, &acting).await;
    let reseller = house.account.reseller.clone();
    let file = "numbers.csv".parse().unwrap();
    let text = format!(
        "number,user\n5145550001,\n5145550002,{}\n5145550003,{zoe}\n",
        house.user.id
    );

    let tried = acting
        .clone()
        .rehearsing()
        .import_numbers(&reseller, rows(&text), trunk.clone(), &file)
        .await
        .unwrap();
    assert_eq!((tried.added, tried.same), (3, 0));
    assert_eq!(
        acting
            .numbers(&Target::Reseller(reseller.clone()), &NumberFilter::default())
            .await
            .unwrap(),
        []
    );

    let first = acting
        .import_numbers(&reseller, rows(&text), trunk.clone(), &file)
        .await
        .unwrap();
    assert_eq!((first.added, first.same, first.refused.len()), (3, 0, 0));
    let revision = house.store.revision().await.unwrap();
    let again = acting
        .import_numbers(&reseller, rows(&text), trunk.clone(), &file)
        .await
        .unwrap();
    assert_eq!((again.added, again.same, again.refused.len()), (0, 3, 0));
    assert_eq!(house.store.revision().await.unwrap(), revision);

    // Another user's number, a trunk and users that are not there; the good row between them is taken.
    let text = format!(
        "number,trunk,user\n5145550002,,{zoe}\n5145550004,trk-0,\n5145550005,,\n5145550006,,usr-0\n5145550001,,{zoe}\n"
    );
    let mixed = acting
        .import_numbers(&reseller, rows(&text), trunk, &file)
        .await
        .unwrap();
    let refused: Vec<_> = mixed
        .refused
        .iter()
        .map(|row| (row.line, row.field, row.remedy))
        .collect();
    assert_eq!(
        refused,
        [
            (2, Column::Number, Remedy::AskOwner),
            (3, Column::Trunk, Remedy::UseListedId),
            (5, Column::User, Remedy::UseListedId),
            (6, Column::Number, Remedy::AskOwner),
        ]
    );
    assert_eq!(mixed.added, 1);
    assert_eq!(
        acting.number(&number(2)).await.unwrap().owner.account(),
        Some(&house.account.id)
    );
    assert_eq!(house.store.load_directory().await.unwrap().dids().len(), 2);
    let nowhere = ImportRow {
        line: 2,
        number: number(7),
        trunk: None,
        into: Destination::Pool,
    };
    let nowhere = acting
        .import_numbers(&reseller, vec![nowhere], None, &file)
        .await
        .unwrap();
    assert_eq!(nowhere.refused[0].remedy, Remedy::NameTrunk);
}

/// 64 tasks fight for 16 numbers, each for a user of one of two accounts: every number ends with one owner, and its
/// history has no gap, no fork and no step that the table does not have.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_at_once_never_give_a_number_two_owners(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let acting = house.acting().await;
    let (_, zoe) = neighbour(&house, &acting).await;
    for last in 0..16 {
        stock(&house, &acting, last).await;
    }
    let together = Arc::new(Barrier::new(64));
    let tasks: Vec<_> = (0..64_u32)
        .map(|task| {
            let (acting, together) = (acting.clone(), together.clone());
            let user = if task % 2 == 0 {
                house.user.id.clone()
            } else {
                zoe.clone()
            };
            tokio::spawn(async move {
                together.wait().await;
                let mut won = Vec::new();
                for step in 0..4 {
                    let number = number((task / 4 + step * 5) % 16);
                    let assign = NumberChange::Assign(smart(&user));
                    loop {
                        match acting.change_number(&number, assign.clone()).await {
                            Ok(_) => won.push(number),
                            Err(error) if error.is_transient() => continue,
                            Err(Error::Number(_)) => {}
                            Err(error) => panic!("{error}"),
                        }
                        break;
                    }
                }
                (user, won)
            })
        })
        .collect();
    let mut winners: HashSet<(E164, UserId)> = HashSet::new();
    let mut count = 0;
    for task in tasks {
        let (user, won) = task.await.unwrap();
        count += won.len();
        winners.extend(won.into_iter().map(|number| (number, user.clone())));
    }
    assert_eq!(winners.len(), count, "nobody was told twice that he had won");
    let numbers = acting
        .numbers(
            &Target::Reseller(house.account.reseller.clone()),
            &NumberFilter::default(),
        )
        .await
        .unwrap();
    let assigned = numbers
        .iter()
        .filter(|record| record.state.status() == DidStatus::Assigned);
    let mut owned = 0;
    for record in assigned {
        owned += 1;
        let DidState::Assigned { target } = &record.state else {
            unreachable!()
        };
        assert!(
            winners.contains(&(record.number.clone(), target.user().clone())),
            "{record:?}"
        );
        let history = acting.number_history(&record.number).await.unwrap();
        let verbs: Vec<_> = history.iter().map(|event| (event.sequence, event.verb)).collect();
        assert_eq!(
            verbs,
            [(1, DidVerb::Import), (2, DidVerb::Reserve), (3, DidVerb::Assign)]
        );
    }
    assert_eq!((owned, count), (16, 16), "each number was won exactly once");
}
