//! The whole table, tried out: every standing, action and matter, at every place of a small world.

mod spec;
mod world;

use super::{
    Action, Actor, Charge, Detail, Identity, KeyScope, Matter, Place, Refusal, Standing, can, matrix,
};
use crate::account::{Role, Roles};
use spec::{Mark, Outcome, spec};
use world::World;

fn outcome(actor: &Actor, action: Action, matter: Matter, place: &Place) -> Outcome {
    match can(actor, action, &place.clone().resource(matter)) {
        Ok(grant) => match (grant.charge(), grant.detail()) {
            (Charge::Confirm, _) => Outcome::Billable,
            (Charge::ByOthers, _) => Outcome::UnlessItCosts,
            (Charge::None, Detail::Full) => Outcome::Free,
            (Charge::None, Detail::Metadata) => Outcome::Metadata,
            (Charge::None, Detail::MainLine) => Outcome::MainLine,
            (Charge::None, Detail::Technical) => Outcome::Technical,
        },
        Err(Refusal::EnterFirst { .. }) => Outcome::EnterFirst,
        Err(Refusal::HasAdministrator) => Outcome::HasAdministrator,
        Err(Refusal::Missing) => Outcome::Missing,
        Err(Refusal::NotAllowed { .. }) => Outcome::NotAllowed,
        Err(Refusal::OthersBilling { .. }) => Outcome::OthersBilling,
        Err(
            refusal
            @ (Refusal::KeyScope { .. } | Refusal::NeedsConfirmation { .. } | Refusal::Private { .. }),
        ) => {
            panic!("nobody holds a key, confirms or has entered here: {refusal}")
        }
    }
}

#[test]
fn every_standing_can_do_to_every_matter_at_every_place_what_the_table_says_and_nothing_else() {
    let spec = spec();
    let mut tried = 0;
    for world in World::all() {
        for (_, standing) in Standing::ALL {
            let actor = world.actor(*standing);
            for (_, matter) in Matter::ALL {
                for (_, action) in Action::ALL {
                    let mark = spec.get(&(*matter, *action, *standing)).copied();
                    for (name, place) in world.places() {
                        let found = outcome(&actor, *action, *matter, &place);
                        let expected = world.expected(mark.unwrap_or(Mark::Never), *standing, name);
                        assert_eq!(found, expected, "{standing}: {action} of {matter} at {name}");
                        tried += 1;
                    }
                }
            }
        }
    }
    assert_eq!(tried, 4 * 8 * Matter::ALL.len() * Action::ALL.len() * 11);
}

#[test]
fn an_employee_with_several_roles_has_of_each_what_gives_most() {
    let world = World::all().remove(0);
    for bits in 0..16u32 {
        let roles: Roles = Role::ALL
            .iter()
            .enumerate()
            .filter(|(index, _)| bits & (1 << index) != 0)
            .map(|(_, (_, role))| *role)
            .collect();
        let actor = world.employee(roles);
        let singles: Vec<Actor> = roles.iter().map(|role| world.employee(role.into())).collect();
        for row in matrix::MATRIX {
            for (name, place) in world.places() {
                let all = outcome(&actor, row.action, row.matter, &place);
                let alone = outcome(&world.employee(Roles::NONE), row.action, row.matter, &place);
                let best = singles
                    .iter()
                    .map(|single| outcome(single, row.action, row.matter, &place))
                    .chain([alone])
                    .max()
                    .unwrap();
                assert_eq!(all, best, "{roles}: {} of {} at {name}", row.action, row.matter);
            }
        }
    }
}

