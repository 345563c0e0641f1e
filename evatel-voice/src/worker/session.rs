//! One session over the lives and deaths of workers: what was heard is kept, what may be lost is heard again.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use tokio::sync::mpsc;

use super::{
    slots::{Opening, Shared, WorkerStream},
    supervisor::Report,
};
use crate::{
    frame::FRAME_MS,
    resample::Upsampler,
    sound::{Band, Sound},
    transcribe::{Feed, Heard, Partial, PhoneToken},
};

/// How much sound a new worker hears again: 3 s. The oldest frame falls away.
const REPLAY_FRAMES: usize = 150;

/// So many workers may die while they hear this session's sound again, and no other's; then the session is to blame.
const MOST_BLAMED: u32 = 2;

/// So many may die under it in all.
const MOST_DEATHS: u32 = 8;

/// A session waits so long for a worker to be ready.
const NO_WORKER_LIMIT: Duration = Duration::from_secs(5);

/// A new worker may hear a phone so much later than the one before it did.
const SEAM_MS: u32 = 60;

/// Follows one session to its end.
pub(super) struct Pursuit {
    shared: Arc<Shared>,
    opening: Opening,
    /// For 8 kHz sound within a wide session, as from another leg of the same party.
    upsampler: Option<Upsampler>,
    feed: mpsc::Receiver<Feed>,
    heard: mpsc::Sender<Heard>,
    recent: VecDeque<Sound>,
    frames: u64,
    finished: bool,
    /// What workers that died have heard: it was told, and stays.
    kept: Vec<PhoneToken>,
    /// What the present worker hears, from `offset_ms` on.
    current: Vec<PhoneToken>,
    offset_ms: u32,
    /// So many marks wait for their answer.
    marks: u32,
}

enum End {
    /// The session is over or was dropped.
    Over,
    /// The worker died.
    WorkerDied,
}

impl Pursuit {
    pub(super) fn new(
        shared: Arc<Shared>,
        opening: Opening,
        feed: mpsc::Receiver<Feed>,
        heard: mpsc::Sender<Heard>,
    ) -> Self {
        Self {
            shared,
            opening,
            upsampler: None,
            feed,
            heard,
            recent: VecDeque::with_capacity(REPLAY_FRAMES),
            frames: 0,
            finished: false,
            kept: Vec::new(),
            current: Vec::new(),
            offset_ms: 0,
            marks: 0,
        }
    }

    pub(super) async fn run(mut self) {
        let (mut deaths, mut blamed) = (0, 0);
        while blamed < MOST_BLAMED && deaths < MOST_DEATHS {
            // One after the other: the sound of another that kills workers does not kill the one that hears this.
            let shared = self.shared.clone();
            let alone = match deaths {
                0 => None,
                _ => Some(shared.replaying.lock().await),
            };
            let opened = shared.open_stream(&self.opening, NO_WORKER_LIMIT).await;
            let Some(mut stream) = opened else {
                return self
                    .fail(format!("no speech worker was ready within {NO_WORKER_LIMIT:?}"))
                    .await;
            };
            let replayed = alone.is_none() || self.replay(&mut stream).await;
            if alone.is_some() && replayed {
                // Who has no time to hear it hears the rest.
                let _ = self.heard.try_send(Heard::Replaced);
            }
            drop(alone);
            if !replayed {
                blamed += 1;
            } else if matches!(self.follow(stream).await, End::Over) {
                return;
            }
            deaths += 1;
            self.keep();
        }
        self.fail(format!("{deaths} speech workers died during one utterance"))
            .await;
    }

    /// Lets a worker hear again what may be lost, and says whether it survived that.
    async fn replay(&mut self, stream: &mut WorkerStream) -> bool {
        let recent = std::mem::take(&mut self.recent);
        for sound in &recent {
            stream.push(self.in_band(sound)).await;
        }
        self.recent = recent;
        stream.mark().await;
        loop {
            match stream.reports.recv().await {
                Some(Report::Marked) => return true,
                Some(Report::Heard { last, tokens }) => self.report(last, tokens).await,
                None => return false,
            }
        }
    }

