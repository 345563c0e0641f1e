//! Entries of the audit are added and never changed; the database itself refuses (triggers in the migrations).

use diesel::Insertable;
use diesel_async::RunQueryDsl;
use evatel_core::{
    audit::{AuditEntry, Facts, Origin},
    id::{AccountId, ResellerId},
    permission::{Action, Identity, Matter, Standing},
};

use crate::{
    Error,
    backend::{AnyLink, on_link},
    column::{AsJson, AsText, Micros},
    schema::audit,
};

/// Adds an entry, within the transaction of what it tells.
pub(crate) async fn append(entry: &AuditEntry, link: &mut impl AnyLink) -> Result<(), Error> {
    let row = NewAuditRow {
        at_us: Micros(entry.at),
        who: AsJson(entry.who.clone()),
        as_whom: entry.as_whom.clone().map(AsJson),
        standing: AsText(entry.standing),
        action: AsText(entry.action),
        matter: AsText(entry.matter),
        object: entry.object.clone(),
        reseller_id: entry.reseller.clone().map(AsText),
        account_id: entry.account.clone().map(AsText),
        before: entry.before.clone().map(AsJson),
        after: entry.after.clone().map(AsJson),
        origin: AsText(entry.origin),
    };
    on_link!(link, link => diesel::insert_into(audit::table).values(&row).execute(link))?;
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = audit)]
struct NewAuditRow {
    at_us: Micros,
    who: AsJson<Identity>,
    as_whom: Option<AsJson<Identity>>,
    standing: AsText<Standing>,
    action: AsText<Action>,
    matter: AsText<Matter>,
    object: String,
    reseller_id: Option<AsText<ResellerId>>,
    account_id: Option<AsText<AccountId>>,
    before: Option<AsJson<Facts>>,
    after: Option<AsJson<Facts>>,
    origin: AsText<Origin>,
}