#[test]
fn no_employee_without_the_administrators_role_ever_holds_the_right_to_confirm_what_costs() {
    for world in World::all() {
        for role in [
            None,
            Some(Role::OfficeManager),
            Some(Role::Receptionist),
            Some(Role::TechSupport),
        ] {
            let actor = world.employee(role.map_or(Roles::NONE, Roles::from));
            for row in matrix::MATRIX {
                for (_, place) in world.places() {
                    if let Ok(grant) = can(&actor, row.action, &place.resource(row.matter)) {
                        assert!(
                            grant.billing_right().is_err(),
                            "{role:?}: {} of {}",
                            row.action,
                            row.matter
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn an_administrator_who_loses_the_role_loses_the_right_with_his_next_question() {
    let world = World::all().remove(0);
    let order = world.company().resource(Matter::Subscriptions);
    let anne = world.employee(Role::Administrator.into());
    let right = can(&anne, Action::Order, &order)
        .unwrap()
        .billing_right()
        .unwrap();
    assert_eq!(right.account(), &world.company().account);
    let demoted = anne.with_roles(Roles::NONE);
    assert!(matches!(
        can(&demoted, Action::Order, &order),
        Err(Refusal::NotAllowed { .. })
    ));
}

#[test]
fn whoever_enters_an_account_acts_as_its_administrator_under_both_names_and_reads_no_message() {
    let world = World::all().remove(0);
    let reseller = world.actor(Standing::ResellerAdmin);
    let hours = world.company().resource(Matter::Hours);
    assert!(matches!(
        can(&reseller, Action::Write, &hours),
        Err(Refusal::EnterFirst { .. })
    ));

    let entered = reseller.enter(&Place::Account(world.company())).unwrap();
    assert!(can(&entered, Action::Write, &hours).is_ok());
    assert_eq!(entered.who(), reseller.who());
    let account = world.company().account;
    assert_eq!(entered.as_whom(), Some(Identity::Account { account }));
    for (_, place) in world.places() {
        let messages = place.resource(Matter::Messages);
        assert!(can(&entered, Action::Read, &messages).is_err());
    }

    let system = world.actor(Standing::SystemAdmin);
    let through = system
        .enter(&world.place("north"))
        .and_then(|reseller| reseller.enter(&Place::Account(world.professional())))
        .unwrap();
    assert_eq!(
        through.who(),
        system.who(),
        "the person stays himself however far he goes"
    );
    let messages = world.professional().resource(Matter::Messages);
    assert!(matches!(
        can(&through, Action::Read, &messages),
        Err(Refusal::Private { .. })
    ));
}

#[test]
fn nobody_enters_what_is_not_below_him() {
    let world = World::all().remove(0);
    let reseller = world.actor(Standing::ResellerAdmin);
    for name in ["south", "company C"] {
        assert_eq!(
            reseller.enter(&world.place(name)),
            Err(Refusal::Missing),
            "{name}"
        );
    }
    assert_eq!(reseller.enter(&Place::System), Err(Refusal::Missing));
    for standing in [
        Standing::Administrator,
        Standing::Professional,
        Standing::Employee,
    ] {
        for (name, place) in world.places() {
            assert!(
                world.actor(standing).enter(&place).is_err(),
                "{standing} into {name}"
            );
        }
    }
}

#[test]
fn a_key_takes_away_and_never_adds() {
    let world = World::all().remove(0);
    let numbers = world.company().resource(Matter::Numbers);
    let key: KeyScope = "numbers:read".parse().unwrap();
    let admin = world.employee(Role::Administrator.into()).with_key(key);
    assert!(can(&admin, Action::Read, &numbers).is_ok());
    assert!(matches!(
        can(&admin, Action::Assign, &numbers),
        Err(Refusal::KeyScope { .. })
    ));
    let calls = world.company().resource(Matter::CallLog);
    assert!(matches!(
        can(&admin, Action::Read, &calls),
        Err(Refusal::KeyScope { .. })
    ));

    let receptionist = world
        .employee(Role::Receptionist.into())
        .with_key(KeyScope::full());
    assert!(matches!(
        can(&receptionist, Action::Assign, &numbers),
        Err(Refusal::NotAllowed { .. })
    ));
    let reseller = world
        .actor(Standing::ResellerAdmin)
        .with_key("accounts:write".parse().unwrap());
    let entered = reseller.enter(&Place::Account(world.company())).unwrap();
    assert!(matches!(
        can(&entered, Action::Read, &numbers),
        Err(Refusal::KeyScope { .. })
    ));
}

#[test]
fn an_action_has_one_row() {
    for row in matrix::MATRIX {
        let found = matrix::row(row.action, row.matter);
        assert_eq!(found, Some(row), "{} of {} has two", row.action, row.matter);
    }
}

#[test]
fn a_reseller_may_set_his_price_and_never_touch_the_systems_item() {
    let world = World::all().remove(0);
    let reseller = world.actor(Standing::ResellerAdmin);
    let item = Place::System.resource(Matter::Catalog);
    assert!(can(&reseller, Action::Read, &item).is_ok());
    assert!(matches!(
        can(&reseller, Action::Write, &item),
        Err(Refusal::NotAllowed { .. })
    ));
    let choice = world.place("north").resource(Matter::OfferChoices);
    assert!(can(&reseller, Action::Write, &choice).is_ok());
}
