//! What costs is added after a confirmed quote only: telephones, people and numbers, whoever adds them.

use std::sync::Arc;

use evatel_core::{
    account::{AccountKind, BillingMode, Roles, import},
    audit::Origin,
    did::import::{Remedy, Rows},
    id::{AccountId, ResellerId, UserId},
    money::{Currency, Money},
    number::Extension,
    offer::{CatalogueChange, Change, Choice, ItemKind, Price, QuoteError, Resale, Unpaid},
    permission::{AccountPlace, Actor},
};
use evatel_store::{
    Acting, Arrival, Error, NewDevice, NewNumber, NewUser, NumberChange, NumberFilter, Scope, Target,
};
use rstest::rstest;
use tokio::sync::Barrier;

use crate::{
    house::{
        House,
        Kind::{self, Postgres, Sqlite},
    },
    numbers::{administrator, neighbour, number, release, smart, stock},
};

async fn sell(kind: ItemKind, house: &House) {
    let item = CatalogueChange::Add {
        id: kind.word().parse().unwrap(),
        kind,
        name: "Priced".parse().unwrap(),
        price: Price::each_month(Money::from_micros(4_000_000, Currency::CAD)).unwrap(),
        resale: Resale::AtLeastList,
    };
    house.root().change_catalogue(item).await.unwrap();
}

async fn hide(kind: ItemKind, house: &House) {
    let hidden = Choice {
        is_offered: false,
        retail: None,
    };
    let (reseller, item) = (&house.account.reseller, kind.word().parse().unwrap());
    house
        .acting()
        .await
        .choose_offer(reseller, &item, hidden)
        .await
        .unwrap();
}

fn buy(kind: ItemKind, quantity: u32) -> Vec<Change> {
    vec![Change::Subscribe {
        item: kind.word().parse().unwrap(),
        quantity,
        user: None,
    }]
}

fn person(account: &AccountId, extension: u32) -> NewUser {
    NewUser {
        account: account.clone(),
        extension: extension.to_string().parse::<Extension>().unwrap(),
        name: "Anne Roy".parse().unwrap(),
    }
}

/// Somebody of a company, in person.
fn employee(user: &UserId, roles: &str, account: &AccountId, reseller: &ResellerId, house: &House) -> Acting {
    let place = AccountPlace {
        account: account.clone(),
        reseller: reseller.clone(),
        billing: BillingMode::Delegated,
        kind: AccountKind::Company,
        has_administrator: true,
    };
    let actor = Actor::user(user.clone(), &place, roles.parse::<Roles>().unwrap());
    house.store.acting_as(actor, Origin::CommandLine)
}

