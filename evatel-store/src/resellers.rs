//! Resellers, and what they show.

use diesel::{
    AsChangeset, ExpressionMethods, Insertable, JoinOnDsl, OptionalExtension, QueryDsl, Queryable,
    Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use evatel_core::{
    account::{
        AccountStatus, BillingMode, Brand, Domain, MailAddress, Reseller, ResellerProfile, ResellerStatus,
        WebAddress, rules,
    },
    id::{AccountId, ResellerId},
    name::Name,
    number::E164,
    permission::{Action, Matter, Place},
};
use serde::Serialize;

use crate::{
    Acting, Error, Store, Target,
    acting::{Done, command},
    backend::{AnyLink, at_one_moment, on_backend, on_link},
    column::AsText,
    feed::bump_revision,
    mint,
    schema::{accounts, reseller_profiles, resellers},
};

/// A reseller with what it shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResellerCard {
    /// The reseller.
    #[serde(flatten)]
    pub reseller: Reseller,
    /// Where it is reached.
    pub profile: ResellerProfile,
    /// What its customers see.
    pub brand: Brand,
}

/// What to change of a reseller; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResellerChange {
    /// Who writes its customers' invoices.
    pub billing: Option<BillingMode>,
    /// What its customers see, the whole of it.
    pub brand: Option<Brand>,
    /// Its trade name.
    pub name: Option<Name>,
    /// Where it is reached, the whole of it.
    pub profile: Option<ResellerProfile>,
}

