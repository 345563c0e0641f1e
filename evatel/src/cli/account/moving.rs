//! What follows of a move, as people and scripts read it.

use evatel_core::{moving::Move, restriction::Restriction};
use serde_json::json;

use super::super::{
    answer::{Answer, date},
    desk::Desk,
};

/// Answers with the account and all that goes along with it, or does not.
pub(super) fn answer(moved: &Move, account: String, desk: &Desk<'_>) -> Answer {
    let mut json = json!(moved.account);
    json["moved"] = json!(moved);
    if let Some(told) = json["moved"].as_object_mut() {
        told.remove("account");
    }
    let mut lines = vec![account];
    lines.extend(told(moved, desk));
    Answer::new(json, lines.join("\n"))
}

/// Says what becomes of each thing, a line each.
fn told(moved: &Move, desk: &Desk<'_>) -> Vec<String> {
    let language = desk.texts.language();
    let mut lines = Vec::new();
    for split in &moved.subscriptions {
        let (before, after) = (
            split.ended.price.monthly().shown(language),
            split.begun.price.monthly().shown(language),
        );
        let (quantity, from) = (split.begun.quantity.to_string(), date(moved.at));
        lines.push(desk.say(
            "move-subscription",
            &[
                ("item", split.begun.item.as_str()),
                ("quantity", quantity.as_str()),
                ("before", before.as_str()),
                ("after", after.as_str()),
                ("from", from.as_str()),
            ],
        ));
    }
    for number in &moved.numbers {
        let after = &number.after.record;
        let text = if after.owner.reseller() == Some(&moved.to) {
            "move-number-along"
        } else {
            "move-number-back"
        };
        let status = desk.word(after.state.status());
        lines.push(desk.say(
            text,
            &[("number", after.number.as_str()), ("status", status.as_str())],
        ));
    }
    let rule = |text, rule: &Restriction| {
        let owner = rule.owner.to_string();
        desk.say(text, &[("rule", rule.name.as_str()), ("owner", owner.as_str())])
    };
    lines.extend(moved.exceptions.iter().map(|gone| rule("move-exception", gone)));
    lines.extend(moved.pins.iter().map(|pin| rule("move-pin", &pin.after)));
    for limits in &moved.limits {
        let owner = limits.after.owner.to_string();
        lines.push(desk.say("move-joins", &[("owner", owner.as_str())]));
    }
    for approved in &moved.approved {
        let country = approved.country.to_string();
        lines.push(desk.say("move-approval", &[("country", country.as_str())]));
    }
    if moved.quotes > 0 {
        let count = moved.quotes.to_string();
        lines.push(desk.say("move-quotes", &[("count", count.as_str())]));
    }
    lines
}
