//! Many numbers at once: idempotent, batch by batch, so that an import that was cut off is simply run again.

use std::collections::{HashMap, HashSet};

use diesel::{ExpressionMethods, JoinOnDsl, NullableExpressionMethods, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use evatel_core::{
    account::AccountStatus,
    did::{
        AccountOwner, DidRecord, DidState, DidTarget, NumberEvent, Owner, Successor,
        import::{Column, Destination, ImportRow, Remedy, RowError},
    },
    id::{AccountId, DidId, ResellerId, TrunkId, UserId},
    name::Name,
    number::E164,
    offer::{FreeNumber, Unpaid},
    permission::{Action, Matter},
};
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    Acting, Error, Target,
    acting::{Done, command},
    backend::{AnyLink, Link, on_link},
    column::AsText,
    did_rows::{self, RecordRow, into_record, records},
    feed::bump_revision,
    mint,
    number_events::{EventRow, done_by},
    schema::{self, accounts, trunks, users},
    shop::free_number,
};

/// Rows of one transaction: others wait for a write no longer than such a batch takes.
pub const IMPORT_BATCH: usize = 5_000;

/// What became of a batch of rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BatchOutcome {
    /// Numbers that are new.
    pub added: usize,
    /// Numbers that were there just so already.
    pub same: usize,
    /// Rows that were refused; nothing was written for them.
    pub refused: Vec<RowError>,
}

/// What the audit says of a batch; what became of each number stands in its history.
#[derive(Serialize)]
struct Told<'a> {
    added: usize,
    first: Option<&'a E164>,
    last: Option<&'a E164>,
}

impl Acting {
    /// Takes rows of a file into a reseller's inventory, all that can be taken, in one transaction.
    ///
    /// A number that is there as the row says is left alone; one that is there otherwise, whoever has it, is an error of
    /// its row and never moved. One that had left, or never came, begins a new life in its history. `trunk` is for rows that name none; `source` names the file in the audit. At most
    /// [`IMPORT_BATCH`] rows.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Refused`].
    pub async fn import_numbers(
        &self,
        reseller: &ResellerId,
        rows: Vec<ImportRow>,
        trunk: Option<TrunkId>,
        source: &Name,
    ) -> Result<BatchOutcome, Error> {
        let target = Target::Reseller(reseller.clone());
        let (reseller, source) = (reseller.clone(), source.clone());
        let ids: Vec<DidId> = rows.iter().map(|_| mint::id("did")).collect::<Result<_, _>>()?;
        command!(self, Action::Stock, Matter::Numbers, target, |permit, link| {
            let known = Known::load(&rows, &reseller, &mut *link).await?;
            let (by, now) = (done_by(&permit.actor), Timestamp::now());
            let mut outcome = BatchOutcome::default();
            let (mut new, mut events): (Vec<DidRecord>, Vec<NumberEvent>) = Default::default();
            let mut back = Vec::new();
            for (row, id) in rows.iter().zip(ids) {
                match known.judge(row, id, &reseller, trunk.as_ref()) {
                    Ok(None) => outcome.same += 1,
                    Ok(Some(record)) => {
                        let Some(left) = known.numbers.get(&record.number) else {
                            let applied = record.imported(&by, now);
                            new.push(applied.record);
                            events.extend(applied.events);
                            continue;
                        };
                        back.push((left, left.taken_in_again(record, &by, now)?));
                    }
                    Err(refused) => outcome.refused.push(refused),
                }
            }
            outcome.added = new.len() + back.len();
            let added: Vec<&E164> = new
                .iter()
                .chain(back.iter().map(|(_, again)| &again.record))
                .map(|record| &record.number)
                .collect();
            if added.is_empty() {
                return Ok(Done::nothing(outcome));
            }
            let told = Told {
                added: added.len(),
                first: added.as_slice().first().copied(),
                last: added.as_slice().last().copied(),
            };
            let done = Done::came(outcome, format!("import:{source}"), &told);
            insert_all(&new, &events, &mut *link).await?;
            for (left, again) in &back {
                did_rows::update(left, again, &mut *link).await?;
            }
            bump_revision!(link, "dids" in added.iter().map(|number| number.as_str()));
            Ok(done)
        })
    }
}

/// What the database has of what rows name.
struct Known {
    numbers: HashMap<E164, DidRecord>,
    trunks: HashSet<TrunkId>,
    users: HashMap<UserId, AccountOwner>,
    free: Result<FreeNumber, Unpaid>,
}

