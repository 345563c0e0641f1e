//! The tools that an endpoint may call: the intents that are listened for at this point of the dialogue, and no others.

use evatel_core::{flow::Expect, id::ContactId, intent::Intent};
use schemars::{JsonSchema, schema_for};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    answer::Call,
    error::{Error, word},
    order::OrderTool,
};

/// What an endpoint may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tool {
    Accept,
    CallContact,
    CallEmergency,
    End,
    Help,
    Message,
    No,
    NoneOfThese,
    NotThatBut,
    Refuse,
    Repeat,
    TryAgain,
    Yes,
}

/// The tools of one question, who may be named with them, and what skills may be ordered.
#[derive(Clone, Debug)]
pub(super) struct Toolbox {
    tools: Vec<Tool>,
    contacts: Vec<ContactId>,
    orders: Vec<OrderTool>,
}

/// What a tool without arguments takes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// What a tool that names somebody takes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Named {
    /// The `id` of the contact who is meant, from `contacts`.
    contact: String,
}

impl Tool {
    const ALL: [Self; 13] = [
        Self::Accept,
        Self::CallContact,
        Self::CallEmergency,
        Self::End,
        Self::Help,
        Self::Message,
        Self::No,
        Self::NoneOfThese,
        Self::NotThatBut,
        Self::Refuse,
        Self::Repeat,
        Self::TryAgain,
        Self::Yes,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::CallContact => "call_contact",
            Self::CallEmergency => "call_emergency",
            Self::End => "end",
            Self::Help => "help",
            Self::Message => "message",
            Self::No => "no",
            Self::NoneOfThese => "none_of_these",
            Self::NotThatBut => "not_that_but",
            Self::Refuse => "refuse",
            Self::Repeat => "repeat",
            Self::TryAgain => "try_again",
            Self::Yes => "yes",
        }
    }

    /// What it is for, as the model reads it.
    fn purpose(self) -> &'static str {
        match self {
            Self::Accept => "Takes the call that is announced.",
            Self::CallContact => "Wants a contact called.",
            Self::CallEmergency => "Wants 911, the police, an ambulance or the fire department.",
            Self::End => "Wants the call to end, or says goodbye.",
            Self::Help => "Wants to know what can be said.",
            Self::Message => "Wants to leave a message.",
            Self::No => "Says no.",
            Self::NoneOfThese => "Said something that is none of the other tools, or cannot be told.",
            Self::NotThatBut => "Says no and names the contact who was meant instead.",
            Self::Refuse => "Does not take the call that is announced.",
            Self::Repeat => "Wants to hear it again.",
            Self::TryAgain => "Wants the same person tried again.",
            Self::Yes => "Says yes.",
        }
    }

    fn names_somebody(self) -> bool {
        matches!(self, Self::CallContact | Self::NotThatBut)
    }

    fn intent(self, contact: impl FnOnce() -> Result<ContactId, Error>) -> Result<Intent, Error> {
        Ok(match self {
            Self::Accept => Intent::Accept,
            Self::CallContact => Intent::CallContact(contact()?),
            Self::CallEmergency => Intent::CallEmergency,
            Self::End => Intent::End,
            Self::Help => Intent::Help,
            Self::Message => Intent::Message,
            Self::No => Intent::No,
            Self::NoneOfThese => Intent::NotUnderstood,
            Self::NotThatBut => Intent::NotThatBut(contact()?),
            Self::Refuse => Intent::Refuse,
            Self::Repeat => Intent::Repeat,
            Self::TryAgain => Intent::TryAgain,
            Self::Yes => Intent::Yes,
        })
    }

    /// Says whether its intent is listened for here; whom it names is decided by who is offered.
    fn is_taken(self, expect: Expect) -> bool {
        let anybody = || Ok("anybody".parse().expect("letters make an id"));
        self.intent(anybody).is_ok_and(|intent| expect.takes(&intent))
    }
}

