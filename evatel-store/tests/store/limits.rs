//! Limits on toll, exactly, whoever asks at once.

use evatel_core::{
    account::{AccountKind, Language},
    limit::{ApprovedCountry, LimitKind, LimitOwner, Limits},
    policy::LedgerError,
    route::{ClassSet, RouteRule},
};
use evatel_store::{AccountChange, Error, LimitsChange, NewAccount, NewRoute, RouteChange, Target};
use jiff::{SignedDuration, Timestamp};
use rstest::rstest;

use crate::{
    company::last,
    house::{
        House,
        Kind::{self, Postgres, Sqlite},
    },
};

fn noon() -> Timestamp {
    "2026-11-26T17:00:00Z".parse().expect("it is an instant")
}

fn later(seconds: i64) -> Timestamp {
    noon() + SignedDuration::from_secs(seconds)
}

/// A house whose account may have more legs than any test takes.
async fn house(kind: Kind) -> House {
    let house = House::build(kind).await;
    let change = AccountChange {
        max_legs: Some(1_000),
        ..AccountChange::default()
    };
    house
        .system()
        .change_account(&house.account.id, change)
        .await
        .expect("the account is there");
    house
}

fn reached<T>(result: &Result<T, LedgerError>) -> Option<(LimitKind, String)> {
    match result {
        Err(LedgerError::Limit { kind, owner }) => Some((*kind, owner.to_string())),
        _ => None,
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_64_who_reserve_at_once_no_limit_lets_one_too_many_in(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = house(kind).await;
    let of = |owner, toll_legs| Limits {
        toll_legs: Some(toll_legs),
        ..Limits::none(owner)
    };
    let limits = [
        of(LimitOwner::System, 40),
        of(LimitOwner::Reseller(house.account.reseller.clone()), 30),
        of(LimitOwner::Account(house.account.id.clone()), 20),
        of(LimitOwner::User(house.user.id.clone()), 13),
    ];
    let asked = (0..64).map(|_| {
        let (ledger, account, limits) = (
            house.store.ledger("node-1"),
            house.account.id.clone(),
            limits.clone(),
        );
        tokio::spawn(async move { ledger.claim(&account, &limits, 0, noon()).await })
    });
    let mut taken = Vec::new();
    for task in asked.collect::<Vec<_>>() {
        match task.await.unwrap() {
            Ok(reservation) => taken.push(reservation),
            refused => {
                let user = format!("user:{}", house.user.id);
                assert_eq!(
                    reached(&refused),
                    Some((LimitKind::TollLegs, user)),
                    "{refused:?}"
                );
            }
        }
    }
    assert_eq!(taken.len(), 13);
    // Who was refused by the last limit left nothing behind in those before it.
    let ledger = house.store.ledger("node-1");
    for reservation in &taken {
        ledger.give_back(reservation).await.unwrap();
    }
    assert_eq!(ledger.active_legs(&house.account.id).await.unwrap(), 0);
    let above = &limits[..3];
    for _ in 0..20 {
        ledger.claim(&house.account.id, above, 0, noon()).await.unwrap();
    }
    let refused = ledger.claim(&house.account.id, above, 0, noon()).await;
    assert_eq!(
        reached(&refused).map(|(_, owner)| owner),
        Some(format!("account:{}", house.account.id))
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn new_legs_are_counted_by_the_minute_and_money_by_the_day(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = house(kind).await;
    let (ledger, account) = (house.store.ledger("node-1"), &house.account.id);
    let by_minute = [Limits {
        legs_a_minute: Some(2),
        ..Limits::none(LimitOwner::User(house.user.id.clone()))
    }];
    for _ in 0..2 {
        let one = ledger.claim(account, &by_minute, 0, noon()).await.unwrap();
        // Given back or not, it was a new leg in this minute.
        ledger.give_back(&one).await.unwrap();
    }
    let refused = ledger.claim(account, &by_minute, 0, later(59)).await;
    assert_eq!(
        reached(&refused).map(|(kind, _)| kind),
        Some(LimitKind::LegsAMinute)
    );
    ledger.claim(account, &by_minute, 0, later(60)).await.unwrap();

    let by_day = [Limits {
        spend_a_day_micros: Some(100_000),
        ..Limits::none(LimitOwner::Account(account.clone()))
    }];
    for _ in 0..2 {
        ledger.claim(account, &by_day, 50_000, noon()).await.unwrap();
    }
    let refused = ledger.claim(account, &by_day, 1, later(3600)).await;
    assert_eq!(
        reached(&refused).map(|(kind, _)| kind),
        Some(LimitKind::SpendADay)
    );
    ledger.claim(account, &by_day, 1, later(24 * 3600)).await.unwrap();
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn minutes_after_the_first_are_spent_when_the_leg_ends(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = house(kind).await;
    let (ledger, account) = (house.store.ledger("node-1"), &house.account.id);
    let by_day = [Limits {
        spend_a_day_micros: Some(1_000_000),
        ..Limits::none(LimitOwner::Account(account.clone()))
    }];
    // A leg that began 90 seconds ago has begun its second minute.
    let began = Timestamp::now() - SignedDuration::from_secs(90);
    let leg = ledger.claim(account, &by_day, 400_000, began).await.unwrap();
    ledger.give_back(&leg).await.unwrap();
    let now = Timestamp::now();
    let refused = ledger.claim(account, &by_day, 700_000, now).await;
    assert_eq!(
        reached(&refused).map(|(kind, _)| kind),
        Some(LimitKind::SpendADay)
    );
    ledger.claim(account, &by_day, 100_000, now).await.unwrap();
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_daemon_counted_is_swept_with_its_limits(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = house(kind).await;
    let (dead, account) = (house.store.ledger("node-1"), &house.account.id);
    let one_leg = [Limits {
        toll_legs: Some(1),
        ..Limits::none(LimitOwner::System)
    }];
    dead.claim(account, &one_leg, 0, noon()).await.unwrap();
    let next = house.store.ledger("node-1");
    assert!(next.claim(account, &one_leg, 0, noon()).await.is_err());
    assert_eq!(next.sweep(noon(), &[]).await.unwrap(), 1);
    next.claim(account, &one_leg, 0, noon()).await.unwrap();
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_new_account_is_limited_until_its_seller_says_otherwise(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let (root, seller, inside) = (house.system(), house.seller().await, house.inside().await);
    let new = NewAccount {
        reseller: house.account.reseller.clone(),
        name: "Plomberie Roy".parse().unwrap(),
        kind: AccountKind::Company,
        language: Language::Fr,
        zone: "America/Toronto".parse().unwrap(),
    };
    let added = root.add_account(new).await.unwrap();
    for id in [&house.account.id, &added.id] {
        let owner = LimitOwner::Account(id.clone());
        let limits = Limits::of_new_account(id.clone());
        assert!(limits.approves_countries && limits.are_counted());
        assert_eq!(root.limits(&owner).await.unwrap(), [limits]);
    }
    let directory = house.store.load_directory().await.unwrap();
    let chain = directory.chain(&house.user, &house.account.reseller, None);
    assert_eq!(chain.limits().count(), 1);
    let owner = LimitOwner::Account(house.account.id.clone());
    let refused = inside.remove_limits(&owner).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    seller.remove_limits(&owner).await.unwrap();
    assert_eq!(root.limits(&owner).await.unwrap(), []);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn routes_limits_and_approvals_are_in_the_snapshot_and_an_account_loosens_none(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let (store, root, trunk) = (&house.store, house.system(), house.trunk().await);
    let route = NewRoute {
        classes: ClassSet::ordinary(),
        matches: "country:FR".parse().unwrap(),
        price_micros: Some(12_000),
        priority: 1,
        trunk,
        weight: 10,
    };
    let added = root.add_route(route.clone()).await.unwrap();
    assert!(matches!(
        root.add_route(route).await,
        Err(Error::RouteTaken { .. })
    ));
    let change = RouteChange {
        price_micros: Some(None),
        priority: Some(7),
        ..RouteChange::default()
    };
    let changed = root.change_route(&added.id, change).await.unwrap();
    let expected = RouteRule {
        priority: 7,
        price_micros: None,
        ..added.clone()
    };
    assert_eq!(changed, expected);
    assert_eq!(root.routes().await.unwrap(), [changed]);

    let account = LimitOwner::Account(house.account.id.clone());
    let user = LimitOwner::User(house.user.id.clone());
    let tight = LimitsChange {
        toll_legs: Some(Some(3)),
        max_length_s: Some(Some(600)),
        approves_countries: Some(true),
        ..LimitsChange::default()
    };
    let limits = root.change_limits(&account, tight.clone()).await.unwrap();
    assert_eq!((limits.toll_legs, limits.max_length_s), (Some(3), Some(600)));
    let no_legs = LimitsChange {
        toll_legs: Some(None),
        ..LimitsChange::default()
    };
    let limits = root.change_limits(&account, no_legs).await.unwrap();
    assert_eq!((limits.toll_legs, limits.max_length_s), (None, Some(600)));
    let directory = store.load_directory().await.unwrap();
    let chain = directory.chain(&house.user, &house.account.reseller, None);
    assert_eq!(chain.limits().collect::<Vec<_>>(), [&limits]);
    assert!(!directory.routes().is_empty());

    // Nobody loosens what holds for himself: the account its users' limits only, the reseller his accounts'.
    let (inside, seller) = (house.inside().await, house.seller().await);
    let of_reseller = LimitOwner::Reseller(house.account.reseller.clone());
    for (acting, owner) in [
        (&inside, &account),
        (&inside, &of_reseller),
        (&seller, &of_reseller),
        (&seller, &LimitOwner::System),
    ] {
        let refused = acting.change_limits(owner, tight.clone()).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{owner}: {refused:?}");
        let refused = acting.remove_limits(owner).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{owner}: {refused:?}");
    }
    let of_user = inside.change_limits(&user, tight.clone()).await.unwrap();
    assert_eq!(
        inside.limits(&account).await.unwrap(),
        [limits.clone(), of_user.clone()]
    );
    assert_eq!(root.limits(&LimitOwner::System).await.unwrap(), [limits, of_user]);
    let joins = LimitsChange {
        joins_outside: Some(Some(true)),
        ..LimitsChange::default()
    };
    let refused = inside.change_limits(&user, joins.clone()).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    seller.change_limits(&account, joins).await.unwrap();
    inside.remove_limits(&user).await.unwrap();
    assert!(matches!(
        inside.remove_limits(&user).await,
        Err(Error::Missing { .. })
    ));

    let france = ApprovedCountry {
        account: house.account.id.clone(),
        country: "FR".parse().unwrap(),
    };
    let own = inside.approve_country(france.clone()).await;
    assert!(matches!(own, Err(Error::Refused(_))), "{own:?}");
    let before = store.revision().await.unwrap();
    root.approve_country(france.clone()).await.unwrap();
    root.approve_country(france.clone()).await.unwrap();
    assert_eq!(store.revision().await.unwrap(), before + 1, "once is enough");
    let directory = store.load_directory().await.unwrap();
    assert!(directory.country_approved(&france.account, france.country));
    let approved = inside.approved_countries(&france.account).await.unwrap();
    assert_eq!(approved, std::slice::from_ref(&france));
    let own = inside.withdraw_country(france.clone()).await;
    assert!(matches!(own, Err(Error::Refused(_))), "{own:?}");
    seller.withdraw_country(france.clone()).await.unwrap();
    assert!(matches!(
        seller.withdraw_country(france).await,
        Err(Error::Missing { .. })
    ));

    let refused = seller.remove_route(&added.id).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    root.remove_route(&added.id).await.unwrap();
    assert!(matches!(
        root.remove_route(&added.id).await,
        Err(Error::Missing { .. })
    ));
    // Each that changed something is told, with what was before and after.
    let told = root.audit(&Target::System, &last(50)).await.unwrap();
    let of_route: Vec<_> = told
        .iter()
        .filter(|kept| kept.entry.object == added.id.as_str())
        .collect();
    assert_eq!(of_route.len(), 3);
    let [gone, changed, made] = of_route[..] else {
        panic!("{of_route:?}")
    };
    assert!(gone.entry.before.is_some() && gone.entry.after.is_none());
    assert!(changed.entry.before.is_some() && changed.entry.after.is_some());
    assert!(made.entry.before.is_none() && made.entry.after.is_some());
}
