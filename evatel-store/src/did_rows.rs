//! The rows of numbers, and what they are in the domain.

use diesel::{
    AsChangeset, BoolExpressionMethods, ExpressionMethods, Insertable, JoinOnDsl, NullableExpressionMethods,
    OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    account::{Account, AccountKind},
    did::{
        AccountOwner, Applied, Did, DidRecord, DidState, DidStatus, DidTarget, EmergencyAddress, Holder,
        Owner, Successor,
    },
    id::{AccountId, DidId, ResellerId, TrunkId, UserId},
    name::Name,
    number::E164,
};
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    backend::{AnyLink, on_link},
    column::{AsJson, AsText, Micros},
    number_events,
    schema::{accounts, dids},
};

diesel::alias!(accounts as owners: Owners, accounts as holders: Holders);

/// A row with the resellers of the accounts that it names.
type Found = (RecordRow, Option<AsText<ResellerId>>, Option<AsText<ResellerId>>);

/// Finds a number of the inventory, within somebody's transaction.
pub(crate) async fn record(number: &E164, link: &mut impl AnyLink) -> Result<Option<DidRecord>, Error> {
    let found: Result<Found, _> = on_link!(link, link => records!()
        .filter(dids::number.eq(number.as_str()))
        .first(link));
    found.optional()?.map(into_record).transpose()
}

/// The query of [`Found`]: an account's reseller stands in its own row only, so that the two cannot drift apart.
macro_rules! records {
    () => {
        crate::schema::dids::table
            .left_join(
                crate::did_rows::owners.on(crate::did_rows::owners
                    .field(crate::schema::accounts::id)
                    .nullable()
                    .eq(crate::schema::dids::account_id)),
            )
            .left_join(
                crate::did_rows::holders.on(crate::did_rows::holders
                    .field(crate::schema::accounts::id)
                    .nullable()
                    .eq(crate::schema::dids::holder_account_id)),
            )
            .select((
                crate::did_rows::RecordRow::as_select(),
                crate::did_rows::owners
                    .field(crate::schema::accounts::reseller_id)
                    .nullable(),
                crate::did_rows::holders
                    .field(crate::schema::accounts::reseller_id)
                    .nullable(),
            ))
    };
}
pub(crate) use records;

/// Lists the numbers that are an account's, or kept for it, by number.
pub(crate) async fn held_by(account: &AccountId, link: &mut impl AnyLink) -> Result<Vec<DidRecord>, Error> {
    let (own, kept) = (
        dids::account_id.eq(account.as_str()),
        dids::holder_account_id.eq(account.as_str()),
    );
    let rows = on_link!(link, link => records!().filter(own.or(kept)).order(dids::number).load(link))?;
    rows.into_iter().map(into_record).collect()
}

/// Counts the numbers in service by which an account is reached: those that
/// [`reaches`](evatel_core::account::rules::reaches) says so of.
pub(crate) async fn reaching(account: &Account, link: &mut impl AnyLink) -> Result<usize, Error> {
    let kind = match account.kind {
        AccountKind::Company => RECEPTIONIST,
        AccountKind::Professional => SMART_NUMBER,
    };
    let count: i64 = on_link!(link, link => dids::table
        .filter(dids::account_id.eq(account.id.as_str()))
        .filter(dids::state.eq_any(IN_SERVICE))
        .filter(dids::target_kind.eq(kind))
        .count()
        .get_result(link))?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Adds a number to the inventory, with the first line of its history.
pub(crate) async fn insert(new: &Applied, link: &mut impl AnyLink) -> Result<(), Error> {
    let row = RecordRow::from(&new.record);
    on_link!(link, link => diesel::insert_into(dids::table).values(&row).execute(link))?;
    number_events::append(&new.events, link).await
}

/// Writes what a number has become, with its history, unless somebody else wrote since it was read.
pub(crate) async fn update(
    before: &DidRecord,
    after: &Applied,
    link: &mut impl AnyLink,
) -> Result<(), Error> {
    let record = &after.record;
    let row = RecordRow::from(record);
    let one = dids::table
        .filter(dids::id.eq(record.id.as_str()))
        .filter(dids::events.eq(i32::try_from(before.events).unwrap_or(i32::MAX)));
    let changed = on_link!(link, link => diesel::update(one).set(&row).execute(link))?;
    if changed == 1 {
        number_events::append(&after.events, link).await
    } else {
        Err(Error::LostRace {
            number: record.number.clone(),
        })
    }
}

/// A number in service.
#[derive(Queryable, Selectable)]
#[diesel(table_name = dids)]
pub(crate) struct ServiceRow {
    id: AsText<DidId>,
    number: AsText<E164>,
    trunk_id: AsText<TrunkId>,
    account_id: Option<AsText<AccountId>>,
    target_kind: Option<String>,
    target_user_id: Option<AsText<UserId>>,
}

/// A number of the inventory.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = dids, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(crate) struct RecordRow {
    id: AsText<DidId>,
    number: AsText<E164>,
    trunk_id: AsText<TrunkId>,
    state: AsText<DidStatus>,
    reseller_id: Option<AsText<ResellerId>>,
    account_id: Option<AsText<AccountId>>,
    target_kind: Option<String>,
    target_user_id: Option<AsText<UserId>>,
    holder_reseller_id: Option<AsText<ResellerId>>,
    holder_account_id: Option<AsText<AccountId>>,
    former_account_id: Option<AsText<AccountId>>,
    until_us: Option<Micros>,
    emergency_address: Option<AsJson<KeptAddress>>,
    events: i32,
    reason: Option<AsText<Name>>,
}

