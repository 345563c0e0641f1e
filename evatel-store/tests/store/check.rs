//! What a look through a whole database finds.

use evatel_core::number::E164;
use evatel_store::{Count, Fault, Keys, NumberChange, Target, Unreached, UnusablePlace};
use rstest::rstest;

use crate::{
    dump::furnished,
    house::Kind::{self, Postgres, Sqlite},
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_does_not_add_up_and_a_secret_that_does_not_open_are_found(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = furnished(kind).await;
    assert_eq!(house.store.check().await.unwrap().faults, []);
    let stranger = house.store.clone().with_keys(Keys::generate().unwrap());
    let faults = stranger.check().await.unwrap().faults;
    assert!(matches!(&faults[..], [Fault::KeyMissing { .. }]), "{faults:?}");

    house.run_sql("UPDATE accounts SET active_legs = 3").await;
    house.run_sql("UPDATE leg_counts SET toll_legs = 7").await;
    house.run_sql("UPDATE devices SET secret = secret || 'A'").await;
    let checked = house.store.check().await.unwrap();
    assert!(checked.pending.is_empty());
    let counts = |count: &Count| (count.legs, count.places);
    let [
        Fault::AccountLegs(legs),
        Fault::TollLegs(toll),
        Fault::Sealed { table, column, row },
    ] = &checked.faults[..]
    else {
        panic!("{checked:?}");
    };
    assert_eq!((counts(legs), counts(toll)), ((3, 1), (7, 1)), "{checked:?}");
    assert!(legs.owner.starts_with("acc-"), "{legs:?}");
    assert_eq!((*table, *column), ("devices", "secret"));
    assert!(row.starts_with("dev-"), "{row}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn addresses_of_no_province_are_found_and_calls_are_decided_without_them(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = furnished(kind).await;
    let (store, account) = (&house.store, &house.account.id);
    let number: E164 = "+15145550199".parse().unwrap();
    let inside = house.inside().await;
    let target = Target::Account(account.clone());
    let place = inside.emergency_places(&target).await.unwrap().remove(0);
    let known = store.load_directory().await.unwrap();
    assert_eq!(known.emergency_place(account), Some(&place));
    // As older versions took them.
    house.run_sql("UPDATE emergency_places SET province = 'ZZ'").await;
    let address =
        r#"{"street": "1200, rue Un", "city": "Laval", "province": "Québec", "validated_at": null}"#;
    house
        .run_sql(&format!(
            "UPDATE dids SET emergency_address = '{address}' WHERE number = '{number}'"
        ))
        .await;

    let directory = store.load_directory().await.unwrap();
    assert_eq!(directory.emergency_place(account), None);
    assert!(directory.account(account).is_some());
    let unusable = UnusablePlace {
        account: account.clone(),
        province: "ZZ".into(),
    };
    assert_eq!(
        store.unusable_places().await.unwrap(),
        std::slice::from_ref(&unusable)
    );
    let at = number.clone();
    assert_eq!(
        store.check().await.unwrap().faults,
        [
            Fault::EmergencyPlace(unusable),
            Fault::EmergencyAddress { number: at }
        ]
    );
    assert_eq!(inside.emergency_places(&target).await.unwrap(), []);
    assert_eq!(inside.number(&number).await.unwrap().emergency_address, None);

    // The remedies: each is set anew, and the daemon hears of the place.
    inside.set_emergency_place(place.clone()).await.unwrap();
    let forget = NumberChange::SetAddress(None);
    let reseller = Target::Reseller(house.account.reseller.clone());
    let seller = house.system().enter(&reseller).await.unwrap();
    seller.change_number(&number, forget).await.unwrap();
    assert_eq!(store.check().await.unwrap().faults, []);
    let (now, _) = store.refresh_directory(&directory).await.unwrap();
    assert_eq!(now.emergency_place(account), Some(&place));

    // A change of one that cannot be used takes it away from the snapshot, too.
    house.run_sql("UPDATE emergency_places SET province = 'ZZ'").await;
    inside.remove_emergency_place(account).await.unwrap();
    let (now, _) = store.refresh_directory(&now).await.unwrap();
    assert_eq!(now.emergency_place(account), None);
    assert_eq!(store.unusable_places().await.unwrap(), []);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_account_in_service_that_nobody_can_call_is_found(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = furnished(kind).await;
    assert_eq!(house.store.check().await.unwrap().faults, []);
    // As older versions let it come to: a number of the wrong kind, and one that is out of service.
    let account = house.account.id.to_string();
    let found = Fault::NoNumber(Unreached {
        account: account.clone(),
        kind: "professional".into(),
    });
    house
        .run_sql(&format!(
            "UPDATE accounts SET status = 'active' WHERE id = '{account}'"
        ))
        .await;
    assert_eq!(house.store.check().await.unwrap().faults, []);
    house
        .run_sql("UPDATE dids SET target_kind = 'receptionist' WHERE target_kind IS NOT NULL")
        .await;
    assert_eq!(
        house.store.check().await.unwrap().faults,
        std::slice::from_ref(&found)
    );
    house
        .run_sql(
            "UPDATE dids SET target_kind = 'smart-number', state = 'suspended' WHERE target_kind IS NOT NULL",
        )
        .await;
    assert_eq!(house.store.check().await.unwrap().faults, [found]);
}
