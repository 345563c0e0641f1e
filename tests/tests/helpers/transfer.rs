//! Transfers that a telephone asks for: carried out by us, and the NOTIFYs that it gets.

use std::time::Duration;

use evatel_ari::{
    Ari, BridgeId, ChannelId,
    helper::{
        BridgeGuard, Leg,
        transfer::{NotTransferred, Transfer, Transferred, Transfers, Wish},
    },
    op::{self, channels::Outgoing},
};
use evatel_tests::{
    rtp::Codec,
    sipp::{Dial, End, Outgoing as Call},
};

use super::{
    line::{Line, soon},
    pbx::SOON,
};

/// What a telephone needs: it is known by its user part, and its calls come to us.
fn telephones(sip: std::net::SocketAddr) -> String {
    format!(
        "[udp]\ntype=transport\nprotocol=udp\nbind={sip}\n\
         [phone]\ntype=endpoint\ncontext=phones\ndisallow=all\nallow=ulaw\ndirect_media=no\nrtp_symmetric=yes\n\
         set_var=HERE=1\n"
    )
}

pub(crate) struct Desk {
    pub(crate) line: Line,
}

/// One call of a telephone: its SIP side, and our bridge with the other party.
pub(crate) struct Talk {
    pub(crate) call: Call,
    pub(crate) phone: ChannelId,
    pub(crate) bridge: BridgeGuard,
    pub(crate) other: Leg,
}

impl Desk {
    pub(crate) async fn start() -> Self {
        let line = Line::start_with(|files| {
            files.append(
                "extensions.conf",
                "[phones]\nexten => _X.,1,Stasis(helpers)\n same => n,Hangup()\n",
            );
            let sip = files.sip;
            files.write("pjsip.conf", &telephones(sip));
        })
        .await;
        Self { line }
    }

    pub(crate) fn ari(&self) -> &Ari {
        &self.line.ari
    }

    /// The telephone calls, and is put through to an extension.
    pub(crate) async fn talk(&mut self, extension: &str) -> Talk {
        let call = Call::dial(&Dial {
            server: self.line.pbx.sip,
            from_ip: evatel_tests::ports::PHONE_IP,
            number: "100".into(),
            caller: "phone".into(),
            display: "phone".into(),
            digest: None,
            codec: Codec::default(),
        })
        .await
        .unwrap();
        let offered = soon("the telephone", self.line.offers.next()).await.unwrap();
        let phone = offered.channel.id.clone();
        self.ari().send(op::channels::answer(&phone)).await.unwrap();
        call.answered(SOON).await.unwrap();
        let other = self.line.leg(extension).await;
        let bridge = BridgeGuard::new(BridgeId::from(self.ari().mark().fresh("bridge")), self.ari());
        self.ari()
            .send(op::bridges::create(bridge.id(), "talk"))
            .await
            .unwrap();
        self.ari()
            .send(op::bridges::add_channels(bridge.id(), &[&phone, other.id()]))
            .await
            .unwrap();
        Talk {
            call,
            phone,
            bridge,
            other,
        }
    }

    async fn members(&self, bridge: &BridgeId) -> Vec<ChannelId> {
        let mut members = self.ari().send(op::bridges::get(bridge)).await.unwrap().channels;
        members.sort();
        members
    }
}

fn sorted(mut ids: Vec<ChannelId>) -> Vec<ChannelId> {
    ids.sort();
    ids
}

#[tokio::test]
async fn a_blind_transfer_is_dialled_joined_and_told_to_the_telephone() {
    let mut desk = Desk::start().await;
    let talk = desk.talk("hold").await;
    let mut transfers = Transfers::take_over(&talk.phone, desk.ari()).await.unwrap();
    assert_eq!(talk.call.refer("sip:late@127.0.0.1", SOON).await.unwrap(), 202);
    let Some(Transfer::Asked(asked)) = soon("the wish", transfers.next()).await else {
        panic!("no wish")
    };
    assert_eq!(asked.wish(), Wish::Call("late"));
    assert_eq!(asked.transferee(), Some(talk.other.id()));
    let outgoing = Outgoing::new("Local/late@default", "helpers");
    let done = soon("the transfer", asked.blind(&outgoing, desk.ari()))
        .await
        .unwrap();
    let Ok(Transferred {
        bridge,
        leg: Some(leg),
        ..
    }) = done
    else {
        panic!("{done:?}")
    };
    assert_eq!(bridge, *talk.bridge.id());
    let lines = talk.call.notified("SIP/2.0 200", SOON).await.unwrap();
    assert!(lines.len() >= 2, "progress first: {lines:?}");
    let ended = talk.call.ended(SOON).await.unwrap();
    assert_eq!(ended.end, End::FarHungUp);
    assert!(soon("the end", transfers.next()).await.is_none());
    assert_eq!(
        desk.members(&bridge).await,
        sorted(vec![leg.id().clone(), talk.other.id().clone()])
    );
    drop((leg, talk.other, talk.bridge));
    desk.line.nothing_is_left().await;
}

