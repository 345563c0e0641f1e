//! Numbers through the command layer, on both databases.

use std::{collections::HashSet, sync::Arc};

use evatel_core::{
    account::{AccountKind, AccountStatus, BillingMode, Language, Role, rules::Broken},
    audit::Origin,
    did::{DidState, DidStatus, DidTarget, DidVerb, Owner, Refused},
    id::{AccountId, ResellerId, UserId},
    number::E164,
    permission::{AccountPlace, Actor},
};
use evatel_store::{
    AccountChange, Acting, Arrival, AuditFilter, Error, NewAccount, NewNumber, NewUser, NumberChange,
    NumberFilter, QUARANTINE, Target,
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