    async fn follow(&mut self, mut stream: WorkerStream) -> End {
        // Those of a worker that died: all before them was heard again.
        while self.marks > 0 {
            self.marked().await;
        }
        loop {
            if self.finished {
                return self.finish(stream).await;
            }
            tokio::select! {
                biased;
                fed = self.feed.recv() => match fed {
                    Some(Feed::Frame(sound)) => {
                        stream.push(self.in_band(&sound)).await;
                        self.remember(sound);
                    }
                    Some(Feed::Finish) => self.finished = true,
                    Some(Feed::Mark) => {
                        self.marks += 1;
                        stream.mark().await;
                    }
                    None => return End::Over,
                },
                report = stream.reports.recv() => match report {
                    Some(Report::Heard { last, tokens }) => self.report(last, tokens).await,
                    Some(Report::Marked) => self.marked().await,
                    None => return End::WorkerDied,
                },
            }
        }
    }

    async fn finish(&mut self, mut stream: WorkerStream) -> End {
        stream.finish().await;
        loop {
            tokio::select! {
                report = stream.reports.recv() => match report {
                    Some(Report::Heard { last, tokens }) => {
                        self.report(last, tokens).await;
                        if last {
                            return End::Over;
                        }
                    }
                    Some(Report::Marked) => self.marked().await,
                    None => return End::WorkerDied,
                },
                () = self.heard.closed() => return End::Over,
            }
        }
    }

    async fn marked(&mut self) {
        self.marks = self.marks.saturating_sub(1);
        // A session that nobody listens to any more needs no answer.
        let _ = self.heard.send(Heard::CaughtUp).await;
    }

    async fn report(&mut self, last: bool, tokens: Vec<PhoneToken>) {
        self.current = tokens;
        let tokens = self.all();
        if last {
            // A session that nobody listens to any more needs no answer.
            let _ = self.heard.send(Heard::Final(tokens)).await;
        } else {
            // A partial result that nobody has time for is of no use later.
            let stable = match self.shared.takes_hotwords {
                // It weighs several readings to the end.
                true => 0,
                false => tokens.len(),
            };
            let _ = self.heard.try_send(Heard::Partial(Partial { tokens, stable }));
        }
    }

    async fn fail(&mut self, reason: String) {
        let _ = self.heard.send(Heard::Failed { reason }).await;
    }

    /// Gives sound in the band of the session.
    fn in_band(&mut self, sound: &Sound) -> Vec<i16> {
        match (self.opening.band, sound.wide()) {
            (Band::Narrow, _) => sound.narrow().samples().to_vec(),
            (Band::Wide, Some(wide)) => wide.samples().to_vec(),
            (Band::Wide, None) => {
                let upsampler = self.upsampler.get_or_insert_default();
                upsampler.process(sound.narrow()).samples().to_vec()
            }
        }
    }

    fn remember(&mut self, sound: Sound) {
        if self.recent.len() == REPLAY_FRAMES {
            self.recent.pop_front();
        }
        self.recent.push_back(sound);
        self.frames += 1;
    }

    /// Gives what was heard before, and what the present worker adds to it.
    fn all(&self) -> Vec<PhoneToken> {
        let current = self.current.iter().cloned();
        let shifted = current.map(|token| token.starting_at(self.offset_ms));
        let fresh = shifted.skip_while(|token| self.kept.last().is_some_and(|last| repeats(last, token)));
        self.kept.iter().cloned().chain(fresh).collect()
    }

    /// Keeps what was heard; the next worker hears the last of the sound again.
    fn keep(&mut self) {
        self.kept = self.all();
        self.offset_ms = ((self.frames - self.recent.len() as u64) * FRAME_MS) as u32;
        self.current.clear();
    }
}

