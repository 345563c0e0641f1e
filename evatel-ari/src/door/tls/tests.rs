//! A certificate made here, and peers that trust it.

use std::time::Duration;

use futures_util::SinkExt;
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, pki_types::ServerName},
};
use tokio_tungstenite::{client_async, tungstenite::Message};

use super::*;
use crate::{
    door::{Listen, MediaDoor},
    pem::authority::Authority,
};

/// What only these tests want of an authority.
trait AtDoor {
    fn tls(&self, wants_clients: bool) -> Result<Tls>;
    fn peer(&self, shows: Option<&str>) -> TlsConnector;
}

impl AtDoor for Authority {
    fn tls(&self, wants_clients: bool) -> Result<Tls> {
        let authority = self.file("ca.pem");
        let client_ca = wants_clients.then_some(authority.as_path());
        Tls::load(
            &self.file("localhost.pem"),
            &self.file("localhost.key"),
            client_ca,
        )
    }

    /// A peer that trusts this authority, and shows the certificate `shows`.
    fn peer(&self, shows: Option<&str>) -> TlsConnector {
        let provider = Arc::new(ring::default_provider());
        let roots = pem::authorities(&self.file("ca.pem"), "client_ca").unwrap();
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let config = match shows {
            None => builder.with_no_client_auth(),
            Some(name) => builder
                .with_client_auth_cert(
                    pem::certificates(&self.file(&format!("{name}.pem")), "certificate").unwrap(),
                    pem::private_key(&self.file(&format!("{name}.key")), "key").unwrap(),
                )
                .unwrap(),
        };
        TlsConnector::from(Arc::new(config))
    }
}

async fn door(tls: Tls) -> MediaDoor {
    let mut listen = Listen::loopback(0);
    listen.tls = Some(tls);
    MediaDoor::open(listen, None).await.unwrap()
}

/// Connects over TLS and opens the websocket; says whether it was let in.
async fn knock(door: &MediaDoor, peer: TlsConnector) -> bool {
    let tcp = TcpStream::connect(door.address()).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let Ok(tls) = peer.connect(name, tcp).await else {
        return false;
    };
    let Ok((mut socket, _)) = client_async("wss://localhost/media", tls).await else {
        return false;
    };
    let begins = r#"{"event":"MEDIA_START","channel_id":"leg"}"#;
    socket.send(Message::Text(begins.into())).await.is_ok()
}

#[tokio::test]
async fn a_websocket_comes_over_tls_and_cleartext_does_not() {
    let authority = Authority::new();
    authority.issue("localhost");
    let door = door(authority.tls(false).unwrap()).await;
    let expected = door.expect(&"leg".into());
    let tcp = TcpStream::connect(door.address()).await.unwrap();
    assert!(client_async("ws://localhost/media", tcp).await.is_err());
    assert!(knock(&door, authority.peer(None)).await);
    expected.arrived(Duration::from_secs(5)).await.unwrap();
}

#[tokio::test]
async fn with_a_client_authority_only_who_shows_its_certificate_is_let_in() {
    let authority = Authority::new();
    authority.issue("localhost");
    authority.issue("pbx");
    let door = door(authority.tls(true).unwrap()).await;
    let expected = door.expect(&"leg".into());
    assert!(!knock(&door, authority.peer(None)).await);
    assert!(knock(&door, authority.peer(Some("pbx"))).await);
    expected.arrived(Duration::from_secs(5)).await.unwrap();
}

#[test]
fn a_bad_file_is_named_with_what_is_wrong_with_it() {
    let authority = Authority::new();
    authority.issue("localhost");
    authority.issue("other");
    std::fs::write(authority.file("empty"), "").unwrap();
    std::fs::write(
        authority.file("broken"),
        "-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----\n",
    )
    .unwrap();
    for (certificate, key, client_ca, setting, says) in [
        ("nowhere", "localhost.key", None, "certificate", "cannot be read"),
        (
            "empty",
            "localhost.key",
            None,
            "certificate",
            "holds no certificate",
        ),
        ("broken", "localhost.key", None, "certificate", "is no PEM file"),
        ("localhost.pem", "nowhere", None, "key", "cannot be read"),
        (
            "localhost.pem",
            "localhost.pem",
            None,
            "key",
            "holds no private key",
        ),
        ("localhost.pem", "other.key", None, "certificate", "localhost.pem"),
        (
            "localhost.pem",
            "localhost.key",
            Some("empty"),
            "client_ca",
            "holds no certificate",
        ),
    ] {
        let client_ca = client_ca.map(|name| authority.file(name));
        let loaded = Tls::load(
            &authority.file(certificate),
            &authority.file(key),
            client_ca.as_deref(),
        );
        let Err(Error::Config {
            setting: named,
            reason,
        }) = loaded
        else {
            panic!("{certificate} {key}: {loaded:?}");
        };
        assert_eq!(named, setting, "{certificate} {key}: {reason}");
        assert!(reason.contains(says), "{certificate} {key}: {reason}");
    }
}
