//! What takes a place that is paid for, and what is free.

use super::*;

fn with_priced(shop: &Shop, kind: ItemKind, monthly: i64) -> Catalogue {
    let add = CatalogueChange::Add {
        id: kind.word().parse().unwrap(),
        kind,
        name: "Priced".parse().unwrap(),
        price: price(0, monthly),
        resale: Resale::Free,
    };
    shop.catalogue.with(add).unwrap()
}

fn buy_kind(kind: ItemKind, quantity: u32) -> Change {
    Change::Subscribe {
        item: kind.word().parse().unwrap(),
        quantity,
        user: None,
    }
}

#[test]
fn where_a_telephone_or_a_person_costs_each_takes_a_place_that_a_confirmed_quote_pays_for() {
    for kind in [ItemKind::Device, ItemKind::Seat] {
        let mut shop = Shop::new(0, 1_000_000);
        let has = |count| match kind {
            ItemKind::Device => Taken {
                devices: count,
                seats: 0,
            },
            _ => Taken {
                devices: 0,
                seats: count,
            },
        };
        let one_more = |shop: &Shop| match kind {
            ItemKind::Device => shop.terms().device_place(noon(20)).map(drop),
            _ => shop.terms().seat(noon(20)).map(drop),
        };
        shop.taken = has(7);
        assert_eq!(one_more(&shop), Ok(()), "nothing is asked for it");
        shop.catalogue = with_priced(&shop, kind, 0);
        assert_eq!(one_more(&shop), Ok(()), "what costs nothing is free");

        let mut shop = Shop::new(0, 1_000_000);
        shop.catalogue = with_priced(&shop, kind, 4_000_000);
        // What was there before it had a price takes a place as well.
        shop.taken = has(1);
        let refused = |paid, taken| Err(Unpaid::NoPlace { kind, paid, taken });
        assert_eq!(one_more(&shop), refused(0, 1));
        shop.change(buy(9), noon(20)).unwrap();
        assert_eq!(one_more(&shop), refused(0, 1), "a plan is no place");
        shop.change(buy_kind(kind, 2), noon(20)).unwrap();
        assert_eq!(one_more(&shop), Ok(()));
        shop.taken = has(2);
        assert_eq!(one_more(&shop), refused(2, 2));

        // Nobody keeps what he has and stops paying for it.
        let resize = |quantity| Change::Resize {
            subscription: "sub-2".parse().unwrap(),
            quantity,
        };
        let stays = shop.quote(resize(1), noon(20));
        assert_eq!(
            stays,
            Err(QuoteError::PlacesTaken {
                kind,
                paid: 1,
                taken: 2
            })
        );
        shop.taken = has(1);
        let fewer = shop.quote(resize(1), noon(20)).unwrap();
        shop.taken = has(2);
        let late = fewer.confirm(&right(), &shop.terms(), noon(20));
        assert!(
            matches!(late, Err(Stale::Gone(QuoteError::PlacesTaken { .. }))),
            "{late:?}"
        );
        // A place that ends with the month is none for whoever comes now.
        shop.taken = has(1);
        shop.change(resize(1), noon(20)).unwrap();
        assert_eq!(shop.subscriptions[1].quantity_at(noon(20)), 2);
        assert_eq!(one_more(&shop), refused(1, 1));
        // One item may take the place of another.
        let swap = vec![
            Change::Cancel {
                subscription: "sub-2".parse().unwrap(),
            },
            buy_kind(kind, 1),
        ];
        let swapped = Quote::new(
            "quo-2".parse().unwrap(),
            place().account,
            swap,
            &shop.terms(),
            noon(20),
        );
        assert!(swapped.is_ok(), "{swapped:?}");
        // Where it has no price any more nothing is held fast.
        shop.offer.assigned = Some(BTreeSet::new());
        assert_eq!(one_more(&shop), Ok(()));
        assert!(
            shop.quote(
                Change::Cancel {
                    subscription: "sub-2".parse().unwrap()
                },
                noon(20)
            )
            .is_ok()
        );
    }
}

#[test]
fn a_number_is_free_only_where_no_number_costs_and_a_seat_is_bought_for_nobody_in_particular() {
    let mut shop = Shop::new(0, 1_000_000);
    assert!(shop.terms().free_number().is_ok());
    shop.catalogue = with_priced(&shop, ItemKind::Number, 0);
    assert!(shop.terms().free_number().is_ok());
    shop.catalogue = with_numbers(&shop, "dear", 3_000_000);
    assert_eq!(shop.terms().free_number(), Err(Unpaid::Number));

    shop.catalogue = with_priced(&shop, ItemKind::Seat, 4_000_000);
    let for_one = Change::Subscribe {
        item: "seat".parse().unwrap(),
        quantity: 1,
        user: Some("usr-anne".parse().unwrap()),
    };
    assert_eq!(shop.quote(for_one, noon(20)), Err(QuoteError::SeatForUser));
}
