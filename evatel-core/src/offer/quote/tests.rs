//! Quotes beside a bookkeeper who counts days one by one.

mod places;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::{
    account::{AccountKind, BillingMode, Roles},
    did::DidTarget,
    money::{Currency, MoneyError},
    offer::{CatalogueChange, Choice, ChoiceError, Component, IncludedMinutes, ItemKind, Resale},
    permission::{AccountPlace, Action, Actor, Charge, Matter, can},
};

fn cad(micros: i64) -> Money {
    Money::from_micros(micros, Currency::CAD)
}

fn toronto() -> TimeZone {
    TimeZone::get("America/Toronto").unwrap()
}

fn place() -> AccountPlace {
    AccountPlace {
        account: "acc-1".parse().unwrap(),
        reseller: "rsl-1".parse().unwrap(),
        billing: BillingMode::Delegated,
        kind: AccountKind::Company,
        has_administrator: true,
    }
}

/// The right of the company's administrator to confirm.
fn right() -> BillingRight {
    let anne = Actor::user(
        "usr-anne".parse().unwrap(),
        &place(),
        "administrator".parse::<Roles>().unwrap(),
    );
    can(&anne, Action::Order, &place().resource(Matter::Subscriptions))
        .unwrap()
        .billing_right()
        .unwrap()
}

fn item() -> ItemId {
    "plan-pro".parse().unwrap()
}

fn price(one_off: i64, monthly: i64) -> Price {
    Price::new(
        cad(one_off),
        cad(monthly),
        BTreeMap::new(),
        IncludedMinutes::default(),
    )
    .unwrap()
}

fn catalogue(one_off: i64, monthly: i64) -> Catalogue {
    let add = CatalogueChange::Add {
        id: item(),
        kind: ItemKind::Plan,
        name: "Pro".parse().unwrap(),
        price: price(one_off, monthly),
        resale: Resale::AtLeastList,
    };
    Catalogue::default().with(add).unwrap()
}

/// An account with what it is sold.
struct Shop {
    catalogue: Catalogue,
    offer: ResellerOffer,
    subscriptions: Vec<Subscription>,
    taken: Taken,
    zone: TimeZone,
}

impl Shop {
    fn new(one_off: i64, monthly: i64) -> Self {
        Self {
            catalogue: catalogue(one_off, monthly),
            offer: ResellerOffer::new(place().reseller),
            subscriptions: Vec::new(),
            taken: Taken::default(),
            zone: toronto(),
        }
    }

    fn terms(&self) -> Terms<'_> {
        Terms {
            catalogue: &self.catalogue,
            offer: &self.offer,
            subscriptions: &self.subscriptions,
            taken: self.taken,
            zone: &self.zone,
        }
    }

    fn quote(&self, change: Change, now: Timestamp) -> Result<Quote, QuoteError> {
        Quote::new(
            "quo-1".parse().unwrap(),
            place().account,
            vec![change],
            &self.terms(),
            now,
        )
    }

    /// Quotes, confirms and keeps; gives what was billed at once.
    fn change(&mut self, change: Change, now: Timestamp) -> Result<Money, QuoteError> {
        let quote = self.quote(change, now)?;
        let confirmed = quote.confirm(&right(), &self.terms(), now).unwrap();
        let mut next = self.subscriptions.len();
        let outcome = confirmed.carry_out(|| {
            next += 1;
            format!("sub-{next}").parse().unwrap()
        });
        for changed in outcome.changed {
            let kept = self.subscriptions.iter_mut().find(|kept| kept.id == changed.id);
            *kept.unwrap() = changed;
        }
        self.subscriptions.extend(outcome.added);
        Ok(outcome.quote.due_now)
    }
}

fn buy(quantity: u32) -> Change {
    Change::Subscribe {
        item: item(),
        quantity,
        user: None,
    }
}

fn resize(quantity: u32) -> Change {
    Change::Resize {
        subscription: "sub-1".parse().unwrap(),
        quantity,
    }
}

fn noon(day: i8) -> Timestamp {
    date(2026, 11, day)
        .at(12, 0, 0, 0)
        .to_zoned(toronto())
        .unwrap()
        .timestamp()
}

