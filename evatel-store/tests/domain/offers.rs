//! Buying: quoted, confirmed once, refused where anything has changed.

use std::sync::Arc;

use evatel_core::{
    account::{AccountKind, BillingMode, Roles},
    audit::Origin,
    did::{DidVerb, Flag},
    id::{ItemId, UserId},
    money::{Currency, Money},
    number::E164,
    offer::{CatalogueChange, Change, Choice, ItemKind, Price, QuoteError, Resale, Stale},
    permission::{AccountPlace, Actor},
};
use evatel_store::{Acting, Error, NumberChange, NumberFilter, Target};
use jiff::SignedDuration;
use rstest::rstest;
use tokio::sync::Barrier;

use crate::{
    house::{
        House,
        Kind::{self, Postgres, Sqlite},
    },
    numbers::{neighbour, release, smart, stock},
};

fn price(units: i64) -> Price {
    Price::each_month(Money::from_micros(units * 1_000_000, Currency::CAD)).unwrap()
}

fn item() -> ItemId {
    "plan-pro".parse().unwrap()
}

fn plan() -> CatalogueChange {
    CatalogueChange::Add {
        id: item(),
        kind: ItemKind::Plan,
        name: "Pro".parse().unwrap(),
        price: price(30),
        resale: Resale::AtLeastList,
    }
}

/// The holder of the professional account that `begin` made.
fn luc(house: &House) -> Acting {
    let place = AccountPlace {
        account: house.account.id.clone(),
        reseller: house.account.reseller.clone(),
        billing: BillingMode::Delegated,
        kind: AccountKind::Professional,
        has_administrator: false,
    };
    let luc = Actor::user(house.user.id.clone(), &place, Roles::NONE);
    house.store.acting_as(luc, Origin::CommandLine)
}