impl Store {
    /// Lists all resellers, oldest first.
    pub async fn resellers(&self) -> Result<Vec<Reseller>, Error> {
        let rows: Vec<ResellerRow> = on_backend!(self, link =>
            resellers::table.select(ResellerRow::as_select()).order(resellers::id).load(link))?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

impl Acting {
    /// Adds a reseller.
    ///
    /// # Errors
    /// [`Error::DomainTaken`], [`Error::Refused`].
    pub async fn add_reseller(&self, name: Name, change: ResellerChange) -> Result<ResellerCard, Error> {
        let card = ResellerCard {
            reseller: Reseller {
                id: mint::id("res")?,
                name,
                billing: change.billing.unwrap_or(BillingMode::Delegated),
                status: ResellerStatus::Active,
                is_default: false,
            },
            profile: change.profile.unwrap_or_default(),
            brand: change.brand.unwrap_or_default(),
        };
        let domain = card.brand.domain.clone();
        let added = command!(
            self,
            Action::Add,
            Matter::Resellers,
            Target::System,
            |_permit, link| {
                let (row, shown) = (ResellerRow::from(&card.reseller), ProfileRow::from(&card));
                diesel::insert_into(resellers::table)
                    .values(row)
                    .execute(link)
                    .await?;
                diesel::insert_into(reseller_profiles::table)
                    .values(shown)
                    .execute(link)
                    .await?;
                bump_revision!(link, "resellers" => card.reseller.id.as_str());
                let id = card.reseller.id.clone();
                Ok(Done::made(card, id))
            }
        );
        added.map_err(|error: Error| error.or_taken(|| Error::domain_taken(domain)))
    }

    /// Lists the resellers within reach with what they show: all for the system, his own for a reseller.
    ///
    /// # Errors
    /// As [`Acting::may`].
    pub async fn resellers(&self, target: &Target) -> Result<Vec<ResellerCard>, Error> {
        type Found = (ResellerRow, Option<ProfileRow>);
        let rows: Vec<Found> = at_one_moment!(self.store(), link => {
            let permit = self.permit(Action::Read, Matter::Resellers, target, &mut *link).await?;
            let mut query = resellers::table
                .left_join(reseller_profiles::table.on(reseller_profiles::reseller_id.eq(resellers::id)))
                .select((ResellerRow::as_select(), Option::<ProfileRow>::as_select()))
                .order(resellers::id)
                .into_boxed();
            if let Place::Reseller { reseller, .. } = &permit.place {
                query = query.filter(resellers::id.eq(reseller.to_string()));
            }
            Ok(query.load(link).await?)
        })?;
        Ok(rows.into_iter().map(card).collect())
    }

    /// Changes a reseller and gives it as it is now. Its name and billing are the system's affair, the rest its own.
    ///
    /// # Errors
    /// [`Error::DomainTaken`], [`Error::Refused`], [`Error::Missing`].
    pub async fn change_reseller(
        &self,
        reseller: &ResellerId,
        change: ResellerChange,
    ) -> Result<ResellerCard, Error> {
        let id = reseller.clone();
        let target = Target::Reseller(reseller.clone());
        let matter = if change.name.is_some() || change.billing.is_some() {
            Matter::Resellers
        } else {
            Matter::ResellerProfiles
        };
        let domain = change.brand.as_ref().and_then(|brand| brand.domain.clone());
        let changed = command!(self, Action::Write, matter, target, |_permit, link| {
            let before = card_within(&id, &mut *link).await?;
            let mut after = before.clone();
            after.reseller.billing = change.billing.unwrap_or(before.reseller.billing);
            after.reseller.name = change.name.unwrap_or_else(|| before.reseller.name.clone());
            after.profile = change.profile.unwrap_or_else(|| before.profile.clone());
            after.brand = change.brand.unwrap_or_else(|| before.brand.clone());
            if after != before {
                let (row, shown) = (ResellerRow::from(&after.reseller), ProfileRow::from(&after));
                diesel::update(resellers::table.filter(resellers::id.eq(id.as_str())))
                    .set(row)
                    .execute(link)
                    .await?;
                diesel::delete(
                    reseller_profiles::table.filter(reseller_profiles::reseller_id.eq(id.as_str())),
                )
                .execute(link)
                .await?;
                diesel::insert_into(reseller_profiles::table)
                    .values(shown)
                    .execute(link)
                    .await?;
                bump_revision!(link, "resellers" => id.as_str());
            }
            Ok(Done::changed(after.clone(), &id, &before, &after))
        });
        changed.map_err(|error: Error| error.or_taken(|| Error::domain_taken(domain)))
    }

    /// Closes a reseller and all its accounts, each as [`Acting::change_account`] does; their rows stay. Gives how many
    /// accounts it closed.
    ///
    /// # Errors
    /// [`Error::Broken`] for the default one; [`Error::Refused`], [`Error::Missing`].
    pub async fn close_reseller(&self, reseller: &ResellerId) -> Result<usize, Error> {
        let id = reseller.clone();
        let (target, asker) = (Target::Reseller(reseller.clone()), self.clone());
        command!(self, Action::Close, Matter::Resellers, target, |_permit, link| {
            let before = reseller_within(&id, &mut *link).await?;
            rules::check_close_reseller(&before)?;
            let after = Reseller {
                status: ResellerStatus::Closed,
                ..before.clone()
            };
            let open: Vec<AsText<AccountId>> = accounts::table
                .select(accounts::id)
                .filter(accounts::reseller_id.eq(id.as_str()))
                .filter(accounts::status.ne(AccountStatus::Closed.word()))
                .order(accounts::id)
                .load(link)
                .await?;
            for account in &open {
                asker.close_below(&account.0, &mut *link).await?;
            }
            diesel::update(resellers::table.filter(resellers::id.eq(id.as_str())))
                .set(resellers::status.eq(ResellerStatus::Closed.word()))
                .execute(link)
                .await?;
            bump_revision!(link, "resellers" => id.as_str());
            Ok(Done::changed(open.len(), &id, &before, &after))
        })
    }
}

/// Finds a reseller within somebody's transaction.
pub(crate) async fn reseller_within(
    reseller: &ResellerId,
    link: &mut impl AnyLink,
) -> Result<Reseller, Error> {
    Ok(card_within(reseller, link).await?.reseller)
}

async fn card_within(reseller: &ResellerId, link: &mut impl AnyLink) -> Result<ResellerCard, Error> {
    let row: Result<(ResellerRow, Option<ProfileRow>), _> = on_link!(link, link => resellers::table
        .left_join(reseller_profiles::table.on(reseller_profiles::reseller_id.eq(resellers::id)))
        .select((ResellerRow::as_select(), Option::<ProfileRow>::as_select()))
        .filter(resellers::id.eq(reseller.as_str()))
        .first(link));
    row.optional()?
        .map(card)
        .ok_or_else(|| Error::missing("reseller", reseller))
}

fn card((reseller, shown): (ResellerRow, Option<ProfileRow>)) -> ResellerCard {
    let (profile, brand) = shown.map(ProfileRow::into_shown).unwrap_or_default();
    ResellerCard {
        reseller: reseller.into(),
        profile,
        brand,
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = resellers)]
pub(crate) struct ResellerRow {
    id: AsText<ResellerId>,
    name: AsText<Name>,
    is_default: bool,
    billing: AsText<BillingMode>,
    status: AsText<ResellerStatus>,
}

impl From<&Reseller> for ResellerRow {
    fn from(reseller: &Reseller) -> Self {
        Self {
            id: AsText(reseller.id.clone()),
            name: AsText(reseller.name.clone()),
            is_default: reseller.is_default,
            billing: AsText(reseller.billing),
            status: AsText(reseller.status),
        }
    }
}

impl From<ResellerRow> for Reseller {
    fn from(row: ResellerRow) -> Self {
        Self {
            id: row.id.0,
            name: row.name.0,
            billing: row.billing.0,
            status: row.status.0,
            is_default: row.is_default,
        }
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = reseller_profiles)]
struct ProfileRow {
    reseller_id: AsText<ResellerId>,
    contact: Option<AsText<Name>>,
    mail: Option<AsText<MailAddress>>,
    number: Option<AsText<E164>>,
    address: Option<AsText<Name>>,
    product: Option<AsText<Name>>,
    domain: Option<AsText<Domain>>,
    logo: Option<AsText<WebAddress>>,
    mail_from: Option<AsText<MailAddress>>,
}

impl From<&ResellerCard> for ProfileRow {
    fn from(card: &ResellerCard) -> Self {
        let ResellerProfile {
            contact,
            mail,
            number,
            address,
        } = card.profile.clone();
        let Brand {
            product,
            domain,
            logo,
            mail_from,
        } = card.brand.clone();
        Self {
            reseller_id: AsText(card.reseller.id.clone()),
            contact: contact.map(AsText),
            mail: mail.map(AsText),
            number: number.map(AsText),
            address: address.map(AsText),
            product: product.map(AsText),
            domain: domain.map(AsText),
            logo: logo.map(AsText),
            mail_from: mail_from.map(AsText),
        }
    }
}

impl ProfileRow {
    fn into_shown(self) -> (ResellerProfile, Brand) {
        let profile = ResellerProfile {
            contact: self.contact.map(|text| text.0),
            mail: self.mail.map(|text| text.0),
            number: self.number.map(|text| text.0),
            address: self.address.map(|text| text.0),
        };
        let brand = Brand {
            product: self.product.map(|text| text.0),
            domain: self.domain.map(|text| text.0),
            logo: self.logo.map(|text| text.0),
            mail_from: self.mail_from.map(|text| text.0),
        };
        (profile, brand)
    }
}