#[test]
fn what_is_added_bills_the_rest_of_the_month_at_once_and_what_is_cancelled_runs_to_its_end() {
    let mut shop = Shop::new(5_000_000, 30_000_000);
    // 11 of 30 days are left on the 20th: 2 × 5.00 and 2 × 11.00.
    assert_eq!(shop.change(buy(2), noon(20)), Ok(cad(32_000_000)));
    let quote = shop
        .quote(
            Change::Cancel {
                subscription: "sub-1".parse().unwrap(),
            },
            noon(25),
        )
        .unwrap();
    assert_eq!((quote.due_now, quote.monthly), (cad(0), cad(-60_000_000)));
    assert!(!quote.costs());
    shop.change(
        Change::Cancel {
            subscription: "sub-1".parse().unwrap(),
        },
        noon(25),
    )
    .unwrap();
    let end = date(2026, 12, 1).to_zoned(toronto()).unwrap().timestamp();
    let sold = &shop.subscriptions[0];
    assert_eq!(sold.ends_at(), Some(end));
    assert_eq!(
        (
            sold.quantity_at(end - SignedDuration::from_nanos(1)),
            sold.quantity_at(end)
        ),
        (2, 0)
    );
    assert_eq!(
        shop.change(resize(3), end),
        Err(QuoteError::NoSubscription {
            subscription: "sub-1".parse().unwrap()
        })
    );
}

#[test]
fn taking_a_reduction_back_costs_no_month_twice_but_is_confirmed_all_the_same() {
    let mut shop = Shop::new(0, 30_000_000);
    shop.change(buy(5), noon(1)).unwrap();
    assert_eq!(shop.change(resize(3), noon(10)), Ok(cad(0)));
    let quote = shop.quote(resize(4), noon(12)).unwrap();
    assert_eq!(
        (quote.due_now, quote.monthly, quote.costs()),
        (cad(0), cad(30_000_000), true)
    );
    shop.change(resize(4), noon(12)).unwrap();
    assert_eq!(
        (
            shop.subscriptions[0].quantity_at(noon(30)),
            shop.subscriptions[0].quantity_in_the_end()
        ),
        (5, 4)
    );
}

#[test]
fn a_quote_is_refused_once_anything_that_it_says_has_changed() {
    let shop = Shop::new(0, 30_000_000);
    let quote = shop.quote(buy(1), noon(10)).unwrap();
    let confirm = |shop: &Shop, now| quote.clone().confirm(&right(), &shop.terms(), now).map(|_| ());
    assert_eq!(confirm(&shop, noon(10)), Ok(()));

    let mut revised = Shop::new(0, 30_000_000);
    let again = CatalogueChange::Reprice {
        id: item(),
        price: price(0, 30_000_000),
    };
    revised.catalogue = shop.catalogue.with(again).unwrap();
    assert!(matches!(
        confirm(&revised, noon(10)),
        Err(Stale::Catalogue { .. })
    ));

    let mut dearer = Shop::new(0, 30_000_000);
    let choice = Choice {
        is_offered: true,
        retail: Some(price(0, 40_000_000)),
    };
    dearer.offer = dearer
        .offer
        .choose(dearer.catalogue.item(&item()).unwrap(), choice)
        .unwrap();
    assert_eq!(confirm(&dearer, noon(10)), Err(Stale::Price { item: item() }));

    let mut closed = Shop::new(0, 30_000_000);
    let choice = Choice {
        is_offered: false,
        retail: None,
    };
    closed.offer = closed
        .offer
        .choose(closed.catalogue.item(&item()).unwrap(), choice)
        .unwrap();
    assert_eq!(
        confirm(&closed, noon(10)),
        Err(Stale::Gone(QuoteError::NotOffered { item: item() }))
    );

    assert!(matches!(confirm(&shop, noon(11)), Err(Stale::Expired { .. })));
    assert!(matches!(confirm(&shop, noon(9)), Err(Stale::Expired { .. })));

    let mut owner = Shop::new(0, 30_000_000);
    owner.change(buy(2), noon(1)).unwrap();
    let grow = owner.quote(resize(4), noon(10)).unwrap();
    owner.change(resize(3), noon(10)).unwrap();
    let late = grow.confirm(&right(), &owner.terms(), noon(10));
    assert_eq!(late.map(|_| ()), Err(Stale::Quantity { item: item() }));
}

#[test]
fn a_quote_of_the_last_evening_ends_with_the_month_that_its_shares_were_counted_in() {
    let shop = Shop::new(0, 30_000_000);
    let evening = date(2026, 11, 30)
        .at(22, 0, 0, 0)
        .to_zoned(toronto())
        .unwrap()
        .timestamp();
    let quote = shop.quote(buy(1), evening).unwrap();
    assert_eq!(
        (quote.due_now, quote.expires_at),
        (cad(1_000_000), "2026-12-01T05:00:00Z".parse().unwrap())
    );
}

