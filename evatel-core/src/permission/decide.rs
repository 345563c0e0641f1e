//! The one question.

use crate::{
    account::BillingMode,
    permission::{
        actor::{Actor, Standing},
        grant::{Charge, Detail, Grant, Refusal},
        matrix::{Action, Cell, Row, row},
        place::Resource,
    },
};

/// Says whether somebody may do something to something.
///
/// What lies outside his reach is [`Refusal::Missing`], whatever it is and whatever he wants. Of an employee's roles the
/// one that gives most decides.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn can(actor: &Actor, action: Action, resource: &Resource) -> Result<Grant, Refusal> {
    let principal = actor.principal();
    let (matter, place) = (resource.matter, &resource.place);
    if !principal.covers(place) && !principal.is_below(place) {
        return Err(Refusal::Missing);
    }
    if actor.key().is_some_and(|key| !key.covers(action, matter)) {
        return Err(Refusal::KeyScope { action, matter });
    }
    let row = row(action, matter);
    let mut best: Option<(Charge, Detail, Standing)> = None;
    let mut refusal = None;
    for standing in actor.standings() {
        let cell = row.map_or(Cell::No, |row| row.cells[standing as usize]);
        match read_cell(cell, actor, action, resource) {
            Ok((charge, detail)) => best = best.max(Some((charge, detail, standing))),
            // The first reason that says more than no.
            Err(reason) => refusal = refusal.or(reason),
        }
    }
    if let Some((charge, detail, standing)) = best {
        return Ok(Grant {
            action,
            matter,
            charge,
            detail,
            standing,
            who: actor.who(),
            account: place.account().map(|place| place.account.clone()),
        });
    }
    Err(refusal.unwrap_or_else(|| Refusal::NotAllowed {
        action,
        matter,
        standings: actor.standings(),
        allowed: row.map(allowed).unwrap_or_default(),
    }))
}

/// Gives what a cell grants here; where nothing, the reason if it is more than no.
fn read_cell(
    cell: Cell,
    actor: &Actor,
    action: Action,
    resource: &Resource,
) -> Result<(Charge, Detail), Option<Refusal>> {
    let principal = actor.principal();
    let (matter, place) = (resource.matter, &resource.place);
    let granted = |when: bool, charge, detail| if when { Ok((charge, detail)) } else { Err(None) };
    let within = principal.covers(place);
    let full = |when| granted(when, Charge::None, Detail::Full);
    match cell {
        Cell::No => Err(None),
        Cell::Ask => granted(within, Charge::ByOthers, Detail::Full),
        Cell::Bill => granted(within, Charge::Confirm, Detail::Full),
        Cell::BillDelegated => match place.reseller() {
            Some((_, BillingMode::SelfBilled)) => Err(Some(Refusal::OthersBilling {
                by: "the reseller itself",
            })),
            _ => granted(within, Charge::Confirm, Detail::Full),
        },
        Cell::Enter => Err(within.then_some(Refusal::EnterFirst { action, matter })),
        Cell::First => match place.account() {
            Some(account) if account.has_administrator => Err(Some(Refusal::HasAdministrator)),
            account => full(within && account.is_some()),
        },
        Cell::Level => full(principal.is_level_of(place)),
        Cell::Line => granted(within, Charge::None, Detail::MainLine),
        Cell::Metadata => granted(within, Charge::None, Detail::Metadata),
        Cell::Own => full(within),
        Cell::Private => {
            if actor.is_in_person() {
                full(principal.is_self(place))
            } else {
                Err(Some(Refusal::Private { matter }))
            }
        }
        Cell::Seen => full(within || principal.is_below(place)),
        Cell::SelfBilled => match place.reseller() {
            Some((_, BillingMode::Delegated)) => Err(Some(Refusal::OthersBilling { by: "the system" })),
            _ => full(within),
        },
        Cell::Self_ => full(principal.is_self(place)),
        Cell::Technical => granted(within, Charge::None, Detail::Technical),
    }
}

/// Lists whose an action is, for whoever is refused.
fn allowed(row: &Row) -> Vec<Standing> {
    Standing::ALL
        .iter()
        .map(|(_, standing)| *standing)
        .filter(|standing| !matches!(row.cells[*standing as usize], Cell::No | Cell::Enter))
        .collect()
}
