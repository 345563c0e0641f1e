//! `evatel contact`

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use evatel_core::{
    contact::{
        Contact, ContactOwner,
        import::{self, Refused},
        to_csv, to_vcards,
    },
    id::{AccountId, ContactId, UserId},
    name::Name,
    number::E164,
};
use evatel_store::{NewContact, Scope, Store, Target};
use serde_json::json;

use super::{
    answer::{Answer, table},
    desk::{self, Desk},
    failure::Failure,
    owner::Trial,
    values,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Adds somebody whom a user calls by name
    Add(Add),
    /// Lists the contacts of an account and its users
    List(List),
    /// Removes a contact
    Remove(Remove),
    /// Takes contacts in from a file, all of them or none
    Import(Import),
    /// Writes contacts as a file that `import` takes back
    Export(Export),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel contact add \"Marie Tremblay\" 514-555-0142
  evatel contact add \"Jean Dupont\" \"+33 1 42 76 49 78\" --nickname Jeannot --also 514-555-0143
  evatel contact add \"Joubin\" 514-555-0144 --pronunciation \"Jou-benne\" --shared")]
pub(super) struct Add {
    /// Name, as it is written
    name: Name,
    /// Number
    #[arg(value_parser = values::public_number)]
    number: E164,
    /// The name as it would be written if it were written as it is said
    #[arg(long, value_name = "NAME")]
    pronunciation: Option<Name>,
    /// Another name by which one may ask for him; may be repeated
    #[arg(long, value_name = "NAME")]
    nickname: Vec<Name>,
    /// Another number from which he may call; may be repeated
    #[arg(long, value_name = "NUMBER", value_parser = values::public_number)]
    also: Vec<E164>,
    #[command(flatten)]
    owner: Owner,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Whose [default: the account that init made]
    #[arg(long)]
    account: Option<AccountId>,
}

#[derive(Debug, Args)]
struct Owner {
    /// Whose contact it becomes [default: the user that init made]
    #[arg(long)]
    user: Option<UserId>,
    /// Shared by all users of that user's account
    #[arg(long)]
    shared: bool,
}

impl Owner {
    /// Finds him, and his account.
    async fn find(self, store: &Store) -> Result<(ContactOwner, AccountId), Failure> {
        let user = desk::user(self.user, store).await?;
        let owner = if self.shared {
            ContactOwner::Account(user.account.clone())
        } else {
            ContactOwner::User(user.id)
        };
        Ok((owner, user.account))
    }
}

