//! The audio of one leg: a clock that always sends, and a recording of both directions.

mod coder;
mod record;
mod sender;

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, OnceLock},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use rtp_types::RtpPacket;
use tokio::{
    net::UdpSocket,
    runtime::{Builder, Runtime},
    sync::{mpsc, oneshot, watch},
    time::{MissedTickBehavior, interval, timeout_at},
};

pub use self::coder::Codec;
pub use self::record::{Recording, SPEECH_RMS, is_speech};
use self::{
    coder::Coder,
    sender::{EVENT, Job, Sender, key, speech, wide_speech},
};

/// When something that was spoken or pressed went out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sent {
    /// The first packet.
    pub first_at: Instant,
    /// The last packet, whose last sample was spoken just then.
    pub last_at: Instant,
}

/// One end of a leg's audio: PCMU or G.722 in packets of 20 ms and telephone events (RFC 4733). Clones are the same peer; the last one
/// that is dropped ends it.
///
/// Once it knows the far address it sends 50 packets a second, silence when there is nothing to say.
#[derive(Clone, Debug)]
pub struct Peer {
    address: SocketAddr,
    orders: mpsc::UnboundedSender<Order>,
    heard: Arc<Mutex<Heard>>,
    changed: watch::Receiver<usize>,
}

impl Peer {
    /// Binds `ip:port`, an even port, for PCMU.
    pub fn bind(ip: IpAddr, port: u16) -> Result<Self> {
        Self::bind_for(Codec::Pcmu, ip, port)
    }

    /// Binds `ip:port`, an even port.
    pub fn bind_for(codec: Codec, ip: IpAddr, port: u16) -> Result<Self> {
        let address = SocketAddr::new(ip, port);
        let socket =
            std::net::UdpSocket::bind(address).with_context(|| format!("cannot bind `{address}` for RTP"))?;
        socket.set_nonblocking(true)?;
        let (orders, inbox) = mpsc::unbounded_channel();
        let (notify, changed) = watch::channel(0);
        let heard = Arc::default();
        let task = Task {
            far: None,
            sender: Sender::new(u32::from(port) * 0x9e37, codec),
            coder: Coder::new(codec),
            heard: Arc::clone(&heard),
            inbox,
            notify,
        };
        clock()?.spawn(task.run(socket));
        Ok(Self {
            address,
            orders,
            heard,
            changed,
        })
    }

    /// The address and port that our SDP names.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends from now on to that address, which the far SDP named. Without it, the first packet received tells.
    pub fn set_far(&self, far: SocketAddr) {
        self.order(Order::Far(far));
    }

    /// Speaks 8 kHz samples after what is already being said; ends when the last packet is out. A dropped future does not stop it.
    /// Errors when the far address was not known for 10 s longer than the speech lasts.
    pub async fn speak(&self, samples: &[i16]) -> Result<Sent> {
        let length = Duration::from_secs_f64(samples.len() as f64 / f64::from(crate::RATE_HZ));
        self.send(speech(samples), length).await
    }

    /// Speaks 16 kHz samples, as [`Peer::speak`] does 8 kHz.
    pub async fn speak_wide(&self, samples: &[i16]) -> Result<Sent> {
        let length = Duration::from_secs_f64(samples.len() as f64 / f64::from(2 * crate::RATE_HZ));
        self.send(wide_speech(samples), length).await
    }

    /// Presses keys out of `0-9*#A-D`, 120 ms each and 80 ms apart, as telephone events.
    pub async fn press(&self, keys: &str) -> Result<Sent> {
        let mut steps = std::collections::VecDeque::new();
        for digit in keys.chars() {
            let Some(code) = KEYS.find(digit) else {
                bail!("`{digit}` is not a key of a telephone")
            };
            steps.extend(key(code as u8));
        }
        self.send(steps, Duration::from_millis(220) * keys.len() as u32)
            .await
    }

    /// Falls silent: what was still to be said or pressed is not.
    pub fn hush(&self) {
        self.order(Order::Hush);
    }

    /// Sends these samples behind all that it sends from now on, again and again.
    pub fn set_noise(&self, noise: Vec<i16>) {
        self.order(Order::Noise(noise));
    }

    /// The samples received from this place on, at most `most`, and when the first of them was on the wire.
    pub fn received_from(&self, place: usize, most: usize) -> Option<(Instant, Vec<i16>)> {
        let heard = self.heard();
        let samples = heard.received.samples.get(place..)?;
        let at = heard.received.instant(place)?;
        Some((at, samples[..samples.len().min(most)].to_vec()))
    }

