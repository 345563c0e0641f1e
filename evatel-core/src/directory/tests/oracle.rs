//! All that one may ask of a directory: as it answers, and as the rows say by being looked through from end to end.

use std::fmt::Debug;

use super::world::{COUNTRIES, number};
use crate::{
    contact::ContactOwner,
    directory::{Directory, Records},
    id::{AccountId, DeviceId, UserId},
    limit::{LimitOwner, Limits},
    number::E164,
    numbering,
    restriction::{Called, Restriction, RestrictionOwner},
    route::RouteRule,
    screening::ScreeningOwner,
};

const CALLED: [&str; 5] = [
    "15145550199",
    "14165550199",
    "33612345678",
    "33142764978",
    "4930123456",
];

fn accounts() -> impl Iterator<Item = AccountId> {
    (0..4).map(|at| format!("a{at}").parse().unwrap())
}

fn users() -> impl Iterator<Item = UserId> {
    (0..6).map(|at| format!("u{at}").parse().unwrap())
}

fn devices() -> impl Iterator<Item = DeviceId> {
    (0..6).map(|at| format!("d{at}").parse().unwrap())
}

fn screeners() -> impl Iterator<Item = ScreeningOwner> {
    let of_accounts = accounts().map(ScreeningOwner::Account);
    std::iter::once(ScreeningOwner::System)
        .chain(of_accounts)
        .chain(users().map(ScreeningOwner::User))
}

/// Lists answers, each with its question.
#[derive(Default)]
struct Answers(Vec<String>);

impl Answers {
    fn add(&mut self, question: &str, of: &dyn Debug, answer: impl Debug) {
        self.0.push(format!("{question} {of:?}: {answer:?}"));
    }
}

pub(super) fn given(directory: &Directory) -> Vec<String> {
    let mut answers = Answers::default();
    answers.add("accounts", &(), directory.accounts());
    answers.add("dids", &(), directory.dids());
    answers.add("trunks", &(), directory.trunks());
    answers.add("no routes", &(), directory.routes().is_empty());
    for account in accounts() {
        answers.add("account", &account, directory.account(&account));
        answers.add("users of", &account, directory.users_of(&account));
        answers.add("office", &account, directory.office(&account));
        answers.add("emergency place", &account, directory.emergency_place(&account));
        answers.add("shown number", &account, directory.shown_number(&account));
        answers.add("outgoing trunk", &account, directory.outgoing_trunk(&account));
        for user in directory.users_of(&account) {
            answers.add(
                "extension",
                &user.extension,
                directory.extension(&account, &user.extension),
            );
        }
        let free = "299999".parse().unwrap();
        answers.add("extension", &free, directory.extension(&account, &free));
        for country in COUNTRIES {
            let country = country.parse().unwrap();
            answers.add(
                "approved",
                &(&account, country),
                directory.country_approved(&account, country),
            );
        }
    }
    for user in users() {
        answers.add("user", &user, directory.user(&user));
        answers.add("account of", &user, directory.account_of(&user));
        answers.add("device of", &user, directory.device_of(&user));
        answers.add("presence", &user, directory.presence(&user));
        answers.add("contacts", &user, directory.contacts(&user).collect::<Vec<_>>());
        for at in devices() {
            let Some(found) = directory.user(&user) else {
                continue;
            };
            let above = &directory.account_of(&user).unwrap().reseller;
            let chain = directory.chain(found, above, Some(&at));
            let mut rules: Vec<&Restriction> = chain.rules().flat_map(|rules| rules.all()).collect();
            rules.sort_by(|a, b| a.id.cmp(&b.id));
            answers.add("rules above", &(&user, &at), rules);
            answers.add("limits above", &(&user, &at), chain.limits().collect::<Vec<_>>());
        }
    }
    for device in devices() {
        answers.add("device", &device, directory.device(&device));
    }
    for owner in screeners() {
        answers.add("screening", &owner, directory.screening(&owner));
    }
    for at in 0..10 {
        answers.add("did", &number(at), directory.did(&number(at)));
    }
    for digits in CALLED {
        let numbering = numbering::of_digits(digits);
        let found = directory
            .routes()
            .candidates(Called { digits, numbering }, 0, None);
        answers.add("routes", &digits, found.iter().collect::<Vec<_>>());
    }
    answers.0
}