impl Known {
    async fn load(rows: &[ImportRow], reseller: &ResellerId, link: &mut impl AnyLink) -> Result<Self, Error> {
        let numbers: Vec<String> = rows.iter().map(|row| row.number.as_str().to_owned()).collect();
        let found =
            on_link!(link, link => records!().filter(schema::dids::number.eq_any(&numbers)).load(link))?;
        let found: Result<Vec<DidRecord>, _> = found.into_iter().map(into_record).collect();
        let trunks: Vec<AsText<TrunkId>> =
            on_link!(link, link => trunks::table.select(trunks::id).load(link))?;
        let named: HashSet<&str> = rows
            .iter()
            .filter_map(|row| match &row.into {
                Destination::User(user) => Some(user.as_str()),
                _ => None,
            })
            .collect();
        let named: Vec<&str> = named.into_iter().collect();
        let owners: Vec<(AsText<UserId>, AsText<AccountId>, AsText<ResellerId>)> = on_link!(link, link => users::table
            .inner_join(accounts::table.on(accounts::id.eq(users::account_id)))
            .select((users::id, accounts::id, accounts::reseller_id))
            .filter(users::id.eq_any(&named))
            .filter(accounts::status.ne(AccountStatus::Closed.word()))
            .load(link))?;
        let free = free_number(reseller, link).await?;
        Ok(Self {
            free,
            numbers: found?
                .into_iter()
                .map(|record| (record.number.clone(), record))
                .collect(),
            trunks: trunks.into_iter().map(|trunk| trunk.0).collect(),
            users: owners
                .into_iter()
                .map(|(user, account, reseller)| {
                    (
                        user.0,
                        AccountOwner {
                            account: account.0,
                            reseller: reseller.0,
                        },
                    )
                })
                .collect(),
        })
    }

    /// Says what a row is: new, there already (nothing), or wrong.
    fn judge(
        &self,
        row: &ImportRow,
        id: DidId,
        own: &ResellerId,
        usual: Option<&TrunkId>,
    ) -> Result<Option<DidRecord>, RowError> {
        let refuse = |field, problem: String, remedy| RowError {
            line: row.line,
            field,
            problem,
            remedy,
        };
        let Some(trunk) = row.trunk.as_ref().or(usual) else {
            let problem = "no trunk is named, here or with the command".to_owned();
            return Err(refuse(Column::Trunk, problem, Remedy::NameTrunk));
        };
        if !self.trunks.contains(trunk) {
            return Err(refuse(
                Column::Trunk,
                format!("there is no trunk `{trunk}`"),
                Remedy::UseListedId,
            ));
        }
        let (owner, state) = match &row.into {
            Destination::Pool => (
                Owner::Reseller {
                    reseller: own.clone(),
                },
                DidState::Available,
            ),
            Destination::Reseller(reseller) if reseller == own => (
                Owner::Reseller {
                    reseller: own.clone(),
                },
                DidState::Available,
            ),
            Destination::Reseller(reseller) => {
                let problem = format!("`{reseller}` is not the reseller that this import is for");
                return Err(refuse(Column::Reseller, problem, Remedy::UseListedId));
            }
            Destination::User(user) => match self.users.get(user) {
                Some(owner) if owner.reseller == *own => {
                    let target = DidTarget::SmartNumber { user: user.clone() };
                    let taker = Successor {
                        owner: owner.clone(),
                        target,
                    };
                    (
                        Owner::Account(taker.owner),
                        DidState::Assigned { target: taker.target },
                    )
                }
                _ => {
                    return Err(refuse(
                        Column::User,
                        format!("there is no user `{user}`"),
                        Remedy::UseListedId,
                    ));
                }
            },
        };
        // What has left is nobody's: it comes as if it were new.
        let there = self
            .numbers
            .get(&row.number)
            .filter(|there| !there.state.is_over());
        match (there, &owner, &self.free) {
            (None, Owner::Account(_), Err(unpaid)) => {
                Err(refuse(Column::User, unpaid.to_string(), Remedy::OrderByQuote))
            }
            (None, ..) => Ok(Some(DidRecord {
                id,
                number: row.number.clone(),
                trunk: trunk.clone(),
                owner,
                state,
                emergency_address: None,
                events: 0,
            })),
            (Some(there), ..) if there.owner == owner && there.trunk == *trunk && there.state == state => {
                Ok(None)
            }
            // Whose it is, or in what state, is for its owner to know.
            (Some(_), ..) => {
                let problem = format!(
                    "`{}` is in the inventory already, and not as this row says",
                    row.number
                );
                Err(refuse(Column::Number, problem, Remedy::AskOwner))
            }
        }
    }
}

/// Adds numbers with the first lines of their histories.
async fn insert_all(
    records: &[DidRecord],
    events: &[NumberEvent],
    link: &mut impl AnyLink,
) -> Result<(), Error> {
    use schema::{dids, number_events};
    let numbers: Vec<RecordRow> = records.iter().map(Into::into).collect();
    let events: Vec<EventRow> = events.iter().map(Into::into).collect();
    match link.link() {
        Link::Postgres(link) => {
            // A statement has 65,535 parameters at most.
            for part in numbers.chunks(4_000) {
                diesel::insert_into(dids::table)
                    .values(part)
                    .execute(link)
                    .await?;
            }
            for part in events.chunks(6_500) {
                diesel::insert_into(number_events::table)
                    .values(part)
                    .execute(link)
                    .await?;
            }
        }
        Link::Sqlite(link) => {
            // One prepared statement for all, off the runtime's threads once and not once a row.
            link.spawn_blocking(move |link| {
                for row in &numbers {
                    diesel::RunQueryDsl::execute(diesel::insert_into(dids::table).values(row), link)?;
                }
                for row in &events {
                    diesel::RunQueryDsl::execute(
                        diesel::insert_into(number_events::table).values(row),
                        link,
                    )?;
                }
                Ok(())
            })
            .await?;
        }
    }
    Ok(())
}
