//! Small worlds made of bytes, so that one other byte is one other row, and the difference of two.

use crate::{
    account::{
        Account, AccountKind, AccountStatus, BillingMode, Language, Reseller, ResellerStatus, Roles, User,
        UserNo,
    },
    contact::{Contact, ContactOwner},
    device::Device,
    did::{Did, DidTarget},
    directory::{Patch, Records, Rows},
    emergency::EmergencyPlace,
    id::{AccountId, DeviceId, ResellerId, UserId},
    limit::{ApprovedCountry, LimitOwner, Limits},
    number::{E164, NumberFormat},
    restriction::{NumberMatch, Restriction, RestrictionOwner},
    route::{ClassSet, RouteRule},
    screening::{ScreeningEntry, ScreeningList, ScreeningOwner},
    trunk::Trunk,
};

/// So many bytes make a world.
pub(super) const BYTES: usize = 330;
pub(super) const COUNTRIES: [&str; 2] = ["FR", "BE"];
pub(super) const MATCHES: [&str; 9] = [
    "class:canada",
    "class:international",
    "country:FR",
    "prefix:1",
    "prefix:1514",
    "prefix:15145",
    "prefix:336",
    "prefix:3361",
    "prefix:33612/11",
];

/// The numbers that are answered.
pub(super) fn number(at: usize) -> E164 {
    format!("+1514555010{at}").parse().unwrap()
}