#[derive(Debug, Args)]
pub(super) struct Remove {
    /// The contact
    contact: ContactId,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// name,pronunciation,nicknames,number,other_numbers
    Csv,
    /// vCard 2.1 to 4.0
    Vcard,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel contact import contacts.vcf --dry-run
  evatel contact import contacts.csv --shared

A CSV file begins with the names of its columns: name, number, and if wanted pronunciation, nicknames, other_numbers
(several parted by |). One wrong line, and nothing is taken in; what is there already is left as it is.")]
pub(super) struct Import {
    /// The file
    file: PathBuf,
    /// What it is [default: by its name, .vcf or .csv]
    #[arg(long)]
    format: Option<Format>,
    #[command(flatten)]
    owner: Owner,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evatel contact export --format vcard > contacts.vcf")]
pub(super) struct Export {
    /// What to write
    #[arg(long, default_value = "csv")]
    format: Format,
    #[command(flatten)]
    owner: Owner,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        match self {
            Self::Add(add) => {
                let (owner, account) = add.owner.find(&store).await?;
                let new = NewContact {
                    pronunciation: add.pronunciation,
                    nicknames: add.nickname,
                    other_numbers: add.also,
                    ..NewContact::new(add.name, add.number, owner)
                };
                let acting = desk.inside(account, &add.trial, &store).await?;
                let contact = acting.add_contact(new).await?;
                let human = show(std::slice::from_ref(&contact), desk);
                Ok(Answer::new(contact, human))
            }
            Self::List(List { account }) => {
                let account = desk::account(account, &store).await?.id;
                let contacts = contacts_of(account, &store, desk).await?;
                Ok(Answer::new(&contacts, show(&contacts, desk)))
            }
            Self::Remove(Remove { contact, trial }) => {
                let found = store.contact(&contact, &Scope::system()).await?;
                let account = match found.owner {
                    ContactOwner::Account(account) => account,
                    ContactOwner::User(user) => desk::user(Some(user), &store).await?.account,
                };
                let acting = desk.inside(account, &trial, &store).await?;
                acting.remove_contact(&contact).await?;
                let human = desk.say("removed", &[("id", contact.as_str())]);
                Ok(Answer::new(json!({ "removed": contact }), human))
            }
            Self::Import(import) => import.run(&store, desk).await,
            Self::Export(export) => {
                let (owner, account) = export.owner.find(&store).await?;
                let mut contacts = contacts_of(account, &store, desk).await?;
                contacts.retain(|contact| contact.owner == owner);
                let text = match export.format {
                    Format::Csv => to_csv(&contacts),
                    Format::Vcard => to_vcards(&contacts),
                };
                Ok(Answer::new(contacts, text.trim_end()))
            }
        }
    }
}

impl Import {
    async fn run(self, store: &Store, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let bytes = desk.read_file(&self.file, import::MAX_FILE_BYTES)?;
        let named = self.file.extension().and_then(|ending| ending.to_str());
        let format = self.format.or(match named {
            Some("csv") => Some(Format::Csv),
            Some("vcf" | "vcard") => Some(Format::Vcard),
            _ => None,
        });
        let read = match format {
            Some(Format::Csv) => import::from_csv(&bytes),
            Some(Format::Vcard) => import::from_vcards(&bytes),
            None => {
                return Err(Failure::input(
                    desk.say("import-format", &[]),
                    "hint-import-format",
                ));
            }
        };
        let read = read.map_err(|error| Failure::input(error.to_string(), "hint-import"))?;
        let entries = read.accept().map_err(|refused| refuse(&refused, desk))?;
        let (owner, account) = self.owner.find(store).await?;
        let acting = desk.inside(account, &self.trial, store).await?;
        let imported = acting.import_contacts(entries, &owner).await?;
        if !imported.refused.is_empty() {
            return Err(refuse(&imported.refused, desk));
        }
        let (added, known) = (imported.added.to_string(), imported.known.to_string());
        let id = if self.trial.dry_run {
            "import-would"
        } else {
            "contacts-import-done"
        };
        let human = desk.say(id, &[("added", &added), ("known", &known)]);
        let json = json!({ "added": imported.added, "known": imported.known, "dry_run": self.trial.dry_run });
        Ok(Answer::new(json, human))
    }
}

/// Lists the contacts of an account and its users.
async fn contacts_of(account: AccountId, store: &Store, desk: &Desk<'_>) -> Result<Vec<Contact>, Failure> {
    let target = Target::Account(account.clone());
    let acting = desk.inside(account, &Trial::default(), store).await?;
    Ok(acting.contacts(&target).await?)
}

/// Says every refused entry with its remedy; nothing was taken in.
fn refuse(refused: &[Refused], desk: &Desk<'_>) -> Failure {
    let lines = refused.iter().take(MOST_SHOWN).map(|one| {
        let remedy = desk.say(&format!("remedy-{}", one.remedy), &[]);
        format!("{one}: {remedy}")
    });
    let mut lines: Vec<String> = lines.collect();
    if refused.len() > MOST_SHOWN {
        let rest = (refused.len() - MOST_SHOWN).to_string();
        lines.push(desk.say("contacts-import-more", &[("rest", &rest)]));
    }
    Failure::input(lines.join("\n"), "hint-import")
}

/// Most refused entries that are shown at once.
const MOST_SHOWN: usize = 100;

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
