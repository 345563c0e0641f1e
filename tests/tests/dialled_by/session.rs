//! ARI the other way round: Asterisk opens the websocket, and everything goes over it.

use std::{fs, path::Path, time::Duration};

use evatel_ari::{
    Ari, ChannelId, ConnectionState, Error, EventName,
    client::Offers,
    config::{Config, Start},
    door::{Credentials, Listen, Tls},
    op::{
        self,
        channels::{Destination, DialplanPlace, Outgoing},
    },
    outbound::{Accepted, Application, CONNECTIONS, Calls, Server},
    router::{Offered, Signal},
};
use evatel_core::calls::HangupCause;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use secrecy::SecretString;
use tokio::time::{Instant, timeout};

use evatel_tests::pbx::Pbx;

use super::pbx::{Files, SOON, USER, asterisk};

const APP: &str = "dialled";

/// What the dialplan does once nobody serves a call.
const AFTER: &str = "
exten => call,1,Stasis(dialled,one,two)
 same => n,Set(GLOBAL(WAS)=${STASISSTATUS})
 same => n,Wait(600)
";

async fn server(listen: Listen) -> Server {
    let credentials = Credentials::new("pbx", SecretString::from("secret"));
    Server::open(listen, credentials, CONNECTIONS).await.unwrap()
}

/// How Asterisk dials the server.
struct Dials<'a> {
    to: String,
    kind: &'a str,
    password: &'a str,
    user: &'a str,
    more: String,
}

impl<'a> Dials<'a> {
    fn new(kind: &'a str, server: &Server) -> Self {
        Self {
            to: format!("ws://{}/{APP}", server.address()),
            kind,
            password: "secret",
            user: USER,
            more: String::new(),
        }
    }

    fn write(&self, files: &mut Files) {
        let Self {
            to,
            kind,
            password,
            user,
            more,
        } = self;
        files.append(
            "ari.conf",
            &format!(
                "[ro]\ntype=user\nread_only=yes\npassword=ro\n[{APP}]\ntype=outbound_websocket\nwebsocket_client_id={APP}\napps={APP}\n\
                 local_ari_user={user}\n"
            ),
        );
        files.write(
            "websocket_client.conf",
            &format!(
                "[{APP}]\ntype=websocket_client\nconnection_type={kind}\nuri={to}\nprotocols=ari\nusername=pbx\npassword={password}\n\
                 reconnect_interval=100\n{more}"
            ),
        );
        files.append("extensions.conf", AFTER);
    }

    async fn start(&self) -> Pbx {
        asterisk(|files| self.write(files)).await
    }
}

fn config() -> Config {
    let mut config = Config::dialled(APP).unwrap();
    config.start = Start::Wait(SOON);
    config
}

async fn session(application: Application) -> (Ari, Offers) {
    Ari::serve_outbound(application, config()).await.unwrap()
}

async fn accepted(application: &mut Application) -> Accepted {
    timeout(SOON, application.next())
        .await
        .expect("Asterisk dials")
        .unwrap()
}

/// Lets a call come in, by requests of another program.
async fn call(pbx: &Pbx) -> (Ari, ChannelId) {
    let (other, _) = pbx.connect("other").await.unwrap();
    let id = ChannelId::from(other.mark().fresh("caller"));
    let waits = Destination::Dialplan(DialplanPlace::new("default", "hold"));
    let call = Outgoing::to("Local/call@default", waits);
    other.send(op::channels::originate(&id, &call)).await.unwrap();
    (other, id)
}

async fn offered(offers: &mut Offers) -> Offered {
    let offered = timeout(SOON, offers.next())
        .await
        .expect("a call comes in")
        .unwrap();
    assert_eq!(offered.args, ["one", "two"]);
    offered
}

/// Hangs the call up over the session, and waits until it has left.
async fn end(mut offered: Offered, ari: &Ari) {
    ari.hangup(&offered.channel.id, HangupCause::Normal)
        .await
        .unwrap();
    loop {
        match timeout(SOON, offered.events.next()).await.expect("it ends") {
            Some(Signal::Event(event)) if event.is(EventName::StasisEnd) => return,
            Some(_) => {}
            None => panic!("the stream ended before"),
        }
    }
}