    /// The place of the first sample received at or after that instant: see [`Recording::index`].
    pub fn recording_index(&self, at: Instant) -> usize {
        self.heard().received.index(at)
    }

    /// What was received so far.
    pub fn recording(&self) -> Recording {
        self.heard().received.clone()
    }

    /// What was sent so far.
    pub fn sent(&self) -> Recording {
        self.heard().sent.clone()
    }

    /// The keys that the far end pressed so far.
    pub fn keys(&self) -> String {
        self.heard().keys.clone()
    }

    /// Arrival of the first packet with speech at or after `after`, which may be in the past.
    pub async fn wait_for_speech(&self, after: Instant, within: Duration) -> Result<Instant> {
        self.wait(within, |heard| heard.received.first_speech_after(after))
            .await
            .with_context(|| format!("no speech within {within:?}"))
    }

    /// Waits until nothing was said for `quiet_for`, counted from `after`, and gives the arrival of the last packet with speech
    /// before that, or `after` where there was none.
    pub async fn wait_for_quiet(
        &self,
        after: Instant,
        quiet_for: Duration,
        within: Duration,
    ) -> Result<Instant> {
        let deadline = Instant::now() + within;
        loop {
            let now = Instant::now();
            let last = self.last_speech_before(now).map_or(after, |last| last.max(after));
            if now >= last + quiet_for {
                return Ok(last);
            }
            if last + quiet_for > deadline {
                bail!("it was never quiet for {quiet_for:?} within {within:?}");
            }
            tokio::time::sleep_until((last + quiet_for).into()).await;
        }
    }

    /// Arrival of the last packet with speech at or before `before`.
    pub fn last_speech_before(&self, before: Instant) -> Option<Instant> {
        self.heard().received.last_speech_before(before)
    }

    /// Waits until the far end has pressed these keys, among others.
    pub async fn wait_for_keys(&self, keys: &str, within: Duration) -> Result<()> {
        self.wait(within, |heard| heard.keys.contains(keys).then_some(()))
            .await
            .with_context(|| format!("the far end pressed `{}`, not `{keys}`", self.keys()))
    }

    async fn wait<T>(&self, within: Duration, look: impl Fn(&Heard) -> Option<T>) -> Result<T> {
        let deadline = Instant::now() + within;
        let mut changed = self.changed.clone();
        loop {
            changed.borrow_and_update();
            if let Some(found) = look(&self.heard()) {
                return Ok(found);
            }
            timeout_at(deadline.into(), changed.changed())
                .await
                .context("the time is over")?
                .context("the peer has ended")?;
        }
    }

    async fn send(&self, steps: std::collections::VecDeque<sender::Step>, length: Duration) -> Result<Sent> {
        let (done, sent) = oneshot::channel();
        if steps.is_empty() {
            bail!("there is nothing to send");
        }
        self.order(Order::Send(Job {
            steps,
            done,
            first_at: None,
        }));
        tokio::time::timeout(length + Duration::from_secs(10), sent)
            .await
            .context("nothing was sent in time: is the far address known?")?
            .context("the peer was hushed")
    }

    fn order(&self, order: Order) {
        self.orders
            .send(order)
            .expect("the task lives as long as its handles");
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().expect("nobody panics with this lock")
    }
}

#[derive(Debug)]
enum Order {
    Far(SocketAddr),
    Hush,
    Noise(Vec<i16>),
    Send(Job),
}

#[derive(Debug, Default)]
struct Heard {
    received: Recording,
    sent: Recording,
    keys: String,
    /// RTP timestamp of the last key, since each key comes in many packets.
    last_key: Option<u32>,
}

struct Task {
    far: Option<SocketAddr>,
    sender: Sender,
    /// Of what comes.
    coder: Coder,
    heard: Arc<Mutex<Heard>>,
    inbox: mpsc::UnboundedReceiver<Order>,
    notify: watch::Sender<usize>,
}