fn unpaid<T: std::fmt::Debug>(refused: Result<T, Error>) -> Unpaid {
    match refused {
        Err(Error::Unpaid(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_office_manager_adds_people_only_where_the_administrator_has_bought_them_a_seat(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let reseller = &house.account.reseller;
    let (company, zoe) = neighbour(&house, &house.acting().await).await;
    let inside = house
        .root()
        .enter(&Target::Account(company.clone()))
        .await
        .unwrap();
    let anne = inside.add_user(person(&company, 102)).await.unwrap().id;
    inside
        .set_roles(&anne, "office-manager".parse().unwrap())
        .await
        .unwrap();
    let manager = employee(&anne, "office-manager", &company, reseller, &house);
    let administrator = employee(&zoe, "administrator", &company, reseller, &house);

    sell(ItemKind::Seat, &house).await;
    let none = |taken, paid| Unpaid::NoPlace {
        kind: ItemKind::Seat,
        paid,
        taken,
    };
    // Nobody's right is above what it costs: not his who may confirm it, nor that of whoever entered from above.
    for acting in [&manager, &administrator, &inside] {
        assert_eq!(unpaid(acting.add_user(person(&company, 103)).await), none(2, 0));
    }
    let asked = manager.quote(&company, buy(ItemKind::Seat, 3)).await;
    assert!(matches!(asked, Err(Error::Refused(_))), "{asked:?}");
    let quote = administrator
        .quote(&company, buy(ItemKind::Seat, 3))
        .await
        .unwrap();
    let early = manager.confirm(&quote.id).await;
    assert!(matches!(early, Err(Error::Refused(_))), "{early:?}");
    let bought = administrator.confirm(&quote.id).await.unwrap();
    let third = manager.add_user(person(&company, 103)).await.unwrap().id;
    assert_eq!(unpaid(manager.add_user(person(&company, 104)).await), none(3, 3));

    // Who stays is paid for; who leaves makes his seat free.
    let fewer = vec![Change::Resize {
        subscription: bought.subscriptions[0].id.clone(),
        quantity: 2,
    }];
    let stays = administrator.quote(&company, fewer.clone()).await;
    assert!(
        matches!(
            stays,
            Err(Error::Quote(QuoteError::PlacesTaken {
                paid: 2,
                taken: 3,
                ..
            }))
        ),
        "{stays:?}"
    );
    manager.remove_user(&third).await.unwrap();
    let quote = administrator.quote(&company, fewer).await.unwrap();
    manager.add_user(person(&company, 105)).await.unwrap();
    let late = administrator.confirm(&quote.id).await;
    assert!(matches!(late, Err(Error::Stale(_))), "{late:?}");

    hide(ItemKind::Seat, &house).await;
    manager.add_user(person(&company, 106)).await.unwrap();
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_telephone_that_costs_is_added_once_its_place_is_paid_for(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let account = &house.account.id;
    let inside = house
        .root()
        .enter(&Target::Account(account.clone()))
        .await
        .unwrap();
    let new = NewDevice::new("Bureau".parse().unwrap(), house.user.id.clone());
    sell(ItemKind::Device, &house).await;
    let refused = Unpaid::NoPlace {
        kind: ItemKind::Device,
        paid: 0,
        taken: 0,
    };
    assert_eq!(unpaid(inside.add_device(new.clone()).await), refused);
    assert_eq!(
        inside.devices(&Target::Account(account.clone())).await.unwrap(),
        []
    );
    let quote = inside.quote(account, buy(ItemKind::Device, 1)).await.unwrap();
    assert_eq!(
        unpaid(inside.add_device(new.clone()).await),
        refused,
        "a quote alone is no yes"
    );
    inside.confirm(&quote.id).await.unwrap();
    let device = inside.add_device(new.clone()).await.unwrap().0.device;
    unpaid(inside.add_device(new.clone()).await);
    inside.remove_device(&device.id).await.unwrap();
    inside.add_device(new).await.unwrap();
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_reseller_hands_out_no_number_that_costs_by_any_of_its_ways(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let (reseller, user) = (&house.account.reseller, &house.user.id);
    let seller = house.acting().await;
    let trunk = house.trunk().await;
    let pooled = stock(&house, &seller, 1).await;
    let resting = stock(&house, &seller, 2).await;
    let assign = NumberChange::Assign(smart(user));
    seller.change_number(&resting, assign.clone()).await.unwrap();
    seller.change_number(&resting, release()).await.unwrap();
    sell(ItemKind::Number, &house).await;
    let before = seller
        .numbers(&Target::Reseller(reseller.clone()), &NumberFilter::default())
        .await
        .unwrap();

    let arrives = |last, arrival| NewNumber {
        number: number(last),
        trunk: trunk.clone(),
        arrival,
    };
    let restore = NumberChange::Restore(smart(user));
    assert_eq!(
        unpaid(seller.change_number(&pooled, assign.clone()).await),
        Unpaid::Number
    );
    assert_eq!(
        unpaid(seller.change_number(&resting, restore).await),
        Unpaid::Number
    );
    let in_service = arrives(3, Arrival::InService(smart(user)));
    assert_eq!(
        unpaid(seller.add_number(reseller, in_service).await),
        Unpaid::Number
    );
    let ported = arrives(
        4,
        Arrival::PortIn {
            target: Some(smart(user)),
        },
    );
    assert_eq!(unpaid(seller.add_number(reseller, ported).await), Unpaid::Number);
    let text = format!("number,user\n5145550005,\n5145550006,{user}\n");
    let rows = Rows::new(text.as_bytes())
        .unwrap()
        .map(|row| row.unwrap().unwrap());
    let source = "numbers.csv".parse().unwrap();
    let imported = seller
        .import_numbers(reseller, rows.collect(), Some(trunk.clone()), &source)
        .await
        .unwrap();
    assert_eq!((imported.added, imported.refused.len()), (1, 1));
    assert_eq!(
        (imported.refused[0].line, imported.refused[0].remedy),
        (3, Remedy::OrderByQuote)
    );
    // Nothing came of all this but the number for the pool.
    let mut after = seller
        .numbers(&Target::Reseller(reseller.clone()), &NumberFilter::default())
        .await
        .unwrap();
    after.retain(|record| record.number != number(5));
    assert_eq!(after, before);

    hide(ItemKind::Number, &house).await;
    seller.change_number(&pooled, assign).await.unwrap();
}

/// 64 tasks add people to a company that pays for 8 seats and has one taken: seven get in.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_at_once_take_no_more_seats_than_are_paid_for(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let (company, _) = neighbour(&house, &house.acting().await).await;
    sell(ItemKind::Seat, &house).await;
    let inside = house
        .root()
        .enter(&Target::Account(company.clone()))
        .await
        .unwrap();
    let quote = inside.quote(&company, buy(ItemKind::Seat, 8)).await.unwrap();
    inside.confirm(&quote.id).await.unwrap();
    let together = Arc::new(Barrier::new(64));
    let tasks: Vec<_> = (0..64)
        .map(|task| {
            let (inside, together, new) = (inside.clone(), together.clone(), person(&company, 4000 + task));
            tokio::spawn(async move {
                together.wait().await;
                loop {
                    match inside.add_user(new.clone()).await {
                        Ok(_) => return 1,
                        Err(Error::Unpaid(_)) => return 0,
                        Err(error) if error.is_transient() => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        won += task.await.unwrap();
    }
    assert_eq!(won, 7);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn people_of_a_file_take_the_seats_that_are_paid_for_and_the_rest_is_refused_by_line(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let (company, zoe) = neighbour(&house, &house.acting().await).await;
    let manager = administrator(&house, &company, &zoe);
    sell(ItemKind::Seat, &house).await;
    // Zoé is there already and takes one of them.
    let quote = manager.quote(&company, buy(ItemKind::Seat, 3)).await.unwrap();
    manager.confirm(&quote.id).await.unwrap();
    let text = "extension,name,language,zone\n102,Anne,,\n101,Zoé,,\n103,Luc,en,Europe/Paris\n104,Paul,,\n101,Eve,,\n";
    let people = import::from_csv(text.as_bytes()).unwrap();
    assert_eq!(people.refused.len(), 1, "101 twice");
    let tried = manager.clone().rehearsing();
    let revision = house.store.revision().await.unwrap();
    let would = tried.import_users(&company, people.good.clone()).await.unwrap();
    assert_eq!(house.store.revision().await.unwrap(), revision);
    let done = manager.import_users(&company, people.good.clone()).await.unwrap();
    assert_eq!(done, would);
    assert_eq!((done.added, done.same), (2, 1));
    let refused: Vec<_> = done.refused.iter().map(|row| (row.line, row.remedy)).collect();
    assert_eq!(refused, [(5, import::Remedy::BuySeat)]);
    assert_eq!(house.store.revision().await.unwrap(), revision + 1);

    // Run again, nothing changes; what says otherwise is refused and moves nobody.
    let again = manager.import_users(&company, people.good).await.unwrap();
    assert_eq!((again.added, again.same, again.refused.len()), (0, 3, 1));
    let other = import::from_csv("extension,name\n102,Eve\n103,Luc\n".as_bytes()).unwrap();
    let other = manager.import_users(&company, other.good).await.unwrap();
    let refused: Vec<_> = other
        .refused
        .iter()
        .map(|row| (row.line, row.field, row.remedy))
        .collect();
    use import::{Column, Remedy};
    assert_eq!(
        refused,
        [
            (2, Column::Name, Remedy::ChooseAnotherExtension),
            (3, Column::Language, Remedy::ChooseAnotherExtension)
        ]
    );
    assert_eq!(house.store.revision().await.unwrap(), revision + 1);
    let users = house.store.users(&Scope::account(company)).await.unwrap();
    let roles: Vec<_> = users.iter().map(|user| user.roles.to_string()).collect();
    assert_eq!(roles, ["administrator", "none", "none"]);
    let numbers: std::collections::BTreeSet<_> = users.iter().map(|user| user.number).collect();
    assert_eq!(numbers.len(), 3);
}
