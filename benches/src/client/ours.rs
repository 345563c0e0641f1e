//! `evatel-ari`: each call that comes in is a task with the ordered stream of its channel, which looks into the events that it
//! acts on.

use std::{path::Path, sync::Arc};

use anyhow::Result;
use evatel::office::StoreOffice;
use evatel_ari::{
    Ari, ChannelId, Config, Event, EventKind, EventName, Switch,
    call::{CallRecord, Office},
    op::{self, applications::EventFilter},
    router::{ObjectEvents, Signal},
    switch::{Offer, UNUSED_EVENTS},
};
use evatel_core::{
    account::Language,
    audit::Origin,
    calls::{DecisionWord, Direction, HangupCause, LegCause, LegEntry},
    id::CallId,
    permission::Actor,
    policy::{Authoriser, Destination, LegRequest, authorize_leg},
};
use evatel_store::{FirstRows, Keys, NewDevice, Store, Target};
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;

use super::{
    Task,
    drive::{Ask, Asks, CHANNEL, drive},
};
use crate::measure::{Call, latency, report_when_done};

fn config(task: &Task) -> Result<Config> {
    let url = format!("http://127.0.0.1:{}", task.port);
    Ok(Config::new(&url, "bench", SecretString::from("bench"), "bench")?)
}

/// How the handler looks into an event.
#[derive(Clone, Copy)]
pub enum Look {
    /// [`Event::payload`]: the one field that it wants.
    Field,
    /// [`Event::kind`]: everything, decoded to its type.
    Whole,
}

/// Handles the events.
pub async fn events(task: &Task, look: Look) -> Result<()> {
    let (_ari, mut offers) = Ari::connect(config(task)?).await?;
    report_when_done(task.expect);
    while let Some(offered) = offers.next().await {
        tokio::spawn(handle(offered.events, task.paced, look));
    }
    Ok(())
}

async fn handle(mut events: ObjectEvents, paced: bool, look: Look) {
    let mut call = Call::default();
    call.event();
    while let Some(signal) = events.next().await {
        let Signal::Event(event) = signal else { continue };
        call.event();
        if paced {
            latency(&event.header().asterisk_id);
        }
        match event.which() {
            EventName::ChannelDtmfReceived | EventName::ChannelVarset => match look {
                Look::Field => field(&event, &mut call),
                Look::Whole => whole(&event, &mut call),
            },
            EventName::ChannelDestroyed => call.end(),
            _ => {}
        }
    }
}

fn whole(event: &Event, call: &mut Call) {
    match event.kind() {
        EventKind::ChannelDtmfReceived { digit, .. } => call.digit(digit),
        EventKind::ChannelVarset { value, .. } => call.value(value),
        _ => {}
    }
}

fn field(event: &Event, call: &mut Call) {
    #[derive(Deserialize)]
    struct Wanted<'a> {
        digit: Option<&'a str>,
        value: Option<&'a str>,
    }
    let Ok(Wanted { digit, value }) = event.payload() else {
        return;
    };
    digit.into_iter().for_each(|digit| call.digit(digit));
    value.into_iter().for_each(|value| call.value(value));
}

/// Sends requests.
pub async fn requests(task: &Task, at_once: usize) -> Result<()> {
    let (ari, _offers) = Ari::connect(config(task)?).await?;
    let channel = ChannelId::from(CHANNEL);
    drive(task, at_once, Asker { ari, channel }).await
}

#[derive(Clone)]
struct Asker {
    ari: Ari,
    channel: ChannelId,
}

impl Asks for Asker {
    async fn ask(&self, what: Ask) -> bool {
        let Self { ari, channel } = self;
        match what {
            Ask::Answer => ari.send(op::channels::answer(channel)).await.is_ok(),
            Ask::Get => ari.send(op::channels::get(channel)).await.is_ok(),
            Ask::SetVariable => {
                let set = op::channels::set_variable(channel, "STEP", "greeting");
                ari.send(set).await.is_ok()
            }
        }
    }
}

