//! What each verb of the command line does with rows.

use evatel_core::{
    account::Language,
    class::NumberClass,
    contact::ContactOwner,
    emergency::EmergencyPlace,
    number::Dialled,
    restriction::{Effect, Level, NumberMatch, RestrictionOwner, RuleHours},
};
use evatel_store::{
    AccountChange, Error, NewContact, NewDevice, NewRestriction, NewTrunk, NewUser, NumberChange, QUARANTINE,
    Scope, Store, Target, TrunkChange,
};
use rstest::rstest;
use secrecy::ExposeSecret;

use crate::house::{
    House,
    Kind::{self, Postgres, Sqlite},
    smart_number,
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_directory_holds_every_row_and_its_revision_counts_up(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let store = &house.store;
    let before = store.revision().await.unwrap();

    let trunk = house.trunk().await;
    house.serve("+15145550199", &trunk).await;
    let inside = house.inside().await;
    let new = NewDevice::new("Bureau".parse().unwrap(), house.user.id.clone());
    let (record, secret) = inside.add_device(new).await.unwrap();
    let device = record.device;
    let marie = NewContact::new(
        "Marie Tremblay".parse().unwrap(),
        "+15145550142".parse().unwrap(),
        ContactOwner::User(house.user.id.clone()),
    );
    let marie = inside.add_contact(marie).await.unwrap();
    let of_account = RestrictionOwner::Account(house.account.id.clone());
    let abroad = NewRestriction::new(
        "Pas d'international".parse().unwrap(),
        of_account,
        Effect::Deny,
        NumberMatch::Class(NumberClass::International),
    );
    let abroad = inside.add_restriction(abroad).await.unwrap();
    let prefix = NewRestriction {
        set_by: Level::Reseller,
        hours: Some(RuleHours {
            hours: "daily 22:00-06:00".parse().unwrap(),
            zone: "America/Toronto".parse().unwrap(),
        }),
        trunk: Some(trunk.clone()),
        ..NewRestriction::new(
            "La France de nuit".parse().unwrap(),
            RestrictionOwner::Device(device.id.clone()),
            Effect::RequirePin,
            "prefix:33/11".parse().unwrap(),
        )
    };
    let seller = house.seller().await;
    let prefix = seller.add_restriction(prefix).await.unwrap();
    let place = EmergencyPlace {
        account: house.account.id.clone(),
        street: "1200, rue Sainte-Catherine".parse().unwrap(),
        city: "Montréal".parse().unwrap(),
        province: "QC".parse().unwrap(),
        callback: "+15145550199".parse().unwrap(),
        trunk: trunk.clone(),
    };
    inside.set_emergency_place(place.clone()).await.unwrap();

    let directory = store.load_directory().await.unwrap();
    assert_eq!(directory.revision(), before + 7);
    assert_eq!(store.revision().await.unwrap(), before + 7);
    assert_eq!(
        directory.did(&"+15145550199".parse().unwrap()).unwrap().account,
        house.account.id
    );
    assert_eq!(directory.device_of(&house.user.id).unwrap(), &device);
    assert_eq!(directory.contacts(&house.user.id).collect::<Vec<_>>(), [&marie]);
    assert_eq!(
        directory
            .chain(&house.user, &house.account.reseller, Some(&device.id))
            .rules()
            .flat_map(|rules| rules.all())
            .collect::<Vec<_>>(),
        [&abroad, &prefix]
    );
    assert_eq!(directory.emergency_place(&house.account.id), Some(&place));
    assert_eq!(directory.outgoing_trunk(&house.account.id).unwrap().id, trunk);
    assert!(matches!(Dialled::parse("101"), Ok(Dialled::Extension(extension))
        if directory.extension(&house.account.id, &extension) == Some(&house.user)));

    let credentials = store.device_credentials().await.unwrap();
    assert_eq!(credentials[0].device, device.id);
    assert_ne!(credentials[0].ha1.expose_secret(), secret.expose_secret());
    assert!(secret.expose_secret().len() >= 24);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_is_said_in_the_words_of_the_domain(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let store = &house.store;
    let (seller, reseller) = (house.seller().await, &house.account.reseller);
    let trunk = house.trunk().await;
    let did = smart_number("+15145550199", &trunk, &house.user.id);
    seller.add_number(reseller, did.clone()).await.unwrap();
    let revision = store.revision().await.unwrap();

    assert!(matches!(
        seller.add_number(reseller, did).await,
        Err(Error::NumberTaken { .. })
    ));
    let same_peer = NewTrunk {
        format: "e164".parse().unwrap(),
        name: "Other".parse().unwrap(),
        peer: "192.0.2.10:5070".parse().unwrap(),
    };
    assert!(matches!(
        house.system().add_trunk(same_peer).await,
        Err(Error::PeerTaken { .. })
    ));
    let other_peer = NewTrunk {
        format: "e164".parse().unwrap(),
        name: "Other".parse().unwrap(),
        peer: "192.0.2.11".parse().unwrap(),
    };
    let other = house.system().add_trunk(other_peer).await.unwrap();
    let change = TrunkChange {
        peer: Some("192.0.2.10:5070".parse().unwrap()),
        ..TrunkChange::default()
    };
    assert!(matches!(
        house.system().change_trunk(&other.id, change).await,
        Err(Error::PeerTaken { .. })
    ));
    house.system().remove_trunk(&other.id).await.unwrap();
    let itsps = house.system().itsps().await.unwrap();
    let taken = house
        .system()
        .rename_itsp(&itsps[0].id, itsps[1].name.clone())
        .await;
    assert!(matches!(taken, Err(Error::Repeated { .. })), "{taken:?}");
    let same_extension = NewUser {
        account: house.account.id.clone(),
        extension: "101".parse().unwrap(),
        name: "Anne".parse().unwrap(),
    };
    assert!(matches!(
        house.inside().await.add_user(same_extension).await,
        Err(Error::ExtensionTaken { .. })
    ));
    let contact = NewContact::new(
        "Marie".parse().unwrap(),
        "+15145550142".parse().unwrap(),
        ContactOwner::User(house.user.id.clone()),
    );
    house.inside().await.add_contact(contact.clone()).await.unwrap();
    assert!(matches!(
        house.inside().await.add_contact(contact).await,
        Err(Error::ContactTaken { .. })
    ));
    let nowhere = smart_number("+15145550198", &"trk-none".parse().unwrap(), &house.user.id);
    assert!(matches!(
        seller.add_number(reseller, nowhere).await,
        Err(Error::Missing { what: "trunk", .. })
    ));
    assert_eq!(
        store.revision().await.unwrap(),
        revision + 3,
        "a refused write changes no revision"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_use_is_not_removed(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let (inside, seller) = (house.inside().await, house.seller().await);
    let trunk = house.trunk().await;
    let number: evatel_core::number::E164 = "+15145550199".parse().unwrap();
    house.serve(number.as_str(), &trunk).await;
    assert!(matches!(
        house.system().remove_trunk(&trunk).await,
        Err(Error::InUse { .. })
    ));

    let place = EmergencyPlace {
        account: house.account.id.clone(),
        street: "1 rue Un".parse().unwrap(),
        city: "Montréal".parse().unwrap(),
        province: "QC".parse().unwrap(),
        callback: "+15145550142".parse().unwrap(),
        trunk: trunk.clone(),
    };
    let refused = inside.set_emergency_place(place.clone()).await;
    assert!(matches!(refused, Err(Error::CallbackNotOwn { .. })));
    let own = EmergencyPlace {
        callback: number.clone(),
        ..place.clone()
    };
    inside.set_emergency_place(own).await.unwrap();
    let moved = EmergencyPlace {
        callback: number.clone(),
        city: "Laval".parse().unwrap(),
        ..place
    };
    inside.set_emergency_place(moved.clone()).await.unwrap();
    assert_eq!(
        seller.emergency_places(&Target::System).await.map_err(|_| ()),
        Err(()),
        "above him"
    );
    assert_eq!(
        house.system().emergency_places(&Target::System).await.unwrap(),
        [moved]
    );
    let release = NumberChange::Release {
        quarantine: QUARANTINE,
    };
    assert!(matches!(
        seller.change_number(&number, release).await,
        Err(Error::InUse { .. })
    ));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn rows_are_removed_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let store = &house.store;
    let scope = Scope::system();
    let (root, inside) = (house.system(), house.inside().await);
    let trunk = house.trunk().await;
    root.remove_trunk(&trunk).await.unwrap();
    assert!(matches!(
        root.remove_trunk(&trunk).await,
        Err(Error::Missing { .. })
    ));
    let new = NewDevice::new("Bureau".parse().unwrap(), house.user.id.clone());
    let device = inside.add_device(new).await.unwrap().0.device;
    assert!(matches!(
        house.inside().await.remove_user(&house.user.id).await,
        Err(Error::InUse { .. })
    ));
    inside.remove_device(&device.id).await.unwrap();
    assert!(matches!(
        inside.remove_device(&device.id).await,
        Err(Error::Missing { .. })
    ));
    assert!(store.devices(&scope).await.unwrap().is_empty());
    house.inside().await.remove_user(&house.user.id).await.unwrap();
    assert!(store.users(&scope).await.unwrap().is_empty());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_changed_where_it_is_told_and_nowhere_else(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let change = AccountChange {
        language: Some(Language::En),
        records_calls: Some(true),
        ..AccountChange::default()
    };
    let changed = house
        .system()
        .change_account(&house.account.id, change)
        .await
        .unwrap();
    let expected = evatel_core::account::Account {
        language: Language::En,
        records_calls: true,
        ..house.account.clone()
    };
    assert_eq!(changed, expected);
    let revision = house.store.revision().await.unwrap();
    house
        .system()
        .change_account(&house.account.id, AccountChange::default())
        .await
        .unwrap();
    assert_eq!(house.store.revision().await.unwrap(), revision);
}

/// A second account with a user, made as a foreign hand would: this version has no verb for it.
async fn neighbour(house: &House) -> (evatel_core::id::AccountId, evatel_core::id::UserId) {
    let reseller = &house.account.reseller;
    house
        .run_sql(&format!(
            "INSERT INTO accounts (id, reseller_id, name, kind, status, language, records_calls, is_default)
                 VALUES ('acc-b', '{reseller}', 'Voisin', 'professional', 'active', 'fr', false, false);
             INSERT INTO users (id, account_id, name, extension) VALUES ('usr-b', 'acc-b', 'Voisin', '101');"
        ))
        .await;
    ("acc-b".parse().unwrap(), "usr-b".parse().unwrap())
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_another_account_is_the_same_as_none(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let store: &Store = &house.store;
    let (account, user) = neighbour(&house).await;
    let foreign = Scope::account(account.clone());
    let system = Scope::system();
    let trunk = house.trunk().await;
    let neighbour = house
        .system()
        .enter(&Target::Account(account.clone()))
        .await
        .unwrap();
    let inside = house.inside().await;

    let contact = NewContact::new(
        "Marie".parse().unwrap(),
        "+15145550142".parse().unwrap(),
        ContactOwner::User(house.user.id.clone()),
    );
    let contact_id = inside.add_contact(contact.clone()).await.unwrap().id;
    let device = NewDevice::new("Bureau".parse().unwrap(), house.user.id.clone());
    let device_id = inside.add_device(device.clone()).await.unwrap().0.device.id;
    house.serve("+15145550199", &trunk).await;
    let restriction = NewRestriction::new(
        "Pas de 900".parse().unwrap(),
        RestrictionOwner::User(house.user.id.clone()),
        Effect::Deny,
        NumberMatch::Class(NumberClass::Premium),
    );
    let restriction_id = inside.add_restriction(restriction.clone()).await.unwrap().id;

    // Nothing of it is seen from next door ...
    assert!(store.contacts(&foreign).await.unwrap().is_empty());
    assert!(store.devices(&foreign).await.unwrap().is_empty());
    assert!(store.dids(&foreign).await.unwrap().is_empty());
    let theirs = Target::Account(account);
    assert!(neighbour.restrictions(&theirs).await.unwrap().is_empty());
    assert_eq!(store.users(&foreign).await.unwrap()[0].id, user);
    assert_eq!(store.accounts(&foreign).await.unwrap().len(), 1);
    // ... removed ...
    let messages = [
        (
            neighbour.remove_contact(&contact_id).await,
            neighbour.remove_contact(&"con-0".parse().unwrap()).await,
        ),
        (
            neighbour.remove_device(&device_id).await,
            neighbour.remove_device(&"dev-0".parse().unwrap()).await,
        ),
        (
            neighbour.remove_restriction(&restriction_id).await,
            neighbour.remove_restriction(&"rst-0".parse().unwrap()).await,
        ),
    ];
    for (theirs, nobodys) in messages {
        assert!(matches!(theirs, Err(Error::Missing { .. })), "{theirs:?}");
        assert!(matches!(nobodys, Err(Error::Missing { .. })), "{nobodys:?}");
    }
    // ... or added to.
    assert!(matches!(
        neighbour.add_contact(contact).await,
        Err(Error::Missing { what: "user", .. })
    ));
    assert!(matches!(
        neighbour.add_device(device).await,
        Err(Error::Missing { what: "user", .. })
    ));
    assert!(matches!(
        neighbour.add_restriction(restriction.clone()).await,
        Err(Error::Missing { .. })
    ));
    for owner in [
        RestrictionOwner::System,
        RestrictionOwner::Reseller(house.account.reseller.clone()),
    ] {
        let upper = NewRestriction {
            set_by: owner.level(),
            owner,
            ..restriction.clone()
        };
        assert!(matches!(
            inside.add_restriction(upper).await,
            Err(Error::Refused(_))
        ));
    }
    assert_eq!(store.contacts(&system).await.unwrap().len(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_reseller_reaches_his_own_accounts_and_no_others(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let store = &house.store;
    house
        .run_sql(
            "INSERT INTO resellers (id, name, is_default) VALUES ('res-b', 'Autre', false);
             INSERT INTO accounts (id, reseller_id, name, kind, status, language, records_calls, is_default)
                 VALUES ('acc-b', 'res-b', 'Voisin', 'professional', 'active', 'fr', false, false);
             INSERT INTO users (id, account_id, name, extension) VALUES ('usr-b', 'acc-b', 'Voisin', '101');",
        )
        .await;
    let own = Scope::reseller(house.account.reseller.clone());
    let other = Scope::reseller("res-b".parse().unwrap());
    assert_eq!(
        store.accounts(&own).await.unwrap()[..],
        std::slice::from_ref(&house.account)[..]
    );
    assert_eq!(store.accounts(&other).await.unwrap()[0].id.as_str(), "acc-b");
    assert_eq!(
        store.users(&own).await.unwrap()[..],
        std::slice::from_ref(&house.user)[..]
    );
    assert_eq!(store.users(&other).await.unwrap()[0].id.as_str(), "usr-b");

    let contact = NewContact::new(
        "Marie".parse().unwrap(),
        "+15145550142".parse().unwrap(),
        ContactOwner::User(house.user.id.clone()),
    );
    let target = Target::Reseller("res-b".parse().unwrap());
    let neighbour = house.system().enter(&target).await.unwrap();
    assert!(matches!(
        neighbour.add_contact(contact.clone()).await,
        Err(Error::Missing { what: "user", .. })
    ));
    house.inside().await.add_contact(contact).await.unwrap();
    assert_eq!(store.contacts(&own).await.unwrap().len(), 1);
    assert!(store.contacts(&other).await.unwrap().is_empty());

    let change = AccountChange {
        language: Some(Language::En),
        ..AccountChange::default()
    };
    let refused = neighbour.change_account(&house.account.id, change.clone()).await;
    assert!(matches!(refused, Err(Error::Missing { what: "account", .. })));
    let target = Target::Reseller(house.account.reseller.clone());
    let seller = house.system().enter(&target).await.unwrap();
    seller.change_account(&house.account.id, change).await.unwrap();

    let restriction = |owner| {
        let premium = NumberMatch::Class(NumberClass::Premium);
        NewRestriction::new("Pas de 900".parse().unwrap(), owner, Effect::Deny, premium)
    };
    let of_reseller = RestrictionOwner::Reseller(house.account.reseller.clone());
    let refused = neighbour.add_restriction(restriction(of_reseller.clone())).await;
    assert!(matches!(refused, Err(Error::Missing { .. })));
    let added = seller.add_restriction(restriction(of_reseller)).await.unwrap();
    let of_all = restriction(RestrictionOwner::System);
    assert!(matches!(
        seller.add_restriction(of_all.clone()).await,
        Err(Error::Refused(_))
    ));
    let of_all = house.system().add_restriction(of_all).await.unwrap();
    let (here, there) = (
        Target::Reseller(house.account.reseller.clone()),
        Target::Reseller("res-b".parse().unwrap()),
    );
    assert_eq!(
        seller.restrictions(&here).await.unwrap(),
        std::slice::from_ref(&added)
    );
    assert!(neighbour.restrictions(&there).await.unwrap().is_empty());
    assert!(matches!(
        neighbour.restrictions(&here).await,
        Err(Error::Missing { .. })
    ));
    // What holds for all is seen by all, and nothing else from there.
    assert_eq!(
        neighbour.restrictions(&Target::System).await.unwrap(),
        std::slice::from_ref(&of_all)
    );
    assert!(matches!(
        neighbour.remove_restriction(&added.id).await,
        Err(Error::Missing { .. })
    ));
    assert!(matches!(
        neighbour.remove_restriction(&of_all.id).await,
        Err(Error::Refused(_))
    ));
    seller.remove_restriction(&added.id).await.unwrap();
}
