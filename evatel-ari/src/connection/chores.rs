//! What is to be done beside the reading of events: calls that are declined, objects to be looked at again, hang-ups that
//! failed and are tried until they are done, and those of what Asterisk may make late.

use std::{sync::Arc, time::Duration};

use evatel_core::calls::HangupCause;
use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep},
};

use super::random;
use crate::{
    error::{Error, Result},
    id::ChannelId,
    op::{self, channels::DialplanPlace},
    rest::Rest,
    resync::{Listed, resync},
    router::{Chore, Router, Signal},
    subject::Subject,
};

/// How many chores may wait; see [`Router`] for what happens when they are too many.
pub(crate) const CHORES: usize = 1024;
/// How many are done at a time.
const AT_A_TIME: usize = 16;
/// When what was asked for without an answer is looked for, in milliseconds after the look before: Asterisk does what it has read whenever
/// it comes to it, also after the connection was cut.
const LATE_MS: [u64; 8] = [100, 200, 500, 1_000, 2_000, 4_000, 8_000, 16_000];

pub(crate) struct Chores {
    pub(crate) rest: Rest,
    pub(crate) router: Arc<Router>,
    pub(crate) wanted: mpsc::Receiver<Chore>,
}

impl Chores {
    /// Does what is wanted until nobody is left who wants something.
    pub(crate) async fn run(mut self) {
        let mut under_way = FuturesUnordered::new();
        let mut looked_for = FuturesUnordered::new();
        let mut attempt = 0;
        let mut retry_at = None;
        loop {
            let (rest, router) = (&self.rest, &*self.router);
            let later = |attempt| Some(Instant::now() + rest.config().backoff.delay(attempt, random()));
            tokio::select! {
                chore = self.wanted.recv(), if under_way.len() < AT_A_TIME => match chore {
                    // It was just tried.
                    Some(Chore::End(_)) => retry_at = retry_at.or_else(|| later(0)),
                    // It waits for half a minute, and must not keep the others from being done.
                    Some(chore @ Chore::EndIfItComes(_)) => looked_for.push(perform(chore, rest, router)),
                    Some(chore) => under_way.push(perform(chore, rest, router)),
                    None => return,
                },
                Some(()) = under_way.next() => {}
                Some(()) = looked_for.next() => {}
                () = until(retry_at) => {
                    let unended = router.unended();
                    attempt = if unended.is_empty() { 0 } else { attempt + 1 };
                    retry_at = if unended.is_empty() { None } else { later(attempt) };
                    for subject in unended {
                        under_way.push(perform(Chore::End(subject), rest, router));
                    }
                }
            }
        }
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

async fn perform(chore: Chore, rest: &Rest, router: &Router) {
    match chore {
        Chore::Decline(id) => decline(&id, rest).await,
        Chore::End(subject) => end(&subject, rest, router).await,
        Chore::EndIfItComes(subject) => end_if_it_comes(subject, rest, router).await,
        Chore::LookAgain(subject) => look_again(&subject, rest, router).await,
    }
}

async fn decline(id: &ChannelId, rest: &Rest) {
    match rest
        .send(op::channels::resume_dialplan(id, &DialplanPlace::default()))
        .await
    {
        Err(error) if !error.is_gone() => {
            tracing::error!(channel = %id, %error, "channel `{id}` could not be given back to the dialplan");
        }
        _ => {}
    }
}

/// Ends what should have ended before, with one attempt.
pub(super) async fn end(subject: &Subject, rest: &Rest, router: &Router) {
    let ended = ask_for_end(subject, rest).await;
    tracing::warn!(?subject, ?ended, "what could not be ended before is tried again");
    if !ended.is_err_and(|error| !error.is_gone()) {
        router.has_ended(subject);
    }
}

/// Ends what Asterisk makes after all, though it said before that there is nothing to end.
async fn end_if_it_comes(subject: Subject, rest: &Rest, router: &Router) {
    let mut last = Ok(());
    for pause in LATE_MS.map(Duration::from_millis) {
        sleep(pause).await;
        last = ask_for_end(&subject, rest).await;
        if last.is_ok() {
            return tracing::warn!(?subject, "what was asked for and given up came late and is ended");
        }
    }
    // A look that failed says nothing of what is there.
    if last.is_err_and(|error| !error.is_gone()) {
        router.could_not_end(subject);
    }
}

async fn ask_for_end(subject: &Subject, rest: &Rest) -> Result<()> {
    match subject {
        Subject::Bridge(id) => rest.send(op::bridges::destroy(id)).await,
        Subject::Channel(id) => {
            rest.send(op::channels::hangup(id, HangupCause::TemporaryFailure))
                .await
        }
        _ => Ok(()),
    }
}

/// Tells the follower of an object how it stands with it, after events were missed.
async fn look_again(subject: &Subject, rest: &Rest, router: &Router) {
    let Some(known) = router.known_of(subject) else {
        return;
    };
    let listed = match listed(subject, rest).await {
        Ok(listed) => listed,
        // What cannot be found out now is found out after the reconnect.
        Err(error) => return tracing::warn!(?subject, %error, "an object could not be looked at again"),
    };
    let difference = resync(&[known], &listed, &rest.config().apps());
    router.settle(&difference);
    router.tell(subject, &Signal::Back);
}

/// Asks for one object as if all were listed.
async fn listed(subject: &Subject, rest: &Rest) -> Result<Listed> {
    fn there<T>(answer: Result<T>) -> Result<Vec<T>> {
        match answer {
            Ok(it) => Ok(vec![it]),
            Err(Error::NotFound { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
    let mut listed = Listed::default();
    match subject {
        Subject::Bridge(id) => listed.bridges = there(rest.send(op::bridges::get(id)).await)?,
        Subject::Channel(id) => listed.channels = there(rest.send(op::channels::get(id)).await)?,
        _ => {}
    }
    Ok(listed)
}
