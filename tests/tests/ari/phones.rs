//! What needs a SIP telephone: rows 53, 56, 58 and 59, text messages, and transfers.

use std::net::SocketAddr;

use evatel_ari::{
    ChannelId, EventKind, EventName,
    op::{self, applications::EventSource, channels::NewChannel, endpoints::Message},
};
use evatel_tests::{
    ports::{CARRIER_IP, Lease},
    rtp::Codec,
    sipp::{self, Behaviour, Callee, Dial, End, Outgoing},
};

use super::{
    app::{App, any, of, refused},
    pbx::{Files, Pbx, SOON},
};

/// A server that knows one telephone by its address, `PJSIP/desk`, at which it can also be called at `port`.
pub(crate) async fn exchange(port: u16) -> Pbx {
    Pbx::start_with(|files: &mut Files| {
        files.load(&["func_holdintercept"]);
        files.append(
            "pjsip.conf",
            &format!(
                "[desk]\ntype=endpoint\ncontext=default\naors=desk\ndisallow=all\nallow=ulaw\ndirect_media=no\nallow_transfer=yes\n\
                 [desk]\ntype=aor\ncontact=sip:desk@{CARRIER_IP}:{port}\n\
                 [desk]\ntype=identify\nendpoint=desk\nmatch={CARRIER_IP}\n"
            ),
        );
        files.append("extensions.conf", EXTENSIONS);
    })
    .await
}

const EXTENSIONS: &str = "\
exten => unanswered,1,Stasis(row)
exten => intercepted,1,Set(HOLD_INTERCEPT(set)=)
 same => n,Answer()
 same => n,Stasis(row)
exten => ari-only,1,Set(PJSIP_TRANSFER_HANDLING()=ari-only)
 same => n,Answer()
 same => n,Stasis(row)
exten => dialled,1,Dial(Local/echo@default/n)
";

pub(crate) fn dial(pbx: &Pbx, number: &str) -> Dial {
    Dial {
        server: pbx.sip,
        from_ip: CARRIER_IP,
        number: number.to_owned(),
        caller: "desk".to_owned(),
        display: "Desk".to_owned(),
        digest: None,
        codec: Codec::default(),
    }
}

/// The telephone calls, and its channel comes into the application.
pub(crate) async fn desk_calls(pbx: &Pbx, app: &mut App, number: &str) -> (Outgoing, ChannelId) {
    let call = Outgoing::dial(&dial(pbx, number)).await.unwrap();
    let start = app.event(EventName::StasisStart, any).await;
    call.answered(SOON).await.unwrap();
    (call, started(start.kind()))
}