pub(super) fn expected(records: &Records) -> Vec<String> {
    let mut answers = Answers::default();
    answers.add("accounts", &(), sorted(&records.accounts, |row| &row.id));
    answers.add("dids", &(), sorted(&records.dids, |row| &row.number));
    answers.add("trunks", &(), sorted(&records.trunks, |row| &row.id));
    answers.add("no routes", &(), records.routes.is_empty());
    let trunk = |id| records.trunks.iter().find(|row| row.id == id);
    for account in accounts() {
        let members = sorted(&records.users, |row| &row.id);
        let members: Vec<_> = members.into_iter().filter(|row| row.account == account).collect();
        let numbers = sorted(&records.dids, |row| &row.number);
        let first = numbers.into_iter().find(|row| row.account == account);
        answers.add(
            "account",
            &account,
            records.accounts.iter().find(|row| row.id == account),
        );
        answers.add("users of", &account, &members);
        answers.add(
            "office",
            &account,
            records
                .offices
                .iter()
                .find(|row| row.0 == account)
                .map(|row| &row.1),
        );
        let place = records.emergency_places.iter().find(|row| row.account == account);
        answers.add("emergency place", &account, place);
        let shown: Option<&E164> = first.map(|did| &did.number);
        answers.add("shown number", &account, shown);
        let lowest = sorted(&records.trunks, |row| &row.id).into_iter().next();
        let own = first.and_then(|did| trunk(did.trunk.clone()));
        answers.add("outgoing trunk", &account, own.or(lowest));
        for user in members {
            answers.add("extension", &user.extension, Some(user));
        }
        answers.add(
            "extension",
            &"299999".parse::<crate::number::Extension>().unwrap(),
            None::<()>,
        );
        for country in COUNTRIES {
            let country = country.parse().unwrap();
            let approvals = records.approved_countries.iter();
            let approved = approvals
                .filter(|row| row.account == account && row.country == country)
                .count();
            answers.add("approved", &(&account, country), approved > 0);
        }
    }
    for id in users() {
        let user = records.users.iter().find(|row| row.id == id);
        let account = user.and_then(|user| records.accounts.iter().find(|row| row.id == user.account));
        answers.add("user", &id, user);
        answers.add("account of", &id, account);
        let own = sorted(&records.devices, |row| &row.id)
            .into_iter()
            .find(|row| row.user == id);
        answers.add("device of", &id, own);
        answers.add(
            "presence",
            &id,
            records.presences.iter().find(|row| row.0 == id).map(|row| &row.1),
        );
        let all = sorted(&records.contacts, |row| (&row.name, &row.id));
        let of = |owner: ContactOwner| all.clone().into_iter().filter(move |row| row.owner == owner);
        let shared = account
            .into_iter()
            .flat_map(|row| of(ContactOwner::Account(row.id.clone())));
        let contacts: Vec<_> = of(ContactOwner::User(id.clone())).chain(shared).collect();
        answers.add("contacts", &id, contacts);
        for device in devices() {
            let (Some(user), Some(account)) = (user, account) else {
                continue;
            };
            let rules: Vec<_> = sorted(&records.restrictions, |row| &row.id)
                .into_iter()
                .filter(|row| match &row.owner {
                    RestrictionOwner::System => true,
                    RestrictionOwner::Reseller(id) => *id == account.reseller,
                    RestrictionOwner::Account(id) => *id == account.id,
                    RestrictionOwner::User(id) => *id == user.id,
                    RestrictionOwner::Device(id) => *id == device,
                })
                .collect();
            answers.add("rules above", &(&id, &device), rules);
            let limits: Vec<&Limits> = sorted(&records.limits, |row| row.owner.clone())
                .into_iter()
                .filter(|row| match &row.owner {
                    LimitOwner::System => true,
                    LimitOwner::Reseller(id) => *id == account.reseller,
                    LimitOwner::Account(id) => *id == account.id,
                    LimitOwner::User(id) => *id == user.id,
                })
                .collect();
            answers.add("limits above", &(&id, &device), limits);
        }
    }
    for id in devices() {
        answers.add("device", &id, records.devices.iter().find(|row| row.id == id));
    }
    for owner in screeners() {
        let all = sorted(&records.screening, |row| &row.id);
        answers.add(
            "screening",
            &owner,
            all.into_iter()
                .filter(|row| row.owner == owner)
                .collect::<Vec<_>>(),
        );
    }
    for at in 0..10 {
        answers.add(
            "did",
            &number(at),
            records.dids.iter().find(|row| row.number == number(at)),
        );
    }
    for digits in CALLED {
        answers.add("routes", &digits, candidates(&records.routes, digits));
    }
    answers.0
}

/// Of each trunk the most exact route that takes the number; then by priority, price and trunk, for all weigh the same.
fn candidates<'a>(routes: &'a [RouteRule], digits: &str) -> Vec<&'a RouteRule> {
    let numbering = numbering::of_digits(digits);
    let taken: Vec<_> = routes
        .iter()
        .filter(|rule| rule.takes(Called { digits, numbering }))
        .collect();
    let exactness = |rule: &RouteRule| (std::cmp::Reverse(rule.matches.fixed_digits()), rule.id.clone());
    let stands = |rule: &&RouteRule| {
        let same = taken.iter().filter(|other| other.trunk == rule.trunk);
        same.map(|other| exactness(other)).min() == Some(exactness(rule))
    };
    let mut best: Vec<_> = taken.iter().copied().filter(stands).collect();
    best.sort_by_key(|rule| {
        (
            rule.priority,
            rule.price_micros.unwrap_or(i64::MAX),
            rule.trunk.clone(),
        )
    });
    best
}

fn sorted<'a, R, K: Ord>(rows: &'a [R], key: impl Fn(&'a R) -> K) -> Vec<&'a R> {
    let mut rows: Vec<_> = rows.iter().collect();
    rows.sort_by_key(|row| key(row));
    rows
}
