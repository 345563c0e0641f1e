//! Tenants on the real Asterisk: what is another's gives the very error of what does not exist.

use std::future::pending;

use evatel_ari::{
    Ari, BridgeId, ChannelId, Config, Error, Request,
    config::Leftovers,
    helper::{Outcome, originate},
    op::{self, applications::EventSource, channels::Outgoing},
    tenant::Tenant,
};
use evatel_core::calls::HangupCause;

use super::line::{Line, soon};

fn tenant(id: &str, ari: &Ari) -> Tenant {
    ari.tenant(id.parse().unwrap())
}

async fn leg(tenant: &Tenant, line: &Line) -> ChannelId {
    let outgoing = line.to("hold");
    match soon("an answer", originate(&outgoing, pending(), tenant))
        .await
        .unwrap()
    {
        Outcome::Answered(leg) => leg.keep().0,
        other => panic!("{other:?}"),
    }
}

fn config(line: &Line) -> Config {
    let mut config = line.pbx.config("helpers").unwrap();
    config.leftovers = Leftovers::HandOver;
    config
}

/// The error without the id, so that two can be compared.
fn without(id: &str, error: &Error) -> String {
    error.to_string().replace(id, "ID")
}

#[tokio::test]
async fn what_is_anothers_gives_the_very_error_of_what_does_not_exist() {
    let line = Line::start().await;
    let (clinic, garage) = (tenant("clinic", &line.ari), tenant("garage", &line.ari));
    let theirs = leg(&clinic, &line).await;
    let room = BridgeId::from(line.ari.mark().fresh("bridge"));
    clinic.send(op::bridges::create(&room, "room")).await.unwrap();
    clinic
        .send(op::bridges::add_channels(&room, &[&theirs]))
        .await
        .unwrap();
    let own = leg(&garage, &line).await;
    let yard = BridgeId::from(line.ari.mark().fresh("bridge"));
    garage.send(op::bridges::create(&yard, "yard")).await.unwrap();
    garage
        .send(op::bridges::add_channels(&yard, &[&own]))
        .await
        .unwrap();

    // The second half of a `Local` channel is the tenant's as well.
    let theirs_too = clinic.channels().await.unwrap();
    assert_eq!(theirs_too.len(), 2, "{theirs_too:#?}");
    assert_eq!(garage.channels().await.unwrap().len(), 2);
    type Asked = Box<dyn Fn(&str) -> Request<()>>;
    let asked: Vec<(&str, &str, Asked)> = vec![
        (
            "hang-up",
            theirs.as_str(),
            Box::new(|id| op::channels::hangup(&id.into(), HangupCause::Normal)),
        ),
        (
            "answer",
            theirs.as_str(),
            Box::new(|id| op::channels::answer(&id.into())),
        ),
        (
            "variable",
            theirs.as_str(),
            Box::new(|id| op::channels::set_variable(&id.into(), "X", "1")),
        ),
        (
            "music",
            theirs.as_str(),
            Box::new(|id| op::channels::start_moh(&id.into(), None)),
        ),
        (
            "member",
            theirs.as_str(),
            Box::new({
                let yard = yard.clone();
                move |id| op::bridges::add_channels(&yard, &[&id.into()])
            }),
        ),
        (
            "leaving",
            theirs.as_str(),
            Box::new({
                let yard = yard.clone();
                move |id| op::bridges::remove_channels(&yard, &[&id.into()])
            }),
        ),
        (
            "bridge's member",
            room.as_str(),
            Box::new({
                let own = own.clone();
                move |id| op::bridges::add_channels(&id.into(), &[&own])
            }),
        ),
        (
            "bridge",
            room.as_str(),
            Box::new(|id| op::bridges::destroy(&id.into())),
        ),
        (
            "bridge's music",
            room.as_str(),
            Box::new(|id| op::bridges::start_moh(&id.into(), None)),
        ),
        (
            "snooping",
            theirs.as_str(),
            Box::new(|id| {
                Request::post(["channels", id, "snoop", "an-ear"])
                    .query("app", "helpers")
                    .query("spy", "both")
            }),
        ),
        (
            "redirection",
            theirs.as_str(),
            Box::new(|id| op::channels::redirect(&id.into(), "PJSIP/x")),
        ),
        (
            "continuation",
            theirs.as_str(),
            Box::new(|id| Request::post(["channels", id, "continue"])),
        ),
        (
            "sound",
            theirs.as_str(),
            Box::new(|id| Request::post(["channels", id, "play", "a-sound"]).query("media", "sound:beep")),
        ),
        (
            "bridge's sound",
            room.as_str(),
            Box::new(|id| Request::post(["bridges", id, "play", "a-sound"]).query("media", "sound:beep")),
        ),
        (
            "statistics",
            theirs.as_str(),
            Box::new(|id| Request::get(["channels", id, "rtp_statistics"])),
        ),
        (
            "transfer",
            theirs.as_str(),
            Box::new(|id| {
                Request::post(["channels", id, "transfer_progress"]).query("states", "channel_answered")
            }),
        ),
        (
            "reading a variable",
            theirs.as_str(),
            Box::new(|id| Request::get(["channels", id, "variable"]).query("variable", "X")),
        ),
        (
            "reading a bridge's variable",
            room.as_str(),
            Box::new(|id| Request::get(["bridges", id, "variable"]).query("variable", "X")),
        ),
        (
            "description",
            theirs.as_str(),
            Box::new(|id| Request::get(["channels", id])),
        ),
        (
            "bridge's description",
            room.as_str(),
            Box::new(|id| Request::get(["bridges", id])),
        ),
        (
            "keys",
            theirs.as_str(),
            Box::new(|id| op::channels::send_digits(&id.into(), "1")),
        ),
        (
            "picture",
            theirs.as_str(),
            Box::new({
                let yard = yard.clone();
                move |id| op::bridges::set_video_source(&yard, &id.into())
            }),
        ),
    ];
    let mut differences = Vec::new();
    for (what, id, make) in &asked {
        let anothers = garage.send(make(id)).await.unwrap_err();
        // What Asterisk itself says of an id that does not exist, to who may do everything.
        let nobodys = line.ari.send(make("missing")).await.unwrap_err();
        let (anothers, nobodys) = (without(id, &anothers), without("missing", &nobodys));
        if anothers != nobodys {
            differences.push(format!("{what}: `{anothers}` is not `{nobodys}`"));
        }
    }
    assert!(differences.is_empty(), "{differences:#?}");
    let source = |id: &str| op::applications::subscribe("helpers", &[EventSource::Channel(id.into())]);
    let anothers = garage.send(source(theirs.as_str())).await.unwrap_err();
    let nobodys = line.ari.send(source("missing")).await.unwrap_err();
    assert_eq!(without(theirs.as_str(), &anothers), without("missing", &nobodys));
    let originator = |id: &str| {
        let mut outgoing: Outgoing = line.to("hold");
        outgoing.originator = Some(id.into());
        op::channels::originate(&"an-id".into(), &outgoing)
    };
    let anothers = garage.send(originator(theirs.as_str())).await.unwrap_err();
    let nobodys = line.ari.send(originator("missing")).await.unwrap_err();
    assert_eq!(without(theirs.as_str(), &anothers), without("missing", &nobodys));

    let name = line.ari.send(op::channels::get(&theirs)).await.unwrap().name;
    let by_name = garage
        .send(op::channels::hangup(&name.as_str().into(), HangupCause::Normal))
        .await
        .unwrap_err();
    assert!(by_name.is_gone(), "{by_name}");
    let taken = garage.send(op::bridges::create(&room, "room")).await.unwrap_err();
    assert!(matches!(taken, Error::Exists { .. }), "{taken}");
    let members = line.ari.send(op::bridges::get(&room)).await.unwrap().channels;
    assert_eq!(members, std::slice::from_ref(&theirs));

    for (tenant, leg, bridge) in [(&clinic, &theirs, &room), (&garage, &own, &yard)] {
        tenant
            .send(op::channels::hangup(leg, HangupCause::Normal))
            .await
            .unwrap();
        tenant.send(op::bridges::destroy(bridge)).await.unwrap();
    }
    line.nothing_is_left().await;
}

