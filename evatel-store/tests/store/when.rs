//! Presences, offices, lists of callers, and contacts of files, on both databases.

use std::sync::Arc;

use evatel_core::{
    account::{AccountKind, Language, Role},
    caller::Caller,
    contact::{Contact, ContactOwner, import},
    directory::Directory,
    evaluation::{ForwardRefused, Outcome, Rule, evaluate},
    office::{Office, OfficeState},
    permission::{Identity, Matter, Refusal},
    presence::Presence,
    schedule::Override,
    screening::{ScreeningList, ScreeningOwner},
};
use evatel_store::{Error, NewAccount, NewContact, NewDevice, NewScreening, Scope, Target};
use rstest::rstest;

use crate::{
    company::{Company, last},
    house::{
        House,
        Kind::{self, Postgres, Sqlite},
    },
};

const NUMBER: &str = "+15145550199";
const MONDAY_10: &str = "2026-11-23T15:00:00Z";

/// At work his telephone rings, then the number given; outside of it nothing does.
pub(crate) fn presence(forward: &str) -> Presence {
    let text = format!(
        r#"{{"schedule": {{"zone": "America/Toronto", "otherwise": "after-hours",
              "weekly": [{{"when": "mon-fri 09:00-17:00", "state": "working"}}]}},
            "statuses": [{{"status": "working", "rules": [{{"who": "everybody", "then": {{"forward": [
                {{"ring_seconds": 20, "legs": [{{"to": "devices"}}]}},
                {{"ring_seconds": 20, "legs": [{{"to": "{forward}", "confirm": true}}]}}]}}}}]}}]}}"#
    );
    serde_json::from_str(&text).unwrap()
}

pub(crate) fn office() -> Office {
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
    let trunk = house.trunk().await;
    house.serve(NUMBER, &trunk).await;
    let (name, user) = ("Bureau".parse().unwrap(), house.user.id.clone());
    house
        .inside()
        .await
        .add_device(NewDevice::new(name, user))
        .await
        .unwrap();
    house
}