#[test]
fn a_forged_quote_is_worth_nothing() {
    let shop = Shop::new(5_000_000, 30_000_000);
    let honest = shop.quote(buy(3), noon(10)).unwrap();
    let mut free = honest.clone();
    (free.due_now, free.monthly) = (cad(0), cad(0));
    assert!(free.confirm(&right(), &shop.terms(), noon(10)).is_err());
    let mut cheap = honest.clone();
    cheap.lines.iter_mut().for_each(|line| line.amount = cad(0));
    assert!(cheap.confirm(&right(), &shop.terms(), noon(10)).is_err());
    let mut short = honest.clone();
    short.lines.clear();
    assert!(short.confirm(&right(), &shop.terms(), noon(10)).is_err());
    let mut long = honest;
    long.expires_at = noon(30);
    assert!(long.confirm(&right(), &shop.terms(), noon(20)).is_err());
}

#[test]
fn an_employee_confirms_nothing_and_another_companys_administrator_finds_nothing() {
    let shop = Shop::new(0, 30_000_000);
    let quote = shop.quote(buy(1), noon(10)).unwrap();
    let luc = Actor::user("usr-luc".parse().unwrap(), &place(), Roles::NONE);
    assert!(can(&luc, Action::Order, &place().resource(Matter::Subscriptions)).is_err());

    let other = AccountPlace {
        account: "acc-2".parse().unwrap(),
        ..place()
    };
    let eve = Actor::user(
        "usr-eve".parse().unwrap(),
        &other,
        "administrator".parse::<Roles>().unwrap(),
    );
    let grant = can(&eve, Action::Order, &other.resource(Matter::Subscriptions)).unwrap();
    let found = quote
        .clone()
        .confirm(&grant.billing_right().unwrap(), &shop.terms(), noon(10));
    assert_eq!(
        found.map(|_| ()).unwrap_err().to_string(),
        "there is no such quote"
    );

    // The office manager may add people, and what that costs is for the administrator to confirm.
    let max = Actor::user(
        "usr-max".parse().unwrap(),
        &place(),
        "office-manager".parse::<Roles>().unwrap(),
    );
    let grant = can(&max, Action::Add, &place().resource(Matter::Users)).unwrap();
    assert_eq!(grant.charge(), Charge::ByOthers);
    let refused = quote
        .accept(&grant, &shop.terms(), noon(10))
        .map(|_| ())
        .unwrap_err();
    assert_eq!(
        refused,
        Stale::Costs {
            due_now: cad(21_000_000)
        }
    );
}

#[test]
fn what_cannot_be_bought_is_refused_before_there_is_a_quote() {
    let shop = Shop::new(0, 30_000_000);
    for given in [0, MAX_QUANTITY + 1, u32::MAX] {
        assert_eq!(
            shop.quote(buy(given), noon(1)),
            Err(QuoteError::Quantity { given })
        );
    }
    let unknown = Change::Subscribe {
        item: "plan-x".parse().unwrap(),
        quantity: 1,
        user: None,
    };
    assert!(matches!(
        shop.quote(unknown, noon(1)),
        Err(QuoteError::NotOffered { .. })
    ));
    assert!(matches!(
        shop.quote(resize(1), noon(1)),
        Err(QuoteError::NoSubscription { .. })
    ));
    let nothing = Quote::new(
        "quo-1".parse().unwrap(),
        place().account,
        Vec::new(),
        &shop.terms(),
        noon(1),
    );
    assert_eq!(nothing, Err(QuoteError::Idle));
    let vast = Shop::new(0, i64::MAX);
    assert_eq!(
        vast.quote(buy(2), noon(1)),
        Err(QuoteError::Money(MoneyError::Overflow))
    );

    let mut owner = Shop::new(0, 1);
    owner.change(buy(2), noon(1)).unwrap();
    let twice = vec![
        resize(3),
        Change::Cancel {
            subscription: "sub-1".parse().unwrap(),
        },
    ];
    let quote = Quote::new(
        "quo-1".parse().unwrap(),
        place().account,
        twice,
        &owner.terms(),
        noon(1),
    );
    assert!(matches!(quote, Err(QuoteError::Twice { .. })));
}

