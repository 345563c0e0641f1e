//! Trunks. They belong to the operator, hence no scope.

use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, Selectable, SelectableHelper};
use diesel_async::RunQueryDsl;
use evatel_core::{
    id::TrunkId,
    name::Name,
    number::{NumberFormat, UnknownFormat},
    trunk::{PeerAddress, Trunk},
};

use crate::{
    Error, Store,
    backend::{in_transaction, on_backend},
    column::AsText,
    itsps::begin_contract,
    mint,
    schema::trunks,
    store::bump_revision,
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

impl Store {
    /// Adds a trunk: a line to the ITSP of its name, which is made where there is none.
    ///
    /// # Errors
    /// [`Error::PeerTaken`].
    pub async fn add_trunk(&self, new: NewTrunk) -> Result<Trunk, Error> {
        let trunk = Trunk {
            id: mint::id("trk")?,
            name: new.name,
            peer: new.peer,
            format: new.format,
        };
        let row = TrunkRow::from(&trunk);
        let (id, name) = (trunk.id.clone(), trunk.name.clone());
        let added = in_transaction!(self, link => {
            diesel::insert_into(trunks::table).values(&row).execute(link).await?;
            begin_contract(&id, &name, &mut *link).await?;
            bump_revision!(link, "trunks" => id.as_str());
            Ok(())
        });
        added.map_err(|error| error.or_taken(|| Error::PeerTaken { peer: trunk.peer }))?;
        Ok(trunk)
    }

    /// Lists all trunks, oldest first.
    pub async fn trunks(&self) -> Result<Vec<Trunk>, Error> {
        let rows: Vec<TrunkRow> = on_backend!(self, link =>
            trunks::table.select(TrunkRow::as_select()).order(trunks::id).load(link))?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Removes a trunk that nothing uses.
    ///
    /// # Errors
    /// [`Error::InUse`] while a DID, an emergency place, a route or a restriction points to it, [`Error::Missing`].
    pub async fn remove_trunk(&self, trunk: &TrunkId) -> Result<(), Error> {
        let id = trunk.clone();
        let removed = in_transaction!(self, link => {
            let gone = diesel::delete(trunks::table.filter(trunks::id.eq(id.as_str()))).execute(link).await?;
            if gone == 0 {
                return Err(Error::missing("trunk", &id));
            }
            bump_revision!(link, "trunks" => id.as_str());
            Ok(())
        });
        removed.map_err(|error| {
            error.or_in_use(
                "trunk",
                trunk,
                "a DID, an emergency place, a route or a restriction",
            )
        })
    }
}

#[derive(Queryable, Selectable, Insertable)]
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
