//! ITSPs, and what the lines to them may carry.

use std::num::NonZeroU32;

use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    id::{ItspId, TrunkId},
    itsp::{Caps, Itsp},
    name::Name,
    permission::{Action, Matter},
};
use serde::Serialize;

use crate::{
    Acting, Error, Target,
    acting::{Done, command},
    backend::{AnyLink, at_one_moment, on_link},
    column::AsText,
    feed::bump_revision,
    mint,
    schema::{itsps, trunk_contracts},
};

/// Whose line a trunk is, and what it may carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrunkContract {
    /// The trunk.
    pub trunk: TrunkId,
    /// The carrier at its other end.
    pub itsp: ItspId,
    /// What it may carry.
    pub caps: Caps,
}

impl Acting {
    /// Adds an ITSP.
    ///
    /// # Errors
    /// [`Error::Repeated`] where there is one of this name; [`Error::Refused`].
    pub async fn add_itsp(&self, name: Name) -> Result<Itsp, Error> {
        let itsp = Itsp {
            id: mint::id("its")?,
            name,
        };
        let shown = itsp.name.to_string();
        let added = command!(
            self,
            Action::Write,
            Matter::Itsps,
            Target::System,
            |_permit, link| {
                diesel::insert_into(itsps::table)
                    .values(ItspRow::from(&itsp))
                    .execute(link)
                    .await?;
                bump_revision!(link, "itsps" => itsp.id.as_str());
                let id = itsp.id.clone();
                Ok(Done::made(itsp, id))
            }
        );
        added.map_err(|error| {
            error.or_taken(|| Error::Repeated {
                what: "ITSP",
                id: shown,
            })
        })
    }

    /// Gives an ITSP another name, and gives it as it is now.
    ///
    /// # Errors
    /// [`Error::Repeated`] where there is one of this name; [`Error::Missing`], [`Error::Refused`].
    pub async fn rename_itsp(&self, itsp: &ItspId, name: Name) -> Result<Itsp, Error> {
        let (id, shown) = (itsp.clone(), name.to_string());
        let renamed = command!(
            self,
            Action::Write,
            Matter::Itsps,
            Target::System,
            |_permit, link| {
                let before = itsp_within(&id, &mut *link).await?;
                let after = Itsp { id: id.clone(), name };
                if after != before {
                    diesel::update(itsps::table.filter(itsps::id.eq(id.as_str())))
                        .set(itsps::name.eq(after.name.as_str()))
                        .execute(link)
                        .await?;
                    bump_revision!(link, "itsps" => id.as_str());
                }
                Ok(Done::changed(after.clone(), &id, &before, &after))
            }
        );
        renamed.map_err(|error: Error| {
            error.or_taken(|| Error::Repeated {
                what: "ITSP",
                id: shown,
            })
        })
    }