#[test]
fn a_reseller_asks_more_but_neither_less_nor_for_what_it_was_not_given() {
    let shop = Shop::new(5_000_000, 30_000_000);
    let plan = shop.catalogue.item(&item()).unwrap();
    let ask = |one_off, monthly| {
        let choice = Choice {
            is_offered: true,
            retail: Some(price(one_off, monthly)),
        };
        shop.offer.choose(plan, choice)
    };
    let below = |component| {
        Err(ChoiceError::Below {
            item: item(),
            component,
        })
    };
    assert_eq!(ask(5_000_000, 29_999_999), below(Component::Monthly));
    assert_eq!(ask(4_999_999, 40_000_000), below(Component::OneOff));
    let dearer = ask(5_000_000, 30_000_001).unwrap();
    assert_eq!(dearer.price(plan).unwrap().monthly(), cad(30_000_001));

    let minutes = IncludedMinutes {
        minutes: 100,
        classes: BTreeSet::from([crate::class::NumberClass::Canada]),
    };
    let gift = Price::new(cad(5_000_000), cad(30_000_000), BTreeMap::new(), minutes).unwrap();
    let choice = Choice {
        is_offered: true,
        retail: Some(gift),
    };
    assert_eq!(shop.offer.choose(plan, choice), below(Component::Included));

    let fixed = crate::offer::Item {
        resale: Resale::Fixed,
        ..plan.clone()
    };
    let choice = Choice {
        is_offered: true,
        retail: Some(price(5_000_000, 30_000_001)),
    };
    assert_eq!(
        shop.offer.choose(&fixed, choice.clone()),
        Err(ChoiceError::Fixed { item: item() })
    );
    let mut barred = shop.offer.clone();
    barred.assigned = Some(BTreeSet::new());
    assert!(matches!(
        barred.choose(plan, choice),
        Err(ChoiceError::NotAssigned { .. })
    ));
    assert_eq!(barred.price(plan), None);

    // The catalogue goes up after the choice: nobody sells below it.
    let up = shop
        .catalogue
        .with(CatalogueChange::Reprice {
            id: item(),
            price: price(1_000_000, 50_000_000),
        })
        .unwrap();
    let lifted = dearer.price(up.item(&item()).unwrap()).unwrap();
    assert_eq!(
        (lifted.one_off(), lifted.monthly()),
        (cad(5_000_000), cad(50_000_000))
    );
}

fn take(number: &str) -> Change {
    Change::TakeNumber {
        number: number.parse().unwrap(),
        target: DidTarget::SmartNumber {
            user: "usr-luc".parse().unwrap(),
        },
    }
}

/// The catalogue with one item more, which says what a number costs.
fn with_numbers(shop: &Shop, id: &str, monthly: i64) -> Catalogue {
    let add = CatalogueChange::Add {
        id: id.parse().unwrap(),
        kind: ItemKind::Number,
        name: "Number".parse().unwrap(),
        price: price(5_000_000, monthly),
        resale: Resale::AtLeastList,
    };
    shop.catalogue.with(add).unwrap()
}

#[test]
fn a_number_is_quoted_at_the_one_price_of_a_number_and_sold_by_the_confirmation_only() {
    let mut shop = Shop::new(0, 30_000_000);
    assert_eq!(
        shop.quote(take("+15145550123"), noon(20)),
        Err(QuoteError::NumberPrice { offered: 0 })
    );
    shop.catalogue = with_numbers(&shop, "number", 3_000_000);
    let quote = shop.quote(take("+15145550123"), noon(20)).unwrap();
    // 5.00 once, and 11 of 30 days of 3.00.
    assert_eq!((quote.due_now, quote.monthly), (cad(6_100_000), cad(3_000_000)));
    let outcome = quote
        .confirm(&right(), &shop.terms(), noon(20))
        .unwrap()
        .carry_out(|| "sub-1".parse().unwrap());
    let sold: Vec<_> = outcome
        .numbers
        .iter()
        .map(|sold| (sold.number().as_str(), sold.account()))
        .collect();
    assert_eq!(sold, [("+15145550123", &place().account)]);
    assert_eq!(outcome.added[0].number, "+15145550123".parse().ok());

    // What is paid for a number can neither be cancelled without it nor be had without one.
    shop.subscriptions = outcome.added;
    let cancel = Change::Cancel {
        subscription: "sub-1".parse().unwrap(),
    };
    for change in [cancel, resize(2)] {
        assert!(matches!(
            shop.quote(change, noon(21)),
            Err(QuoteError::OfNumber { .. })
        ));
    }
    let bare = Change::Subscribe {
        item: "number".parse().unwrap(),
        quantity: 1,
        user: None,
    };
    assert!(matches!(
        shop.quote(bare, noon(21)),
        Err(QuoteError::NotOffered { .. })
    ));
    let ended = shop.subscriptions[0].ended(noon(21), &toronto());
    assert_eq!(ended.ends_at(), Some(month_end(noon(21), &toronto())));
}