/// Makes a world: rows point to rows that are there, whatever the bytes.
pub(super) fn world(bytes: &[u8]) -> Records {
    let mut dice = Dice(bytes.iter());
    let mut records = Records::default();
    for at in 0..2 {
        let active = dice.one_in(2);
        if at == 0 || !dice.one_in(3) {
            records.resellers.push(Reseller {
                id: id("r", at),
                name: "Reseller".parse().unwrap(),
                billing: BillingMode::Delegated,
                status: if active {
                    ResellerStatus::Active
                } else {
                    ResellerStatus::Closed
                },
                is_default: at == 0,
            });
        }
    }
    for at in 0..2 {
        let format = *dice.of(&[NumberFormat::E164, NumberFormat::National10]);
        if !dice.one_in(4) {
            records.trunks.push(Trunk {
                id: id("t", at),
                name: "Carrier".parse().unwrap(),
                peer: "192.0.2.1".parse().unwrap(),
                format,
            });
        }
    }
    for at in 0..4 {
        let (here, above, called) = (!dice.one_in(4), dice.next(), dice.name());
        if here {
            let above = &records.resellers[above % records.resellers.len()];
            records.accounts.push(account(at, above.id.clone(), called));
        }
    }
    let accounts: Vec<AccountId> = records.accounts.iter().map(|row| row.id.clone()).collect();
    for at in 0..6 {
        let (here, account, mut extension, has_pin) = (
            !dice.one_in(4),
            dice.pick(&accounts),
            dice.next() % 16,
            dice.one_in(2),
        );
        let (true, Some(account)) = (here, account) else {
            continue;
        };
        let taken = |extension: usize| {
            let same = |user: &&User| user.account == account && user.extension.as_str() == text(extension);
            records.users.iter().any(|user| same(&user))
        };
        while taken(extension) {
            extension += 1;
        }
        records.users.push(User {
            id: id("u", at),
            account,
            name: "Luc Roy".parse().unwrap(),
            extension: text(extension).parse().unwrap(),
            number: UserNo::FIRST,
            roles: Roles::NONE,
            language: None,
            zone: None,
            has_pin,
        });
    }
    let users: Vec<UserId> = records.users.iter().map(|row| row.id.clone()).collect();
    for at in 0..6 {
        let (here, user, name) = (!dice.one_in(4), dice.pick(&users), dice.name());
        if let (true, Some(user)) = (here, user) {
            records.devices.push(Device {
                id: id("d", at),
                user,
                name,
            });
        }
    }
    let devices: Vec<DeviceId> = records.devices.iter().map(|row| row.id.clone()).collect();
    for at in 0..6 {
        let (here, account, user) = (!dice.one_in(4), dice.pick(&accounts), dice.pick(&users));
        let (trunk, operated) = (dice.next() % 3, dice.one_in(2));
        if let (true, Some(account), Some(user)) = (here, account, user) {
            let target = match operated {
                true => DidTarget::Receptionist { operator: user },
                false => DidTarget::SmartNumber { user },
            };
            records.dids.push(Did {
                id: id("n", at),
                number: number(at),
                trunk: id("t", trunk),
                account,
                target,
            });
        }
    }
    for at in 0..8 {
        let (shared, account, user) = (dice.next() % 3, dice.pick(&accounts), dice.pick(&users));
        let (name, called) = (dice.name(), dice.next());
        let owner = match shared {
            0 => account.map(ContactOwner::Account),
            1 => user.map(ContactOwner::User),
            _ => None,
        };
        if let Some(owner) = owner {
            records
                .contacts
                .push(Contact::new(id("c", at), owner, name, number(called % 10)));
        }
    }
    for account in &accounts {
        if !dice.one_in(3) {
            let state = dice.of(&["open", "closed"]);
            let office = format!(
                r#"{{"schedule": {{"zone": "America/Toronto", "otherwise": "{state}"}}, "open": "voicemail"}}"#
            );
            records
                .offices
                .push((account.clone(), serde_json::from_str(&office).unwrap()));
        }
        if !dice.one_in(3) {
            records.emergency_places.push(EmergencyPlace {
                account: account.clone(),
                street: dice.name(),
                city: "Montréal".parse().unwrap(),
                province: "QC".parse().unwrap(),
                callback: number(0),
                trunk: id("t", 0),
            });
        }
        for country in COUNTRIES {
            if dice.one_in(2) {
                let country = country.parse().unwrap();
                let account = account.clone();
                records
                    .approved_countries
                    .push(ApprovedCountry { account, country });
            }
        }
    }
    for user in &users {
        if !dice.one_in(3) {
            let status = dice.of(&["working", "vacation"]);
            let presence =
                format!(r#"{{"schedule": {{"zone": "America/Toronto", "otherwise": "{status}"}}}}"#);
            records
                .presences
                .push((user.clone(), serde_json::from_str(&presence).unwrap()));
        }
    }
    let resellers: Vec<ResellerId> = records.resellers.iter().map(|row| row.id.clone()).collect();
    let owners = std::iter::once(LimitOwner::System)
        .chain(resellers.iter().cloned().map(LimitOwner::Reseller))
        .chain(accounts.iter().cloned().map(LimitOwner::Account))
        .chain(users.iter().cloned().map(LimitOwner::User));
    for owner in owners {
        let most = dice.next() as u32;
        if !most.is_multiple_of(3) {
            let toll_legs = Some(most);
            records.limits.push(Limits {
                toll_legs,
                ..Limits::none(owner)
            });
        }
    }
    for at in 0..10 {
        let (level, who) = (dice.next() % 6, dice.next());
        let (matches, effect) = (
            dice.of(&MATCHES).parse().unwrap(),
            dice.of(&["allow", "deny"]).parse().unwrap(),
        );
        let owner = match level {
            0 => Some(RestrictionOwner::System),
            1 => nth(&resellers, who).map(RestrictionOwner::Reseller),
            2 => nth(&accounts, who).map(RestrictionOwner::Account),
            3 => nth(&users, who).map(RestrictionOwner::User),
            4 => nth(&devices, who).map(RestrictionOwner::Device),
            _ => None,
        };
        if let Some(owner) = owner {
            records.restrictions.push(Restriction {
                id: id("x", at),
                name: "rule".parse().unwrap(),
                set_by: owner.level(),
                owner,
                matches,
                effect,
                hours: None,
                trunk: None,
            });
        }
    }
    for at in 0..10 {
        let (here, trunk, price) = (!dice.one_in(4), dice.next() % 3, dice.next());
        let matches: NumberMatch = dice.of(&MATCHES).parse().unwrap();
        if here {
            records.routes.push(RouteRule {
                id: id("w", at),
                trunk: id("t", trunk),
                matches,
                classes: ClassSet::ordinary(),
                priority: (price % 2) as u16,
                weight: 0,
                price_micros: (price % 3 > 0).then_some(price as i64),
            });
        }
    }
    for at in 0..6 {
        let (level, who) = (dice.next() % 4, dice.next());
        let owner = match level {
            0 => Some(ScreeningOwner::System),
            1 => nth(&accounts, who).map(ScreeningOwner::Account),
            2 => nth(&users, who).map(ScreeningOwner::User),
            _ => None,
        };
        if let Some(owner) = owner {
            records.screening.push(ScreeningEntry {
                id: id("s", at),
                owner,
                list: ScreeningList::Block,
                caller: "anonymous".parse().unwrap(),
            });
        }
    }
    records
}

/// Says what changed from one world to another, as a store that compares all rows would.
pub(super) fn difference(old: &Records, new: &Records) -> Patch {
    let approved = |records: &Records| records.approved_countries.clone();
    Patch {
        accounts: rows(&old.accounts, &new.accounts, |row| row.id.clone()),
        approved_countries: owned(&approved(old), &approved(new), |row| row.account.clone())
            .into_iter()
            .map(|(owner, rows)| (owner, rows.into_iter().map(|row| row.country).collect()))
            .collect(),
        contacts: owned(&old.contacts, &new.contacts, |row| row.owner.clone()),
        devices: rows(&old.devices, &new.devices, |row| row.id.clone()),
        dids: rows(&old.dids, &new.dids, |row| row.number.clone()),
        emergency_places: single(owned(&old.emergency_places, &new.emergency_places, |row| {
            row.account.clone()
        })),
        limits: single(owned(&old.limits, &new.limits, |row| row.owner.clone())),
        offices: pairs(single(owned(&old.offices, &new.offices, |row| row.0.clone()))),
        presences: pairs(single(owned(&old.presences, &new.presences, |row| row.0.clone()))),
        resellers: rows(&old.resellers, &new.resellers, |row| row.id.clone()),
        restrictions: owned(&old.restrictions, &new.restrictions, |row| row.owner.clone()),
        routes: rows(&old.routes, &new.routes, |row| row.id.clone()),
        screening: owned(&old.screening, &new.screening, |row| row.owner.clone()),
        trunks: rows(&old.trunks, &new.trunks, |row| row.id.clone()),
        users: rows(&old.users, &new.users, |row| row.id.clone()),
    }
}

fn rows<K: PartialEq, R: Clone + PartialEq>(old: &[R], new: &[R], key: impl Fn(&R) -> K) -> Rows<K, R> {
    let known = |row: &&R| new.iter().any(|new| key(new) == key(row));
    Rows {
        present: new.iter().filter(|row| !old.contains(row)).cloned().collect(),
        gone: old.iter().filter(|row| !known(row)).map(&key).collect(),
    }
}

fn owned<O: PartialEq, R: Clone + PartialEq>(
    old: &[R],
    new: &[R],
    owner: impl Fn(&R) -> O,
) -> Vec<(O, Vec<R>)> {
    let mut owners: Vec<O> = Vec::new();
    for row in old.iter().chain(new) {
        if !owners.contains(&owner(row)) {
            owners.push(owner(row));
        }
    }
    let of = |all: &[R], whose: &O| {
        all.iter()
            .filter(|row| owner(row) == *whose)
            .cloned()
            .collect::<Vec<R>>()
    };
    owners.retain(|whose| of(old, whose) != of(new, whose));
    owners
        .into_iter()
        .map(|whose| {
            let rows = of(new, &whose);
            (whose, rows)
        })
        .collect()
}

fn single<O, R>(owned: Vec<(O, Vec<R>)>) -> Vec<(O, Option<R>)> {
    owned
        .into_iter()
        .map(|(owner, mut rows)| (owner, rows.pop()))
        .collect()
}

fn pairs<O, R>(single: Vec<(O, Option<(O, R)>)>) -> Vec<(O, Option<R>)> {
    single
        .into_iter()
        .map(|(owner, row)| (owner, row.map(|(_, row)| row)))
        .collect()
}

struct Dice<'a>(std::slice::Iter<'a, u8>);

impl Dice<'_> {
    fn next(&mut self) -> usize {
        self.0.next().copied().expect("a world has bytes enough").into()
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.next().is_multiple_of(sides)
    }

    fn of<'t, T>(&mut self, these: &'t [T]) -> &'t T {
        &these[self.next() % these.len()]
    }

    fn pick<T: Clone>(&mut self, these: &[T]) -> Option<T> {
        let at = self.next();
        nth(these, at)
    }

    fn name(&mut self) -> crate::name::Name {
        self.of(&["Ann", "Bob", "Zoé"]).parse().unwrap()
    }
}

fn nth<T: Clone>(these: &[T], at: usize) -> Option<T> {
    these.get(at.checked_rem(these.len())?).cloned()
}

fn text(extension: usize) -> String {
    (230 + extension).to_string()
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(kind: &str, at: usize) -> T {
    format!("{kind}{at}").parse().unwrap()
}

fn account(at: usize, reseller: ResellerId, name: crate::name::Name) -> Account {
    Account {
        id: id("a", at),
        reseller,
        name,
        kind: AccountKind::Company,
        status: AccountStatus::Active,
        language: Language::Fr,
        zone: "America/Toronto".parse().unwrap(),
        records_calls: false,
        is_default: at == 0,
    }
}
