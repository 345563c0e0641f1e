//! Writing the call log: what happened in calls, many records at a time.

use std::{collections::HashMap, sync::Arc};

use diesel::ExpressionMethods;
use evatel_core::calls::CallRecord;

use crate::{
    Error, Store,
    backend::{Backend, PostgresLink, checkout, finish},
    column::Micros,
    leg_entries::LegRow,
    schema::{leg_entries, transcripts},
    transcripts::LineRow,
};

/// Runs the statement of each record; `$run` gives the `QueryResult` of the one that it is given.
macro_rules! each_written {
    ($records:expr, $statement:ident => $run:expr) => {
        for record in &$records {
            match record {
                CallRecord::LegAnswered { leg, at } => {
                    let $statement = diesel::update(leg_entries::table)
                        .filter(leg_entries::leg_id.eq(leg.as_str()))
                        .filter(leg_entries::answered_at_us.is_null())
                        .set(leg_entries::answered_at_us.eq(Micros(*at)));
                    $run?;
                }
                CallRecord::LegBegan(entry) => {
                    let row = LegRow::from(&**entry);
                    let $statement = diesel::insert_into(leg_entries::table).values(&row);
                    $run.map_err(|error| {
                        Error::from(error).or_taken(|| Error::Repeated {
                            what: "leg",
                            id: entry.leg.to_string(),
                        })
                    })?;
                }
                CallRecord::LegEnded { leg, at, cause } => {
                    let $statement = diesel::update(leg_entries::table)
                        .filter(leg_entries::leg_id.eq(leg.as_str()))
                        .filter(leg_entries::ended_at_us.is_null())
                        .set((
                            leg_entries::ended_at_us.eq(Micros(*at)),
                            leg_entries::hangup_q850.eq(i32::from(cause.q850())),
                        ));
                    $run?;
                }
                CallRecord::Line { call, line } => {
                    let row = LineRow::from(line);
                    let $statement = diesel::insert_into(transcripts::table)
                        .values((transcripts::call_id.eq(call.as_str()), &row));
                    $run?;
                }
                CallRecord::Recorded { call, path } => {
                    let $statement = diesel::update(leg_entries::table)
                        .filter(leg_entries::call_id.eq(call.as_str()))
                        .set(leg_entries::recording.eq(path.display().to_string()));
                    $run?;
                }
            }
        }
    };
}

/// Takes what became of a leg into the entry with which it begins, where that is among the records: a call that is answered within
/// a few ms costs one statement.
fn folded(records: &[CallRecord]) -> Vec<CallRecord> {
    let mut begun = HashMap::new();
    let mut left: Vec<CallRecord> = Vec::with_capacity(records.len());
    for record in records {
        let entry = match record {
            CallRecord::LegAnswered { leg, .. } | CallRecord::LegEnded { leg, .. } => {
                begun.get(leg).and_then(|index: &usize| left.get_mut(*index))
            }
            _ => None,
        };
        match (entry, record) {
            (Some(CallRecord::LegBegan(entry)), CallRecord::LegAnswered { at, .. }) => {
                entry.answered_at.get_or_insert(*at);
            }
            (Some(CallRecord::LegBegan(entry)), CallRecord::LegEnded { at, cause, .. }) => {
                if entry.ended_at.is_none() {
                    (entry.ended_at, entry.hangup) = (Some(*at), Some(*cause));
                }
            }
            (_, record) => {
                if let CallRecord::LegBegan(entry) = record {
                    begun.insert(&entry.leg, left.len());
                }
                left.push(record.clone());
            }
        }
    }
    left
}

impl Store {
    /// Writes records in their order, all of them or none. A leg's first answer and first end stand, whatever comes later.
    ///
    /// Many at once cost little more than one: SQLite's thread is asked once, and there is one commit.
    ///
    /// # Errors
    /// [`Error::Repeated`] for a leg that has its entry.
    pub async fn write(&self, records: impl Into<Arc<[CallRecord]>>) -> Result<(), Error> {
        let records = folded(&records.into());
        match self.backend().clone() {
            Backend::Postgres(pool) => {
                let task = tokio::spawn(async move {
                    let mut pooled = checkout(pool.get()).await?;
                    let all = async move |link: &mut PostgresLink| -> Result<(), Error> {
                        each_written!(records, statement =>
                            diesel_async::RunQueryDsl::execute(statement, &mut *link).await);
                        Ok(())
                    };
                    pooled.build_transaction().run(all).await
                });
                finish(task).await
            }
            Backend::Sqlite(pool) => {
                let mut pooled = checkout(pool.get()).await?;
                let all = move |link: &mut diesel::SqliteConnection| -> Result<(), Error> {
                    link.immediate_transaction(|link| {
                        each_written!(records, statement => diesel::RunQueryDsl::execute(statement, &mut *link));
                        Ok(())
                    })
                };
                pooled.spawn_blocking(move |link| Ok(all(link))).await?
            }
        }
    }
}
