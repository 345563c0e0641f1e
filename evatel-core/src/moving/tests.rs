//! What a move derives of each thing that an account can have.

use jiff::{SignedDuration, tz::TimeZone};

use super::*;
use crate::{
    account::{AccountKind, AccountStatus, Language, ResellerStatus},
    did::{AccountOwner, DidTarget, DidVerb, Owner, Successor},
    limit::LimitOwner,
    money::{Currency, Money},
    number::E164,
    offer::{CatalogueVersion, Choice, Item, ItemKind, Price, Resale},
    restriction::RestrictionOwner,
};

fn at() -> Timestamp {
    "2026-11-15T05:00:00Z".parse().unwrap()
}

fn reseller(id: &str, billing: BillingMode) -> Reseller {
    Reseller {
        id: id.parse().unwrap(),
        name: "Reseller".parse().unwrap(),
        billing,
        status: ResellerStatus::Active,
        is_default: false,
    }
}

fn account() -> Account {
    Account {
        id: "acc-1".parse().unwrap(),
        reseller: "north".parse().unwrap(),
        name: "Roy".parse().unwrap(),
        kind: AccountKind::Company,
        status: AccountStatus::Active,
        language: Language::Fr,
        zone: "America/Toronto".parse().unwrap(),
        records_calls: false,
        is_default: false,
    }
}

fn each_month(dollars: i64) -> Price {
    Price::each_month(Money::from_micros(dollars * 1_000_000, Currency::CAD)).unwrap()
}

fn catalogue() -> Catalogue {
    let item = |id: &str, is_retired| Item {
        id: id.parse().unwrap(),
        kind: ItemKind::Option,
        name: "Item".parse().unwrap(),
        price: each_month(10),
        resale: Resale::AtLeastList,
        revised_in: CatalogueVersion(1),
        is_retired,
    };
    Catalogue::new(CatalogueVersion(4), [item("plan", false), item("old", true)])
}

fn subscription(item: &str) -> Subscription {
    Subscription {
        id: format!("sub-{item}").parse().unwrap(),
        account: account().id,
        reseller: "north".parse().unwrap(),
        user: None,
        number: None,
        item: item.parse().unwrap(),
        catalogue: CatalogueVersion(1),
        price: each_month(12),
        quantity: 3,
        upcoming: None,
        started_at: "2026-09-01T04:00:00Z".parse().unwrap(),
    }
}

fn offer(plan: Choice) -> ResellerOffer {
    ResellerOffer::new("south".parse().unwrap()).with_choices([("plan".parse().unwrap(), plan)])
}

fn sold_for(dollars: i64) -> ResellerOffer {
    offer(Choice {
        is_offered: true,
        retail: Some(each_month(dollars)),
    })
}

fn not_sold() -> ResellerOffer {
    offer(Choice {
        is_offered: false,
        retail: None,
    })
}

fn moved(held: Holdings, offer: &ResellerOffer) -> Result<Move, Unmovable> {
    let (by, catalogue) = ("system:root".parse().unwrap(), catalogue());
    let mut minted = 0;
    Moving {
        by: &by,
        catalogue: &catalogue,
        offer,
        from: &reseller("north", BillingMode::Delegated),
        to: &reseller("south", BillingMode::SelfBilled),
        at: at(),
    }
    .derive(&account(), held, || {
        minted += 1;
        format!("sub-new-{minted}").parse().unwrap()
    })
}

#[test]
fn nothing_of_the_account_changes_but_its_reseller() {
    let moved = moved(Holdings::default(), &sold_for(15)).unwrap();
    let back = Account {
        reseller: "north".parse().unwrap(),
        ..moved.account.clone()
    };
    assert_eq!(back, account());
    assert_eq!((moved.from.as_str(), moved.to.as_str()), ("north", "south"));
    assert_eq!(
        (moved.billed_before, moved.billed_after, moved.at),
        (BillingMode::Delegated, BillingMode::SelfBilled, at())
    );
}

