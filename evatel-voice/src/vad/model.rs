//! A model of an operator's that tells speech from other sound, in worker processes: what it does to its engine harms no call.

use metrics::counter;
use tokio::sync::mpsc::error::TryRecvError;
use tracing::warn;

use crate::{
    frame::Frame8k,
    transcribe::{Error, Heard, Hints, PhoneToken, Session},
    worker::{
        ModelInfo, PoolConfig, Seat, WorkerPool,
        engine::{MOST_STREAMS, SPEECH},
    },
};

/// A model that finds speech ([`crate::worker::Model::vad`]) in supervised workers. Cheap to clone.
///
/// A worker attends to both legs of as many calls as it may hear ([`PoolConfig::calls_per_worker`]), while it keeps up
/// ([`PoolConfig::most_behind`]); one more has the built-in network.
#[derive(Clone, Debug)]
pub struct VadModel(WorkerPool);

impl VadModel {
    /// Tries the model in a throw-away child, then starts the workers and waits for the first one.
    ///
    /// # Errors
    /// When the model is missing or refused, or no worker can be started.
    pub async fn start(config: PoolConfig) -> Result<Self, Error> {
        let legs = (2 * config.calls_per_worker).clamp(1, MOST_STREAMS);
        Ok(Self(WorkerPool::with_seats(legs, config).await?))
    }

    /// What runs in the workers.
    #[must_use]
    pub fn info(&self) -> &ModelInfo {
        self.0.info()
    }

    /// The process ids of the workers that are ready.
    #[must_use]
    pub fn worker_pids(&self) -> Vec<u32> {
        self.0.worker_pids()
    }

    /// Attends to one more leg, for as long as its seat is kept; none where that would harm the others.
    pub(super) fn attend(&self) -> Option<(Attention, Seat)> {
        let seat = self.0.seat().inspect_err(|overload| {
            counter!("evatel_vad_refused_total", "why" => overload.word()).increment(1);
            warn!("The built-in detector finds speech on this leg: the model attends to no more of them ({overload})");
        });
        let seat = seat.ok()?;
        Some((Attention::new(self.0.begin(&Hints::default(), Some(&seat))), seat))
    }
}

/// One stream that a model attends to.
#[derive(Debug)]
pub(super) struct Attention {
    session: Session,
    is_speech: bool,
}

/// The model will say nothing more.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lost;

impl Attention {
    pub(super) fn new(session: Session) -> Self {
        Self {
            session,
            is_speech: false,
        }
    }

    /// Gives the model a frame, and says whether those before it held speech, as far as it has told: in a call that is one frame late.
    pub(super) fn push(&mut self, frame: &Frame8k) -> Result<bool, Lost> {
        loop {
            match self.session.try_next() {
                Ok(report) => self.take(report)?,
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return Err(lost("its session ended")),
            }
        }
        self.session.push(frame.clone());
        Ok(self.is_speech)
    }

    /// Waits until the model has told all of the frames that it was given: for sound that does not come at its own pace.
    pub(super) async fn settle(&mut self) -> Result<(), Lost> {
        self.session.mark();
        loop {
            match self.session.next().await {
                Some(Heard::CaughtUp) => return Ok(()),
                Some(report) => self.take(report)?,
                None => return Err(lost("its session ended")),
            }
        }
    }

    fn take(&mut self, report: Heard) -> Result<(), Lost> {
        match report {
            Heard::Partial(partial) => self.follow(&partial.tokens),
            Heard::Final(tokens) => self.follow(&tokens),
            Heard::CaughtUp | Heard::Replaced => {}
            Heard::Failed { reason } => return Err(lost(&reason)),
        }
        Ok(())
    }

    /// What it told last is so until it tells otherwise.
    fn follow(&mut self, changes: &[PhoneToken]) {
        if let Some(change) = changes.last() {
            self.is_speech = *change.phone == *SPEECH;
        }
    }
}

fn lost(reason: &str) -> Lost {
    counter!("evatel_vad_lost_total").increment(1);
    warn!("The built-in detector finds speech on this leg: the model is lost ({reason})");
    Lost
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;
    use crate::transcribe::{Feed, Partial};

    fn attention() -> (Attention, mpsc::Receiver<Feed>, mpsc::Sender<Heard>) {
        let (session, feed, heard) = Session::new();
        (Attention::new(session), feed, heard)
    }

    fn told(change: &str) -> Heard {
        Heard::Partial(Partial {
            tokens: vec![PhoneToken::new(change, 40)],
            stable: 1,
        })
    }

    #[tokio::test]
    async fn what_the_model_told_last_holds_until_it_tells_otherwise() {
        let (mut attention, _feed, heard) = attention();
        let mut verdicts = Vec::new();
        for report in [None, Some("speech"), None, Some("silence"), None] {
            if let Some(report) = report {
                heard.send(told(report)).await.unwrap();
            }
            verdicts.push(attention.push(&Frame8k::SILENCE));
        }
        assert_eq!(verdicts, [Ok(false), Ok(true), Ok(true), Ok(false), Ok(false)]);
    }

    #[tokio::test]
    async fn a_model_that_is_waited_for_has_told_all_before() {
        let (mut attention, mut feed, heard) = attention();
        tokio::spawn(async move {
            while let Some(fed) = feed.recv().await {
                let report = match fed {
                    Feed::Frame(_) => told("speech"),
                    Feed::Mark => Heard::CaughtUp,
                    Feed::Finish => return,
                };
                heard.send(report).await.unwrap();
            }
        });
        assert_eq!(attention.push(&Frame8k::SILENCE), Ok(false));
        assert_eq!(attention.settle().await, Ok(()));
        assert_eq!(attention.push(&Frame8k::SILENCE), Ok(true));
    }

    #[tokio::test]
    async fn a_model_whose_workers_die_again_and_again_is_given_up() {
        let (mut attention, _feed, heard) = attention();
        let reason = "2 speech workers died during one utterance".to_owned();
        heard.send(Heard::Failed { reason }).await.unwrap();
        assert_eq!(attention.push(&Frame8k::SILENCE), Err(Lost));
    }
}
