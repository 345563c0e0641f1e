//! The table: who may do what to what.
//!
//! One row an action, one column a standing. An action that has no row is nobody's. The lines of the recommended model that
//! say `I` (enter the account first) are [`Cell::Enter`]; its `B` is [`Cell::Bill`].

use crate::word::word_enum;

word_enum! {
    /// What is done.
    Action ("action") {
        /// Adds a person, or opens an account or a reseller.
        Add = "add",
        /// Aims a number, or gives a telephone to a user.
        Assign = "assign",
        /// Ends an account or a reseller.
        Close = "close",
        /// Acts from within an account or a reseller, as its administrator.
        Enter = "enter",
        /// Gives or takes a role that is not the administrator's.
        GrantRole = "grant-role",
        /// Makes somebody administrator, or takes that from him.
        GrantAdministrator = "grant-administrator",
        /// Gives an account to another reseller.
        Move = "move",
        /// Buys: it costs.
        Order = "order",
        /// Sees.
        Read = "read",
        /// Gives a number back.
        Release = "release",
        /// Takes a person away.
        Remove = "remove",
        /// Sets a password or a PIN anew, or opens what wrong ones have locked.
        Reset = "reset",
        /// Adds to the pool, or reserves from it.
        Stock = "stock",
        /// Changes.
        Write = "write",
    }
}

word_enum! {
    /// What it is done to.
    Matter ("matter") {
        /// The language, time zone and recording of an account.
        AccountSettings = "account-settings",
        /// Accounts: their names, states and limits.
        Accounts = "accounts",
        /// Keys for programs.
        ApiKeys = "api-keys",
        /// What was done by whom.
        Audit = "audit",
        /// The log of calls.
        CallLog = "call-log",
        /// Plans, options, devices and fees.
        Catalog = "catalog",
        /// People whom a user calls by name.
        Contacts = "contacts",
        /// Telephones.
        Devices = "devices",
        /// Where emergency calls tell that they come from.
        EmergencyPlaces = "emergency-places",
        /// Personal status, forwarding and screening.
        Forwarding = "forwarding",
        /// Hours, holidays and special periods.
        Hours = "hours",
        /// Invoices and rates.
        Invoices = "invoices",
        /// Carriers, their trunks and routes.
        Itsps = "itsps",
        /// Names and passwords.
        Logins = "logins",
        /// A company's connection to its mail server.
        MailServers = "mail-servers",
        /// What people said or wrote to each other: voicemail, fax, SMS, mail.
        Messages = "messages",
        /// Telephone numbers.
        Numbers = "numbers",
        /// Which items a reseller may sell.
        OfferAssignments = "offer-assignments",
        /// Which of them it sells, to whom and for how much.
        OfferChoices = "offer-choices",
        /// Whether the office is open.
        OfficeStatus = "office-status",
        /// The virtual receptionist.
        Receptionist = "receptionist",
        /// A reseller's address, and what its customers see of it.
        ResellerProfiles = "reseller-profiles",
        /// Resellers: their names, states and billing.
        Resellers = "resellers",
        /// Rules on who may call what.
        Restrictions = "restrictions",
        /// What employees are for their company.
        Roles = "roles",
        /// Contacts of a whole company.
        SharedContacts = "shared-contacts",
        /// What an account has bought.
        Subscriptions = "subscriptions",
        /// The settings of the system.
        System = "system",
        /// People.
        Users = "users",
    }
}

/// What a standing has of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// Within his reach, where it costs nothing; what costs, others confirm.
    Ask,
    /// Within his reach, and it may cost: quoted, then confirmed.
    Bill,
    /// As [`Cell::Bill`], where the reseller has left billing to the system.
    BillDelegated,
    /// From within the account only: entered first.
    Enter,
    /// Within his reach, while the company has no administrator.
    First,
    /// What is of his own level.
    Level,
    /// The calls of the main line.
    Line,
    /// Within his reach, without what was said or recorded.
    Metadata,
    /// Not at all.
    No,
    /// Within his reach: his level and all below.
    Own,
    /// His own, read by himself only, whoever entered.
    Private,
    /// Within his reach or above him: what holds for him.
    Seen,
    /// Within his reach, where the reseller bills its customers itself.
    SelfBilled,
    /// Himself only.
    Self_,
    /// Within his reach, as far as it says whether telephones work.
    Technical,
}

