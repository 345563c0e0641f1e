//! What roles let people do.

use evatel_core::{
    account::{Role, Roles, rules::Broken},
    permission::{Action, Matter, Refusal},
};
use evatel_store::{Error, Target, UserChange};
use rstest::rstest;

use crate::{
    company::{Company, last},
    house::{
        House,
        Kind::{self, Postgres, Sqlite},
    },
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_first_of_a_company_is_its_administrator_and_the_last_one_stays(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let company = Company::found(&house, "Roy et fils").await;
    let [anne, luc, zoe] = &company.people[..] else {
        panic!("three")
    };
    assert_eq!(anne.roles, Roles::from(Role::Administrator));
    assert_eq!((luc.roles, zoe.roles), (Roles::NONE, Roles::NONE));
    assert_eq!(
        [luc.number.value(), zoe.number.value()],
        [anne.number.value() + 1, anne.number.value() + 2]
    );

    let acting = company.acting(0, &house).await;
    let demoted = acting.set_roles(&anne.id, Roles::NONE).await;
    assert!(
        matches!(demoted, Err(Error::Broken(Broken::LastAdministrator))),
        "{demoted:?}"
    );
    let removed = acting.remove_user(&anne.id).await;
    assert!(
        matches!(removed, Err(Error::Broken(Broken::LastAdministrator))),
        "{removed:?}"
    );

    acting
        .set_roles(&luc.id, Role::Administrator.into())
        .await
        .unwrap();
    acting
        .set_roles(&anne.id, Role::Receptionist.into())
        .await
        .unwrap();
    let again = acting.set_roles(&anne.id, Role::Administrator.into()).await;
    assert!(
        matches!(again, Err(Error::Refused(Refusal::NotAllowed { .. }))),
        "{again:?}"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_who_loses_his_role_loses_its_rights_with_his_next_command(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let company = Company::found(&house, "Roy et fils").await;
    // The session, and the actor made from it, were there before.
    let anne = company.acting(0, &house).await;
    let may = anne
        .may(Action::Order, Matter::Subscriptions, &company.target)
        .await
        .unwrap();
    assert!(may.billing_right().is_ok());

    let inside = house.system().enter(&company.target).await.unwrap();
    inside
        .set_roles(&company.people[1].id, Role::Administrator.into())
        .await
        .unwrap();
    inside
        .set_roles(&company.people[0].id, Roles::NONE)
        .await
        .unwrap();
    let order = anne
        .may(Action::Order, Matter::Subscriptions, &company.target)
        .await;
    assert!(
        matches!(order, Err(Error::Refused(Refusal::NotAllowed { .. }))),
        "{order:?}"
    );
    let renamed = UserChange {
        name: Some("Jean".parse().unwrap()),
        ..UserChange::default()
    };
    let change = anne.change_user(&company.people[2].id, renamed).await;
    assert!(matches!(change, Err(Error::Refused(_))), "{change:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_answers_as_the_deed_would_and_changes_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let company = Company::found(&house, "Roy et fils").await;
    let revision = house.store.revision().await.unwrap();
    let told = house.system().audit(&Target::System, &last(100)).await.unwrap();
    let inside = house.system().rehearsing().enter(&company.target).await.unwrap();
    let roles = Roles::from(Role::OfficeManager);
    assert_eq!(
        inside
            .set_roles(&company.people[1].id, roles)
            .await
            .unwrap()
            .roles,
        roles
    );
    let refused = inside.set_roles(&company.people[0].id, Roles::NONE).await;
    assert!(matches!(refused, Err(Error::Broken(Broken::LastAdministrator))));
    assert_eq!(house.store.revision().await.unwrap(), revision);
    assert_eq!(
        house.system().audit(&Target::System, &last(100)).await.unwrap(),
        told
    );
}
