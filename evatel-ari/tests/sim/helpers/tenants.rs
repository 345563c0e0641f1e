//! Tenants: what is another's is not there, whatever id is given.

use evatel_ari::{
    Ari, BridgeId, ChannelId, Error, Handle, Request, Subject,
    client::ConnectionState,
    helper::{BridgeGuard, Keypad, Outcome, Playing, Roster, originate},
    op::{self, applications::EventSource, channels::Outgoing},
    sim::Asterisk,
    tenant::Tenant,
};
use evatel_core::calls::HangupCause;

use crate::support::{APP, connected, offered, soon};

fn two(ari: &Ari) -> (Tenant, Tenant) {
    let tenant = |id: &str| ari.tenant(id.parse().unwrap());
    (
        tenant("clinic").for_account("4711").for_call("call-1"),
        tenant("garage"),
    )
}

/// Lets a tenant dial, and the far end answer.
async fn leg(tenant: &Tenant, asterisk: &Asterisk) -> ChannelId {
    let outgoing = Outgoing::new("PJSIP/phone", APP);
    let known = asterisk.channels();
    let answering = async {
        loop {
            if let Some(id) = asterisk.channels().into_iter().find(|id| !known.contains(id)) {
                asterisk.answers(&id);
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    let (outcome, ()) = tokio::join!(
        soon("an answer", originate(&outgoing, std::future::pending(), tenant)),
        answering
    );
    match outcome.unwrap() {
        Outcome::Answered(leg) => leg.keep().0,
        other => panic!("{other:?}"),
    }
}

/// The error with the id taken out, so that two can be compared.
fn without(id: &str, error: &Error) -> String {
    error.to_string().replace(id, "ID")
}

#[tokio::test]
async fn what_a_tenant_makes_carries_its_name_and_is_found_by_nobody_else() {
    let (asterisk, ari, _offers) = connected().await;
    let (clinic, garage) = two(&ari);
    let id = leg(&clinic, &asterisk).await;
    let bridge = BridgeId::from(ari.mark().fresh("bridge"));
    clinic.send(op::bridges::create(&bridge, "room")).await.unwrap();
    clinic
        .send(op::bridges::add_channels(&bridge, &[&id]))
        .await
        .unwrap();
    let body = asterisk.asked("POST", &format!("/channels/{id}")).await.body;
    assert_eq!(body["variables"]["__EVATEL_TENANT"], "clinic");
    assert_eq!(body["variables"]["CHANNEL(accountcode)"], "4711");
    assert_eq!(body["variables"]["__EVATEL_CALL"], "call-1");
    let body = asterisk.asked("POST", &format!("/bridges/{bridge}")).await.body;
    assert_eq!(body["variables"]["EVATEL_TENANT"], "clinic");

    let before = asterisk.requests().len();
    let own_bridge = BridgeId::from(ari.mark().fresh("bridge"));
    garage
        .send(op::bridges::create(&own_bridge, "yard"))
        .await
        .unwrap();
    let missing = ChannelId::from("missing");
    type Asked = Box<dyn Fn(&ChannelId) -> Request<()>>;
    let asked: Vec<Asked> = vec![
        Box::new(|id| op::channels::hangup(id, HangupCause::Normal)),
        Box::new(op::channels::answer),
        Box::new(|id| op::channels::set_variable(id, "X", "1")),
        Box::new({
            let own = own_bridge.clone();
            move |id| op::bridges::add_channels(&own, &[id])
        }),
        Box::new(|id| op::bridges::destroy(&BridgeId::from(id.as_str()))),
    ];
    for make in asked {
        let of_another = garage.send(make(&id)).await.unwrap_err();
        let of_none = garage.send(make(&missing)).await.unwrap_err();
        assert_eq!(
            without(id.as_str(), &of_another),
            without("missing", &of_none),
            "{of_another:?}"
        );
    }
    let source = EventSource::Channel(id.clone());
    let error = garage
        .send(op::applications::subscribe(APP, &[source]))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Unprocessable { .. }), "{error}");
    let error = garage
        .send(op::bridges::create(&bridge, "mine now"))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Exists { .. }), "{error}");
    assert!(garage.stream(Subject::Channel(id.clone())).await.is_err());
    assert!(Keypad::open(&id, &garage).await.unwrap_err().is_gone());
    assert!(
        Playing::start("sound:beep", &id, &garage)
            .await
            .unwrap_err()
            .is_gone()
    );
    assert!(Roster::open(&bridge, &garage).await.unwrap_err().is_gone());
    for asked in &asterisk.requests()[before..] {
        assert!(
            asked.method == "GET" || !asked.path.contains(id.as_str()),
            "{asked} reached Asterisk"
        );
    }
    assert!(asterisk.channels().contains(&id.to_string()));

    assert_eq!(clinic.channels().await.unwrap().len(), 1);
    assert_eq!(garage.channels().await.unwrap().len(), 0);
    assert_eq!(clinic.bridges().await.unwrap()[0].id, bridge);
    assert_eq!(garage.bridges().await.unwrap()[0].id, own_bridge);
    let guard = BridgeGuard::new(bridge, &ari);
    guard.destroy().await.unwrap();
    clinic
        .send(op::channels::hangup(&id, HangupCause::Normal))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_channels_name_opens_no_door() {
    let (asterisk, ari, _offers) = connected().await;
    let (clinic, garage) = two(&ari);
    let id = leg(&clinic, &asterisk).await;
    let name = ari.send(op::channels::get(&id)).await.unwrap().name;
    for tenant in [&clinic, &garage] {
        let error = tenant
            .send(op::channels::hangup(
                &ChannelId::from(name.as_str()),
                HangupCause::Normal,
            ))
            .await
            .unwrap_err();
        assert!(error.is_gone(), "{error}");
    }
    assert!(asterisk.channels().contains(&id.to_string()));
}