/// One row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Of what.
    pub matter: Matter,
    /// What is done.
    pub action: Action,
    /// By whom, in the order of [`Standing::ALL`](super::Standing::ALL).
    pub cells: [Cell; 8],
}

/// Finds the row of an action.
pub fn row(action: Action, matter: Matter) -> Option<&'static Row> {
    MATRIX
        .iter()
        .find(|row| row.matter == matter && row.action == action)
}

const ASK_: Cell = Cell::Ask;
const BILL: Cell = Cell::Bill;
const DELE: Cell = Cell::BillDelegated;
const ENTR: Cell = Cell::Enter;
const FRST: Cell = Cell::First;
const LEVL: Cell = Cell::Level;
const LINE: Cell = Cell::Line;
const META: Cell = Cell::Metadata;
const NO__: Cell = Cell::No;
const OWN_: Cell = Cell::Own;
const PRIV: Cell = Cell::Private;
const SBIL: Cell = Cell::SelfBilled;
const SEEN: Cell = Cell::Seen;
const SELF: Cell = Cell::Self_;
const TECH: Cell = Cell::Technical;

const fn r(matter: Matter, action: Action, cells: [Cell; 8]) -> Row {
    Row {
        matter,
        action,
        cells,
    }
}

use Action as A;
use Matter as M;