#[test]
fn what_is_paid_for_is_parted_at_the_instant_and_goes_on_at_the_new_resellers_price() {
    let held = Holdings {
        subscriptions: vec![subscription("plan")],
        ..Holdings::default()
    };
    let moved = moved(held, &sold_for(15)).unwrap();
    let [Split { ended, begun }] = &moved.subscriptions[..] else {
        panic!("{moved:?}")
    };
    assert_eq!(
        (ended.reseller.as_str(), begun.reseller.as_str()),
        ("north", "south")
    );
    assert_eq!((&ended.price, &begun.price), (&each_month(12), &each_month(15)));
    assert_eq!(begun.catalogue, CatalogueVersion(4));
    // Never both, never neither: the same places are paid for at each instant.
    let before = at() - SignedDuration::from_nanos(1);
    for (instant, quantities) in [(before, (3, 0)), (at(), (0, 3))] {
        assert_eq!(
            (ended.quantity_at(instant), begun.quantity_at(instant)),
            quantities
        );
    }
    assert_eq!(begun.quantity_in_the_end(), 3);
}

#[test]
fn what_the_new_reseller_does_not_sell_stays_the_move_unless_it_ends_anyway_or_nobody_sells_it() {
    let of = |subscription| Holdings {
        subscriptions: vec![subscription],
        ..Holdings::default()
    };
    let refused = moved(of(subscription("plan")), &not_sold());
    assert_eq!(
        refused,
        Err(Unmovable::NotSold {
            item: "plan".parse().unwrap(),
            reseller: "south".parse().unwrap()
        })
    );
    let toronto = TimeZone::get("America/Toronto").unwrap();
    let ending = subscription("plan").ended(at() - SignedDuration::from_hours(24), &toronto);
    for (kept, offer) in [(ending.clone(), not_sold()), (subscription("old"), sold_for(15))] {
        let moved = moved(of(kept.clone()), &offer).unwrap();
        let begun = &moved.subscriptions[0].begun;
        assert_eq!((&begun.price, begun.upcoming), (&kept.price, kept.upcoming));
    }
    let over = Subscription {
        upcoming: ending.upcoming.map(|upcoming| crate::offer::Upcoming {
            from: at(),
            ..upcoming
        }),
        ..ending
    };
    assert_eq!(moved(of(over), &not_sold()).unwrap().subscriptions, []);
}

#[test]
fn numbers_of_the_account_go_along_and_what_was_kept_for_it_goes_back_to_the_pool() {
    let owner = AccountOwner {
        account: account().id,
        reseller: "north".parse().unwrap(),
    };
    let target = DidTarget::SmartNumber {
        user: "usr-1".parse().unwrap(),
    };
    let pool = || Owner::Reseller {
        reseller: "north".parse().unwrap(),
    };
    let then = || {
        Some(Successor {
            owner: owner.clone(),
            target: target.clone(),
        })
    };
    let number = |last: u32, state, owner| DidRecord {
        id: format!("did-{last}").parse().unwrap(),
        number: format!("+1514555{last:04}").parse::<E164>().unwrap(),
        trunk: "trk-1".parse().unwrap(),
        owner,
        state,
        emergency_address: None,
        events: 1,
    };
    let own = || Owner::Account(owner.clone());
    let held = Holdings {
        numbers: vec![
            number(
                1,
                DidState::Assigned {
                    target: target.clone(),
                },
                own(),
            ),
            number(
                2,
                DidState::Suspended {
                    target: target.clone(),
                },
                own(),
            ),
            number(
                3,
                DidState::PortOutPending {
                    target: target.clone(),
                },
                own(),
            ),
            number(4, DidState::PortInPending { then: then() }, pool()),
            number(
                5,
                DidState::PortInRejected {
                    then: then(),
                    reason: "the name differs".parse().unwrap(),
                },
                pool(),
            ),
            number(
                6,
                DidState::Reserved {
                    holder: Holder::Account(owner.clone()),
                    until: at() + SignedDuration::from_hours(1),
                },
                pool(),
            ),
        ],
        ..Holdings::default()
    };
    let moved = moved(held, &sold_for(15)).unwrap();
    assert_eq!(moved.numbers.len(), 6);
    for changed in &moved.numbers[..5] {
        let (before, after) = (&changed.before, &changed.after.record);
        assert_eq!(after.owner.reseller().unwrap().as_str(), "south");
        assert_eq!(after.owner.account(), before.owner.account());
        assert_eq!(after.state.status(), before.state.status());
        assert_eq!(after.state.target(), before.state.target());
        assert_eq!(changed.after.events[0].verb, DidVerb::ChangeReseller);
    }
    // The port goes on and ends with whoever waits for it.
    let come = moved.numbers[3].after.record.apply(
        DidCommand::CompletePortIn,
        &"system:root".parse().unwrap(),
        at() + SignedDuration::from_hours(2),
    );
    let come = come.unwrap().record;
    assert_eq!(come.owner.account(), Some(&owner.account));
    assert_eq!(come.owner.reseller().unwrap().as_str(), "south");
    let kept = &moved.numbers[5].after.record;
    assert_eq!((&kept.state, &kept.owner), (&DidState::Available, &pool()));
}

