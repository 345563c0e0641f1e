//! Two resellers, `north` with two companies and a professional, `south` with a company; and an oracle that knows by name
//! who stands where.

use super::spec::{Mark, Outcome};
use crate::{
    account::{AccountKind, BillingMode, Role, Roles},
    permission::{AccountPlace, Actor, Place, Standing},
};

/// One setting of what a decision depends on beside the tree.
pub(super) struct World {
    billing: BillingMode,
    has_administrator: bool,
}

impl World {
    /// Every setting.
    pub(super) fn all() -> Vec<Self> {
        let setting = |billing| {
            [true, false].map(|has_administrator| Self {
                billing,
                has_administrator,
            })
        };
        [BillingMode::Delegated, BillingMode::SelfBilled]
            .into_iter()
            .flat_map(setting)
            .collect()
    }

    pub(super) fn company(&self) -> AccountPlace {
        self.account("company-a", "north", AccountKind::Company)
    }

    pub(super) fn professional(&self) -> AccountPlace {
        self.account("professional-p", "north", AccountKind::Professional)
    }

    /// Anne works for company A; Paul is professional P.
    pub(super) fn actor(&self, standing: Standing) -> Actor {
        match standing {
            Standing::SystemAdmin => Actor::system("root".parse().unwrap()),
            Standing::ResellerAdmin => Actor::reseller("north".parse().unwrap(), "log-1".parse().unwrap()),
            Standing::Administrator => self.employee(Role::Administrator.into()),
            Standing::OfficeManager => self.employee(Role::OfficeManager.into()),
            Standing::Receptionist => self.employee(Role::Receptionist.into()),
            Standing::TechSupport => self.employee(Role::TechSupport.into()),
            Standing::Employee => self.employee(Roles::NONE),
            // Roles count for nothing here.
            Standing::Professional => {
                let roles = Role::TechSupport.into();
                Actor::user("paul".parse().unwrap(), &self.professional(), roles)
            }
        }
    }

    pub(super) fn employee(&self, roles: Roles) -> Actor {
        Actor::user("anne".parse().unwrap(), &self.company(), roles)
    }

    pub(super) fn places(&self) -> Vec<(&'static str, Place)> {
        let company = |account: &str, reseller: &str| self.account(account, reseller, AccountKind::Company);
        let reseller = |name: &str| Place::Reseller {
            reseller: name.parse().unwrap(),
            billing: self.billing,
        };
        let user = |name: &str, account: AccountPlace| Place::User {
            account,
            user: name.parse().unwrap(),
        };
        vec![
            ("system", Place::System),
            ("north", reseller("north")),
            ("south", reseller("south")),
            ("company A", Place::Account(self.company())),
            ("anne of A", user("anne", self.company())),
            ("luc of A", user("luc", self.company())),
            ("company B", Place::Account(company("company-b", "north"))),
            // His id is that of Anne: only his account tells them apart.
            ("anne of B", user("anne", company("company-b", "north"))),
            ("company C", Place::Account(company("company-c", "south"))),
            ("professional P", Place::Account(self.professional())),
            ("paul of P", user("paul", self.professional())),
        ]
    }

    pub(super) fn place(&self, name: &str) -> Place {
        let mut places = self.places().into_iter();
        places.find(|(each, _)| *each == name).unwrap().1
    }

    fn account(&self, account: &str, reseller: &str, kind: AccountKind) -> AccountPlace {
        AccountPlace {
            account: account.parse().unwrap(),
            reseller: reseller.parse().unwrap(),
            billing: self.billing,
            kind,
            has_administrator: self.has_administrator,
        }
    }

    /// Says what the table means at a place, from names alone.
    pub(super) fn expected(&self, mark: Mark, standing: Standing, place: &str) -> Outcome {
        let of_north = [
            "north",
            "company A",
            "anne of A",
            "luc of A",
            "company B",
            "anne of B",
            "professional P",
            "paul of P",
        ];
        let (below, above): (&[&str], &[&str]) = match standing {
            Standing::SystemAdmin => (&[], &[]),
            Standing::ResellerAdmin => (&of_north, &["system"]),
            Standing::Professional => (&["professional P", "paul of P"], &["system", "north"]),
            _ => (&["company A", "anne of A", "luc of A"], &["system", "north"]),
        };
        let within = standing == Standing::SystemAdmin || below.contains(&place);
        if !within && !above.contains(&place) {
            return Outcome::Missing;
        }
        let level = match standing {
            Standing::SystemAdmin => place == "system",
            Standing::ResellerAdmin => place == "north",
            _ => within,
        };
        let self_ = match standing {
            Standing::Professional => within,
            Standing::SystemAdmin | Standing::ResellerAdmin => false,
            _ => place == "anne of A",
        };
        let in_an_account = !["system", "north", "south"].contains(&place);
        let when = |granted: bool, outcome: Outcome| if granted { outcome } else { Outcome::NotAllowed };
        match mark {
            Mark::Never => Outcome::NotAllowed,
            Mark::Within => when(within, Outcome::Free),
            Mark::Seen => Outcome::Free,
            Mark::SelfOnly | Mark::Private => when(self_, Outcome::Free),
            Mark::Level => when(level, Outcome::Free),
            Mark::Billable => when(within, Outcome::Billable),
            Mark::UnlessItCosts => when(within, Outcome::UnlessItCosts),
            Mark::Enter => when(within, Outcome::EnterFirst),
            Mark::Metadata => when(within, Outcome::Metadata),
            Mark::MainLine => when(within, Outcome::MainLine),
            Mark::Technical => when(within, Outcome::Technical),
            Mark::MainLineAndSelf | Mark::TechnicalAndSelf if self_ => Outcome::Free,
            Mark::MainLineAndSelf => when(within, Outcome::MainLine),
            Mark::TechnicalAndSelf => when(within, Outcome::Technical),
            Mark::First if in_an_account && self.has_administrator => Outcome::HasAdministrator,
            Mark::First => when(in_an_account, Outcome::Free),
            Mark::Delegated if self.billing == BillingMode::SelfBilled && place != "system" => {
                Outcome::OthersBilling
            }
            Mark::Delegated => when(within, Outcome::Billable),
            Mark::SelfBilled if self.billing == BillingMode::Delegated && place != "system" => {
                Outcome::OthersBilling
            }
            Mark::SelfBilled => when(within, Outcome::Free),
        }
    }
}