#[tokio::test]
async fn after_a_restart_of_ours_asterisk_says_whose_what_is() {
    let Line { ari, offers, pbx } = Line::start().await;
    let line = Line { ari, offers, pbx };
    let clinic = tenant("clinic", &line.ari).for_account("4711").for_call("call-1");
    let theirs = leg(&clinic, &line).await;
    let room = BridgeId::from(line.ari.mark().fresh("bridge"));
    clinic.send(op::bridges::create(&room, "room")).await.unwrap();
    let accountcode = line
        .ari
        .send(op::channels::get(&theirs))
        .await
        .unwrap()
        .accountcode;
    assert_eq!(accountcode, "4711");
    let config = config(&line);
    drop(clinic);
    let Line { ari, offers, pbx } = line;
    drop((ari, offers));

    let (ari, offers) = soon("the next run", Ari::connect(config)).await.unwrap();
    let line = Line { ari, offers, pbx };
    let (clinic, garage) = (tenant("clinic", &line.ari), tenant("garage", &line.ari));
    let anothers = garage
        .send(op::channels::hangup(&theirs, HangupCause::Normal))
        .await
        .unwrap_err();
    assert!(anothers.is_gone(), "{anothers}");
    let anothers = garage.send(op::bridges::destroy(&room)).await.unwrap_err();
    assert!(anothers.is_gone(), "{anothers}");
    assert!(garage.channels().await.unwrap().is_empty());
    assert!(garage.bridges().await.unwrap().is_empty());
    assert_eq!(clinic.bridges().await.unwrap().len(), 1);
    let call = op::channels::variable(&theirs, "EVATEL_CALL");
    assert_eq!(clinic.send(call).await.unwrap().value, "call-1");
    clinic
        .send(op::channels::hangup(&theirs, HangupCause::Normal))
        .await
        .unwrap();
    clinic.send(op::bridges::destroy(&room)).await.unwrap();
    line.nothing_is_left().await;
}