impl Toolbox {
    /// Gives the tools of a point of the dialogue; those that name somebody only where somebody can be named.
    pub(super) fn new(expect: Expect, contacts: Vec<ContactId>, orders: Vec<OrderTool>) -> Self {
        let offered = |tool: &Tool| tool.is_taken(expect) && (!tool.names_somebody() || !contacts.is_empty());
        Self {
            tools: Tool::ALL.into_iter().filter(offered).collect(),
            contacts,
            orders: if expect == Expect::Command {
                orders
            } else {
                Vec::new()
            },
        }
    }

    /// How a contact is named in question and answer: by its place, never by its id.
    pub(super) fn handle(place: usize) -> String {
        format!("c{}", place + 1)
    }

    /// Writes the tools as an endpoint reads them.
    pub(super) fn to_json(&self) -> Value {
        let tools = self.tools.iter().map(|tool| self.written(*tool));
        tools.chain(self.orders.iter().map(OrderTool::to_json)).collect()
    }

    fn written(&self, tool: Tool) -> Value {
        let mut parameters = if tool.names_somebody() {
            schema_for!(Named).to_value()
        } else {
            schema_for!(Nothing).to_value()
        };
        if let Some(schema) = parameters.as_object_mut() {
            schema.retain(|key, _| !matches!(key.as_str(), "$schema" | "title" | "description"));
            schema.entry("properties").or_insert_with(|| json!({}));
        }
        if tool.names_somebody() {
            let handles: Vec<String> = (0..self.contacts.len()).map(Self::handle).collect();
            parameters["properties"]["contact"]["enum"] = handles.into();
        }
        json!({
            "type": "function",
            "function": { "name": tool.name(), "description": tool.purpose(), "parameters": parameters },
        })
    }

