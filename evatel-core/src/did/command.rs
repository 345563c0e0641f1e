//! What may be done with a number.

use jiff::Timestamp;

use super::{DidTarget, EmergencyAddress, Holder, Successor};
use crate::{
    id::{ResellerId, TrunkId},
    name::Name,
    word::word_enum,
};

word_enum! {
    /// The name of a [`DidCommand`], as the history has it.
    DidVerb ("DID command") {
        /// A port away fell through.
        AbandonPortOut = "abandon-port-out",
        /// The ITSP delivered it.
        Arrive = "arrive",
        /// A customer gets it.
        Assign = "assign",
        /// Its order is called off.
        CancelOrder = "cancel-order",
        /// Its port in is called off.
        CancelPortIn = "cancel-port-in",
        /// Its customer goes to another reseller.
        ChangeReseller = "change-reseller",
        /// It came from another carrier.
        CompletePortIn = "complete-port-in",
        /// It has gone to another carrier.
        CompletePortOut = "complete-port-out",
        /// It has rested long enough.
        EndQuarantine = "end-quarantine",
        /// A reservation ran out.
        Expire = "expire",
        /// A reseller gives it back to the operator.
        GiveBack = "give-back",
        /// A reseller gets it into his pool.
        Grant = "grant",
        /// It came in by hand or from a file.
        Import = "import",
        /// It comes over another trunk.
        MoveTrunk = "move-trunk",
        /// It is ordered from the ITSP.
        Order = "order",
        /// It shall go to another carrier.
        PortOut = "port-out",
        /// The other carrier refuses to let it go.
        RejectPortIn = "reject-port-in",
        /// Its customer lets it go.
        Release = "release",
        /// It is kept for somebody.
        Reserve = "reserve",
        /// Its refused port in is asked for again.
        ResubmitPortIn = "resubmit-port-in",
        /// Its former customer gets it back.
        Restore = "restore",
        /// It goes into service again.
        Resume = "resume",
        /// Something else answers it.
        Retarget = "retarget",
        /// It is given back to the ITSP.
        ReturnToItsp = "return-to-itsp",
        /// Its emergency address changes.
        SetAddress = "set-address",
        /// It goes out of service.
        Suspend = "suspend",
        /// Whoever it was kept for does not want it.
        Unreserve = "unreserve",
    }
}

/// What shall become of a number, with what that takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DidCommand {
    /// Leaves a number whose port away fell through where it was.
    AbandonPortOut,
    /// Puts a delivered number into the pool.
    Arrive,
    /// Gives a reserved number to a customer.
    Assign(Successor),
    /// Calls the order off: the number never came.
    CancelOrder,
    /// Calls a port in off: the number stays with the other carrier.
    CancelPortIn,
    /// Goes along with its customer, or with whoever waits for it, to another reseller.
    ChangeReseller(ResellerId),
    /// Ends a port in: on the carriers' word, or with the first call over its trunk where it is for a customer.
    CompletePortIn,
    /// Ends a port away.
    CompletePortOut,
    /// Ends a quarantine whose time is over.
    EndQuarantine,
    /// Ends a reservation whose time is over.
    Expire,
    /// Gives a reseller's number back to the operator.
    GiveBack,
    /// Puts an operator's number into a reseller's pool.
    Grant(ResellerId),
    /// Lets it come over another trunk.
    MoveTrunk(TrunkId),
    /// Orders a number again that had left or never came, for a reseller's pool.
    Order(ResellerId),
    /// Begins a port away.
    PortOut,
    /// Notes that the other carrier refuses to let a number go; the port in may be asked for again.
    RejectPortIn {
        /// Why, in the carrier's words.
        reason: Name,
    },
    /// Takes it out of service; it rests until the given moment.
    Release {
        /// When it is available again.
        quarantine_until: Timestamp,
    },
    /// Keeps it for somebody.
    Reserve {
        /// For whom.
        holder: Holder,
        /// Until when; at most [`super::MAX_RESERVATION`] from now.
        until: Timestamp,
    },
    /// Asks once more for a port in that was refused.
    ResubmitPortIn,
    /// Gives it back to its former customer.
    Restore(Successor),
    /// Puts it into service again.
    Resume,
    /// Lets something else answer it.
    Retarget(DidTarget),
    /// Gives it back to the ITSP: one that rests, or one of the pool.
    ReturnToItsp,
    /// Changes or removes the emergency address.
    SetAddress(Option<EmergencyAddress>),
    /// Takes it out of service for a while.
    Suspend,
    /// Ends a reservation before its time.
    Unreserve,
}

impl DidCommand {
    /// Gives the name of the command.
    pub fn verb(&self) -> DidVerb {
        match self {
            Self::AbandonPortOut => DidVerb::AbandonPortOut,
            Self::Arrive => DidVerb::Arrive,
            Self::Assign(_) => DidVerb::Assign,
            Self::CancelOrder => DidVerb::CancelOrder,
            Self::CancelPortIn => DidVerb::CancelPortIn,
            Self::ChangeReseller(_) => DidVerb::ChangeReseller,
            Self::CompletePortIn => DidVerb::CompletePortIn,
            Self::CompletePortOut => DidVerb::CompletePortOut,
            Self::EndQuarantine => DidVerb::EndQuarantine,
            Self::Expire => DidVerb::Expire,
            Self::GiveBack => DidVerb::GiveBack,
            Self::Grant(_) => DidVerb::Grant,
            Self::MoveTrunk(_) => DidVerb::MoveTrunk,
            Self::Order(_) => DidVerb::Order,
            Self::PortOut => DidVerb::PortOut,
            Self::RejectPortIn { .. } => DidVerb::RejectPortIn,
            Self::Release { .. } => DidVerb::Release,
            Self::Reserve { .. } => DidVerb::Reserve,
            Self::ResubmitPortIn => DidVerb::ResubmitPortIn,
            Self::Restore(_) => DidVerb::Restore,
            Self::Resume => DidVerb::Resume,
            Self::Retarget(_) => DidVerb::Retarget,
            Self::ReturnToItsp => DidVerb::ReturnToItsp,
            Self::SetAddress(_) => DidVerb::SetAddress,
            Self::Suspend => DidVerb::Suspend,
            Self::Unreserve => DidVerb::Unreserve,
        }
    }
}
