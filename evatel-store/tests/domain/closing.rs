//! What a closed account lets go of, on both databases.

use evatel_core::{
    account::{AccountStatus, rules::Broken},
    did::{DidState, DidStatus, DidVerb, Owner},
    emergency::EmergencyPlace,
    id::{AccountId, UserId},
    money::{Currency, Money},
    number::E164,
    offer::{CatalogueChange, Change, ItemKind, Price, Resale},
};
use evatel_store::{AccountChange, Acting, Arrival, AuditFilter, Error, NewNumber, NumberChange, Target};
use jiff::SignedDuration;
use rstest::rstest;

use crate::{
    house::{
        House,
        Kind::{self, Postgres, Sqlite},
    },
    numbers::{customer_of, neighbour, smart, stock},
};

/// A company with a number in each state that it can hold one in.
struct Held {
    account: AccountId,
    user: UserId,
    assigned: E164,
    suspended: E164,
    reserved: E164,
    leaving: E164,
    coming: E164,
}

async fn hold(house: &House, seller: &Acting) -> Held {
    let (account, user) = neighbour(house, seller).await;
    let mut numbers = Vec::new();
    for last in 1..=4 {
        numbers.push(stock(house, seller, last).await);
    }
    let coming: E164 = "+15145557777".parse().unwrap();
    let new = NewNumber {
        number: coming.clone(),
        trunk: house.store.trunks().await.unwrap().remove(0).id,
        arrival: Arrival::PortIn {
            target: Some(smart(&user)),
        },
    };
    seller.add_number(&house.account.reseller, new).await.unwrap();
    let reserve = NumberChange::Reserve {
        account: Some(account.clone()),
        length: SignedDuration::from_hours(24),
    };
    let assign = || NumberChange::Assign(smart(&user));
    for (number, change) in [
        (&numbers[0], assign()),
        (&numbers[1], assign()),
        (&numbers[1], NumberChange::Suspend),
        (&numbers[2], reserve),
        (&numbers[3], assign()),
        (&numbers[3], NumberChange::PortOut),
    ] {
        seller.change_number(number, change).await.unwrap();
    }
    let [assigned, suspended, reserved, leaving] = numbers.try_into().unwrap();
    Held {
        account,
        user,
        assigned,
        suspended,
        reserved,
        leaving,
        coming,
    }
}

fn closed() -> AccountChange {
    AccountChange {
        status: Some(AccountStatus::Closed),
        ..AccountChange::default()
    }
}