#[test]
fn nobody_chooses_the_cheaper_of_two_prices_of_a_number_or_gets_one_twice() {
    let mut shop = Shop::new(0, 30_000_000);
    shop.catalogue = with_numbers(&shop, "number", 3_000_000);
    let twice = Quote::new(
        "quo-1".parse().unwrap(),
        place().account,
        vec![take("+15145550123"), take("+15145550123")],
        &shop.terms(),
        noon(20),
    );
    assert!(matches!(twice, Err(QuoteError::NumberTwice { .. })));
    let quote = shop.quote(take("+15145550123"), noon(20)).unwrap();
    shop.catalogue = with_numbers(&shop, "number-2", 1_000_000);
    assert_eq!(
        shop.quote(take("+15145550123"), noon(20)),
        Err(QuoteError::NumberPrice { offered: 2 })
    );
    assert!(matches!(
        quote.confirm(&right(), &shop.terms(), noon(20)),
        Err(Stale::Catalogue { .. })
    ));
}

/// Rounds to cents by looking for the nearest one, the even one of two.
fn to_cents(times: i128, over: i128) -> i128 {
    let cent = 10_000 * over;
    let near = times / cent;
    let best = (near - 1..=near + 1).min_by_key(|cents| ((times - cents * cent).abs(), cents % 2));
    best.unwrap() * 10_000
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_purchase_costs_what_the_bookkeeper_counts(
        one_off in 0_i64..1_000_000_000, monthly in 0_i64..1_000_000_000, quantity in 1_u32..=MAX_QUANTITY,
        year in 2026_i16..2033, ordinal in 1_i16..=365, second in 0_i32..86_400,
    ) {
        let shop = Shop::new(one_off, monthly);
        let day = date(year, 1, 1).with().day_of_year(ordinal).build().unwrap();
        let now = day.to_zoned(toronto()).unwrap() + SignedDuration::from_secs(second.into());
        // Day by day to the end of the month, on a calendar without zones.
        let (mut left, mut of) = (0, 0);
        for of_month in now.date().first_of_month().series(jiff::Span::new().days(1)) {
            if of_month.month() != now.date().month() {
                break;
            }
            of += 1;
            left += i128::from(of_month >= now.date());
        }
        let pieces = i128::from(quantity);
        let once = to_cents(i128::from(one_off) * pieces, 1);
        // The share is taken to a micro-unit first, as every amount is.
        let exact = i128::from(monthly) * pieces * left;
        let micros = (exact / of - 1..=exact / of + 1).min_by_key(|micros| ((exact - micros * of).abs(), micros % 2));
        let month = to_cents(micros.unwrap(), 1);
        let quote = shop.quote(buy(quantity), now.timestamp()).unwrap();
        prop_assert_eq!(i128::from(quote.due_now.micros()), once + month);
        let lines = Money::sum(quote.lines.iter().map(|line| line.amount), Currency::CAD).unwrap();
        prop_assert_eq!(lines, quote.due_now);
        prop_assert_eq!(i128::from(quote.monthly.micros()), i128::from(monthly) * pieces);
    }

    #[test]
    fn a_year_of_changes_leaves_the_quantities_that_the_bookkeeper_has(
        steps in proptest::collection::vec((0_i64..40, 0_u32..9), 1..25),
    ) {
        let mut shop = Shop::new(1_000_000, 30_000_000);
        let mut now = date(2026, 1, 3).at(9, 0, 0, 0).to_zoned(toronto()).unwrap();
        shop.change(buy(4), now.timestamp()).unwrap();
        // The bookkeeper: what is paid for now, and what shall hold from the first of the next month.
        let (mut paid, mut wanted) = (4_u32, 4_u32);
        for (days, quantity) in steps {
            let then = now.checked_add(jiff::Span::new().days(days)).unwrap();
            if then.date().first_of_month() != now.date().first_of_month() {
                paid = wanted;
            }
            now = then;
            let change = if quantity == 0 {
                Change::Cancel { subscription: "sub-1".parse().unwrap() }
            } else {
                resize(quantity)
            };
            let billed = shop.change(change, now.timestamp());
            if paid == 0 {
                prop_assert!(matches!(billed, Err(QuoteError::NoSubscription { .. })), "{:?}", billed);
                break;
            }
            if quantity == wanted {
                prop_assert_eq!(billed, Err(QuoteError::Idle));
                continue;
            }
            // Somebody pays at once exactly for what he had not paid for yet.
            prop_assert_eq!(billed.unwrap().is_zero(), quantity <= paid);
            (paid, wanted) = (paid.max(quantity), quantity);
            let sold = &shop.subscriptions[0];
            prop_assert_eq!((sold.quantity_at(now.timestamp()), sold.quantity_in_the_end()), (paid, wanted));
        }
    }
}