/// Waits until the dialplan goes on after `Stasis()`, and gives the status that it found.
async fn went_on(other: &Ari) -> String {
    let deadline = Instant::now() + SOON;
    loop {
        match other.send(op::asterisk::variable("WAS")).await {
            Ok(was) if !was.value.is_empty() => return was.value,
            _ => assert!(Instant::now() < deadline, "the call is still in Stasis"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn persistent_a_session_hears_and_asks_over_the_websocket_that_asterisk_opened() {
    let server = server(Listen::loopback(0)).await;
    let application = server.application(APP).unwrap();
    let pbx = Dials::new("persistent", &server).start().await;
    let (ari, mut offers) = session(application).await;
    assert!(ari.info().system.version.starts_with("22."));
    let _caller = call(&pbx).await;
    let offered = offered(&mut offers).await;
    ari.send(op::channels::answer(&offered.channel.id)).await.unwrap();
    end(offered, &ari).await;
}

#[tokio::test]
async fn persistent_asterisk_dials_and_registers_again_after_we_dropped_it() {
    let server = server(Listen::loopback(0)).await;
    let mut application = server.application(APP).unwrap();
    let _pbx = Dials::new("persistent", &server).start().await;
    for _ in 0..3 {
        let accepted = accepted(&mut application).await;
        assert!(
            accepted.registered.contains("ApplicationRegistered"),
            "{}",
            accepted.registered
        );
    }
}

#[tokio::test]
async fn persistent_a_call_that_came_while_nobody_was_connected_is_told_to_who_comes_next() {
    let first = server(Listen::loopback(0)).await;
    let address = first.address();
    let mut application = first.application(APP).unwrap();
    let pbx = Dials::new("persistent", &first).start().await;
    let connection = accepted(&mut application).await;
    drop((connection, application, first));
    let lost = pbx.path("log/full");
    let deadline = Instant::now() + SOON;
    while !fs::read_to_string(&lost)
        .unwrap()
        .contains("Websocket disconnected")
    {
        assert!(Instant::now() < deadline, "the loss is not noticed");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let _caller = call(&pbx).await;
    let second = server(Listen::on(address)).await;
    let (ari, mut offers) = session(second.application(APP).unwrap()).await;
    end(offered(&mut offers).await, &ari).await;
}

#[tokio::test]
async fn persistent_a_session_goes_on_once_a_new_asterisk_dials() {
    let server = server(Listen::loopback(0)).await;
    let application = server.application(APP).unwrap();
    let dials = Dials::new("persistent", &server);
    let pbx = dials.start().await;
    let (ari, mut offers) = session(application).await;
    let mut state = ari.state();
    drop(pbx);
    timeout(
        SOON,
        state.wait_for(|it| matches!(it, ConnectionState::Reconnecting { .. })),
    )
    .await
    .expect("the loss is told")
    .unwrap();
    let pbx = dials.start().await;
    timeout(SOON, state.wait_for(|it| *it == ConnectionState::Connected))
        .await
        .expect("it is back")
        .unwrap();
    let _caller = call(&pbx).await;
    end(offered(&mut offers).await, &ari).await;
}

#[tokio::test]
async fn per_call_each_call_has_a_session_of_its_own_and_its_channels_belong_to_it() {
    let server = server(Listen::loopback(0)).await;
    let mut calls = server.calls(APP).unwrap();
    let pbx = Dials::new("per_call_config", &server).start().await;
    let mut sessions = Vec::new();
    for _ in 0..2 {
        let _caller = call(&pbx).await;
        sessions.push(taken(&mut calls).await);
    }
    let (first, second) = (
        sessions[0].0.config().app.clone(),
        sessions[1].0.config().app.clone(),
    );
    assert!(
        first.starts_with("dialled:Local/call@default-") && first != second,
        "{first} {second}"
    );

    for (ari, offers, call) in sessions {
        // A further channel goes into the call's own application, and only its session hears of it.
        let id = ChannelId::from(ari.mark().fresh("leg"));
        let mut leg = ari.subscribe_channel(&id);
        let app = ari.config().app.clone();
        ari.send(op::channels::originate(
            &id,
            &Outgoing::new("Local/hold@default", app),
        ))
        .await
        .unwrap();
        loop {
            match timeout(SOON, leg.next()).await.expect("the leg comes in") {
                Some(Signal::Event(event)) if event.is(EventName::StasisStart) => break,
                Some(_) => {}
                None => panic!("the leg ended"),
            }
        }
        ari.hangup(&id, HangupCause::Normal).await.unwrap();
        end(call, &ari).await;
        drop(offers);
    }
}

async fn taken(calls: &mut Calls) -> (Ari, Offers, Offered) {
    let accepted = timeout(SOON, calls.next())
        .await
        .expect("Asterisk dials")
        .unwrap();
    let (ari, mut offers) = Ari::serve_call(accepted, config()).await.unwrap();
    let offered = offered(&mut offers).await;
    (ari, offers, offered)
}

#[tokio::test]
async fn per_call_a_call_that_nobody_serves_goes_on_in_the_dialplan() {
    let server = server(Listen::loopback(0)).await;
    let pbx = Dials::new("per_call_config", &server).start().await;
    let (other, _) = call(&pbx).await;
    assert_eq!(went_on(&other).await, "FAILED");
    assert!(server.counts().unknown > 0, "{:?}", server.counts());
}

#[tokio::test]
async fn local_ari_user_read_only_may_look_and_nothing_else() {
    let server = server(Listen::loopback(0)).await;
    let application = server.application(APP).unwrap();
    let mut dials = Dials::new("persistent", &server);
    dials.user = "ro";
    let _pbx = dials.start().await;
    let (ari, _offers) = session(application).await;
    ari.send(op::channels::list()).await.unwrap();
    let refused = ari.send(op::asterisk::set_variable("A", "1")).await.unwrap_err();
    assert!(matches!(refused, Error::Forbidden { .. }), "{refused}");
}

#[tokio::test]
async fn asterisk_with_a_wrong_password_is_not_let_in() {
    let server = server(Listen::loopback(0)).await;
    let mut application = server.application(APP).unwrap();
    let mut dials = Dials::new("persistent", &server);
    dials.password = "guess";
    let _pbx = dials.start().await;
    let deadline = Instant::now() + SOON;
    while server.counts().unknown < 2 {
        assert!(Instant::now() < deadline, "{:?}", server.counts());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(server.counts().known, 0);
    assert!(timeout(Duration::ZERO, application.next()).await.is_err());
}

#[tokio::test]
async fn asterisk_dials_over_tls_and_shows_its_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    certificates(folder.path());
    let mut listen = Listen::loopback(0);
    let tls = Tls::load(
        &file("localhost.pem"),
        &file("localhost.key"),
        Some(&file("ca.pem")),
    );
    listen.tls = Some(tls.unwrap());
    let server = server(listen).await;
    let application = server.application(APP).unwrap();
    let mut dials = Dials::new("persistent", &server);
    dials.to = format!("wss://localhost:{}/{APP}", server.address().port());
    dials.more = format!(
        "tls_enabled=yes\nca_list_file={}\ncert_file={}\npriv_key_file={}\n",
        file("ca.pem").display(),
        file("pbx.pem").display(),
        file("pbx.key").display()
    );
    let pbx = dials.start().await;
    let (ari, mut offers) = session(application).await;
    let _caller = call(&pbx).await;
    end(offered(&mut offers).await, &ari).await;
}

/// Makes an authority, and what it issues for us and for Asterisk.
fn certificates(folder: &Path) {
    let write = |name: &str, text: String| fs::write(folder.join(name), text).unwrap();
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // OpenSSL takes who is called like his issuer for his own issuer.
    params.distinguished_name.push(DnType::CommonName, "authority");
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    write("ca.pem", issuer.pem());
    for name in ["localhost", "pbx"] {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        write(
            &format!("{name}.pem"),
            params.signed_by(&key, &issuer).unwrap().pem(),
        );
        write(&format!("{name}.key"), key.serialize_pem());
    }
}
