//! A party's end of the line: what he says goes out every 20 ms, what he hears is kept.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use evatel_ari::sim::{Came, Peer};
use evatel_voice::frame::{Clip, FRAME, Frame8k};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

/// So long a party who is spoken to waits after the last sound before it is his turn.
const HIS_TURN: Duration = Duration::from_millis(700);
/// So long he waits for an answer.
const ANSWER: Duration = Duration::from_secs(4);

/// The line of one party. What went over it is given when it ends, with the media leg.
#[derive(Debug)]
pub(super) struct Line {
    says: mpsc::Sender<Clip>,
    /// When he last said something; nothing while he speaks.
    spoke: Arc<watch::Sender<Option<Instant>>>,
    /// When he last heard something.
    heard: watch::Receiver<Option<Instant>>,
}

/// What went over a line.
#[derive(Debug, Default)]
pub(super) struct Sound {
    pub(super) said: Vec<i16>,
    pub(super) heard: Vec<i16>,
}

impl Line {
    /// Holds the line until its media leg ends.
    pub(super) fn hold(peer: Peer) -> (Self, JoinHandle<Sound>) {
        let (says, to_say) = mpsc::channel(1);
        let (hears, heard) = watch::channel(None);
        let spoke = Arc::new(watch::Sender::new(Some(Instant::now())));
        let task = tokio::spawn(carry(peer, to_say, spoke.clone(), hears));
        (Self { says, spoke, heard }, task)
    }

    /// Waits until the party has said all, and was answered: by something that has come to its end, or by silence.
    pub(super) async fn his_turn(&mut self) {
        let mut spoke = self.spoke.subscribe();
        // A line that has ended gives everybody his turn.
        let Ok(spoke) = spoke.wait_for(Option::is_some).await.map(|spoke| *spoke) else {
            return;
        };
        let spoke = spoke.unwrap_or_else(Instant::now);
        loop {
            let answered = self.heard.borrow_and_update().filter(|heard| *heard > spoke);
            let until = answered.map_or(spoke + ANSWER, |heard| heard + HIS_TURN);
            match tokio::time::timeout_at(until.into(), self.heard.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => return,
            }
        }
    }

    /// Lets the party say something, after what he says already; waits where something else is waiting for that.
    pub(super) async fn say(&self, sound: Clip) {
        self.spoke.send_replace(None);
        // A line that has ended takes nothing more.
        _ = self.says.send(sound).await;
    }

    /// The party has something to wait for anew: he has pressed a key, or whoever was rung for him did not answer.
    pub(super) fn waits_anew(&self) {
        self.spoke.send_if_modified(|spoke| {
            let was = *spoke;
            *spoke = was.map(|_| Instant::now());
            was.is_some()
        });
    }
}

async fn carry(
    mut peer: Peer,
    mut to_say: mpsc::Receiver<Clip>,
    spoke: Arc<watch::Sender<Option<Instant>>>,
    hears: watch::Sender<Option<Instant>>,
) -> Sound {
    let mut sound = Sound::default();
    let mut saying: VecDeque<Frame8k> = VecDeque::new();
    let mut hearing: VecDeque<i16> = VecDeque::new();
    let mut clock = tokio::time::interval(FRAME);
    loop {
        tokio::select! {
            came = peer.next() => match came {
                None => {
                    spoke.send_replace(Some(Instant::now()));
                    return sound;
                }
                Some(Came::Sound(bytes)) => {
                    hears.send_replace(Some(Instant::now()));
                    hearing.extend(bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])));
                }
                Some(_) => {}
            },
            _ = clock.tick() => {
                if saying.is_empty() && let Ok(clip) = to_say.try_recv() {
                    saying.extend(clip.frames());
                }
                let frame = saying.pop_front().unwrap_or(Frame8k::SILENCE);
                if saying.is_empty() && to_say.is_empty() {
                    spoke.send_if_modified(|spoke| spoke.replace(spoke.unwrap_or_else(Instant::now)).is_none());
                }
                peer.say(frame.samples().iter().flat_map(|sample| sample.to_le_bytes()).collect());
                sound.said.extend_from_slice(frame.samples());
                let taken = hearing.len().min(frame.samples().len());
                sound.heard.extend(hearing.drain(..taken));
                sound.heard.resize(sound.said.len(), 0);
            }
        }
    }
}
