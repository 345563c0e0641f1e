//! What things are called that others name by id.

use std::collections::HashMap;

use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::RunQueryDsl;
use evatel_core::{
    name::Name,
    permission::{Action, Matter},
};

use crate::{
    Acting, Error, Target,
    backend::at_one_moment,
    column::AsText,
    schema::{accounts, itsps, resellers, trunks, users},
};

impl Acting {
    /// Gives the names of those resellers, accounts, users, carriers and trunks that have one of these ids, by id. It is the
    /// operator's, who may read all of them.
    ///
    /// # Errors
    /// As [`Acting::may`].
    pub async fn names(&self, ids: &[String]) -> Result<HashMap<String, Name>, Error> {
        macro_rules! named {
            ($($table:ident),+ of $some:ident, $link:ident) => {{
                let mut found: Vec<(String, AsText<Name>)> = Vec::new();
                $(found.extend($table::table
                    .select(($table::id, $table::name))
                    .filter($table::id.eq_any($some))
                    .load::<(String, AsText<Name>)>($link)
                    .await?);)+
                found
            }};
        }
        at_one_moment!(self.store(), link => {
            self.permit(Action::Read, Matter::Users, &Target::System, &mut *link).await?;
            let mut names = HashMap::new();
            for some in ids.chunks(AT_ONCE) {
                let found = named!(resellers, accounts, users, itsps, trunks of some, link);
                names.extend(found.into_iter().map(|(id, name)| (id, name.0)));
            }
            Ok(names)
        })
    }
}

/// How many ids a statement names: SQLite takes 32,766 values in one.
const AT_ONCE: usize = 10_000;