pub(crate) fn started(kind: &EventKind) -> ChannelId {
    match kind {
        EventKind::StasisStart { channel, .. } => channel.id.clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn row_53_a_dialled_telephone_that_is_busy_ends_the_channel_with_its_cause() {
    let mut ports = Lease::new(1).unwrap();
    let port = ports.port().unwrap();
    let pbx = exchange(port).await;
    let _busy = Callee::start(SocketAddr::new(CARRIER_IP, port), pbx.sip, Behaviour::Busy)
        .await
        .unwrap();
    let mut app = pbx.app("row").await;
    let id = ChannelId::from("out");
    app.send(op::channels::create(&id, &NewChannel::new("PJSIP/desk", "row")))
        .await;
    app.event(EventName::StasisStart, of(&id)).await;
    app.send(op::channels::dial(&id, SOON, None)).await;
    let event = app.event(EventName::ChannelDestroyed, of(&id)).await;
    let EventKind::ChannelDestroyed {
        cause, tech_cause, ..
    } = event.kind()
    else {
        panic!("{event:?}")
    };
    assert_eq!((*cause, *tech_cause), (17, Some(486)));
}

#[tokio::test]
async fn row_56_a_hold_that_is_intercepted_and_a_connected_line_that_changes_are_told() {
    let pbx = exchange(9).await;
    let mut app = pbx.app("row").await;
    let (phone, call) = desk_calls(&pbx, &mut app, "intercepted").await;
    phone.hold(SOON).await.unwrap();
    app.event(EventName::ChannelHold, of(&call)).await;
    phone.resume(SOON).await.unwrap();
    app.event(EventName::ChannelUnhold, of(&call)).await;
    app.send(op::channels::set_variable(
        &call,
        "CONNECTEDLINE(all)",
        "\"Marie\" <5145550100>",
    ))
    .await;
    let event = app.event(EventName::ChannelConnectedLine, of(&call)).await;
    let EventKind::ChannelConnectedLine { channel } = event.kind() else {
        panic!("{event:?}")
    };
    assert_eq!(
        (channel.connected.name.as_str(), channel.connected.number.as_str()),
        ("Marie", "5145550100")
    );
}

#[tokio::test]
async fn row_58_a_redirect_before_the_answer_is_a_302_to_the_telephone() {
    let pbx = exchange(9).await;
    let mut app = pbx.app("row").await;
    let phone = Outgoing::dial(&dial(&pbx, "unanswered")).await.unwrap();
    let call = started(app.event(EventName::StasisStart, any).await.kind());
    app.send(op::channels::redirect(&call, "PJSIP/sip:elsewhere@127.0.0.9"))
        .await;
    let ended = phone.ended(SOON).await.unwrap();
    assert_eq!((ended.end, ended.status), (End::Refused, 302));
    let contact = phone.message("refused").unwrap();
    assert_eq!(contact.header("Contact"), Some("<sip:elsewhere@127.0.0.9>"));
}

#[tokio::test]
async fn row_59_the_rtp_statistics_of_a_call_count_what_is_sent() {
    let pbx = exchange(9).await;
    let mut app = pbx.app("row").await;
    let (_phone, call) = desk_calls(&pbx, &mut app, "torow").await;
    app.send(op::channels::play(&call, &"p".into(), "sound:beep"))
        .await;
    app.event(EventName::PlaybackFinished, any).await;
    let counted = app.send(op::channels::rtp_statistics(&call)).await;
    assert!(counted.txcount > 0 && counted.txoctetcount > 0, "{counted:?}");
    assert_eq!(counted.channel_uniqueid, call.as_str());
    assert!(counted.local_ssrc != 0);
    let other = app.call("hold", "local").await;
    refused!(app, Forbidden, op::channels::rtp_statistics(&other));
    refused!(app, NotFound, op::channels::rtp_statistics(&"nobody".into()));
}

#[tokio::test]
async fn message_a_text_of_a_telephone_is_told_with_its_headers_to_who_subscribed_to_its_endpoint() {
    let pbx = exchange(9).await;
    let mut app = pbx.app("row").await;
    for source in [
        EventSource::Technology("PJSIP".into()),
        EventSource::Endpoint("PJSIP/desk".into()),
    ] {
        let source = [source];
        app.send(op::applications::subscribe("row", &source)).await;
        sipp::send_text(pbx.sip, "somebody", "desk", "good evening")
            .await
            .unwrap();
        let event = app.event(EventName::TextMessageReceived, any).await;
        let EventKind::TextMessageReceived { message, endpoint } = event.kind() else {
            panic!("{event:?}")
        };
        assert_eq!(message.body, "good evening");
        assert!(message.from.contains("desk@"), "{message:?}");
        assert_eq!(endpoint.as_ref().unwrap().resource, "desk");
        app.send(op::applications::unsubscribe("row", &source)).await;
    }
}

#[tokio::test]
async fn message_a_text_reaches_a_telephone_by_its_address_and_by_its_endpoint() {
    let mut ports = Lease::new(1).unwrap();
    let local = SocketAddr::new(CARRIER_IP, ports.port().unwrap());
    let pbx = exchange(local.port()).await;
    let app = pbx.app("row").await;
    let text = Message::new("sip:row@127.0.0.1", "good evening");
    let uri = format!("pjsip:desk/sip:desk@{local}");
    for request in [
        op::endpoints::send_message(&uri, &text),
        op::endpoints::send_message_to("PJSIP", "desk", &text),
    ] {
        let (taken, ()) = tokio::join!(sipp::await_text(pbx.sip, local), app.send(request));
        taken.unwrap();
    }
    refused!(
        app,
        NotFound,
        op::endpoints::send_message_to("PJSIP", "nobody", &text),
        op::endpoints::send_message_to("Pigeon", "desk", &text),
        op::endpoints::send_message("nonsense", &text),
    );
}

#[tokio::test]
async fn row_46_a_telephone_stays_on_hold_when_a_third_party_joins_until_it_resumes() {
    let pbx = exchange(9).await;
    let mut app = pbx.app("row").await;
    let (phone, call) = desk_calls(&pbx, &mut app, "torow").await;
    let (two, three) = (app.call("echo", "two").await, app.call("echo", "three").await);
    let room = app.bridge("room", &[&call, &two]).await;
    phone.hold(SOON).await.unwrap();
    // It is told without HOLD_INTERCEPT too.
    app.event(EventName::ChannelHold, of(&call)).await;
    app.send(op::bridges::add_channels(&room, &[&three])).await;
    app.event(EventName::ChannelEnteredBridge, of(&three)).await;
    app.fence(EventSource::Channel(call.clone())).await;
    assert_eq!(app.send(op::bridges::get(&room)).await.technology, "softmix");
    // Asterisk's own test expects ChannelUnhold here; 22.10 sends none for a party that itself holds.
    app.never(EventName::ChannelUnhold, any);
    phone.resume(SOON).await.unwrap();
    app.event(EventName::ChannelUnhold, of(&call)).await;
}