fn buy(quantity: u32) -> Vec<Change> {
    vec![Change::Subscribe {
        item: item(),
        quantity,
        user: None,
    }]
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_is_quoted_confirmed_once_and_billed(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    house.root().change_catalogue(plan()).await.unwrap();
    let luc = luc(&house);
    let quote = luc.quote(&house.account.id, buy(2)).await.unwrap();
    assert_eq!(luc.subscriptions(&house.account.id).await.unwrap(), []);
    let bought = luc.confirm(&quote.id).await.unwrap();
    let kept = luc.subscriptions(&house.account.id).await.unwrap();
    assert_eq!((kept.len(), kept[0].quantity), (1, 2));
    let billed = luc.billed(&house.account.id).await.unwrap();
    let sum = Money::sum(billed.iter().map(|line| line.amount), Currency::CAD).unwrap();
    assert_eq!(sum, quote.due_now);
    let again = luc.confirm(&quote.id).await;
    assert!(
        matches!(again, Err(Error::Missing { what: "quote", .. })),
        "{again:?}"
    );

    let subscription = bought.subscriptions[0].id.clone();
    let quote = luc
        .quote(&house.account.id, vec![Change::Cancel { subscription }])
        .await
        .unwrap();
    luc.confirm(&quote.id).await.unwrap();
    let ended = luc.subscriptions(&house.account.id).await.unwrap();
    assert_eq!((ended[0].quantity, ended[0].quantity_in_the_end()), (2, 0));
    assert!(ended[0].ends_at() > Some(ended[0].started_at));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_quote_of_an_older_catalogue_is_stale_and_only_its_account_can_confirm(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let root = house.root();
    root.change_catalogue(plan()).await.unwrap();
    let luc = luc(&house);
    let quote = luc.quote(&house.account.id, buy(1)).await.unwrap();
    let dearer = CatalogueChange::Reprice {
        id: item(),
        price: price(40),
    };
    root.change_catalogue(dearer).await.unwrap();
    let stale = luc.confirm(&quote.id).await;
    assert!(
        matches!(stale, Err(Error::Stale(Stale::Catalogue { .. }))),
        "{stale:?}"
    );

    let quote = luc.quote(&house.account.id, buy(1)).await.unwrap();
    let other = AccountPlace {
        account: "acc-0".parse().unwrap(),
        reseller: house.account.reseller.clone(),
        billing: BillingMode::Delegated,
        kind: AccountKind::Professional,
        has_administrator: false,
    };
    let eve = Actor::user("usr-0".parse().unwrap(), &other, Roles::NONE);
    let eve = house.store.acting_as(eve, Origin::CommandLine);
    assert!(eve.confirm(&quote.id).await.is_err());
    let company = AccountPlace {
        account: house.account.id.clone(),
        kind: AccountKind::Company,
        ..other
    };
    let employee = Actor::user(house.user.id.clone(), &company, Roles::NONE);
    let employee = house.store.acting_as(employee, Origin::CommandLine);
    let refused = employee.confirm(&quote.id).await;
    assert!(
        matches!(refused, Err(Error::Refused(_))),
        "an employee buys nothing: {refused:?}"
    );
    luc.confirm(&quote.id).await.unwrap();
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_reseller_chooses_its_price_and_touches_no_item(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let reseller = house.account.reseller.clone();
    house.root().change_catalogue(plan()).await.unwrap();
    let inside = house.acting().await;
    let refused = inside
        .change_catalogue(CatalogueChange::Retire { id: item() })
        .await;
    assert!(
        matches!(refused, Err(Error::Refused(_) | Error::Missing { .. })),
        "{refused:?}"
    );
    let at = |units| Choice {
        is_offered: true,
        retail: Some(price(units)),
    };
    let below = inside.choose_offer(&reseller, &item(), at(29)).await;
    assert!(matches!(below, Err(Error::Choice(_))), "{below:?}");
    let chosen = inside.choose_offer(&reseller, &item(), at(45)).await.unwrap();
    assert_eq!(inside.offer(&reseller).await.unwrap(), chosen);
    let quote = luc(&house).quote(&house.account.id, buy(1)).await.unwrap();
    assert_eq!(quote.monthly, price(45).monthly());
    house
        .root()
        .assign_offer(&reseller, Some([].into()))
        .await
        .unwrap();
    let nothing = luc(&house).quote(&house.account.id, buy(1)).await;
    assert!(matches!(nothing, Err(Error::Quote(_))), "{nothing:?}");
}

fn number_item(monthly: i64) -> CatalogueChange {
    CatalogueChange::Add {
        id: "number".parse().unwrap(),
        kind: ItemKind::Number,
        name: "Number".parse().unwrap(),
        price: price(monthly),
        resale: Resale::AtLeastList,
    }
}

fn take(number: &E164, user: &UserId) -> Vec<Change> {
    vec![Change::TakeNumber {
        number: number.clone(),
        target: smart(user),
    }]
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_account_gets_a_number_by_a_confirmed_quote_only_and_pays_until_it_lets_it_go(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let (reseller, account, user) = (&house.account.reseller, &house.account.id, &house.user.id);
    house.root().change_catalogue(number_item(3)).await.unwrap();
    let inside = house.acting().await;
    let number = stock(&house, &inside, 1).await;
    let luc = luc(&house);
    let offered = luc
        .numbers_on_offer(account, &NumberFilter::default())
        .await
        .unwrap();
    assert_eq!(
        offered.iter().map(|record| &record.number).collect::<Vec<_>>(),
        [&number]
    );

    // Not without a quote, also where the reseller keeps it for him: that would cost nothing.
    let reserve = NumberChange::Reserve {
        account: Some(account.clone()),
        length: SignedDuration::from_hours(24),
    };
    inside.change_number(&number, reserve).await.unwrap();
    let free = luc
        .change_number(&number, NumberChange::Assign(smart(user)))
        .await;
    assert!(
        matches!(free, Err(Error::Refused(_) | Error::Missing { .. })),
        "{free:?}"
    );

    let quote = luc.quote(account, take(&number, user)).await.unwrap();
    assert_eq!(quote.monthly, price(3).monthly());
    assert!(house.store.load_directory().await.unwrap().did(&number).is_none());
    let bought = luc.confirm(&quote.id).await.unwrap();
    assert_eq!(bought.subscriptions[0].number.as_ref(), Some(&number));
    assert_eq!(bought.numbers[0].record, luc.number(&number).await.unwrap());
    assert_eq!(bought.numbers[0].flag, Some(Flag::NoEmergencyAddress));
    assert_eq!(
        house
            .store
            .load_directory()
            .await
            .unwrap()
            .did(&number)
            .unwrap()
            .account,
        *account
    );
    assert_eq!(luc.billed(account).await.unwrap().len(), quote.lines.len());

    // What he lets go he pays for until the month's end, and gets back by another quote only.
    luc.change_number(&number, release()).await.unwrap();
    let ended = luc.subscriptions(account).await.unwrap();
    assert_eq!((ended[0].quantity, ended[0].quantity_in_the_end()), (1, 0));
    let back = luc
        .change_number(&number, NumberChange::Restore(smart(user)))
        .await;
    assert!(back.is_err(), "{back:?}");
    let (other, zoe) = neighbour(&house, &inside).await;
    let zoe_buys = house.root().enter(&Target::Account(other.clone())).await.unwrap();
    let resting = zoe_buys.quote(&other, take(&number, &zoe)).await;
    assert!(
        matches!(resting, Err(Error::Missing { what: "DID", .. })),
        "what rests after a release is none to others: {resting:?}"
    );
    let quote = luc.quote(account, take(&number, user)).await.unwrap();
    luc.confirm(&quote.id).await.unwrap();
    let history = inside.number_history(&number).await.unwrap();
    let verbs: Vec<_> = history.iter().map(|event| event.verb).collect();
    use DidVerb::{Assign, Import, Release, Reserve, Restore};
    assert_eq!(verbs, [Import, Reserve, Assign, Release, Restore]);

    // Who sells no numbers has none on offer.
    let hidden = Choice {
        is_offered: false,
        retail: None,
    };
    let second = stock(&house, &inside, 2).await;
    inside
        .choose_offer(reseller, &"number".parse().unwrap(), hidden)
        .await
        .unwrap();
    let unsold = luc.quote(account, take(&second, user)).await;
    assert!(
        matches!(unsold, Err(Error::Quote(QuoteError::NumberPrice { offered: 0 }))),
        "{unsold:?}"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_confirm_one_number_the_second_gets_nothing_and_pays_nothing(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    house.root().change_catalogue(number_item(3)).await.unwrap();
    let inside = house.acting().await;
    let number = stock(&house, &inside, 1).await;
    let (other, zoe) = neighbour(&house, &inside).await;
    let zoe_buys = house.root().enter(&Target::Account(other.clone())).await.unwrap();
    let luc = luc(&house);
    let first = luc
        .quote(&house.account.id, take(&number, &house.user.id))
        .await
        .unwrap();
    let second = zoe_buys.quote(&other, take(&number, &zoe)).await.unwrap();
    // Nobody buys for a user of somebody else.
    let foreign = zoe_buys.quote(&other, take(&number, &house.user.id)).await;
    assert!(
        matches!(foreign, Err(Error::Missing { what: "user", .. })),
        "{foreign:?}"
    );
    luc.confirm(&first.id).await.unwrap();
    let late = zoe_buys.confirm(&second.id).await;
    assert!(
        matches!(late, Err(Error::Missing { what: "DID", .. })),
        "{late:?}"
    );
    assert_eq!(zoe_buys.subscriptions(&other).await.unwrap(), []);
    assert_eq!(zoe_buys.billed(&other).await.unwrap(), []);
}

/// 64 tasks confirm the same 16 quotes: each is confirmed once, and what was billed is what was quoted.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_at_once_buy_each_thing_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    house.root().change_catalogue(plan()).await.unwrap();
    let luc = luc(&house);
    let mut quotes = Vec::new();
    for _ in 0..16 {
        quotes.push(luc.quote(&house.account.id, buy(1)).await.unwrap());
    }
    let together = Arc::new(Barrier::new(64));
    let tasks: Vec<_> = (0..64)
        .map(|task: usize| {
            let (luc, together, quote) = (luc.clone(), together.clone(), quotes[task % 16].id.clone());
            tokio::spawn(async move {
                together.wait().await;
                loop {
                    match luc.confirm(&quote).await {
                        Ok(_) => return true,
                        Err(Error::Missing { .. }) => return false,
                        Err(error) if error.is_transient() => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        won += usize::from(task.await.unwrap());
    }
    assert_eq!(won, 16);
    assert_eq!(luc.subscriptions(&house.account.id).await.unwrap().len(), 16);
    let billed = luc.billed(&house.account.id).await.unwrap();
    let sum = Money::sum(billed.iter().map(|line| line.amount), Currency::CAD).unwrap();
    let quoted = Money::sum(quotes.iter().map(|quote| quote.due_now), Currency::CAD).unwrap();
    assert_eq!(sum, quoted);
    assert_eq!(
        house.root().catalogue(&Target::System).await.unwrap().version().0,
        1
    );
}