async fn directory(house: &House) -> Arc<Directory> {
    Arc::new(house.store.load_directory().await.unwrap())
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
    let inside = house.inside().await;
    assert_eq!(outcome(&house, MONDAY_10).await.1, Rule::NoRules);
    let (user, directory) = (&house.user.id, directory(&house).await);
    inside
        .set_presence(user, presence("+15145559999"), &directory)
        .await
        .unwrap();
    let (found, rule) = outcome(&house, MONDAY_10).await;
    assert_eq!(rule, Rule::CallerRule);
    assert!(matches!(found, Outcome::Ring { stages, .. } if stages.len() == 2));
    // A second set takes the place of the first, and a status set by hand goes before both.
    inside
        .set_presence(user, presence("+15145559998"), &directory)
        .await
        .unwrap();
    let vacation = Override {
        state: "vacation".parse().unwrap(),
        since: None,
        until: Some("2026-11-23T15:00:01Z".parse().unwrap()),
    };
    inside.set_status(user, Some(vacation)).await.unwrap();
    assert_eq!(outcome(&house, MONDAY_10).await.1, Rule::StatusDefault);
    assert_eq!(outcome(&house, "2026-11-23T15:00:01Z").await.1, Rule::CallerRule);
    let unknown = Override {
        state: "Au gym".parse().unwrap(),
        since: None,
        until: None,
    };
    let refused = inside.set_status(user, Some(unknown)).await;
    assert!(matches!(refused, Err(Error::Presence(_))), "{refused:?}");
    inside.set_status(user, None).await.unwrap();
    assert_eq!(outcome(&house, MONDAY_10).await.1, Rule::CallerRule);
    inside.remove_presence(user).await.unwrap();
    assert_eq!(outcome(&house, MONDAY_10).await.1, Rule::NoRules);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_forward_that_may_not_be_is_not_saved(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = house(kind).await;
    let (inside, directory) = (house.inside().await, directory(&house).await);
    let user = &house.user.id;
    for forward in [NUMBER, "+33142764978", "user:usr-0"] {
        let refused = inside.set_presence(user, presence(forward), &directory).await;
        assert!(matches!(refused, Err(Error::Forward(_))), "{refused:?}");
    }
    let refused = inside.set_presence(user, presence(NUMBER), &directory).await;
    assert!(
        matches!(refused, Err(Error::Forward(ForwardRefused::OwnNumber { .. }))),
        "{refused:?}"
    );
    assert_eq!(outcome(&house, MONDAY_10).await.1, Rule::NoRules);
    assert_eq!(house.store.revision().await.unwrap(), directory.revision());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_office_opens_and_closes_by_hand(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = house(kind).await;
    let (store, inside) = (&house.store, house.inside().await);
    let account = house.account.id.clone();
    let closed = Override {
        state: OfficeState::Closed,
        since: None,
        until: None,
    };
    let early = inside.set_office_status(&account, Some(closed.clone())).await;
    assert!(matches!(early, Err(Error::Missing { .. })), "{early:?}");
    inside
        .set_office(&house.user.id, office(), &directory(&house).await)
        .await
        .unwrap();
    inside.set_office_status(&account, Some(closed)).await.unwrap();
    let state = |directory: evatel_core::directory::Directory| {
        let office = directory.office(&account).unwrap();
        *office.schedule().at(MONDAY_10.parse().unwrap()).state
    };
    assert_eq!(state(store.load_directory().await.unwrap()), OfficeState::Closed);
    inside.set_office_status(&account, None).await.unwrap();
    assert_eq!(state(store.load_directory().await.unwrap()), OfficeState::Open);
    inside.remove_office(&account).await.unwrap();
    assert!(store.load_directory().await.unwrap().office(&account).is_none());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_caller_is_refused_until_the_entry_goes(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = house(kind).await;
    for (owner, acting) in [
        (ScreeningOwner::System, house.system()),
        (
            ScreeningOwner::Account(house.account.id.clone()),
            house.inside().await,
        ),
        (ScreeningOwner::User(house.user.id.clone()), house.inside().await),
    ] {
        let new = NewScreening {
            caller: "+1514*".parse().unwrap(),
            list: ScreeningList::Block,
            owner: owner.clone(),
        };
        let entry = acting.add_screening(new).await.unwrap();
        assert_eq!(
            acting.screening(&owner).await.unwrap()[..],
            std::slice::from_ref(&entry)[..]
        );
        assert_eq!(
            outcome(&house, MONDAY_10).await,
            (Outcome::Rejected, Rule::BlockList)
        );
        acting.remove_screening(&entry.id).await.unwrap();
        assert_eq!(outcome(&house, MONDAY_10).await.1, Rule::NoRules);
        assert!(acting.screening(&owner).await.unwrap().is_empty());
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn another_accounts_rules_are_the_same_as_none(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = house(kind).await;
    let (inside, directory) = (house.inside().await, directory(&house).await);
    let (user, account) = (&house.user.id, &house.account.id);
    let neighbours = NewAccount {
        reseller: house.account.reseller.clone(),
        name: "Voisin".parse().unwrap(),
        kind: AccountKind::Professional,
        language: Language::Fr,
        zone: "America/Toronto".parse().unwrap(),
    };
    let neighbours = house.system().add_account(neighbours).await.unwrap();
    let target = Target::Account(neighbours.id.clone());
    let foreign = house.system().enter(&target).await.unwrap();
    inside
        .set_presence(user, presence("+15145559999"), &directory)
        .await
        .unwrap();
    inside.set_office(user, office(), &directory).await.unwrap();
    let owner = ScreeningOwner::User(user.clone());
    let new = NewScreening {
        caller: "anonymous".parse().unwrap(),
        list: ScreeningList::Vip,
        owner: owner.clone(),
    };
    let entry = inside.add_screening(new.clone()).await.unwrap();
    let before = house.store.revision().await.unwrap();

    let entries = import::from_csv(b"name,number\nMarie,5145550142\n").unwrap().good;
    let (own, shared) = (
        ContactOwner::User(user.clone()),
        ContactOwner::Account(account.clone()),
    );
    let refusals = [
        foreign
            .set_presence(user, presence("+15145559999"), &directory)
            .await
            .err(),
        foreign.set_status(user, None).await.err(),
        foreign.remove_presence(user).await.err(),
        foreign.presence(user).await.err(),
        foreign.set_office(user, office(), &directory).await.err(),
        foreign.set_office_status(account, None).await.err(),
        foreign.remove_office(account).await.err(),
        foreign.office(account).await.err(),
        foreign.add_screening(new).await.err(),
        foreign.remove_screening(&entry.id).await.err(),
        foreign.screening(&owner).await.err(),
        foreign.import_contacts(entries.clone(), &own).await.err(),
        foreign.import_contacts(entries, &shared).await.err(),
        foreign.contacts(&Target::Account(account.clone())).await.err(),
        foreign.contacts(&Target::User(user.clone())).await.err(),
    ];
    for refusal in refusals {
        assert!(matches!(refusal, Some(Error::Missing { .. })), "{refusal:?}");
    }
    let own = ScreeningOwner::Account(neighbours.id);
    assert!(foreign.screening(&own).await.unwrap().is_empty());
    assert_eq!(house.store.revision().await.unwrap(), before);
}

/// Who may set what of a company's: its administrator all of it, the receptionist the office's status, an employee what
/// is his own.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_employee_sets_what_is_his_own_and_a_receptionist_the_status_of_the_office(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let company = Company::found(&house, "Roy et fils").await;
    let [anne, luc, zoe] = &company.people[..] else {
        panic!("three")
    };
    let (boss, employee) = (company.acting(0, &house).await, company.acting(1, &house).await);
    boss.set_roles(&zoe.id, Role::Receptionist.into()).await.unwrap();
    let receptionist = company.acting(2, &house).await;
    let directory = directory(&house).await;
    let plain: Presence = serde_json::from_str(
        r#"{"schedule": {"zone": "America/Toronto", "otherwise": "after-hours"}, "statuses": []}"#,
    )
    .unwrap();
    let refused = |refusal: Option<Error>| {
        assert!(
            matches!(refusal, Some(Error::Refused(Refusal::NotAllowed { .. }))),
            "{refusal:?}"
        );
    };

    employee
        .set_presence(&luc.id, plain.clone(), &directory)
        .await
        .unwrap();
    refused(
        employee
            .set_presence(&anne.id, plain.clone(), &directory)
            .await
            .err(),
    );
    refused(employee.set_office(&luc.id, office(), &directory).await.err());
    boss.set_presence(&luc.id, plain, &directory).await.unwrap();
    boss.set_office(&anne.id, office(), &directory).await.unwrap();
    let closed = Override {
        state: OfficeState::Closed,
        since: None,
        until: None,
    };
    let account = &anne.account;
    refused(
        employee
            .set_office_status(account, Some(closed.clone()))
            .await
            .err(),
    );
    refused(
        receptionist
            .set_office(&anne.id, office(), &directory)
            .await
            .err(),
    );
    receptionist
        .set_office_status(account, Some(closed))
        .await
        .unwrap();
    // Who changed it is told, from what to what.
    let told = boss.audit(&company.target, &last(1)).await.unwrap();
    assert_eq!(told[0].entry.who, Identity::User { user: zoe.id.clone() });
    assert_eq!(
        (told[0].entry.matter, told[0].entry.object.as_str()),
        (Matter::OfficeStatus, account.as_str())
    );
    assert_eq!(
        told[0].entry.after.as_ref().unwrap().get("by_hand").unwrap()["state"],
        "closed"
    );

    // An employee reads his own contacts and the shared ones, a receptionist the shared ones only.
    let contact =
        |name: &str, owner| NewContact::new(name.parse().unwrap(), "+15145550142".parse().unwrap(), owner);
    let of_all = ContactOwner::Account(account.clone());
    refused(
        employee
            .add_contact(contact("Fournisseur", of_all.clone()))
            .await
            .err(),
    );
    receptionist
        .add_contact(contact("Fournisseur", of_all))
        .await
        .unwrap();
    employee
        .add_contact(contact("Marie", ContactOwner::User(luc.id.clone())))
        .await
        .unwrap();
    boss.add_contact(contact("Paul", ContactOwner::User(anne.id.clone())))
        .await
        .unwrap();
    let names = |contacts: Vec<Contact>| contacts.iter().map(|it| it.name.to_string()).collect::<Vec<_>>();
    let own = Target::User(luc.id.clone());
    assert_eq!(
        names(employee.contacts(&own).await.unwrap()),
        ["Fournisseur", "Marie"]
    );
    assert_eq!(
        names(receptionist.contacts(&company.target).await.unwrap()),
        ["Fournisseur"]
    );
    assert_eq!(
        names(boss.contacts(&company.target).await.unwrap()),
        ["Fournisseur", "Marie", "Paul"]
    );
    let hers = Target::User(anne.id.clone());
    assert_eq!(names(employee.contacts(&hers).await.unwrap()), ["Fournisseur"]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_contacts_is_taken_whole_or_not_at_all(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = house(kind).await;
    let (store, scope) = (&house.store, Scope::account(house.account.id.clone()));
    let inside = house.inside().await;
    let entries = |text: &str| import::from_csv(text.as_bytes()).unwrap().accept().unwrap();
    let shared = ContactOwner::Account(house.account.id.clone());
    let file =
        "name,nicknames,number,other_numbers\nMarie,Mimi|Patronne,5145550142,5145550143\nPaul,,5145550144,\n";
    let rehearsing = inside.clone().rehearsing();
    let dry = rehearsing.import_contacts(entries(file), &shared).await.unwrap();
    assert_eq!((dry.added, store.contacts(&scope).await.unwrap().len()), (2, 0));
    let real = inside.import_contacts(entries(file), &shared).await.unwrap();
    assert_eq!((real.added, real.known), (2, 0));
    let again = inside.import_contacts(entries(file), &shared).await.unwrap();
    assert_eq!((again.added, again.known), (0, 2));
    // A new number under a known name: nothing of the file comes in.
    let clash = entries("name,number\nZoé,5145550145\nPaul,5145550199\n");
    let clash = inside.import_contacts(clash, &shared).await.unwrap();
    assert_eq!((clash.added, clash.refused[0].line), (0, 3));
    assert_eq!(store.contacts(&scope).await.unwrap().len(), 2);
    // The same name may be a user's own contact, too; shared ones are his to call.
    let own = ContactOwner::User(house.user.id.clone());
    let added = inside.import_contacts(entries(file), &own).await.unwrap();
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
    house
        .inside()
        .await
        .set_presence(&house.user.id, presence("+15145559999"), &directory(&house).await)
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
