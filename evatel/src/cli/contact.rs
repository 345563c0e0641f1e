//! `evatel contact`

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use evatel_core::{
    contact::{Contact, ContactOwner, import, to_csv, to_vcards},
    id::{AccountId, ContactId, UserId},
    name::Name,
    number::E164,
};
use evatel_store::{Acting, ContactChange, NewContact, Scope, Store, Target};
use serde_json::json;

use super::{
    answer::{Answer, table},
    csv::{self, Form, Sheet},
    desk::{self, Desk},
    failure::Failure,
    names::Names,
    owner::Trial,
    rows::{Outcome, Skip, Taken, merged},
    values::{self, OrNone},
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
    /// Changes a contact; whose it is stays
    Set(Set),
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
#[command(after_help = "Examples:
  evatel contact list
  evatel contact list --account acc-1m7c2k9q4x8v6t3r5y --csv > contacts.csv")]
pub(super) struct List {
    /// Whose [default: the account that init made]
    #[arg(long)]
    account: Option<AccountId>,
    #[command(flatten)]
    form: Form,
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
#[command(after_help = "Example:\n  evatel contact remove con-1m7c2k9q4x8v6t3r5y --dry-run")]
pub(super) struct Remove {
    /// The contact
    contact: ContactId,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
#[command(after_help = "Nicknames and other numbers take the place of those before.

Examples:
  evatel contact set con-1m7c2k9q4x8v6t3r5y --number 514-555-0150
  evatel contact set con-1m7c2k9q4x8v6t3r5y --nickname Jeannot --nickname Ti-Jean --pronunciation none
  evatel contact set con-1m7c2k9q4x8v6t3r5y --no-nicknames --no-others --dry-run")]
pub(super) struct Set {
    /// The contact
    contact: ContactId,
    /// Name, as it is written
    #[arg(long)]
    name: Option<Name>,
    /// Number
    #[arg(long, value_parser = values::public_number)]
    number: Option<E164>,
    /// The name as it would be written if it were written as it is said, or none
    #[arg(long, value_name = "NAME", value_parser = |text: &str| values::or_none(text, values::parsed::<Name>))]
    pronunciation: Option<OrNone<Name>>,
    /// Another name by which one may ask for him; may be repeated
    #[arg(long, value_name = "NAME")]
    nickname: Vec<Name>,
    /// By no other name
    #[arg(long, conflicts_with = "nickname")]
    no_nicknames: bool,
    /// Another number from which he may call; may be repeated
    #[arg(long, value_name = "NUMBER", value_parser = values::public_number)]
    also: Vec<E164>,
    /// From no other number
    #[arg(long, conflicts_with = "also")]
    no_others: bool,
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

A CSV file begins with the names of its columns: name, number, and if wanted pronunciation, nicknames, other_numbers \
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
                let human = show(std::slice::from_ref(&contact), &Names::default(), desk);
                Ok(Answer::new(contact, human))
            }
            Self::List(List { account, form }) => {
                let account = desk::account(account, &store).await?.id;
                let contacts = contacts_of(account, &store, desk).await?;
                let names = Names::of_things(&contacts, form, &store, desk).await?;
                let human = form.text(&contacts, SHEET, || show(&contacts, &names, desk));
                Ok(Answer::new(contacts, human))
            }
            Self::Remove(Remove { contact, trial }) => {
                let acting = beside(&contact, &trial, &store, desk).await?;
                acting.remove_contact(&contact).await?;
                let human = desk.say("removed", &[("id", contact.as_str())]);
                Ok(Answer::new(json!({ "removed": contact }), human))
            }
            Self::Set(set) => {
                let change = ContactChange {
                    name: set.name,
                    number: set.number,
                    pronunciation: set.pronunciation.map(|name| name.0),
                    nicknames: (set.no_nicknames || !set.nickname.is_empty()).then_some(set.nickname),
                    other_numbers: (set.no_others || !set.also.is_empty()).then_some(set.also),
                };
                if change == ContactChange::default() {
                    return Err(Failure::input(
                        desk.say("nothing-to-change", &[]),
                        "hint-contact-set",
                    ));
                }
                let acting = beside(&set.contact, &set.trial, &store, desk).await?;
                let contact = acting.change_contact(&set.contact, change).await?;
                let human = show(std::slice::from_ref(&contact), &Names::default(), desk);
                Ok(Answer::new(contact, human))
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
        let (owner, account) = self.owner.find(store).await?;
        let mut acting = desk.inside(account, &self.trial, store).await?;
        if !read.refused.is_empty() {
            // Nothing is taken in, but what else is wrong is said at once.
            acting = acting.rehearsing();
        }
        let done = acting.import_contacts(read.good, &owner).await?;
        let refused = merged(read.refused, done.refused);
        let outcome = Outcome {
            taken: Taken::of(&refused, self.trial.dry_run, Skip::Never),
            added: done.added,
            same: done.known,
            refused,
        };
        Ok(outcome.answer(desk))
    }
}

/// Enters the account that a contact is in.
async fn beside(
    contact: &ContactId,
    trial: &Trial,
    store: &Store,
    desk: &Desk<'_>,
) -> Result<Acting, Failure> {
    let account = match store.contact(contact, &Scope::system()).await?.owner {
        ContactOwner::Account(account) => account,
        ContactOwner::User(user) => desk::user(Some(user), store).await?.account,
    };
    desk.inside(account, trial, store).await
}

/// Lists the contacts of an account and its users.
async fn contacts_of(account: AccountId, store: &Store, desk: &Desk<'_>) -> Result<Vec<Contact>, Failure> {
    let target = Target::Account(account.clone());
    let acting = desk.inside(account, &Trial::default(), store).await?;
    Ok(acting.contacts(&target).await?)
}

/// Beside what the import reads, whose each one is.
const SHEET: &Sheet<Contact> = &[
    ("id", |contact| contact.id.to_string()),
    ("name", |contact| contact.name.to_string()),
    ("pronunciation", |contact| {
        csv::optional(contact.pronunciation.as_ref())
    }),
    ("nicknames", |contact| joined(&contact.nicknames)),
    ("number", |contact| contact.number.to_string()),
    ("other_numbers", |contact| joined(&contact.other_numbers)),
    ("owner", |contact| contact.owner.to_string()),
];

fn joined<T: ToString>(several: &[T]) -> String {
    several.iter().map(T::to_string).collect::<Vec<_>>().join("|")
}

fn show(contacts: &[Contact], names: &Names, desk: &Desk<'_>) -> String {
    let row = |contact: &Contact| {
        [
            contact.id.to_string(),
            contact.name.to_string(),
            contact.number.to_string(),
            names.owner(&contact.owner, desk),
        ]
    };
    let rows: Vec<_> = contacts.iter().map(row).collect();
    table(
        desk.texts
            .headings(["head-id", "head-name", "head-number", "head-owner"]),
        &rows,
    )
}