impl Task {
    async fn run(mut self, socket: std::net::UdpSocket) {
        let Ok(socket) = UdpSocket::from_std(socket) else {
            return;
        };
        let mut tick = interval(Duration::from_millis(20));
        // After a stall the missed packets follow at once, as they do from a sound card.
        tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut buffer = [0; 2048];
        loop {
            tokio::select! {
                biased;
                received = socket.recv_from(&mut buffer) => {
                    // An error here is an ICMP answer to a packet that we sent: the far end is not there yet.
                    let Ok((length, from)) = received else { continue };
                    self.receive(&buffer[..length], from);
                }
                order = self.inbox.recv() => match order {
                    Some(Order::Far(far)) => self.far = Some(far),
                    Some(Order::Hush) => self.sender.clear(),
                    Some(Order::Noise(noise)) => self.sender.set_noise(noise),
                    Some(Order::Send(job)) => self.sender.push(job),
                    None => return,
                },
                _ = tick.tick() => self.send(&socket).await,
            }
        }
    }

    async fn send(&mut self, socket: &UdpSocket) {
        let Some(far) = self.far else { return };
        let now = Instant::now();
        for packet in self.sender.tick(now) {
            // A far end that is not there yet, or no more, loses packets as a network does.
            let _ = socket.send_to(&packet.bytes, far).await;
            let ssrc = self.sender.ssrc();
            self.heard
                .lock()
                .expect("nobody panics with this lock")
                .sent
                .push(now, ssrc, packet.timestamp, &packet.samples);
        }
    }

    fn receive(&mut self, bytes: &[u8], from: SocketAddr) {
        let now = Instant::now();
        let Ok(packet) = RtpPacket::parse(bytes) else {
            return;
        };
        self.far.get_or_insert(from);
        let mut heard = self.heard.lock().expect("nobody panics with this lock");
        match (packet.payload_type(), packet.payload()) {
            (kind, payload) if kind == self.coder.codec().payload_type() => {
                let samples = self.coder.decode(payload);
                heard
                    .received
                    .push(now, packet.ssrc(), packet.timestamp(), &samples);
            }
            (EVENT, &[code, ..]) if heard.last_key != Some(packet.timestamp()) => {
                heard.last_key = Some(packet.timestamp());
                heard.keys.extend(KEYS.chars().nth(code.into()));
            }
            _ => return,
        }
        drop(heard);
        self.notify.send_modify(|count| *count += 1);
    }
}

/// The thread of all peers' clocks: what a test computes does not delay its packets.
fn clock() -> Result<&'static Runtime> {
    static CLOCK: OnceLock<Runtime> = OnceLock::new();
    if CLOCK.get().is_none() {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("rtp-clock")
            .enable_all()
            .build()
            .context("cannot start the thread of the RTP clock")?;
        // A second one that was made meanwhile is not needed.
        if let Err(second) = CLOCK.set(runtime) {
            second.shutdown_background();
        }
    }
    CLOCK.get().context("the RTP clock was just made")
}

/// RFC 4733 table 3: the place of a key is its event code.
const KEYS: &str = "0123456789*#ABCD";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ports::Lease, signal};

    fn pair() -> (Lease, Peer, Peer) {
        let mut lease = Lease::new(4).unwrap();
        let mut bind = || Peer::bind("127.0.0.1".parse().unwrap(), *lease.rtp(2).unwrap().start()).unwrap();
        let (one, two) = (bind(), bind());
        (lease, one, two)
    }

    #[tokio::test]
    async fn two_peers_hear_each_other_and_one_learns_the_address_from_the_first_packet() {
        let (_lease, one, two) = pair();
        one.set_far(two.address());
        let (a, b) = (signal::burst(1), signal::burst(2));
        let (sent, _) = tokio::try_join!(one.speak(&a), two.speak(&b)).unwrap();
        let spoken = sent.last_at - sent.first_at;
        assert!(
            spoken.abs_diff(Duration::from_millis(1980)) < Duration::from_millis(100),
            "{spoken:?}"
        );
        two.wait_for_quiet(sent.last_at, Duration::from_millis(100), Duration::from_secs(2))
            .await
            .unwrap();
        assert!(signal::heard(&a, &two.recording().samples));
        assert!(signal::heard(&b, &one.recording().samples));
        assert!(!signal::heard(&a, &one.recording().samples));
        let first = two
            .wait_for_speech(sent.first_at, Duration::from_secs(1))
            .await
            .unwrap();
        assert!(first - sent.first_at < Duration::from_millis(100));
    }

    #[tokio::test]
    async fn keys_arrive_once_each() {
        let (_lease, one, two) = pair();
        one.set_far(two.address());
        one.press("1*1#").await.unwrap();
        two.wait_for_keys("1*1#", Duration::from_secs(2)).await.unwrap();
        assert_eq!(two.keys(), "1*1#");
        assert!(one.press("x").await.is_err());
    }
}
