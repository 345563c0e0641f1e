//! The history of numbers: lines are added and never changed; the database itself refuses (triggers in the migrations).

use diesel::{Insertable, Queryable, Selectable};
use diesel_async::RunQueryDsl;
use evatel_core::{
    did::{AccountOwner, DidStatus, DidVerb, NumberEvent, Owner},
    id::{AccountId, ResellerId},
    name::Name,
    number::E164,
    permission::{Actor, Identity},
};

use crate::{
    Error,
    backend::{AnyLink, on_link},
    column::{AsText, Micros},
    schema::number_events,
};

/// Adds lines to the history of one number, within the transaction of what they tell.
pub(crate) async fn append(events: &[NumberEvent], link: &mut impl AnyLink) -> Result<(), Error> {
    for event in events {
        let row = EventRow::from(event);
        on_link!(link, link => diesel::insert_into(number_events::table).values(&row).execute(link))?;
    }
    Ok(())
}

/// Names who did something, as the history has it.
pub(crate) fn done_by(actor: &Actor) -> Name {
    let text = match actor.who() {
        Identity::Account { account } => format!("account:{account}"),
        Identity::Reseller { reseller, .. } => format!("reseller:{reseller}"),
        Identity::System { name } => format!("system:{name}"),
        Identity::User { user } => format!("user:{user}"),
    };
    let short: String = text.chars().take(evatel_core::name::MAX_NAME_CHARS).collect();
    short
        .parse()
        .unwrap_or_else(|_| "system".parse().expect("a word is a name"))
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = number_events, treat_none_as_default_value = false)]
pub(crate) struct EventRow {
    number: AsText<E164>,
    sequence: i32,
    at_us: Micros,
    done_by: AsText<Name>,
    verb: AsText<DidVerb>,
    from_state: Option<AsText<DidStatus>>,
    to_state: AsText<DidStatus>,
    reseller_id: Option<AsText<ResellerId>>,
    account_id: Option<AsText<AccountId>>,
    reason: Option<AsText<Name>>,
}

impl From<&NumberEvent> for EventRow {
    fn from(event: &NumberEvent) -> Self {
        Self {
            number: AsText(event.number.clone()),
            sequence: i32::try_from(event.sequence).unwrap_or(i32::MAX),
            at_us: Micros(event.at),
            done_by: AsText(event.by.clone()),
            verb: AsText(event.verb),
            from_state: event.from.map(AsText),
            to_state: AsText(event.to),
            reseller_id: event.owner.reseller().cloned().map(AsText),
            account_id: event.owner.account().cloned().map(AsText),
            reason: event.reason.clone().map(AsText),
        }
    }
}

impl From<EventRow> for NumberEvent {
    fn from(row: EventRow) -> Self {
        let owner = match (row.reseller_id, row.account_id) {
            (Some(reseller), Some(account)) => Owner::Account(AccountOwner {
                account: account.0,
                reseller: reseller.0,
            }),
            (Some(reseller), None) => Owner::Reseller { reseller: reseller.0 },
            (None, _) => Owner::System,
        };
        Self {
            number: row.number.0,
            sequence: u32::try_from(row.sequence).unwrap_or(0),
            at: row.at_us.0,
            by: row.done_by.0,
            verb: row.verb.0,
            from: row.from_state.map(|state| state.0),
            to: row.to_state.0,
            owner,
            reason: row.reason.map(|reason| reason.0),
        }
    }
}