#[test]
fn what_the_old_reseller_opened_is_closed_and_what_he_closed_stays_closed() {
    let rule = |id: &str, set_by, effect| Restriction {
        id: id.parse().unwrap(),
        name: "Rule".parse().unwrap(),
        owner: RestrictionOwner::User("usr-1".parse().unwrap()),
        set_by,
        matches: "class:international".parse().unwrap(),
        effect,
        hours: None,
        trunk: Some("trk-1".parse().unwrap()),
    };
    let limits = |joins_outside| Limits {
        toll_legs: Some(2),
        approves_countries: true,
        joins_outside,
        ..Limits::none(LimitOwner::Account(account().id))
    };
    let held = Holdings {
        restrictions: vec![
            rule("opened", Level::Reseller, Effect::Allow),
            rule("asked", Level::Reseller, Effect::RequirePin),
            rule("closed", Level::Reseller, Effect::Deny),
            rule("of-system", Level::System, Effect::Allow),
            rule("own", Level::Account, Effect::Allow),
        ],
        limits: vec![limits(Some(true)), limits(Some(false)), limits(None)],
        approved: vec![ApprovedCountry {
            account: account().id,
            country: "FR".parse().unwrap(),
        }],
        quotes: 2,
        ..Holdings::default()
    };
    let moved = moved(held, &sold_for(15)).unwrap();
    let gone: Vec<_> = moved.exceptions.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(gone, ["opened"]);
    let [Changed { before, after }] = &moved.pins[..] else {
        panic!("{moved:?}")
    };
    assert_eq!(before.id.as_str(), "asked");
    assert_eq!((after.set_by, &after.trunk), (Level::Account, &None));
    // It asks for a PIN as before, and is an exception from no rule of a reseller.
    assert_eq!(after.effect, Effect::RequirePin);
    let above = Restriction {
        owner: RestrictionOwner::Reseller("south".parse().unwrap()),
        ..rule("above", Level::Reseller, Effect::Deny)
    };
    assert!(crate::restriction::overrules(before, &above));
    assert!(!crate::restriction::overrules(after, &above));
    assert_eq!(moved.limits.len(), 1);
    assert_eq!(moved.limits[0].after, limits(None));
    assert_eq!((moved.approved.len(), moved.quotes), (1, 2));
}

#[test]
fn an_account_goes_to_another_reseller_only_and_the_default_one_stays() {
    let moving = |account: &Account| {
        let (by, catalogue, offer) = ("root".parse().unwrap(), catalogue(), sold_for(15));
        let north = reseller("north", BillingMode::Delegated);
        Moving {
            by: &by,
            catalogue: &catalogue,
            offer: &offer,
            from: &north,
            to: &north,
            at: at(),
        }
        .derive(account, Holdings::default(), || unreachable!())
    };
    assert!(matches!(moving(&account()), Err(Unmovable::Same { .. })));
    let default = Account {
        is_default: true,
        ..account()
    };
    assert!(matches!(
        moving(&default),
        Err(Unmovable::Broken(Broken::Default { .. }))
    ));
}