/// An address as the database has it: an older version took any province. What names none counts as no address, so that the
/// number can be read, and given another one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum KeptAddress {
    Usable(EmergencyAddress),
    Unusable(serde_json::Value),
}

impl KeptAddress {
    fn usable(self) -> Option<EmergencyAddress> {
        match self {
            Self::Usable(address) => Some(address),
            Self::Unusable(_) => None,
        }
    }
}

/// Lists the numbers whose emergency address cannot be used, by number.
pub(crate) async fn with_unusable_address(link: &mut impl AnyLink) -> Result<Vec<E164>, Error> {
    let rows: Vec<(AsText<E164>, Option<AsJson<KeptAddress>>)> = on_link!(link, link => dids::table
        .select((dids::number, dids::emergency_address))
        .filter(dids::emergency_address.is_not_null())
        .order(dids::number)
        .load(link))?;
    let unusable = rows.into_iter().filter_map(|(number, address)| match address?.0 {
        KeptAddress::Usable(_) => None,
        KeptAddress::Unusable(_) => Some(number.0),
    });
    Ok(unusable.collect())
}

impl From<&DidRecord> for RecordRow {
    fn from(record: &DidRecord) -> Self {
        let (reseller, account) = match &record.owner {
            Owner::Account(owner) => (None, Some(&owner.account)),
            Owner::Reseller { reseller } => (Some(reseller), None),
            Owner::System => (None, None),
        };
        let (mut target, mut holder_reseller, mut holder_account, mut former, mut until, mut reason) =
            (None, None, None, None, None, None);
        match &record.state {
            DidState::Assigned { target: now }
            | DidState::PortOutPending { target: now }
            | DidState::Suspended { target: now } => {
                target = Some(now);
            }
            DidState::PortInPending { then } => {
                (target, holder_account) = awaited(then.as_ref());
            }
            DidState::PortInRejected { then, reason: why } => {
                (target, holder_account) = awaited(then.as_ref());
                reason = Some(why);
            }
            DidState::Quarantined {
                former: whose,
                until: end,
            } => (former, until) = (Some(whose), Some(*end)),
            DidState::Reserved { holder, until: end } => {
                until = Some(*end);
                match holder {
                    Holder::Account(owner) => holder_account = Some(&owner.account),
                    Holder::Reseller { reseller } => holder_reseller = Some(reseller),
                }
            }
            DidState::Available
            | DidState::Cancelled
            | DidState::Ordered
            | DidState::PortedOut
            | DidState::ReturnedToItsp => {}
        }
        Self {
            id: AsText(record.id.clone()),
            number: AsText(record.number.clone()),
            trunk_id: AsText(record.trunk.clone()),
            state: AsText(record.state.status()),
            reseller_id: reseller.cloned().map(AsText),
            account_id: account.cloned().map(AsText),
            target_kind: target.map(kind_of),
            target_user_id: target.map(|target| AsText(target.user().clone())),
            holder_reseller_id: holder_reseller.cloned().map(AsText),
            holder_account_id: holder_account.cloned().map(AsText),
            former_account_id: former.cloned().map(AsText),
            until_us: until.map(Micros),
            emergency_address: record
                .emergency_address
                .clone()
                .map(|address| AsJson(KeptAddress::Usable(address))),
            events: i32::try_from(record.events).unwrap_or(i32::MAX),
            reason: reason.cloned().map(AsText),
        }
    }
}

impl TryFrom<ServiceRow> for Did {
    type Error = Error;

