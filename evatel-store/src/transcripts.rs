//! What was said, heard and decided in each call.

use diesel::{
    ExpressionMethods, Insertable, NullableExpressionMethods, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{calls::TranscriptLine, id::CallId};

use crate::{
    Error, Scope, Store,
    backend::on_backend,
    column::Micros,
    schema::{leg_entries, transcripts},
};

impl Store {
    /// Gives a call's story in the order in which it was written; empty for a call outside the scope.
    pub async fn transcript(&self, call: &CallId, scope: &Scope) -> Result<Vec<TranscriptLine>, Error> {
        let only = scope.only();
        let rows: Vec<LineRow> = on_backend!(self, link => {
            let mut query = transcripts::table
                .select(LineRow::as_select())
                .filter(transcripts::call_id.eq(call.as_str()))
                .order(transcripts::id)
                .into_boxed();
            if let Some(only) = &only {
                let own = leg_entries::table
                    .select(leg_entries::call_id)
                    .filter(leg_entries::account_id.assume_not_null().eq_any(only));
                query = query.filter(transcripts::call_id.eq_any(own));
            }
            query.load(link)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = transcripts)]
pub(crate) struct LineRow {
    at_us: Micros,
    who: String,
    text: String,
}

impl From<LineRow> for TranscriptLine {
    fn from(row: LineRow) -> Self {
        Self {
            at: row.at_us.0,
            who: row.who,
            text: row.text,
        }
    }
}

impl From<&TranscriptLine> for LineRow {
    fn from(line: &TranscriptLine) -> Self {
        Self {
            at_us: Micros(line.at),
            who: line.who.clone(),
            text: line.text.clone(),
        }
    }
}
