//! Presences, offices, lists of callers, and contacts of files, on both databases.

use evatel_core::{
    caller::Caller,
    contact::{ContactOwner, import},
    evaluation::{ForwardRefused, Outcome, Rule, evaluate},
    office::{Office, OfficeState},
    presence::Presence,
    schedule::Override,
    screening::{ScreeningList, ScreeningOwner},
};
use evatel_store::{Error, ImportMode, NewDevice, NewDid, NewScreening, Scope};
use rstest::rstest;

use crate::house::{
    House,
    Kind::{self, Postgres, Sqlite},
};

const NUMBER: &str = "+15145550199";
const MONDAY_10: &str = "2026-11-23T15:00:00Z";

/// At work his telephone rings, then the number given; outside of it nothing does.
fn presence(forward: &str) -> Presence {
    let text = format!(
        r#"{{"schedule": {{"zone": "America/Toronto", "otherwise": "after-hours",
              "weekly": [{{"when": "mon-fri 09:00-17:00", "state": "working"}}]}},
            "statuses": [{{"status": "working", "rules": [{{"who": "everybody", "then": {{"forward": [
                {{"ring_seconds": 20, "legs": [{{"to": "devices"}}]}},
                {{"ring_seconds": 20, "legs": [{{"to": "{forward}", "confirm": true}}]}}]}}}}]}}]}}"#
    );
    serde_json::from_str(&text).unwrap()
}

fn office() -> Office {
    serde_json::from_str(
        r#"{"schedule": {"zone": "America/Toronto", "otherwise": "closed",
              "weekly": [{"when": "mon-fri 09:00-17:00", "state": "open"}]},
            "open": {"forward": [{"ring_seconds": 30, "legs": [{"to": "devices"}]}]}}"#,
    )
    .unwrap()
}

/// A house with a number and a telephone.
async fn house(kind: Kind) -> House {
    let house = House::build(kind).await;
    let (store, scope) = (&house.store, Scope::system());
    let trunk = house.trunk().await;
    let (number, user) = (NUMBER.parse().unwrap(), house.user.id.clone());
    store
        .add_did(
            NewDid {
                number,
                trunk,
                user: user.clone(),
            },
            &scope,
        )
        .await
        .unwrap();
    let name = "Bureau".parse().unwrap();
    store.add_device(NewDevice { name, user }, &scope).await.unwrap();
    house
}

