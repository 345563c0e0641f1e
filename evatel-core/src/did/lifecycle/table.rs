//! The ways of a number's life.

use crate::did::{DidStatus, DidVerb};

/// A row of [`TRANSITIONS`]: from a status, by a verb, to a status.
pub type Transition = (DidStatus, DidVerb, DidStatus);

/// Every way from one state to another; what is not here cannot happen.
///
/// It is the recommended lifecycle with two ways more: a port away that falls through leaves the number where it was,
/// and a number that has left or never came begins a new life, ordered again or taken in again.
pub const TRANSITIONS: &[Transition] = {
    use DidStatus as S;
    use DidVerb as V;
    &[
        (S::Ordered, V::Arrive, S::Available),
        (S::Ordered, V::CancelOrder, S::Cancelled),
        (S::PortInPending, V::CompletePortIn, S::Available),
        (S::PortInPending, V::CompletePortIn, S::Assigned),
        (S::PortInPending, V::RejectPortIn, S::PortInRejected),
        (S::PortInPending, V::CancelPortIn, S::Cancelled),
        (S::PortInRejected, V::ResubmitPortIn, S::PortInPending),
        (S::PortInRejected, V::CancelPortIn, S::Cancelled),
        (S::Available, V::Grant, S::Available),
        (S::Available, V::GiveBack, S::Available),
        (S::Available, V::Reserve, S::Reserved),
        (S::Available, V::ReturnToItsp, S::ReturnedToItsp),
        (S::Reserved, V::Unreserve, S::Available),
        (S::Reserved, V::Expire, S::Available),
        (S::Reserved, V::Assign, S::Assigned),
        (S::Assigned, V::Retarget, S::Assigned),
        (S::Assigned, V::SetAddress, S::Assigned),
        (S::Assigned, V::Suspend, S::Suspended),
        (S::Suspended, V::Resume, S::Assigned),
        (S::Assigned, V::Release, S::Quarantined),
        (S::Suspended, V::Release, S::Quarantined),
        (S::Quarantined, V::Restore, S::Assigned),
        (S::Quarantined, V::EndQuarantine, S::Available),
        (S::Quarantined, V::ReturnToItsp, S::ReturnedToItsp),
        (S::Assigned, V::PortOut, S::PortOutPending),
        (S::PortOutPending, V::CompletePortOut, S::PortedOut),
        (S::PortOutPending, V::AbandonPortOut, S::Assigned),
        (S::Cancelled, V::Order, S::Ordered),
        (S::PortedOut, V::Order, S::Ordered),
        (S::ReturnedToItsp, V::Order, S::Ordered),
        (S::Cancelled, V::Import, S::Assigned),
        (S::Cancelled, V::Import, S::Available),
        (S::Cancelled, V::Import, S::Ordered),
        (S::Cancelled, V::Import, S::PortInPending),
        (S::PortedOut, V::Import, S::Assigned),
        (S::PortedOut, V::Import, S::Available),
        (S::PortedOut, V::Import, S::Ordered),
        (S::PortedOut, V::Import, S::PortInPending),
        (S::ReturnedToItsp, V::Import, S::Assigned),
        (S::ReturnedToItsp, V::Import, S::Available),
        (S::ReturnedToItsp, V::Import, S::Ordered),
        (S::ReturnedToItsp, V::Import, S::PortInPending),
        // A customer takes his numbers along, and those that come to him.
        (S::PortInPending, V::ChangeReseller, S::PortInPending),
        (S::PortInRejected, V::ChangeReseller, S::PortInRejected),
        (S::Assigned, V::ChangeReseller, S::Assigned),
        (S::Suspended, V::ChangeReseller, S::Suspended),
        (S::PortOutPending, V::ChangeReseller, S::PortOutPending),
        // Over which trunk it comes changes wherever it stands, as long as it is with us or on its way.
        (S::Ordered, V::MoveTrunk, S::Ordered),
        (S::PortInPending, V::MoveTrunk, S::PortInPending),
        (S::PortInRejected, V::MoveTrunk, S::PortInRejected),
        (S::Available, V::MoveTrunk, S::Available),
        (S::Reserved, V::MoveTrunk, S::Reserved),
        (S::Assigned, V::MoveTrunk, S::Assigned),
        (S::Suspended, V::MoveTrunk, S::Suspended),
        (S::Quarantined, V::MoveTrunk, S::Quarantined),
        (S::PortOutPending, V::MoveTrunk, S::PortOutPending),
    ]
};

/// Lists where a verb may begin, for people.
pub(super) fn origins(verb: DidVerb) -> String {
    let mut from: Vec<_> = TRANSITIONS
        .iter()
        .filter(|(_, way, _)| *way == verb)
        .map(|(from, ..)| from.word())
        .collect();
    from.dedup();
    if from.is_empty() {
        "new".to_owned()
    } else {
        from.join(" or ")
    }
}
