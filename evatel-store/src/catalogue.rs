//! The catalogue, and what resellers make of it.

use std::collections::BTreeSet;

use diesel::{
    AsChangeset, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    id::{ItemId, ResellerId},
    name::Name,
    offer::{
        Catalogue, CatalogueChange, CatalogueVersion, Choice, Item, ItemKind, Price, Resale, ResellerOffer,
        import::{Entry, RowError, plan},
    },
    permission::{Action, Matter},
};
use serde::Serialize;

use crate::{
    Acting, Error, Target,
    acting::{Done, Trace, command},
    backend::{AnyLink, at_one_moment, on_link},
    column::{AsJson, AsText},
    schema::{catalogue, catalogue_items, offer_assignments, offer_choices},
};

/// What became of a file of items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CatalogueImport {
    /// Items that are new.
    pub added: usize,
    /// Items that cost something else now.
    pub repriced: usize,
    /// Items that were there just so already.
    pub same: usize,
    /// Rows that contradict the catalogue; where there are any, nothing was written.
    pub refused: Vec<RowError>,
    /// The version of the catalogue afterwards.
    pub version: CatalogueVersion,
}

impl Acting {
    /// Reads the catalogue as `target` sees it.
    ///
    /// # Errors
    /// As [`Acting::may`].
    pub async fn catalogue(&self, target: &Target) -> Result<Catalogue, Error> {
        let store = self.store();
        at_one_moment!(store, link => {
            self.permit(Action::Read, Matter::Catalog, target, &mut *link).await?;
            catalogue_within(&mut *link).await
        })
    }

    /// Changes the catalogue; gives its next version.
    ///
    /// # Errors
    /// [`Error::Catalogue`]; [`Error::Refused`].
    pub async fn change_catalogue(&self, change: CatalogueChange) -> Result<Catalogue, Error> {
        command!(
            self,
            Action::Write,
            Matter::Catalog,
            Target::System,
            |_permit, link| {
                let before = catalogue_within(&mut *link).await?;
                let (after, trace) = changed(&before, change, &mut *link).await?;
                Ok(Done { value: after, trace })
            }
        )
    }

    /// Takes items of a file into the catalogue, all of them or, where any contradicts it, none.
    ///
    /// An item that is there as its row says is left alone; of one that is there otherwise the price changes. The audit
    /// tells each change.
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub async fn import_catalogue(&self, entries: Vec<Entry>) -> Result<CatalogueImport, Error> {
        let acting = self.clone();
        command!(
            self,
            Action::Write,
            Matter::Catalog,
            Target::System,
            |permit, link| {
                let mut catalogue = catalogue_within(&mut *link).await?;
                let planned = plan(entries, &catalogue);
                let mut outcome = CatalogueImport {
                    added: 0,
                    repriced: 0,
                    same: planned.same,
                    refused: planned.refused,
                    version: catalogue.version(),
                };
                if !outcome.refused.is_empty() {
                    return Ok(Done::nothing(outcome));
                }
                for change in planned.changes {
                    match &change {
                        CatalogueChange::Add { .. } => outcome.added += 1,
                        _ => outcome.repriced += 1,
                    }
                    let (after, trace) = changed(&catalogue, change, &mut *link).await?;
                    if let Some(trace) = trace {
                        acting.tell(&permit, trace, &mut *link).await?;
                    }
                    catalogue = after;
                }
                outcome.version = catalogue.version();
                Ok(Done::nothing(outcome))
            }
        )
    }

    /// Reads what a reseller sells and for how much.
    ///
    /// # Errors
    /// As [`Acting::may`].
    pub async fn offer(&self, reseller: &ResellerId) -> Result<ResellerOffer, Error> {
        let store = self.store();
        let target = Target::Reseller(reseller.clone());
        at_one_moment!(store, link => {
            self.permit(Action::Read, Matter::OfferChoices, &target, &mut *link).await?;
            offer_within(reseller, &mut *link).await
        })
    }

    /// Says which items a reseller may sell; all where nothing is given.
    ///
    /// # Errors
    /// As [`Acting::may`]; [`Error::Missing`] for an item that is not there.
    pub async fn assign_offer(
        &self,
        reseller: &ResellerId,
        items: Option<BTreeSet<ItemId>>,
    ) -> Result<ResellerOffer, Error> {
        let (reseller, target) = (reseller.clone(), Target::Reseller(reseller.clone()));
        command!(
            self,
            Action::Write,
            Matter::OfferAssignments,
            target,
            |_permit, link| {
                let catalogue = catalogue_within(&mut *link).await?;
                let known = |item: &&ItemId| catalogue.item(item).is_none();
                if let Some(unknown) = items.iter().flatten().find(known) {
                    return Err(Error::missing("item", unknown));
                }
                let before = offer_within(&reseller, &mut *link).await?;
                let one =
                    offer_assignments::table.filter(offer_assignments::reseller_id.eq(reseller.as_str()));
                diesel::delete(one).execute(link).await?;
                if let Some(items) = &items {
                    diesel::insert_into(offer_assignments::table)
                        .values((
                            offer_assignments::reseller_id.eq(reseller.as_str()),
                            offer_assignments::items.eq(AsJson(items.clone())),
                        ))
                        .execute(link)
                        .await?;
                }
                let mut after = before.clone();
                after.assigned = items;
                Ok(Done::changed(
                    after.clone(),
                    format!("{reseller}:items"),
                    &before,
                    &after,
                ))
            }
        )
    }