/// Answers calls as a program does that is built on our crates: each is decided at the gate, stands in the call log of a real
/// SQLite, and is answered, held and hung up through the switch.
pub async fn calls(task: &Task) -> Result<()> {
    let folder = tempfile::TempDir::new()?;
    let office = office(folder.path()).await?;
    let (ari, offers) = Ari::connect(config(task)?).await?;
    ari.filter_events(EventFilter::without(UNUSED_EVENTS)).await?;
    let (switch, mut offers) = Switch::new(ari, offers);
    let switch = Arc::new(switch);
    println!("ready");
    while let Some(offer) = offers.next().await {
        let (switch, office) = (switch.clone(), office.clone());
        tokio::spawn(async move {
            if let Err(error) = serve(offer, &switch, &office).await {
                eprintln!("a call was not served: {error}");
            }
        });
    }
    Ok(())
}

/// A database with one user whose rule rings his extension.
async fn office(folder: &Path) -> Result<Arc<StoreOffice>> {
    let url = format!("sqlite://{}/bench.db", folder.display());
    let store = Store::create(&url).await?.with_keys(Keys::generate()?);
    let (_, account, user) = store
        .begin(FirstRows {
            reseller: "Bench".parse()?,
            professional: "Bench".parse()?,
            language: Language::En,
            extension: "101".parse()?,
            zone: "America/Toronto".parse()?,
        })
        .await?;
    let device = NewDevice::new("Desk".parse()?, user.id);
    let root = store.acting_as(Actor::system("bench".parse()?), Origin::CommandLine);
    let inside = root.enter(&Target::Account(account.id)).await?;
    inside.add_device(device).await?;
    let directory = store.load_directory().await?;
    let (office, _writer) = StoreOffice::open(directory, store.ledger("bench"), store);
    Ok(office)
}

async fn serve(offer: Offer, switch: &Switch, office: &StoreOffice) -> Result<()> {
    let leg = offer.leg.clone();
    let directory = office.directory();
    let account = directory.accounts()[0].id.clone();
    let user = directory.users_of(&account)[0].id.clone();
    let authoriser = Authoriser::Rule { user: user.clone() };
    let destination = Destination::User(user.clone());
    let request = LegRequest::new(&authoriser, &destination, LegCause::FindMe, Timestamp::now());
    let decided = authorize_leg(&request, &directory);
    let rule = match &decided {
        Ok(plan) => plan.rule().to_string(),
        Err(refusal) => refusal.rule.to_string(),
    };
    let call: CallId = format!("call-{}", leg).parse()?;
    office
        .record(CallRecord::LegBegan(Box::new(LegEntry {
            call,
            leg: leg.clone(),
            account: Some(account),
            direction: Direction::Inbound,
            from: offer.caller.number.clone(),
            to: "101".into(),
            cause: LegCause::FindMe,
            authoriser: authoriser.to_string(),
            user: Some(user),
            decision: if decided.is_ok() {
                DecisionWord::Allow
            } else {
                DecisionWord::Deny
            },
            rule,
            started_at: Timestamp::now(),
            answered_at: None,
            ended_at: None,
            hangup: None,
            recording: None,
        })))
        .await;
    if decided.is_err() {
        return Ok(switch.reject(&leg, HangupCause::Rejected).await?);
    }
    switch.take(&leg).await?;
    switch.answer(&leg).await?;
    office
        .record(CallRecord::LegAnswered {
            leg: leg.clone(),
            at: Timestamp::now(),
        })
        .await;
    tokio::time::sleep(super::HELD).await;
    switch.hangup(&leg, HangupCause::Normal).await?;
    office
        .record(CallRecord::LegEnded {
            leg,
            at: Timestamp::now(),
            cause: HangupCause::Normal,
        })
        .await;
    Ok(())
}