/// The whole table. System administrators reach everything; `OWN_` is everywhere for them.
#[rustfmt::skip]
pub const MATRIX: &[Row] = &[
    //                                           system reseller admin manager recept. support employee professional
    r(M::System,           A::Read,               [OWN_, NO__, NO__, NO__, NO__, NO__, NO__, NO__]),
    r(M::System,           A::Write,              [OWN_, NO__, NO__, NO__, NO__, NO__, NO__, NO__]),
    r(M::Itsps,            A::Read,               [OWN_, NO__, NO__, NO__, NO__, NO__, NO__, NO__]),
    r(M::Itsps,            A::Write,              [OWN_, NO__, NO__, NO__, NO__, NO__, NO__, NO__]),
    r(M::Resellers,        A::Read,               [OWN_, OWN_, NO__, NO__, NO__, NO__, NO__, NO__]),
    r(M::Resellers,        A::Add,                [OWN_, NO__, NO__, NO__, NO__, NO__, NO__, NO__]),
    r(M::Resellers,        A::Write,              [OWN_, NO__, NO__, NO__, NO__, NO__, NO__, NO__]),
    r(M::Resellers,        A::Close,              [OWN_, NO__, NO__, NO__, NO__, NO__, NO__, NO__]),
    r(M::Resellers,        A::Enter,              [OWN_, NO__, NO__, NO__, NO__, NO__, NO__, NO__]),
    r(M::ResellerProfiles, A::Read,               [OWN_, OWN_, SEEN, SEEN, SEEN, SEEN, SEEN, SEEN]),
    r(M::ResellerProfiles, A::Write,              [OWN_, OWN_, NO__, NO__, NO__, NO__, NO__, NO__]),
    //                                           system reseller admin manager recept. support employee professional
    r(M::Catalog,          A::Read,               [OWN_, SEEN, SEEN, SEEN, NO__, NO__, NO__, SEEN]),
    r(M::Catalog,          A::Write,              [OWN_, NO__, NO__, NO__, NO__, NO__, NO__, NO__]),
    r(M::OfferAssignments, A::Read,               [OWN_, OWN_, NO__, NO__, NO__, NO__, NO__, NO__]),
    r(M::OfferAssignments, A::Write,              [OWN_, NO__, NO__, NO__, NO__, NO__, NO__, NO__]),
    r(M::OfferChoices,     A::Read,               [OWN_, OWN_, SEEN, SEEN, NO__, NO__, NO__, SEEN]),
    r(M::OfferChoices,     A::Write,              [NO__, OWN_, NO__, NO__, NO__, NO__, NO__, NO__]),
    r(M::Accounts,         A::Read,               [OWN_, OWN_, OWN_, OWN_, NO__, NO__, NO__, OWN_]),
    r(M::Accounts,         A::Add,                [OWN_, OWN_, NO__, NO__, NO__, NO__, NO__, NO__]),
    r(M::Accounts,         A::Write,              [OWN_, OWN_, NO__, NO__, NO__, NO__, NO__, NO__]),
    r(M::Accounts,         A::Close,              [OWN_, OWN_, NO__, NO__, NO__, NO__, NO__, OWN_]),
    r(M::Accounts,         A::Enter,              [OWN_, OWN_, NO__, NO__, NO__, NO__, NO__, NO__]),
    r(M::Accounts,         A::Move,               [OWN_, NO__, NO__, NO__, NO__, NO__, NO__, NO__]),
    r(M::AccountSettings,  A::Read,               [OWN_, OWN_, OWN_, OWN_, OWN_, OWN_, OWN_, OWN_]),
    r(M::AccountSettings,  A::Write,              [OWN_, OWN_, OWN_, NO__, NO__, NO__, NO__, OWN_]),
    r(M::Subscriptions,    A::Read,               [OWN_, OWN_, OWN_, NO__, NO__, NO__, SELF, OWN_]),
    r(M::Subscriptions,    A::Order,              [DELE, BILL, BILL, NO__, NO__, NO__, NO__, BILL]),
    //                                           system reseller admin manager recept. support employee professional
    r(M::Users,            A::Read,               [OWN_, OWN_, OWN_, OWN_, OWN_, OWN_, SELF, OWN_]),
    r(M::Users,            A::Add,                [ENTR, ENTR, BILL, ASK_, NO__, NO__, NO__, BILL]),
    r(M::Users,            A::Write,              [ENTR, ENTR, OWN_, OWN_, NO__, NO__, SELF, OWN_]),
    r(M::Users,            A::Remove,             [ENTR, ENTR, OWN_, OWN_, NO__, NO__, NO__, OWN_]),
    r(M::Users,            A::Reset,              [ENTR, ENTR, OWN_, OWN_, NO__, OWN_, SELF, OWN_]),
    r(M::Roles,            A::Read,               [OWN_, OWN_, OWN_, OWN_, OWN_, OWN_, SELF, NO__]),
    r(M::Roles,            A::GrantRole,          [NO__, NO__, OWN_, OWN_, NO__, NO__, NO__, NO__]),
    r(M::Roles,            A::GrantAdministrator, [NO__, FRST, OWN_, NO__, NO__, NO__, NO__, NO__]),
    r(M::Logins,           A::Read,               [OWN_, OWN_, OWN_, OWN_, NO__, OWN_, SELF, OWN_]),
    r(M::Logins,           A::Write,              [LEVL, LEVL, OWN_, OWN_, NO__, NO__, NO__, OWN_]),
    r(M::Logins,           A::Reset,              [OWN_, OWN_, OWN_, OWN_, NO__, OWN_, SELF, OWN_]),
    r(M::ApiKeys,          A::Read,               [OWN_, OWN_, OWN_, NO__, NO__, NO__, NO__, OWN_]),
    r(M::ApiKeys,          A::Write,              [LEVL, LEVL, OWN_, NO__, NO__, NO__, NO__, OWN_]),
    //                                           system reseller admin manager recept. support employee professional
    r(M::Numbers,          A::Read,               [OWN_, OWN_, OWN_, OWN_, OWN_, OWN_, SELF, OWN_]),
    r(M::Numbers,          A::Stock,              [NO__, OWN_, NO__, NO__, NO__, NO__, NO__, NO__]),
    r(M::Numbers,          A::Order,              [NO__, NO__, BILL, NO__, NO__, NO__, NO__, BILL]),
    r(M::Numbers,          A::Assign,             [NO__, OWN_, OWN_, OWN_, NO__, NO__, NO__, NO__]),
    r(M::Numbers,          A::Release,            [NO__, OWN_, OWN_, NO__, NO__, NO__, NO__, BILL]),
    r(M::Devices,          A::Read,               [OWN_, OWN_, OWN_, OWN_, NO__, OWN_, SELF, OWN_]),
    r(M::Devices,          A::Stock,              [NO__, OWN_, NO__, NO__, NO__, NO__, NO__, NO__]),
    r(M::Devices,          A::Order,              [NO__, NO__, BILL, NO__, NO__, NO__, NO__, BILL]),
    r(M::Devices,          A::Write,              [NO__, OWN_, OWN_, OWN_, NO__, OWN_, NO__, OWN_]),
    r(M::Restrictions,     A::Read,               [OWN_, SEEN, SEEN, SEEN, NO__, SEEN, SEEN, SEEN]),
    r(M::Restrictions,     A::Write,              [LEVL, LEVL, LEVL, LEVL, NO__, NO__, NO__, LEVL]),
    //                                           system reseller admin manager recept. support employee professional
    r(M::Receptionist,     A::Read,               [ENTR, ENTR, OWN_, OWN_, OWN_, OWN_, NO__, NO__]),
    r(M::Receptionist,     A::Write,              [ENTR, ENTR, OWN_, OWN_, NO__, NO__, NO__, NO__]),
    r(M::Hours,            A::Read,               [ENTR, ENTR, OWN_, OWN_, OWN_, OWN_, NO__, OWN_]),
    r(M::Hours,            A::Write,              [ENTR, ENTR, OWN_, OWN_, NO__, NO__, NO__, OWN_]),
    r(M::OfficeStatus,     A::Read,               [ENTR, ENTR, OWN_, OWN_, OWN_, OWN_, NO__, NO__]),
    r(M::OfficeStatus,     A::Write,              [ENTR, ENTR, OWN_, OWN_, OWN_, NO__, NO__, NO__]),
    r(M::Forwarding,       A::Read,               [ENTR, ENTR, OWN_, OWN_, NO__, OWN_, SELF, OWN_]),
    r(M::Forwarding,       A::Write,              [ENTR, ENTR, OWN_, OWN_, NO__, NO__, SELF, OWN_]),
    r(M::EmergencyPlaces,  A::Read,               [OWN_, OWN_, OWN_, OWN_, OWN_, OWN_, OWN_, OWN_]),
    r(M::EmergencyPlaces,  A::Write,              [ENTR, OWN_, OWN_, OWN_, NO__, NO__, NO__, OWN_]),
    r(M::SharedContacts,   A::Read,               [NO__, NO__, OWN_, OWN_, OWN_, NO__, OWN_, OWN_]),
    r(M::SharedContacts,   A::Write,              [NO__, NO__, OWN_, OWN_, OWN_, NO__, NO__, OWN_]),
    r(M::Contacts,         A::Read,               [ENTR, ENTR, OWN_, OWN_, NO__, NO__, SELF, OWN_]),
    r(M::Contacts,         A::Write,              [ENTR, ENTR, OWN_, OWN_, NO__, NO__, SELF, OWN_]),
    r(M::MailServers,      A::Read,               [OWN_, OWN_, OWN_, OWN_, NO__, OWN_, SELF, OWN_]),
    r(M::MailServers,      A::Write,              [NO__, NO__, OWN_, OWN_, NO__, OWN_, SELF, OWN_]),
    r(M::Messages,         A::Read,               [NO__, NO__, NO__, PRIV, PRIV, NO__, PRIV, PRIV]),
    r(M::Messages,         A::Write,              [NO__, NO__, NO__, PRIV, PRIV, NO__, PRIV, PRIV]),
    //                                           system reseller admin manager recept. support employee professional
    r(M::CallLog,          A::Read,               [META, META, OWN_, OWN_, LINE, TECH, SELF, OWN_]),
    r(M::Invoices,         A::Read,               [OWN_, OWN_, OWN_, OWN_, NO__, NO__, NO__, OWN_]),
    r(M::Invoices,         A::Write,              [OWN_, SBIL, NO__, NO__, NO__, NO__, NO__, NO__]),
    r(M::Audit,            A::Read,               [OWN_, OWN_, OWN_, NO__, NO__, NO__, NO__, SELF]),
];
