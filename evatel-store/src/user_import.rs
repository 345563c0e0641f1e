//! Many people at once: idempotent, so that an import is simply run again.

use std::collections::HashMap;

use diesel::{ExpressionMethods, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use evatel_core::{
    account::{
        User,
        import::{Column, Person, Remedy, RowError},
    },
    id::{AccountId, UserId},
    permission::{Action, Matter},
};
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    Acting, Error, Target,
    accounts::account_within,
    acting::{Done, command},
    backend::{AnyLink, on_link},
    feed::bump_revision,
    mint,
    schema::users,
    shop::Shop,
    users::{Newcomer, UserRow, join},
};

/// What became of the people of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportedUsers {
    /// How many are new.
    pub added: usize,
    /// How many were there just so already.
    pub same: usize,
    /// Rows that were refused; nothing was written for them.
    pub refused: Vec<RowError>,
}

impl Acting {
    /// Takes the people of a file into an account, all that can be taken, in one transaction.
    ///
    /// Whoever is there as the row says is left alone; an extension that somebody else has is an error of its row. Where a
    /// person costs, each takes a seat that the account pays for.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Refused`].
    pub async fn import_users(
        &self,
        account: &AccountId,
        people: Vec<Person>,
    ) -> Result<ImportedUsers, Error> {
        let (target, account) = (Target::Account(account.clone()), account.clone());
        let ids: Result<Vec<UserId>, Error> = people.iter().map(|_| mint::id("usr")).collect();
        let mut ids = ids?;
        // Of one millisecond, ids sort by chance; the file's order is that of those who came.
        ids.sort();
        command!(self, Action::Add, Matter::Users, target, |permit, link| {
            let mut shop = Shop::of(&permit, &mut *link).await?;
            let account = account_within(&account, &mut *link).await?;
            let known = by_extension(&account.id, &mut *link).await?;
            let (mut outcome, now) = (ImportedUsers::default(), Timestamp::now());
            let mut added = Vec::new();
            for (person, id) in people.into_iter().zip(ids) {
                if let Some(there) = known.get(person.extension.as_str()) {
                    match differs(there, &person) {
                        None => outcome.same += 1,
                        Some(refused) => outcome.refused.push(refused),
                    }
                    continue;
                }
                match shop.terms().seat(now) {
                    Ok(seat) => {
                        let newcomer = Newcomer {
                            extension: person.extension,
                            name: person.name,
                            language: person.language,
                            zone: person.zone,
                        };
                        added.push(join(id, newcomer, &account, seat, &mut *link).await?.id);
                        shop.seats_one();
                    }
                    Err(unpaid) => outcome.refused.push(RowError {
                        line: person.line,
                        field: Column::Row,
                        problem: unpaid.to_string(),
                        remedy: Remedy::BuySeat,
                    }),
                }
            }
            outcome.added = added.len();
            if added.is_empty() {
                return Ok(Done::nothing(outcome));
            }
            bump_revision!(link, "users" in added.iter().map(UserId::as_str));
            Ok(Done::came(outcome, &account.id, &Told { added }))
        })
    }
}

/// What the audit tells of an import.
#[derive(Serialize)]
struct Told {
    added: Vec<UserId>,
}

async fn by_extension(account: &AccountId, link: &mut impl AnyLink) -> Result<HashMap<String, User>, Error> {
    let rows: Vec<UserRow> = on_link!(link, link => users::table
        .select(UserRow::as_select())
        .filter(users::account_id.eq(account.as_str()))
        .load(link))?;
    let people = rows.into_iter().map(|row| row.into_user(false));
    Ok(people
        .map(|user| (user.extension.as_str().to_owned(), user))
        .collect())
}

/// Refuses a row that says something else of whoever has its extension.
fn differs(there: &User, person: &Person) -> Option<RowError> {
    let (field, is) = if there.name != person.name {
        (Column::Name, there.name.to_string())
    } else if there.language != person.language {
        let own = there.language.map(|language| language.word());
        (Column::Language, own.unwrap_or("account").to_owned())
    } else if there.zone != person.zone {
        let own = there.zone.as_ref().map(ToString::to_string);
        (Column::Zone, own.unwrap_or_else(|| "account".to_owned()))
    } else {
        return None;
    };
    let extension = person.extension.as_str();
    Some(RowError {
        line: person.line,
        field,
        problem: format!("`{extension}` is there already, with `{is}`"),
        remedy: Remedy::ChooseAnotherExtension,
    })
}
