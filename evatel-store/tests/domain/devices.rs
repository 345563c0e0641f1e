//! Telephones that change, and that change hands.

use evatel_core::{
    account::AccountStatus,
    device::{DeviceRecord, Hardware},
    id::{AccountId, UserId},
};
use evatel_store::{
    AccountChange, Acting, AuditFilter, DeviceChange, Error, NewDevice, NewUser, Refreshed, Target,
};
use rstest::rstest;
use secrecy::ExposeSecret;

use crate::{
    house::{
        House,
        Kind::{self, Postgres, Sqlite},
    },
    numbers::{administrator, neighbour},
};

const MAC: &str = "80:5e:c0:12:34:56";

fn held(mac: Option<&str>) -> DeviceChange {
    DeviceChange {
        mac: Some(mac.map(|mac| mac.parse().unwrap())),
        ..DeviceChange::default()
    }
}

async fn telephone(user: &UserId, mac: Option<&str>, acting: &Acting) -> Result<DeviceRecord, Error> {
    let new = NewDevice {
        hardware: Hardware {
            mac: mac.map(|mac| mac.parse().unwrap()),
            model: None,
        },
        ..NewDevice::new("Bureau".parse().unwrap(), user.clone())
    };
    Ok(acting.add_device(new).await?.0)
}

async fn inside(account: &AccountId, house: &House) -> Acting {
    house
        .root()
        .enter(&Target::Account(account.clone()))
        .await
        .unwrap()
}

/// The error is told in the same words whoever has the telephone, and names nobody.
fn is_taken<T: std::fmt::Debug>(answer: Result<T, Error>) -> bool {
    let said = answer.unwrap_err().to_string();
    said == format!("the MAC address `{MAC}` is another device's")
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_telephone_goes_to_another_account_once_the_first_has_let_go_of_it(
    #[values(Sqlite, Postgres)] kind: Kind,
    #[values("cleared", "removed", "closed")] how: &str,
) {
    let house = House::build(kind).await;
    let seller = house.acting().await;
    let (theirs, zoe) = neighbour(&house, &seller).await;
    let (at_theirs, at_own) = (
        inside(&theirs, &house).await,
        inside(&house.account.id, &house).await,
    );
    let first = telephone(&zoe, Some(MAC), &at_theirs).await.unwrap();
    let own = telephone(&house.user.id, None, &at_own).await.unwrap();
    let second = telephone(&zoe, None, &at_theirs).await.unwrap();

    let revision = house.store.revision().await.unwrap();
    let tried = |mac: &str| at_own.change_device(&own.device.id, held(Some(mac)));
    assert!(is_taken(tried(MAC).await));
    assert!(is_taken(tried("805EC0123456").await), "however it is written");
    assert!(is_taken(telephone(&house.user.id, Some(MAC), &at_own).await));
    // Within the account too: one telephone is one device.
    assert!(is_taken(
        at_theirs.change_device(&second.device.id, held(Some(MAC))).await
    ));
    assert_eq!(house.store.revision().await.unwrap(), revision);

    match how {
        "cleared" => drop(
            at_theirs
                .change_device(&first.device.id, held(None))
                .await
                .unwrap(),
        ),
        "removed" => at_theirs.remove_device(&first.device.id).await.unwrap(),
        _ => {
            let closed = AccountChange {
                status: Some(AccountStatus::Closed),
                ..AccountChange::default()
            };
            seller.change_account(&theirs, closed).await.unwrap();
        }
    }
    let now = tried(MAC).await.unwrap();
    assert_eq!(now.hardware.mac, Some(MAC.parse().unwrap()));
    let own_account = Target::Account(house.account.id.clone());
    assert_eq!(house.root().devices(&own_account).await.unwrap(), [now]);
    let of_theirs = house.root().devices(&Target::Account(theirs)).await.unwrap();
    assert!(
        of_theirs.iter().all(|one| one.hardware.mac.is_none()),
        "{of_theirs:?}"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_device_goes_to_a_colleague_and_to_nobody_elses_user(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let (account, zoe) = neighbour(&house, &house.acting().await).await;
    let own = administrator(&house, &account, &zoe);
    let colleague = NewUser {
        account: account.clone(),
        extension: "102".parse().unwrap(),
        name: "Anne".parse().unwrap(),
    };
    let anne = own.add_user(colleague).await.unwrap().id;
    let before = telephone(&zoe, None, &own).await.unwrap();
    let known = house.store.load_directory().await.unwrap();
    let to = |user: &UserId| DeviceChange {
        user: Some(user.clone()),
        ..DeviceChange::default()
    };
    let id = &before.device.id;
    for nobodys in [&house.user.id, &"usr-none".parse().unwrap()] {
        let said = own.change_device(id, to(nobodys)).await.unwrap_err().to_string();
        assert_eq!(said, format!("there is no user `{nobodys}`"));
    }
    // Whoever may change both accounts brings them together as little.
    let seller = house.acting().await;
    let said = seller.change_device(id, to(&house.user.id)).await;
    assert!(
        matches!(said, Err(Error::Missing { what: "user", .. })),
        "{said:?}"
    );

    let change = DeviceChange {
        name: Some("Accueil".parse().unwrap()),
        model: Some(Some("Yealink T54W".parse().unwrap())),
        ..to(&anne)
    };
    let tried = own.clone().rehearsing();
    let revision = house.store.revision().await.unwrap();
    let after = tried.change_device(id, change.clone()).await.unwrap();
    assert_eq!(house.store.revision().await.unwrap(), revision);
    assert_eq!(own.change_device(id, change).await.unwrap(), after);
    assert_eq!(
        (&after.device.user, after.device.name.as_str()),
        (&anne, "Accueil")
    );
    // Calls know it at once, by what the feed names.
    let (directory, refreshed) = house.store.refresh_directory(&known).await.unwrap();
    assert!(matches!(refreshed, Refreshed::Changes(1)), "{refreshed:?}");
    assert_eq!(directory.device_of(&anne), Some(&after.device));
    assert_eq!(directory.device_of(&zoe), None);
    let audit = AuditFilter {
        limit: 1,
        object: Some(id.to_string()),
        ..AuditFilter::default()
    };
    let told = house.root().audit(&Target::System, &audit).await.unwrap();
    let told = serde_json::to_value(&told[0].entry).unwrap();
    assert_eq!(
        told["after"],
        serde_json::json!({ "model": "Yealink T54W", "name": "Accueil", "user": anne })
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_new_secret_takes_the_place_of_the_one_before_and_nobody_is_told_which(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let own = inside(&house.account.id, &house).await;
    let id = telephone(&house.user.id, None, &own).await.unwrap().device.id;
    let digest = async || {
        let credentials = house.store.device_credentials().await.unwrap();
        credentials[0].ha1.expose_secret().to_owned()
    };
    let before = digest().await;
    own.clone().rehearsing().renew_device_secret(&id).await.unwrap();
    assert_eq!(digest().await, before);
    let revision = house.store.revision().await.unwrap();
    let secret = own.renew_device_secret(&id).await.unwrap();
    assert_ne!(digest().await, before);
    assert_eq!(house.store.revision().await.unwrap(), revision + 1);
    let audit = AuditFilter {
        limit: 1,
        object: Some(id.to_string()),
        ..AuditFilter::default()
    };
    let told = house.root().audit(&Target::System, &audit).await.unwrap();
    let told = format!("{told:?}");
    assert!(!told.contains(secret.expose_secret()) && !told.contains(&digest().await));
}
