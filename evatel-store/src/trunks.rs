//! Trunks. They belong to the operator.

use diesel::{
    AsChangeset, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    id::TrunkId,
    name::Name,
    number::{NumberFormat, UnknownFormat},
    permission::{Action, Matter},
    trunk::{PeerAddress, Trunk},
};

use crate::{
    Acting, Error, Store, Target,
    acting::{Done, command},
    backend::{AnyLink, at_one_moment, on_backend, on_link},
    column::AsText,
    feed::bump_revision,
    itsps::begin_contract,
    mint,
    schema::trunks,
};

/// A trunk to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTrunk {
    /// How the carrier writes numbers.
    pub format: NumberFormat,
    /// What people call it.
    pub name: Name,
    /// Where the carrier is; unique, because calls are told apart by it.
    pub peer: PeerAddress,
}

/// What to change of a trunk; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrunkChange {
    /// How the carrier writes numbers.
    pub format: Option<NumberFormat>,
    /// What people call it; its ITSP keeps the name that it has.
    pub name: Option<Name>,
    /// Where the carrier is.
    pub peer: Option<PeerAddress>,
}

impl Store {
    /// Lists all trunks, oldest first: the daemon's way to them.
    pub async fn trunks(&self) -> Result<Vec<Trunk>, Error> {
        let rows: Vec<TrunkRow> = on_backend!(self, link =>
            trunks::table.select(TrunkRow::as_select()).order(trunks::id).load(link))?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

impl Acting {
    /// Adds a trunk: a line to the ITSP of its name, which is made where there is none.
    ///
    /// # Errors
    /// [`Error::PeerTaken`], [`Error::Refused`].
    pub async fn add_trunk(&self, new: NewTrunk) -> Result<Trunk, Error> {
        let trunk = Trunk {
            id: mint::id("trk")?,
            name: new.name,
            peer: new.peer,
            format: new.format,
        };
        let peer = trunk.peer;
        let added = command!(
            self,
            Action::Write,
            Matter::Itsps,
            Target::System,
            |_permit, link| {
                diesel::insert_into(trunks::table)
                    .values(TrunkRow::from(&trunk))
                    .execute(link)
                    .await?;
                begin_contract(&trunk.id, &trunk.name, &mut *link).await?;
                bump_revision!(link, "trunks" => trunk.id.as_str());
                let id = trunk.id.clone();
                Ok(Done::made(trunk, id))
            }
        );
        added.map_err(|error| error.or_taken(|| Error::PeerTaken { peer }))
    }

    /// Changes a trunk and gives it as it is now. Numbers, routes and restrictions that name it go on to.
    ///
    /// # Errors
    /// [`Error::PeerTaken`], [`Error::Missing`], [`Error::Refused`].
    pub async fn change_trunk(&self, trunk: &TrunkId, change: TrunkChange) -> Result<Trunk, Error> {
        let id = trunk.clone();
        command!(
            self,
            Action::Write,
            Matter::Itsps,
            Target::System,
            |_permit, link| {
                let before = trunk_within(&id, &mut *link).await?;
                let after = Trunk {
                    id: id.clone(),
                    name: change.name.unwrap_or_else(|| before.name.clone()),
                    peer: change.peer.unwrap_or(before.peer),
                    format: change.format.unwrap_or(before.format),
                };
                if after != before {
                    let peer = after.peer;
                    diesel::update(trunks::table.filter(trunks::id.eq(id.as_str())))
                        .set(TrunkRow::from(&after))
                        .execute(link)
                        .await
                        .map_err(|error| Error::from(error).or_taken(|| Error::PeerTaken { peer }))?;
                    bump_revision!(link, "trunks" => id.as_str());
                }
                Ok(Done::changed(after.clone(), &id, &before, &after))
            }
        )
    }

    /// Lists all trunks, oldest first.
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub async fn trunks(&self) -> Result<Vec<Trunk>, Error> {
        let rows: Vec<TrunkRow> = at_one_moment!(self.store(), link => {
            self.permit(Action::Read, Matter::Itsps, &Target::System, &mut *link).await?;
            Ok(trunks::table.select(TrunkRow::as_select()).order(trunks::id).load(link).await?)
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Removes a trunk that nothing uses.
    ///
    /// # Errors
    /// [`Error::InUse`] while a DID, an emergency place, a route or a restriction points to it; [`Error::Missing`],
    /// [`Error::Refused`].
    pub async fn remove_trunk(&self, trunk: &TrunkId) -> Result<(), Error> {
        let id = trunk.clone();
        let removed = command!(
            self,
            Action::Write,
            Matter::Itsps,
            Target::System,
            |_permit, link| {
                let before = trunk_within(&id, &mut *link).await?;
                diesel::delete(trunks::table.filter(trunks::id.eq(id.as_str())))
                    .execute(link)
                    .await?;
                bump_revision!(link, "trunks" => id.as_str());
                Ok(Done::removed((), &id, &before))
            }
        );
        removed.map_err(|error: Error| {
            error.or_in_use(
                "trunk",
                trunk,
                "a DID, an emergency place, a route or a restriction",
            )
        })
    }
}

async fn trunk_within(trunk: &TrunkId, link: &mut impl AnyLink) -> Result<Trunk, Error> {
    let row: Result<TrunkRow, _> = on_link!(link, link => trunks::table
        .select(TrunkRow::as_select())
        .filter(trunks::id.eq(trunk.as_str()))
        .first(link));
    row.optional()?
        .map(Into::into)
        .ok_or_else(|| Error::missing("trunk", trunk))
}

/// Makes sure of a trunk, inside somebody's transaction.
pub(crate) async fn check_trunk(trunk: &TrunkId, link: &mut impl AnyLink) -> Result<(), Error> {
    let known: i64 = on_link!(link, link =>
        trunks::table.filter(trunks::id.eq(trunk.as_str())).count().get_result(link))?;
    if known == 0 {
        Err(Error::missing("trunk", trunk))
    } else {
        Ok(())
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = trunks)]
pub(crate) struct TrunkRow {
    id: AsText<TrunkId>,
    name: AsText<Name>,
    peer: AsText<PeerAddress>,
    format: AsText<FormatName>,
}

impl From<&Trunk> for TrunkRow {
    fn from(trunk: &Trunk) -> Self {
        Self {
            id: AsText(trunk.id.clone()),
            name: AsText(trunk.name.clone()),
            peer: AsText(trunk.peer),
            format: AsText(FormatName(trunk.format)),
        }
    }
}

impl From<TrunkRow> for Trunk {
    fn from(row: TrunkRow) -> Self {
        Self {
            id: row.id.0,
            name: row.name.0,
            peer: row.peer.0,
            format: row.format.0.0,
        }
    }
}

/// A number format by its name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FormatName(NumberFormat);

impl std::fmt::Display for FormatName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name())
    }
}

impl std::str::FromStr for FormatName {
    type Err = UnknownFormat;
    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        text.parse().map(Self)
    }
}