#[tokio::test]
async fn after_a_restart_asterisk_itself_says_whose_what_is() {
    for version in ["22.10.1", "22.8.0"] {
        let asterisk = Asterisk::start().await.unwrap();
        asterisk.set_version(version);
        let (id, bridge) = {
            let mut config = asterisk.config(APP);
            config.leftovers = evatel_ari::config::Leftovers::HandOver;
            let (ari, _offers) = Ari::connect(config).await.unwrap();
            let (clinic, _) = two(&ari);
            let id = leg(&clinic, &asterisk).await;
            let bridge = BridgeId::from(ari.mark().fresh("bridge"));
            clinic.send(op::bridges::create(&bridge, "room")).await.unwrap();
            (id, bridge)
        };
        let mut config = asterisk.config(APP);
        config.leftovers = evatel_ari::config::Leftovers::HandOver;
        let (ari, _offers) = Ari::connect(config).await.unwrap();
        let (clinic, garage) = two(&ari);
        let error = garage.send(op::bridges::destroy(&bridge)).await.unwrap_err();
        assert!(error.is_gone(), "{version}: {error}");
        let error = garage.send(op::bridges::create(&bridge, "x")).await.unwrap_err();
        assert!(matches!(error, Error::Exists { .. }), "{version}: {error}");
        let error = garage.send(op::channels::get(&id)).await.unwrap_err();
        assert!(error.is_gone(), "{version}: {error}");
        assert_eq!(clinic.bridges().await.unwrap().len(), 1, "{version}");
        assert_eq!(clinic.channels().await.unwrap().len(), 1, "{version}");
        clinic
            .send(op::channels::hangup(&id, HangupCause::Normal))
            .await
            .unwrap();
        clinic.send(op::bridges::destroy(&bridge)).await.unwrap();
    }
}

#[tokio::test]
async fn a_call_that_came_in_is_nobodys_until_it_is_assigned() {
    let (asterisk, ari, mut offers) = connected().await;
    let (clinic, garage) = two(&ari);
    let _events = offered("1700.1", &asterisk, &mut offers).await;
    let id = ChannelId::from("1700.1");
    assert!(
        clinic
            .send(op::channels::answer(&id))
            .await
            .unwrap_err()
            .is_gone()
    );
    ari.assign(&id, &clinic).await.unwrap();
    clinic.send(op::channels::answer(&id)).await.unwrap();
    assert!(
        garage
            .send(op::channels::answer(&id))
            .await
            .unwrap_err()
            .is_gone()
    );
    assert_eq!(clinic.channels().await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_has_ended_is_forgotten_over_a_lost_connection_too() {
    let (asterisk, ari, _offers) = connected().await;
    let (clinic, garage) = two(&ari);
    let id = leg(&clinic, &asterisk).await;
    let mut state = ari.state();
    asterisk.drop_events();
    soon("the loss", state.wait_for(|it| *it != ConnectionState::Connected))
        .await
        .unwrap();
    asterisk.hangs_up(id.as_str(), 16);
    soon(
        "the return",
        state.wait_for(|it| *it == ConnectionState::Connected),
    )
    .await
    .unwrap();
    // Nobody's any more: another may use the id.
    let outgoing = Outgoing::new("PJSIP/phone", APP);
    let made = async {
        while garage
            .send(op::channels::originate(&id, &outgoing))
            .await
            .is_err()
        {
            tokio::task::yield_now().await;
        }
    };
    soon("the id", made).await;
}

#[tokio::test]
async fn recordings_are_in_the_tenants_own_folder() {
    let (asterisk, ari, _offers) = connected().await;
    let (clinic, garage) = two(&ari);
    let id = leg(&clinic, &asterisk).await;
    let elsewhere = op::sound::Recording::new("anywhere".into(), "wav");
    let error = clinic
        .send(op::channels::record(&id, &elsewhere))
        .await
        .unwrap_err();
    assert!(matches!(&error, Error::Beyond { .. }), "{error}");
    assert!(error.to_string().contains("Tenant::recording"), "{error}");
    let name = clinic.recording("greeting");
    let own = op::sound::Recording::new(name.clone(), "wav");
    clinic.send(op::channels::record(&id, &own)).await.unwrap();
    let error = garage.send(op::recordings::stop(&name)).await.unwrap_err();
    assert!(error.is_gone(), "{error}");
    clinic.send(op::recordings::stop(&name)).await.unwrap();
    assert_eq!(clinic.recordings().await.unwrap().len(), 1);
    assert_eq!(garage.recordings().await.unwrap().len(), 0);
    assert!(
        garage
            .send(op::recordings::file(&name))
            .await
            .unwrap_err()
            .is_gone()
    );
}