async fn status(number: &E164, acting: &Acting) -> DidStatus {
    acting.number(number).await.unwrap().state.status()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_of_a_closed_account_rest_and_both_history_and_audit_tell_it(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let seller = house.acting().await;
    let held = hold(&house, &seller).await;
    let inside = seller
        .enter(&Target::Account(held.account.clone()))
        .await
        .unwrap();
    let place = EmergencyPlace {
        account: held.account.clone(),
        street: "1 rue Un".parse().unwrap(),
        city: "Montréal".parse().unwrap(),
        province: "QC".parse().unwrap(),
        callback: held.assigned.clone(),
        trunk: house.store.trunks().await.unwrap().remove(0).id,
    };
    inside.set_emergency_place(place).await.unwrap();

    let tried = seller.clone().rehearsing();
    tried.change_account(&held.account, closed()).await.unwrap();
    assert_eq!(status(&held.assigned, &seller).await, DidStatus::Assigned);
    seller.change_account(&held.account, closed()).await.unwrap();

    for number in [&held.assigned, &held.suspended] {
        let record = seller.number(number).await.unwrap();
        let DidState::Quarantined { former, .. } = &record.state else {
            panic!("{record:?}")
        };
        assert_eq!(*former, held.account);
        let pool = Owner::Reseller {
            reseller: house.account.reseller.clone(),
        };
        assert_eq!(record.owner, pool);
        let history = seller.number_history(number).await.unwrap();
        assert_eq!(history.last().unwrap().verb, DidVerb::Release);
        assert_eq!(history.last().unwrap().by.as_str(), "system:root");
        let told = AuditFilter {
            limit: 1,
            object: Some(number.to_string()),
            ..AuditFilter::default()
        };
        let told = house.root().audit(&Target::System, &told).await.unwrap();
        let (before, after) = (told[0].entry.before.as_ref(), told[0].entry.after.as_ref());
        assert!(before.is_some() && after.is_some(), "{told:?}");
        assert_eq!(told[0].entry.account, Some(held.account.clone()));
    }
    assert_eq!(status(&held.reserved, &seller).await, DidStatus::Available);
    let places = house.root().emergency_places(&Target::System).await.unwrap();
    assert!(places.is_empty(), "{places:?}");
    let directory = house.store.load_directory().await.unwrap();
    assert!(directory.did(&held.assigned).is_none());

    // What is between two carriers goes on, and rests when it stays or comes.
    assert_eq!(status(&held.leaving, &seller).await, DidStatus::PortOutPending);
    for (number, change) in [
        (&held.leaving, NumberChange::AbandonPortOut),
        (&held.coming, NumberChange::CompletePortIn),
    ] {
        seller.change_number(number, change).await.unwrap();
        assert_eq!(status(number, &seller).await, DidStatus::Quarantined);
    }

    // Nothing comes to it any more, until it is taken back.
    let reserve = NumberChange::Reserve {
        account: Some(held.account.clone()),
        length: SignedDuration::from_hours(24),
    };
    for (number, change) in [
        (&held.reserved, NumberChange::Assign(smart(&held.user))),
        (&held.reserved, reserve),
        (&held.assigned, NumberChange::Restore(smart(&held.user))),
    ] {
        let refused = seller.change_number(number, change).await;
        let is_closed = matches!(refused, Err(Error::Broken(Broken::ClosedAccount { .. })));
        assert!(is_closed, "{number}: {refused:?}");
    }
    let back = AccountChange {
        status: Some(AccountStatus::Pending),
        ..AccountChange::default()
    };
    seller.change_account(&held.account, back).await.unwrap();
    let restore = NumberChange::Restore(smart(&held.user));
    seller.change_number(&held.assigned, restore).await.unwrap();
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_a_closed_account_pays_for_ends_with_the_month(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let seller = house.acting().await;
    let price = Price::each_month(Money::from_micros(3_000_000, Currency::CAD)).unwrap();
    let add = CatalogueChange::Add {
        id: "plan-pro".parse().unwrap(),
        kind: ItemKind::Plan,
        name: "Pro".parse().unwrap(),
        price,
        resale: Resale::AtLeastList,
    };
    house.root().change_catalogue(add).await.unwrap();
    let (account, _) = neighbour(&house, &seller).await;
    let inside = seller.enter(&Target::Account(account.clone())).await.unwrap();
    let buy = Change::Subscribe {
        item: "plan-pro".parse().unwrap(),
        quantity: 2,
        user: None,
    };
    let quote = inside.quote(&account, vec![buy]).await.unwrap();
    inside.confirm(&quote.id).await.unwrap();

    seller.change_account(&account, closed()).await.unwrap();
    let bought = house.root().subscriptions(&account).await.unwrap();
    assert_eq!(bought[0].quantity, 2, "until the month is over");
    assert_eq!(bought[0].quantity_in_the_end(), 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_closed_reseller_closes_each_account_as_if_it_were_closed_alone(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let south = house
        .root()
        .add_reseller("Sud".parse().unwrap(), Default::default())
        .await
        .unwrap()
        .reseller;
    let seller = house
        .root()
        .enter(&Target::Reseller(south.id.clone()))
        .await
        .unwrap();
    let (account, user) = customer_of(&south.id, &seller).await;
    let number: E164 = "+15145557777".parse().unwrap();
    let new = NewNumber {
        number: number.clone(),
        trunk: house.trunk().await,
        arrival: Arrival::InService(smart(&user)),
    };
    seller.add_number(&south.id, new).await.unwrap();
    assert_eq!(house.root().close_reseller(&south.id).await.unwrap(), 1);
    assert_eq!(status(&number, &house.root()).await, DidStatus::Quarantined);
    let told = AuditFilter {
        limit: 9,
        object: Some(account.to_string()),
        ..AuditFilter::default()
    };
    let told = house
        .root()
        .audit(&Target::Account(account), &told)
        .await
        .unwrap();
    let after = told[0].entry.after.as_ref().unwrap();
    assert_eq!(after.get("status").and_then(|word| word.as_str()), Some("closed"));
}