    fn try_from(row: ServiceRow) -> Result<Self, Error> {
        let target = target(row.target_kind, row.target_user_id);
        let (Some(account), Some(target)) = (row.account_id, target) else {
            return Err(broken(&row.number.0));
        };
        Ok(Self {
            id: row.id.0,
            number: row.number.0,
            trunk: row.trunk_id.0,
            account: account.0,
            target,
        })
    }
}

/// Reads a row back; the table's CHECKs see to it that a state has what belongs to it.
pub(crate) fn into_record((row, owner_reseller, holder_reseller): Found) -> Result<DidRecord, Error> {
    let number = row.number.0;
    let broken = || broken(&number);
    let account_owner = |account: Option<AsText<AccountId>>, reseller: Option<AsText<ResellerId>>| {
        let (account, reseller) = (account.ok_or_else(broken)?.0, reseller.ok_or_else(broken)?.0);
        Ok::<_, Error>(AccountOwner { account, reseller })
    };
    let target = target(row.target_kind, row.target_user_id);
    let until = row.until_us.map(|until| until.0);
    let state = match row.state.0 {
        DidStatus::Assigned => DidState::Assigned {
            target: target.ok_or_else(broken)?,
        },
        DidStatus::Available => DidState::Available,
        DidStatus::Cancelled => DidState::Cancelled,
        DidStatus::Ordered => DidState::Ordered,
        status @ (DidStatus::PortInPending | DidStatus::PortInRejected) => {
            let then = match target {
                None => None,
                Some(target) => Some(Successor {
                    owner: account_owner(row.holder_account_id, holder_reseller)?,
                    target,
                }),
            };
            match row.reason {
                Some(reason) => DidState::PortInRejected {
                    then,
                    reason: reason.0,
                },
                None if status == DidStatus::PortInPending => DidState::PortInPending { then },
                None => return Err(broken()),
            }
        }
        DidStatus::PortOutPending => DidState::PortOutPending {
            target: target.ok_or_else(broken)?,
        },
        DidStatus::PortedOut => DidState::PortedOut,
        DidStatus::Quarantined => DidState::Quarantined {
            former: row.former_account_id.ok_or_else(broken)?.0,
            until: until.ok_or_else(broken)?,
        },
        DidStatus::Reserved => DidState::Reserved {
            holder: match row.holder_reseller_id {
                Some(reseller) => Holder::Reseller { reseller: reseller.0 },
                None => Holder::Account(account_owner(row.holder_account_id, holder_reseller)?),
            },
            until: until.ok_or_else(broken)?,
        },
        DidStatus::ReturnedToItsp => DidState::ReturnedToItsp,
        DidStatus::Suspended => DidState::Suspended {
            target: target.ok_or_else(broken)?,
        },
    };
    let owner = match (row.account_id, row.reseller_id) {
        (None, None) => Owner::System,
        (None, Some(reseller)) => Owner::Reseller { reseller: reseller.0 },
        (account, _) => Owner::Account(account_owner(account, owner_reseller)?),
    };
    Ok(DidRecord {
        id: row.id.0,
        trunk: row.trunk_id.0,
        owner,
        state,
        emergency_address: row.emergency_address.and_then(|address| address.0.usable()),
        events: u32::try_from(row.events).map_err(|_| broken())?,
        number,
    })
}

/// Gives what stands in the row of a number that is on its way to somebody.
fn awaited(then: Option<&Successor>) -> (Option<&DidTarget>, Option<&AccountId>) {
    then.map(|then| (&then.target, &then.owner.account)).unzip()
}

fn kind_of(target: &DidTarget) -> String {
    match target {
        DidTarget::Receptionist { .. } => RECEPTIONIST,
        DidTarget::SmartNumber { .. } => SMART_NUMBER,
        _ => unreachable!("the schema and this file know every target"),
    }
    .to_owned()
}

fn target(kind: Option<String>, user: Option<AsText<UserId>>) -> Option<DidTarget> {
    match (kind?.as_str(), user?.0) {
        (RECEPTIONIST, operator) => Some(DidTarget::Receptionist { operator }),
        (SMART_NUMBER, user) => Some(DidTarget::SmartNumber { user }),
        _ => None,
    }
}

fn broken(number: &E164) -> Error {
    Error::BrokenNumber {
        number: number.clone(),
    }
}

/// The states in which somebody answers a number.
pub(crate) const IN_SERVICE: [&str; 2] = ["assigned", "port-out-pending"];
const RECEPTIONIST: &str = "receptionist";
const SMART_NUMBER: &str = "smart-number";
