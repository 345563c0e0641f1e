//! Ringing many at once: the first that answers and confirms takes the call.

use evatel_core::calls::HangupCause;
use futures_util::{StreamExt, stream::FuturesUnordered};

use super::{
    dialling::{Dialling, Outcome},
    leg::Leg,
};
use crate::{error::Error, handle::Handle, op::channels::Outgoing};

/// How ringing many ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum Rung {
    /// Nobody took it; why, in the order in which they were named.
    NobodyTook(Vec<Miss>),
    /// This one took it; the others were hung up with [`HangupCause::AnsweredElsewhere`].
    Taken {
        /// Its place among those that were named, from 0.
        index: usize,
        /// Its leg, as the confirmation gave it back.
        leg: Leg,
    },
}

/// Why one of many did not take the call.
#[derive(Debug)]
#[non_exhaustive]
pub enum Miss {
    /// It answered and did not confirm.
    Declined,
    /// It could not be dialled at all.
    Failed(Error),
    /// It did not answer.
    Unanswered(Outcome),
}

/// Rings all of `called` at once, each for its own [`Outgoing::timeout`], until one answers and `confirm` gives its leg back.
///
/// `confirm` gets whoever answers, while the others ring on: it may ask for a key, so that a mailbox does not take the call.
/// Giving `None` declines; the leg that it drops is hung up. Whoever confirms first wins, and the others are hung up with
/// [`HangupCause::AnsweredElsewhere`], so that their telephones show no missed call.
///
/// ```
/// # use std::time::Duration;
/// # use evatel_ari::{Ari, helper::{Keypad, Rung, keypad::Rules, ring_first}, op::channels::Outgoing};
/// # async fn call(ari: &Ari) -> evatel_ari::Result<()> {
/// let called = ["PJSIP/desk", "PJSIP/15145550199@carrier"].map(|to| Outgoing::new(to, &*ari.config().app));
/// let rung = ring_first(&called, async |_, leg| {
///     let mut keys = Keypad::open(leg.id(), ari).await.ok()?;
///     let pressed = keys.collect(&Rules::one(Duration::from_secs(10))).await;
///     (pressed.digits == "1").then_some(leg)
/// }, ari);
/// if let Rung::Taken { index, .. } = rung.await {
///     println!("number {index} took it");
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Cancel safety
/// If the future is dropped, all legs are hung up.
pub async fn ring_first<H, C>(called: &[Outgoing], confirm: C, handle: &H) -> Rung
where
    H: Handle,
    C: AsyncFn(usize, Leg) -> Option<Leg>,
{
    let confirm = &confirm;
    let mut dialled: Vec<Option<Dialling>> = called.iter().map(|_| None).collect();
    let mut legs: FuturesUnordered<_> = dialled
        .iter_mut()
        .zip(called)
        .enumerate()
        .map(|(index, (place, outgoing))| async move {
            let dialling = match Dialling::start(outgoing, handle).await {
                Ok(dialling) => place.insert(dialling),
                Err(error) => return (index, Err(Miss::Failed(error))),
            };
            let mut leg = match dialling.outcome().await {
                Outcome::Answered(leg) => leg,
                other => return (index, Err(Miss::Unanswered(other))),
            };
            // Should another confirm first, this one is dropped in the middle of its own confirmation.
            leg.set_cause(HangupCause::AnsweredElsewhere);
            (index, confirm(index, leg).await.ok_or(Miss::Declined))
        })
        .collect();
    let mut misses = Vec::new();
    let mut taken = None;
    while let Some((index, end)) = legs.next().await {
        match end {
            Ok(mut leg) => {
                leg.set_cause(HangupCause::Normal);
                taken = Some(Rung::Taken { index, leg });
                break;
            }
            Err(miss) => misses.push((index, miss)),
        }
    }
    drop(legs);
    if let Some(taken) = taken {
        for dialling in dialled.iter_mut().flatten() {
            dialling.set_cause(HangupCause::AnsweredElsewhere);
        }
        return taken;
    }
    misses.sort_by_key(|(index, _)| *index);
    Rung::NobodyTook(misses.into_iter().map(|(_, miss)| miss).collect())
}