async fn outcome(house: &House, at: &str) -> (Outcome, Rule) {
    let directory = house.store.load_directory().await.unwrap();
    let caller: Caller = "5145551234".parse().unwrap();
    let found = evaluate(&NUMBER.parse().unwrap(), &caller, at.parse().unwrap(), &directory);
    (found.outcome, found.rule)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_evaluated_by_what_a_user_saved(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = house(kind).await;
    let (store, scope) = (&house.store, Scope::account(house.account.id.clone()));
    assert_eq!(outcome(&house, MONDAY_10).await.1, Rule::NoRules);
    let directory = store.load_directory().await.unwrap();
    store
        .set_presence(&house.user, presence("+15145559999"), &directory, &scope)
        .await
        .unwrap();
    let (found, rule) = outcome(&house, MONDAY_10).await;
    assert_eq!(rule, Rule::CallerRule);
    assert!(matches!(found, Outcome::Ring { stages, .. } if stages.len() == 2));
    // A second set takes the place of the first, and a status set by hand goes before both.
    store
        .set_presence(&house.user, presence("+15145559998"), &directory, &scope)
        .await
        .unwrap();
    let vacation = Override {
        state: "vacation".parse().unwrap(),
        since: None,
        until: Some("2026-11-23T15:00:01Z".parse().unwrap()),
    };
    store
        .set_status(&house.user.id, Some(vacation), &scope)
        .await
        .unwrap();
    assert_eq!(outcome(&house, MONDAY_10).await.1, Rule::StatusDefault);
    assert_eq!(outcome(&house, "2026-11-23T15:00:01Z").await.1, Rule::CallerRule);
    let unknown = Override {
        state: "Au gym".parse().unwrap(),
        since: None,
        until: None,
    };
    let refused = store.set_status(&house.user.id, Some(unknown), &scope).await;
    assert!(matches!(refused, Err(Error::Presence(_))), "{refused:?}");
    store.set_status(&house.user.id, None, &scope).await.unwrap();
    assert_eq!(outcome(&house, MONDAY_10).await.1, Rule::CallerRule);
    store.remove_presence(&house.user.id, &scope).await.unwrap();
    assert_eq!(outcome(&house, MONDAY_10).await.1, Rule::NoRules);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_forward_that_may_not_be_is_not_saved(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = house(kind).await;
    let (store, scope) = (&house.store, Scope::system());
    let directory = store.load_directory().await.unwrap();
    for forward in [NUMBER, "+33142764978", "user:usr-0"] {
        let refused = store
            .set_presence(&house.user, presence(forward), &directory, &scope)
            .await;
        assert!(matches!(refused, Err(Error::Forward(_))), "{refused:?}");
    }
    let refused = store
        .set_presence(&house.user, presence(NUMBER), &directory, &scope)
        .await;
    assert!(
        matches!(refused, Err(Error::Forward(ForwardRefused::OwnNumber { .. }))),
        "{refused:?}"
    );
    assert_eq!(outcome(&house, MONDAY_10).await.1, Rule::NoRules);
    assert_eq!(store.revision().await.unwrap(), directory.revision());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_office_opens_and_closes_by_hand(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = house(kind).await;
    let (store, scope) = (&house.store, Scope::system());
    let account = house.account.id.clone();
    let closed = Override {
        state: OfficeState::Closed,
        since: None,
        until: None,
    };
    let early = store
        .set_office_status(&account, Some(closed.clone()), &scope)
        .await;
    assert!(matches!(early, Err(Error::Missing { .. })), "{early:?}");
    let directory = store.load_directory().await.unwrap();
    store
        .set_office(&house.user, office(), &directory, &scope)
        .await
        .unwrap();
    store
        .set_office_status(&account, Some(closed.clone()), &scope)
        .await
        .unwrap();
    let state = |directory: evatel_core::directory::Directory| {
        let office = directory.office(&account).unwrap();
        *office.schedule().at(MONDAY_10.parse().unwrap()).state
    };
    assert_eq!(state(store.load_directory().await.unwrap()), OfficeState::Closed);
    store.set_office_status(&account, None, &scope).await.unwrap();
    assert_eq!(state(store.load_directory().await.unwrap()), OfficeState::Open);
    store.remove_office(&account, &scope).await.unwrap();
    assert!(store.load_directory().await.unwrap().office(&account).is_none());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_caller_is_refused_until_the_entry_goes(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = house(kind).await;
    let (store, scope) = (&house.store, Scope::system());
    let mut ids = Vec::new();
    for owner in [
        ScreeningOwner::System,
        ScreeningOwner::Account(house.account.id.clone()),
        ScreeningOwner::User(house.user.id.clone()),
    ] {
        let new = NewScreening {
            caller: "+1514*".parse().unwrap(),
            list: ScreeningList::Block,
            owner,
        };
        let entry = store.add_screening(new, &scope).await.unwrap();
        assert_eq!(
            outcome(&house, MONDAY_10).await,
            (Outcome::Rejected, Rule::BlockList)
        );
        store.remove_screening(&entry.id, &scope).await.unwrap();
        assert_eq!(outcome(&house, MONDAY_10).await.1, Rule::NoRules);
        ids.push(entry);
    }
    assert!(store.screening(&scope).await.unwrap().is_empty());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn another_accounts_rules_are_the_same_as_none(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = house(kind).await;
    let (store, system) = (&house.store, Scope::system());
    let foreign = Scope::account("acc-0".parse().unwrap());
    let directory = store.load_directory().await.unwrap();
    store
        .set_presence(&house.user, presence("+15145559999"), &directory, &system)
        .await
        .unwrap();
    store
        .set_office(&house.user, office(), &directory, &system)
        .await
        .unwrap();
    let owner = ScreeningOwner::User(house.user.id.clone());
    let new = NewScreening {
        caller: "anonymous".parse().unwrap(),
        list: ScreeningList::Vip,
        owner,
    };
    let entry = store.add_screening(new.clone(), &system).await.unwrap();
    let before = store.revision().await.unwrap();

    let (user, account) = (&house.user.id, &house.account.id);
    let entries = import::from_csv(b"name,number\nMarie,5145550142\n").unwrap().good;
    let refusals = [
        store
            .set_presence(&house.user, presence("+15145559999"), &directory, &foreign)
            .await
            .err(),
        store.set_status(user, None, &foreign).await.err(),
        store.remove_presence(user, &foreign).await.err(),
        store
            .set_office(&house.user, office(), &directory, &foreign)
            .await
            .err(),
        store.set_office_status(account, None, &foreign).await.err(),
        store.remove_office(account, &foreign).await.err(),
        store.add_screening(new, &foreign).await.err(),
        store.remove_screening(&entry.id, &foreign).await.err(),
        store
            .import_contacts(
                entries.clone(),
                &ContactOwner::User(user.clone()),
                ImportMode::Real,
                &foreign,
            )
            .await
            .err(),
        store
            .import_contacts(
                entries,
                &ContactOwner::Account(account.clone()),
                ImportMode::Real,
                &foreign,
            )
            .await
            .err(),
    ];
    for refusal in refusals {
        assert!(matches!(refusal, Some(Error::Missing { .. })), "{refusal:?}");
    }
    assert!(store.screening(&foreign).await.unwrap().is_empty());
    assert_eq!(store.revision().await.unwrap(), before);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_contacts_is_taken_whole_or_not_at_all(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = house(kind).await;
    let (store, scope) = (&house.store, Scope::account(house.account.id.clone()));
    let entries = |text: &str| import::from_csv(text.as_bytes()).unwrap().accept().unwrap();
    let shared = ContactOwner::Account(house.account.id.clone());
    let file =
        "name,nicknames,number,other_numbers\nMarie,Mimi|Patronne,5145550142,5145550143\nPaul,,5145550144,\n";
    let dry = store
        .import_contacts(entries(file), &shared, ImportMode::DryRun, &scope)
        .await
        .unwrap();
    assert_eq!((dry.added, store.contacts(&scope).await.unwrap().len()), (2, 0));
    let real = store
        .import_contacts(entries(file), &shared, ImportMode::Real, &scope)
        .await
        .unwrap();
    assert_eq!((real.added, real.known), (2, 0));
    let again = store
        .import_contacts(entries(file), &shared, ImportMode::Real, &scope)
        .await
        .unwrap();
    assert_eq!((again.added, again.known), (0, 2));
    // A new number under a known name: nothing of the file comes in.
    let clash = entries("name,number\nZoé,5145550145\nPaul,5145550199\n");
    let clash = store
        .import_contacts(clash, &shared, ImportMode::Real, &scope)
        .await
        .unwrap();
    assert_eq!((clash.added, clash.refused[0].line), (0, 3));
    assert_eq!(store.contacts(&scope).await.unwrap().len(), 2);
    // The same name may be a user's own contact, too; shared ones are his to call.
    let own = ContactOwner::User(house.user.id.clone());
    let added = store
        .import_contacts(entries(file), &own, ImportMode::Real, &scope)
        .await
        .unwrap();
    assert_eq!(added.added, 2);
    let directory = store.load_directory().await.unwrap();
    let found: Vec<_> = directory.contacts(&house.user.id).collect();
    assert_eq!(found.len(), 4);
    assert_eq!(found[0].nicknames.len(), 2);
    assert!(found[0].has_number(&"+15145550143".parse().unwrap()));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_a_foreign_hand_wrote_is_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = house(kind).await;
    let directory = house.store.load_directory().await.unwrap();
    house
        .store
        .set_presence(
            &house.user,
            presence("+15145559999"),
            &directory,
            &Scope::system(),
        )
        .await
        .unwrap();
    house
        .run_sql("UPDATE presences SET form = replace(form, '09:00-17:00', '09:00-25:00')")
        .await;
    let refused = house.store.load_directory().await.unwrap_err();
    let mut told = refused.to_string();
    let mut cause = std::error::Error::source(&refused);
    while let Some(error) = cause {
        told += &error.to_string();
        cause = error.source();
    }
    assert!(told.contains("25:00"), "{told}");
}
