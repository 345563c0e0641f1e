//! What resellers and accounts see of each other.

use evatel_core::{
    account::{AccountKind, AccountStatus, BillingMode, Language, Roles, rules::Broken},
    login::LoginName,
    permission::Actor,
};
use evatel_store::{AccountChange, Error, NewAccount, ResellerChange, Target, UserChange};
use rstest::rstest;

use crate::{
    company::{Company, last, origin},
    house::{
        House,
        Kind::{self, Postgres, Sqlite},
    },
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn another_accounts_id_is_the_same_as_one_that_does_not_exist(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let (ours, theirs) = (
        Company::found(&house, "Roy et fils").await,
        Company::found(&house, "Roy et fils").await,
    );
    let anne = ours.acting(0, &house).await;
    let foreign = theirs.people[1].id.clone();
    let nobody = "usr-0000000000000".parse().unwrap();
    let said = |error: Error, id: &str| error.to_string().replace(id, "ID");
    let change = UserChange {
        name: Some("Jean".parse().unwrap()),
        ..UserChange::default()
    };
    for (theirs, none) in [
        (
            anne.change_user(&foreign, change.clone()).await.unwrap_err(),
            anne.change_user(&nobody, change).await.unwrap_err(),
        ),
        (
            anne.set_roles(&foreign, Roles::NONE).await.unwrap_err(),
            anne.set_roles(&nobody, Roles::NONE).await.unwrap_err(),
        ),
        (
            anne.remove_user(&foreign).await.unwrap_err(),
            anne.remove_user(&nobody).await.unwrap_err(),
        ),
        (
            anne.clear_pin(&foreign).await.unwrap_err(),
            anne.clear_pin(&nobody).await.unwrap_err(),
        ),
        (
            anne.logins(&Target::User(foreign.clone())).await.unwrap_err(),
            anne.logins(&Target::User(nobody.clone())).await.unwrap_err(),
        ),
        (
            anne.keys(&Target::User(foreign.clone())).await.unwrap_err(),
            anne.keys(&Target::User(nobody.clone())).await.unwrap_err(),
        ),
        (
            anne.audit(&Target::User(foreign.clone()), &last(9))
                .await
                .unwrap_err(),
            anne.audit(&Target::User(nobody.clone()), &last(9))
                .await
                .unwrap_err(),
        ),
    ] {
        assert!(matches!(theirs, Error::Missing { .. }), "{theirs:?}");
        assert_eq!(said(theirs, foreign.as_str()), said(none, nobody.as_str()));
    }
    let theirs_login: LoginName = format!("person-{}", theirs.people[0].number).parse().unwrap();
    theirs.acting(0, &house).await;
    let nobodys: LoginName = "nobody".parse().unwrap();
    let unlock = anne.unlock_login(&theirs_login).await.unwrap_err();
    let none = anne.unlock_login(&nobodys).await.unwrap_err();
    assert_eq!(said(unlock, theirs_login.as_str()), said(none, nobodys.as_str()));
    assert_eq!(anne.accounts(&ours.target).await.unwrap().len(), 1);
    assert!(anne.accounts(&theirs.target).await.is_err());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_reseller_opens_accounts_and_sees_no_other_resellers(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let shown = ResellerChange {
        billing: Some(BillingMode::SelfBilled),
        ..ResellerChange::default()
    };
    let south = house
        .system()
        .add_reseller("Sud".parse().unwrap(), shown)
        .await
        .unwrap()
        .reseller;
    let login = "log-gone".parse().unwrap();
    let gone = house
        .store
        .acting_as(Actor::reseller(south.id.clone(), login), origin());
    assert!(
        matches!(gone.resellers(&Target::System).await, Err(Error::ActorGone)),
        "a login that is gone"
    );

    let within = house
        .system()
        .enter(&Target::Reseller(south.id.clone()))
        .await
        .unwrap();
    assert!(matches!(
        within.accounts(&Target::Account(house.account.id.clone())).await,
        Err(Error::Missing { .. })
    ));
    let new = NewAccount {
        reseller: south.id.clone(),
        name: "Client".parse().unwrap(),
        kind: AccountKind::Company,
        language: Language::En,
        zone: "America/Vancouver".parse().unwrap(),
    };
    let account = within.add_account(new.clone()).await.unwrap();
    assert_eq!(account.status, AccountStatus::Trial);
    let active = AccountChange {
        status: Some(AccountStatus::Active),
        ..AccountChange::default()
    };
    let refused = within.change_account(&account.id, active).await;
    assert!(
        matches!(refused, Err(Error::Broken(Broken::NoNumber { .. }))),
        "{refused:?}"
    );

    let moved = house
        .system()
        .move_account(&account.id, &house.account.reseller)
        .await
        .unwrap();
    assert_eq!(
        (moved.billed_before, moved.billed_after),
        (BillingMode::SelfBilled, BillingMode::Delegated)
    );
    assert!(matches!(
        within.accounts(&Target::Account(account.id.clone())).await,
        Err(Error::Missing { .. })
    ));
    house.system().move_account(&account.id, &south.id).await.unwrap();

    let default = house.system().close_reseller(&house.account.reseller).await;
    assert!(
        matches!(default, Err(Error::Broken(Broken::Default { .. }))),
        "{default:?}"
    );
    assert_eq!(house.system().close_reseller(&south.id).await.unwrap(), 1);
    let accounts = house
        .system()
        .accounts(&Target::Reseller(south.id.clone()))
        .await
        .unwrap();
    assert_eq!(
        accounts[0].status,
        AccountStatus::Closed,
        "closed, and still there"
    );
    let added = house.system().add_account(new).await;
    assert!(
        matches!(added, Err(Error::Broken(Broken::ClosedReseller { .. }))),
        "{added:?}"
    );
}