    /// Finds out what a call wants, if it is one that was offered.
    pub(super) fn intent(&self, call: &Call) -> Result<Intent, Error> {
        if let Some(order) = self.orders.iter().find(|order| order.name == call.name) {
            return order.intent(&call.arguments);
        }
        let tool = Tool::ALL
            .into_iter()
            .find(|tool| tool.name() == call.name)
            .ok_or_else(|| Error::UnknownTool {
                name: word(&call.name),
            })?;
        let name = tool.name();
        if !self.tools.contains(&tool) {
            return Err(Error::NotOffered { tool: name });
        }
        // A call without arguments comes as `{}` or as nothing.
        let arguments = match call.arguments.trim() {
            "" => "{}",
            arguments => arguments,
        };
        let wrong = |_| Error::Arguments { tool: name };
        if !tool.names_somebody() {
            serde_json::from_str::<Nothing>(arguments).map_err(wrong)?;
        }
        tool.intent(|| {
            let Named { contact } = serde_json::from_str(arguments).map_err(wrong)?;
            let offered = self.contacts.iter().enumerate();
            offered
                .into_iter()
                .find(|(place, _)| Self::handle(*place) == contact)
                .map(|(_, id)| id.clone())
                .ok_or(Error::UnknownContact { tool: name })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ContactId {
        text.parse().unwrap()
    }

    fn toolbox(expect: Expect) -> Toolbox {
        Toolbox::new(expect, vec![id("marie"), id("paul")], Vec::new())
    }

    fn names(toolbox: &Toolbox) -> Vec<&'static str> {
        toolbox.tools.iter().map(|tool| tool.name()).collect()
    }

    fn called(name: &str, arguments: &str) -> Call {
        Call {
            name: name.to_owned(),
            arguments: arguments.to_owned(),
        }
    }

    #[test]
    fn only_what_is_listened_for_here_is_offered() {
        assert_eq!(
            names(&toolbox(Expect::Command)),
            [
                "call_contact",
                "call_emergency",
                "end",
                "help",
                "none_of_these",
                "repeat"
            ]
        );
        assert_eq!(
            names(&toolbox(Expect::YesNo)),
            ["no", "none_of_these", "not_that_but", "yes"]
        );
        assert_eq!(
            names(&toolbox(Expect::AfterFailure)),
            ["end", "message", "none_of_these", "try_again"]
        );
        assert_eq!(
            names(&toolbox(Expect::AcceptRefuse)),
            ["accept", "none_of_these", "refuse"]
        );
        assert_eq!(
            names(&Toolbox::new(Expect::YesNo, Vec::new(), Vec::new())),
            ["no", "none_of_these", "yes"]
        );
    }

    #[test]
    fn a_schema_lists_who_may_be_named_and_takes_nothing_else() {
        let tools = toolbox(Expect::YesNo).to_json();
        let not_that_but = &tools[2]["function"];
        assert_eq!(not_that_but["name"], "not_that_but");
        let parameters = &not_that_but["parameters"];
        assert_eq!(parameters["properties"]["contact"]["enum"], json!(["c1", "c2"]));
        assert_eq!(parameters["properties"]["contact"]["type"], "string");
        assert_eq!(parameters["required"], json!(["contact"]));
        assert_eq!(parameters["additionalProperties"], false);
        assert_eq!(
            tools[3]["function"]["parameters"],
            json!({ "type": "object", "properties": {}, "additionalProperties": false })
        );
    }

    #[test]
    fn an_offered_call_becomes_its_intent() {
        for (expect, call, intent) in [
            (Expect::YesNo, called("yes", "{}"), Intent::Yes),
            (Expect::YesNo, called("no", ""), Intent::No),
            (
                Expect::YesNo,
                called("none_of_these", " {} "),
                Intent::NotUnderstood,
            ),
            (
                Expect::Command,
                called("call_contact", "{\"contact\": \"c2\"}"),
                Intent::CallContact(id("paul")),
            ),
            (
                Expect::YesNo,
                called("not_that_but", "{\"contact\":\"c1\"}"),
                Intent::NotThatBut(id("marie")),
            ),
        ] {
            assert_eq!(toolbox(expect).intent(&call), Ok(intent), "{call:?}");
        }
    }

    #[test]
    fn nothing_that_was_not_offered_can_be_called_or_named() {
        for (expect, call, error) in [
            (
                Expect::YesNo,
                called("call_emergency", "{}"),
                Error::NotOffered {
                    tool: "call_emergency",
                },
            ),
            (
                Expect::Command,
                called("yes", "{}"),
                Error::NotOffered { tool: "yes" },
            ),
            (
                Expect::Command,
                called("transfer_money; \u{1b}[2J", "{}"),
                Error::UnknownTool {
                    name: "transfer_money2J".to_owned(),
                },
            ),
            (
                Expect::Command,
                called("", "{}"),
                Error::UnknownTool { name: String::new() },
            ),
            (
                Expect::Command,
                called("call_contact", "{\"contact\":\"c3\"}"),
                Error::UnknownContact { tool: "call_contact" },
            ),
            (
                Expect::Command,
                called("call_contact", "{\"contact\":\"marie\"}"),
                Error::UnknownContact { tool: "call_contact" },
            ),
            (
                Expect::Command,
                called("call_contact", "{\"contact\":\"+19005550123\"}"),
                Error::UnknownContact { tool: "call_contact" },
            ),
            (
                Expect::Command,
                called("call_contact", "{}"),
                Error::Arguments { tool: "call_contact" },
            ),
            (
                Expect::Command,
                called("call_contact", ""),
                Error::Arguments { tool: "call_contact" },
            ),
            (
                Expect::Command,
                called("call_contact", "{\"contact\":\"c1\",\"number\":\"9005550123\"}"),
                Error::Arguments { tool: "call_contact" },
            ),
            (
                Expect::Command,
                called("call_contact", "{\"contact\":[\"c1\"]}"),
                Error::Arguments { tool: "call_contact" },
            ),
            (
                Expect::YesNo,
                called("yes", "{\"confirmed\":true}"),
                Error::Arguments { tool: "yes" },
            ),
            (
                Expect::YesNo,
                called("yes", "{}{}"),
                Error::Arguments { tool: "yes" },
            ),
        ] {
            assert_eq!(toolbox(expect).intent(&call), Err(error), "{call:?}");
        }
    }
}