/// Says whether what a new worker heard is what was heard already, up to `last`.
fn repeats(last: &PhoneToken, heard: &PhoneToken) -> bool {
    let seam = if heard.phone == last.phone {
        2 * SEAM_MS
    } else {
        SEAM_MS
    };
    heard.at_ms <= last.at_ms.saturating_add(seam)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        frame::{Frame8k, Frame16k},
        transcribe::Session,
        worker::{protocol::ToWorker, supervisor::Order},
    };

    fn one_worker() -> (Arc<Shared>, mpsc::Receiver<Order>) {
        let (shared, mut workers) = Shared::with_workers(1);
        (shared, workers.remove(0))
    }

    /// Waits until a session has opened a stream and asked for its end.
    async fn finished(orders: &mut mpsc::Receiver<Order>) -> mpsc::Sender<Report> {
        let Some(Order::Open { reports, .. }) = orders.recv().await else {
            panic!("a stream is opened first")
        };
        loop {
            match orders.recv().await {
                Some(Order::Send(ToWorker::Finish { .. }, _)) => return reports,
                Some(_) => {}
                None => panic!("the session was given up"),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_worker_that_is_behind_is_waited_for_as_long_as_its_supervisor_keeps_it() {
        let (shared, mut orders) = one_worker();
        let (mut session, feed, heard) = Session::new();
        tokio::spawn(Pursuit::new(shared, Opening::default(), feed, heard).run());
        session.push(Frame8k::SILENCE);
        session.finish();
        let reports = finished(&mut orders).await;
        tokio::time::sleep(Duration::from_secs(60)).await;
        let tokens = vec![PhoneToken::new("a", 0)];
        let last = Report::Heard {
            last: true,
            tokens: tokens.clone(),
        };
        reports.send(last).await.expect("the session waits for it");
        assert_eq!(session.next().await, Some(Heard::Final(tokens)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_whose_worker_is_given_up_lets_the_next_one_hear_it_again() {
        let (shared, mut orders) = one_worker();
        let (mut session, feed, heard) = Session::new();
        tokio::spawn(Pursuit::new(shared, Opening::default(), feed, heard).run());
        session.push(Frame8k::SILENCE);
        session.finish();
        drop(finished(&mut orders).await);
        let mut again = 0;
        let reports = loop {
            if let Order::Open { reports, .. } = orders.recv().await.expect("the session goes on") {
                break reports;
            }
        };
        loop {
            match orders.recv().await.expect("the session goes on") {
                Order::Send(ToWorker::Audio { .. }, _) => again += 1,
                Order::Send(ToWorker::Mark { .. }, _) => _ = reports.send(Report::Marked).await,
                Order::Send(ToWorker::Finish { .. }, _) => break,
                _ => {}
            }
        }
        assert_eq!(again, 1);
        let last = Report::Heard {
            last: true,
            tokens: Vec::new(),
        };
        reports.send(last).await.expect("the session waits for it");
        assert_eq!(session.next().await, Some(Heard::Replaced));
        assert_eq!(session.next().await, Some(Heard::Final(Vec::new())));
    }

    /// Waits for sound, and gives its samples.
    async fn audio(orders: &mut mpsc::Receiver<Order>) -> Vec<i16> {
        loop {
            match orders.recv().await.expect("the session goes on") {
                Order::Send(ToWorker::Audio { samples, .. }, _) => return samples,
                Order::Send(ToWorker::Mark { .. }, _) | Order::Open { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_wide_session_stays_wide_where_its_leg_is_replaced_by_a_narrow_one_and_where_its_worker_dies() {
        let (shared, mut orders) = one_worker();
        let (mut session, feed, heard) = Session::new();
        let opening = Opening {
            band: Band::Wide,
            ..Opening::default()
        };
        tokio::spawn(Pursuit::new(shared, opening, feed, heard).run());
        let Some(Order::Open { band, reports, .. }) = orders.recv().await else {
            panic!("a stream is opened first")
        };
        assert_eq!(band, Band::Wide);
        let wide = Frame16k::from_samples(&[500; 320]);
        session.push(Sound::wideband(Frame8k::SILENCE, wide.clone()));
        session.push(Frame8k::from_samples(&[700; 160]));
        assert_eq!(audio(&mut orders).await, wide.samples());
        assert_eq!(audio(&mut orders).await.len(), 320);
        drop(reports);
        let Some(Order::Send(ToWorker::Close { .. }, _)) = orders.recv().await else {
            panic!("the stream of a worker that died is closed")
        };
        assert_eq!(audio(&mut orders).await, wide.samples());
        assert_eq!(audio(&mut orders).await.len(), 320);
    }

    #[tokio::test(start_paused = true)]
    async fn a_narrow_session_hears_of_wideband_sound_what_a_telephone_carries() {
        let (shared, mut orders) = one_worker();
        let (mut session, feed, heard) = Session::new();
        tokio::spawn(Pursuit::new(shared, Opening::default(), feed, heard).run());
        let narrow = Frame8k::from_samples(&[300; 160]);
        session.push(Sound::wideband(narrow.clone(), Frame16k::SILENCE));
        assert_eq!(audio(&mut orders).await, narrow.samples());
    }
}
