//! What another customer tries with ids that are not his: each answer is the one for an id that nobody has.

use evatel_core::{
    did::import::Rows,
    id::{AccountId, ItemId, QuoteId, ResellerId, UserId},
    money::{Currency, Money},
    offer::{CatalogueChange, Change, Choice, ItemKind, Price, Resale},
};
use evatel_store::{Acting, Arrival, Error, NewNumber, NumberFilter, Target};
use rstest::rstest;

use crate::{
    house::{
        House,
        Kind::{self, Postgres, Sqlite},
    },
    numbers::{administrator, neighbour, smart, stock},
};

/// Whose ids are tried.
struct Ids {
    account: AccountId,
    reseller: ResellerId,
    user: UserId,
    quote: QuoteId,
    item: ItemId,
}

/// Tries every question and command about numbers and what is sold; gives what each said, ids left out.
async fn tries(eve: &Acting, ids: &Ids, house: &House) -> Vec<(&'static str, String)> {
    let said = |answer: Result<String, Error>| {
        let mut text = answer.map_or_else(|error| error.to_string(), |value| format!("ok {value}"));
        for id in [
            ids.account.as_str(),
            ids.reseller.as_str(),
            ids.user.as_str(),
            ids.quote.as_str(),
        ] {
            text = text.replace(id, "ID");
        }
        text
    };
    macro_rules! tell {
        ($($what:literal => $answer:expr),+ $(,)?) => {
            vec![$(($what, said($answer.await.map(|value| format!("{value:?}"))))),+]
        };
    }
    let trunk = house.store.trunks().await.unwrap().remove(0).id;
    let new = NewNumber {
        number: "+15145557777".parse().unwrap(),
        trunk: trunk.clone(),
        arrival: Arrival::Available,
    };
    let rows = Rows::new("number\n5145557778\n".as_bytes()).unwrap();
    let rows = rows.map(|row| row.unwrap().unwrap()).collect();
    let buy = |user| {
        vec![Change::Subscribe {
            item: ids.item.clone(),
            quantity: 1,
            user,
        }]
    };
    let take = vec![Change::TakeNumber {
        number: "+15145550002".parse().unwrap(),
        target: smart(&ids.user),
    }];
    let account = Target::Account(ids.account.clone());
    let choice = Choice {
        is_offered: false,
        retail: None,
    };
    let (page, file) = (NumberFilter::default(), "n.csv".parse().unwrap());
    tell! {
        "catalogue" => eve.catalogue(&account),
        "subscriptions" => eve.subscriptions(&ids.account),
        "billed" => eve.billed(&ids.account),
        "quote" => eve.quote(&ids.account, buy(None)),
        "quote a number" => eve.quote(&ids.account, take),
        "confirm" => eve.confirm(&ids.quote),
        "numbers of an account" => eve.numbers(&account, &page),
        "numbers of a user" => eve.numbers(&Target::User(ids.user.clone()), &page),
        "numbers on offer" => eve.numbers_on_offer(&ids.account, &page),
        "offer" => eve.offer(&ids.reseller),
        "assign_offer" => eve.assign_offer(&ids.reseller, None),
        "choose_offer" => eve.choose_offer(&ids.reseller, &ids.item, choice),
        "add_number" => eve.add_number(&ids.reseller, new),
        "import_numbers" => eve.import_numbers(&ids.reseller, rows, Some(trunk), &file),
        "numbers of a reseller" => eve.numbers(&Target::Reseller(ids.reseller.clone()), &page),
        "enter" => eve.enter(&account),
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_tried_with_anothers_id_is_answered_as_with_nobodys(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let price = Price::each_month(Money::from_micros(3_000_000, Currency::CAD)).unwrap();
    for (id, kind) in [("plan-pro", ItemKind::Plan), ("number", ItemKind::Number)] {
        let add = CatalogueChange::Add {
            id: id.parse().unwrap(),
            kind,
            name: "Pro".parse().unwrap(),
            price: price.clone(),
            resale: Resale::AtLeastList,
        };
        house.root().change_catalogue(add).await.unwrap();
    }
    let inside = house.acting().await;
    stock(&house, &inside, 2).await;
    let (account, zoe) = neighbour(&house, &inside).await;
    let eve = administrator(&house, &account, &zoe);
    let other = house
        .root()
        .add_reseller("Other".parse().unwrap(), Default::default())
        .await
        .unwrap();
    let buy = Change::Subscribe {
        item: "plan-pro".parse().unwrap(),
        quantity: 1,
        user: None,
    };
    let luc = house
        .root()
        .enter(&Target::Account(house.account.id.clone()))
        .await
        .unwrap();
    let theirs = Ids {
        account: house.account.id.clone(),
        reseller: other.reseller.id.clone(),
        user: house.user.id.clone(),
        quote: luc.quote(&house.account.id, vec![buy]).await.unwrap().id,
        item: "plan-pro".parse().unwrap(),
    };
    let nobodys = Ids {
        account: "acc-none".parse().unwrap(),
        reseller: "rsl-none".parse().unwrap(),
        user: "usr-none".parse().unwrap(),
        quote: "quo-none".parse().unwrap(),
        item: "plan-pro".parse().unwrap(),
    };
    let revision = house.store.revision().await.unwrap();
    let (theirs, nobodys) = (
        tries(&eve, &theirs, &house).await,
        tries(&eve, &nobodys, &house).await,
    );
    assert_eq!(theirs, nobodys);
    assert!(
        theirs.iter().all(|(_, said)| said.starts_with("there is no")),
        "{theirs:#?}"
    );
    assert_eq!(house.store.revision().await.unwrap(), revision);

    // His own account, and a user who is not of it.
    let own = Change::Subscribe {
        item: "plan-pro".parse().unwrap(),
        quantity: 1,
        user: Some(house.user.id.clone()),
    };
    let foreign = eve.quote(&account, vec![own]).await;
    assert!(
        matches!(foreign, Err(Error::Missing { what: "user", .. })),
        "{foreign:?}"
    );
}