#[tokio::test]
async fn a_blind_transfer_that_nobody_takes_leaves_the_call_as_it_was() {
    let mut desk = Desk::start().await;
    let talk = desk.talk("hold").await;
    let mut transfers = Transfers::take_over(&talk.phone, desk.ari()).await.unwrap();
    assert_eq!(talk.call.refer("sip:refused@127.0.0.1", SOON).await.unwrap(), 202);
    let Some(Transfer::Asked(asked)) = soon("the wish", transfers.next()).await else {
        panic!("no wish")
    };
    let outgoing = Outgoing::new("Local/refused@default", "helpers");
    let done = soon("the refusal", asked.blind(&outgoing, desk.ari()))
        .await
        .unwrap();
    assert!(matches!(done, Err(NotTransferred::NotAnswered(_))), "{done:?}");
    talk.call.notified("SIP/2.0 603", SOON).await.unwrap();
    assert_eq!(
        desk.members(talk.bridge.id()).await,
        sorted(vec![talk.phone.clone(), talk.other.id().clone()])
    );
    talk.call.finish(SOON).await.unwrap();
    drop((talk.other, talk.bridge));
    desk.line.nothing_is_left().await;
}

#[tokio::test]
async fn a_wish_that_nobody_looks_after_is_told_to_be_unavailable() {
    let mut desk = Desk::start().await;
    let talk = desk.talk("hold").await;
    let mut transfers = Transfers::take_over(&talk.phone, desk.ari()).await.unwrap();
    assert_eq!(talk.call.refer("sip:hold@127.0.0.1", SOON).await.unwrap(), 202);
    let wish = soon("the wish", transfers.next()).await;
    drop(wish);
    talk.call.notified("SIP/2.0 503", SOON).await.unwrap();
    drop((talk.other, talk.bridge));
    talk.call.finish(SOON).await.unwrap();
    desk.line.nothing_is_left().await;
}

#[tokio::test]
async fn an_attended_transfer_joins_both_other_parties_and_lets_the_telephone_go() {
    let mut desk = Desk::start().await;
    let first = desk.talk("hold").await;
    let second = desk.talk("hold").await;
    let mut transfers = Transfers::take_over(&first.phone, desk.ari()).await.unwrap();
    let wanted = second.call.replaces(desk.line.pbx.sip).unwrap();
    assert_eq!(first.call.refer(&wanted, SOON).await.unwrap(), 202);
    let Some(Transfer::Asked(asked)) = soon("the wish", transfers.next()).await else {
        panic!("no wish")
    };
    assert_eq!(
        asked.wish(),
        Wish::Join {
            second_leg: &second.phone,
            party: Some(second.other.id())
        }
    );
    let done = soon("the transfer", asked.attended(desk.ari())).await.unwrap();
    let Ok(Transferred {
        bridge,
        leg: None,
        emptied,
        ..
    }) = done
    else {
        panic!("{done:?}")
    };
    assert_eq!(emptied.as_ref(), Some(second.bridge.id()));
    first.call.notified("SIP/2.0 200", SOON).await.unwrap();
    first.call.ended(Duration::from_secs(10)).await.unwrap();
    second.call.ended(Duration::from_secs(10)).await.unwrap();
    assert_eq!(
        desk.members(&bridge).await,
        sorted(vec![first.other.id().clone(), second.other.id().clone()])
    );
    drop((first.other, first.bridge, second.other, second.bridge));
    desk.line.nothing_is_left().await;
}