    /// Chooses whether and for how much a reseller sells an item.
    ///
    /// # Errors
    /// [`Error::Choice`] where the item does not allow that price; as [`Acting::may`].
    pub async fn choose_offer(
        &self,
        reseller: &ResellerId,
        item: &ItemId,
        choice: Choice,
    ) -> Result<ResellerOffer, Error> {
        let (reseller, target, item) = (reseller.clone(), Target::Reseller(reseller.clone()), item.clone());
        command!(
            self,
            Action::Write,
            Matter::OfferChoices,
            target,
            |_permit, link| {
                let catalogue = catalogue_within(&mut *link).await?;
                let sold = catalogue
                    .item(&item)
                    .ok_or_else(|| Error::missing("item", &item))?;
                let before = offer_within(&reseller, &mut *link).await?;
                let after = before.choose(sold, choice.clone())?;
                let row = ChoiceRow {
                    reseller_id: AsText(reseller.clone()),
                    item_id: AsText(item.clone()),
                    is_offered: choice.is_offered,
                    retail: choice.retail.map(AsJson),
                };
                diesel::insert_into(offer_choices::table)
                    .values(&row)
                    .on_conflict((offer_choices::reseller_id, offer_choices::item_id))
                    .do_update()
                    .set(&row)
                    .execute(link)
                    .await?;
                Ok(Done::changed(
                    after.clone(),
                    format!("{reseller}:{item}"),
                    &before,
                    &after,
                ))
            }
        )
    }
}

/// Makes one change of the catalogue within somebody's transaction; gives what it is then, and what the audit tells.
async fn changed(
    before: &Catalogue,
    change: CatalogueChange,
    link: &mut impl AnyLink,
) -> Result<(Catalogue, Option<Trace>), Error> {
    let id = match &change {
        CatalogueChange::Add { id, .. }
        | CatalogueChange::Reprice { id, .. }
        | CatalogueChange::Retire { id } => id.clone(),
    };
    let after = before.with(change)?;
    let item = after.item(&id).ok_or_else(|| Error::missing("item", &id))?;
    let row = ItemRow::from(item);
    // Whoever read an older version has lost the race.
    let read = catalogue::table.filter(catalogue::edition.eq(number(before.version())));
    let counted = on_link!(link, link => diesel::update(read)
        .set(catalogue::edition.eq(number(after.version())))
        .execute(link))?;
    if counted != 1 {
        return Err(Error::Overtaken { what: "catalogue" });
    }
    on_link!(link, link => diesel::insert_into(catalogue_items::table)
        .values(&row)
        .on_conflict(catalogue_items::id)
        .do_update()
        .set(&row)
        .execute(link))?;
    let done = match before.item(&id) {
        Some(old) => Done::changed((), &id, old, item),
        None => Done::came((), &id, item),
    };
    Ok((after, done.trace))
}

/// Reads the catalogue within somebody's transaction.
pub(crate) async fn catalogue_within(link: &mut impl AnyLink) -> Result<Catalogue, Error> {
    let version: i32 = on_link!(link, link => catalogue::table.select(catalogue::edition).first(link))?;
    let rows: Vec<ItemRow> =
        on_link!(link, link => catalogue_items::table.select(ItemRow::as_select()).load(link))?;
    let version = CatalogueVersion(u32::try_from(version).unwrap_or(0));
    Ok(Catalogue::new(version, rows.into_iter().map(Into::into)))
}

/// Reads a reseller's offer within somebody's transaction.
pub(crate) async fn offer_within(
    reseller: &ResellerId,
    link: &mut impl AnyLink,
) -> Result<ResellerOffer, Error> {
    let assigned: Result<AsJson<BTreeSet<ItemId>>, _> = on_link!(link, link => offer_assignments::table
        .select(offer_assignments::items)
        .filter(offer_assignments::reseller_id.eq(reseller.as_str()))
        .first(link));
    let choices: Vec<ChoiceRow> = on_link!(link, link => offer_choices::table
        .select(ChoiceRow::as_select())
        .filter(offer_choices::reseller_id.eq(reseller.as_str()))
        .load(link))?;
    let mut offer = ResellerOffer::new(reseller.clone());
    offer.assigned = assigned.optional()?.map(|items| items.0);
    Ok(offer.with_choices(choices.into_iter().map(|row| {
        let choice = Choice {
            is_offered: row.is_offered,
            retail: row.retail.map(|price| price.0),
        };
        (row.item_id.0, choice)
    })))
}

fn number(version: CatalogueVersion) -> i32 {
    i32::try_from(version.0).unwrap_or(i32::MAX)
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = catalogue_items)]
struct ItemRow {
    id: AsText<ItemId>,
    kind: AsText<ItemKind>,
    name: AsText<Name>,
    price: AsJson<Price>,
    resale: AsText<Resale>,
    revised_in: i32,
    is_retired: bool,
}

impl From<&Item> for ItemRow {
    fn from(item: &Item) -> Self {
        Self {
            id: AsText(item.id.clone()),
            kind: AsText(item.kind),
            name: AsText(item.name.clone()),
            price: AsJson(item.price.clone()),
            resale: AsText(item.resale),
            revised_in: number(item.revised_in),
            is_retired: item.is_retired,
        }
    }
}

impl From<ItemRow> for Item {
    fn from(row: ItemRow) -> Self {
        Self {
            id: row.id.0,
            kind: row.kind.0,
            name: row.name.0,
            price: row.price.0,
            resale: row.resale.0,
            revised_in: CatalogueVersion(u32::try_from(row.revised_in).unwrap_or(0)),
            is_retired: row.is_retired,
        }
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = offer_choices, primary_key(reseller_id, item_id), treat_none_as_null = true)]
struct ChoiceRow {
    reseller_id: AsText<ResellerId>,
    item_id: AsText<ItemId>,
    is_offered: bool,
    retail: Option<AsJson<Price>>,
}
