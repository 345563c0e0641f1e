//! `evatel contact`

use clap::{Args, Subcommand};
use evatel_core::{
    contact::Contact,
    id::{ContactId, UserId},
    name::Name,
    number::E164,
};
use evatel_store::{NewContact, Scope};
use serde_json::json;

use super::{
    answer::{Answer, table},
    desk::{self, Desk},
    failure::Failure,
    values,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Adds somebody whom a user calls by name
    Add(Add),
    /// Lists the contacts
    List,
    /// Removes a contact
    Remove(Remove),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel contact add \"Marie Tremblay\" 514-555-0142
  evatel contact add \"Jean Dupont\" \"+33 1 42 76 49 78\"")]
pub(super) struct Add {
    /// Name, as it is said
    name: Name,
    /// Number
    #[arg(value_parser = values::public_number)]
    number: E164,
    /// Whose contact it becomes [default: the user that init made]
    #[arg(long)]
    user: Option<UserId>,
}

#[derive(Debug, Args)]
pub(super) struct Remove {
    /// The contact
    contact: ContactId,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        let scope = Scope::system();
        match self {
            Self::Add(add) => {
                let user = desk::user(add.user, &store).await?.id;
                let contact = store
                    .add_contact(
                        NewContact {
                            name: add.name,
                            number: add.number,
                            user,
                        },
                        &scope,
                    )
                    .await?;
                let human = show(std::slice::from_ref(&contact), desk);
                Ok(Answer::new(contact, human))
            }
            Self::List => {
                let contacts = store.contacts(&scope).await?;
                Ok(Answer::new(&contacts, show(&contacts, desk)))
            }
            Self::Remove(remove) => {
                store.remove_contact(&remove.contact, &scope).await?;
                let human = desk.say("removed", &[("id", remove.contact.as_str())]);
                Ok(Answer::new(json!({ "removed": remove.contact }), human))
            }
        }
    }
}

fn show(contacts: &[Contact], desk: &Desk<'_>) -> String {
    let row = |contact: &Contact| {
        [
            contact.id.to_string(),
            contact.name.to_string(),
            contact.number.to_string(),
            contact.owner.to_string(),
        ]
    };
    let rows: Vec<_> = contacts.iter().map(row).collect();
    table(
        desk.texts
            .headings(["head-id", "head-name", "head-number", "head-owner"]),
        &rows,
    )
}