    /// Lists the ITSPs, by name.
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub async fn itsps(&self) -> Result<Vec<Itsp>, Error> {
        let store = self.store();
        let rows: Vec<ItspRow> = at_one_moment!(store, link => {
            self.permit(Action::Read, Matter::Itsps, &Target::System, &mut *link).await?;
            Ok(itsps::table.select(ItspRow::as_select()).order(itsps::name).load(link).await?)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Removes an ITSP that no trunk leads to.
    ///
    /// # Errors
    /// [`Error::InUse`], [`Error::Missing`], [`Error::Refused`].
    pub async fn remove_itsp(&self, itsp: &ItspId) -> Result<(), Error> {
        let id = itsp.clone();
        let removed = command!(
            self,
            Action::Write,
            Matter::Itsps,
            Target::System,
            |_permit, link| {
                let before = itsp_within(&id, &mut *link).await?;
                diesel::delete(itsps::table.filter(itsps::id.eq(id.as_str())))
                    .execute(link)
                    .await?;
                bump_revision!(link, "itsps" => id.as_str());
                Ok(Done::removed((), &id, &before))
            }
        );
        removed.map_err(|error| error.or_in_use("ITSP", itsp, "a trunk"))
    }

    /// Lists whose line each trunk is, oldest trunk first.
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub async fn trunk_contracts(&self) -> Result<Vec<TrunkContract>, Error> {
        let store = self.store();
        let rows: Vec<ContractRow> = at_one_moment!(store, link => {
            self.permit(Action::Read, Matter::Itsps, &Target::System, &mut *link).await?;
            Ok(trunk_contracts::table
                .select(ContractRow::as_select())
                .order(trunk_contracts::trunk_id)
                .load(link)
                .await?)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Says whose line a trunk is and what it may carry, in place of what was said before.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Refused`].
    pub async fn set_trunk_contract(&self, contract: TrunkContract) -> Result<TrunkContract, Error> {
        command!(
            self,
            Action::Write,
            Matter::Itsps,
            Target::System,
            |_permit, link| {
                let known: i64 = itsps::table
                    .filter(itsps::id.eq(contract.itsp.as_str()))
                    .count()
                    .get_result(link)
                    .await?;
                if known == 0 {
                    return Err(Error::missing("ITSP", &contract.itsp));
                }
                let one =
                    trunk_contracts::table.filter(trunk_contracts::trunk_id.eq(contract.trunk.as_str()));
                let before: Option<ContractRow> = one
                    .select(ContractRow::as_select())
                    .first(link)
                    .await
                    .optional()?;
                let before =
                    TrunkContract::from(before.ok_or_else(|| Error::missing("trunk", &contract.trunk))?);
                let row = ContractRow::from(&contract);
                diesel::update(one)
                    .set((
                        trunk_contracts::itsp_id.eq(row.itsp_id),
                        trunk_contracts::max_calls.eq(row.max_calls),
                        trunk_contracts::max_calls_per_second.eq(row.max_calls_per_second),
                    ))
                    .execute(link)
                    .await?;
                bump_revision!(link, "trunk_contracts" => contract.trunk.as_str());
                let trunk = contract.trunk.clone();
                Ok(Done::changed(contract.clone(), trunk, &before, &contract))
            }
        )
    }
}

async fn itsp_within(itsp: &ItspId, link: &mut impl AnyLink) -> Result<Itsp, Error> {
    let row: Result<ItspRow, _> = on_link!(link, link => itsps::table
        .select(ItspRow::as_select())
        .filter(itsps::id.eq(itsp.as_str()))
        .first(link));
    row.optional()?
        .map(Into::into)
        .ok_or_else(|| Error::missing("ITSP", itsp))
}

/// Makes a new trunk a line to the ITSP of its name, which is made where there is none.
pub(crate) async fn begin_contract(
    trunk: &TrunkId,
    name: &Name,
    link: &mut impl AnyLink,
) -> Result<(), Error> {
    let found: Result<AsText<ItspId>, _> = on_link!(link, link => itsps::table
        .select(itsps::id)
        .filter(itsps::name.eq(name.as_str()))
        .first(link));
    let itsp = match found.optional()? {
        Some(itsp) => itsp.0,
        None => {
            let itsp = Itsp {
                id: mint::id("its")?,
                name: name.clone(),
            };
            let row = ItspRow::from(&itsp);
            on_link!(link, link => diesel::insert_into(itsps::table).values(&row).execute(link))?;
            itsp.id
        }
    };
    let row = ContractRow::from(&TrunkContract {
        trunk: trunk.clone(),
        itsp,
        caps: Caps::default(),
    });
    on_link!(link, link => diesel::insert_into(trunk_contracts::table).values(&row).execute(link))?;
    Ok(())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = itsps)]
struct ItspRow {
    id: AsText<ItspId>,
    name: AsText<Name>,
}

impl From<&Itsp> for ItspRow {
    fn from(itsp: &Itsp) -> Self {
        Self {
            id: AsText(itsp.id.clone()),
            name: AsText(itsp.name.clone()),
        }
    }
}

impl From<ItspRow> for Itsp {
    fn from(row: ItspRow) -> Self {
        Self {
            id: row.id.0,
            name: row.name.0,
        }
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = trunk_contracts)]
struct ContractRow {
    trunk_id: AsText<TrunkId>,
    itsp_id: AsText<ItspId>,
    max_calls: Option<i32>,
    max_calls_per_second: Option<i32>,
}

impl From<&TrunkContract> for ContractRow {
    fn from(contract: &TrunkContract) -> Self {
        let cap = |cap: Option<NonZeroU32>| cap.map(|cap| i32::try_from(cap.get()).unwrap_or(i32::MAX));
        Self {
            trunk_id: AsText(contract.trunk.clone()),
            itsp_id: AsText(contract.itsp.clone()),
            max_calls: cap(contract.caps.calls),
            max_calls_per_second: cap(contract.caps.calls_per_second),
        }
    }
}

impl From<ContractRow> for TrunkContract {
    fn from(row: ContractRow) -> Self {
        let cap = |cap: Option<i32>| cap.and_then(|cap| NonZeroU32::new(u32::try_from(cap).ok()?));
        Self {
            trunk: row.trunk_id.0,
            itsp: row.itsp_id.0,
            caps: Caps {
                calls: cap(row.max_calls),
                calls_per_second: cap(row.max_calls_per_second),
            },
        }
    }
}
