//! Against a server that does what a script says.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use secrecy::SecretString;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, server::WebPkiClientVerifier},
};

use super::*;
use crate::{
    config::Transport,
    id::BridgeId,
    model::Bridge,
    pem::{self, authority::Authority},
    wire::ClientTls,
};

/// What the server does with the next request of a connection.
#[derive(Clone, Copy)]
enum Step {
    Answer,
    /// Ends the connection without a word.
    Close,
    Hang,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    open: AtomicUsize,
    most_open: AtomicUsize,
}

/// Starts a server whose connections follow `script`, those beyond it answering everything.
async fn server(script: Vec<Vec<Step>>) -> (Config, Arc<Seen>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::<Seen>::default();
    let counted = seen.clone();
    tokio::spawn(async move {
        let mut scripts = script.into_iter();
        while let Ok((tcp, _)) = listener.accept().await {
            counted.connections.fetch_add(1, SeqCst);
            tokio::spawn(serve(tcp, scripts.next(), counted.clone()));
        }
    });
    (config(&url), seen)
}

fn config(url: &str) -> Config {
    Config::new(url, "evatel", SecretString::from("secret"), "evatel").unwrap()
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, script: Option<Vec<Step>>, seen: Arc<Seen>) {
    let open = seen.open.fetch_add(1, SeqCst) + 1;
    seen.most_open.fetch_max(open, SeqCst);
    let steps: Box<dyn Iterator<Item = Step> + Send> = match script {
        Some(steps) => Box::new(steps.into_iter()),
        None => Box::new(std::iter::repeat(Step::Answer)),
    };
    let mut came = Vec::new();
    for step in steps {
        while !came.windows(4).any(|four| four == b"\r\n\r\n") {
            if !matches!(stream.read_buf(&mut came).await, Ok(1..)) {
                seen.open.fetch_sub(1, SeqCst);
                return;
            }
        }
        came.clear();
        match step {
            Step::Answer => {
                let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]";
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
            Step::Close => break,
            Step::Hang => std::future::pending().await,
        }
    }
    seen.open.fetch_sub(1, SeqCst);
}

fn read() -> Request<Vec<Bridge>> {
    op::bridges::list()
}

fn write() -> Request<()> {
    op::channels::ring(&"1700.1".into())
}

#[tokio::test]
async fn a_connection_is_kept_for_the_next_request() {
    let (config, seen) = server(Vec::new()).await;
    let rest = Rest::new(config);
    for _ in 0..3 {
        rest.send(read()).await.unwrap();
        rest.send(write()).await.unwrap();
    }
    assert_eq!(seen.connections.load(SeqCst), 1);
    assert_eq!(rest.counters().stats().latency.counts.iter().sum::<u64>(), 6);
}

#[tokio::test]
async fn what_a_kept_connection_swallowed_is_read_again_and_not_written_again() {
    let swallows = vec![Step::Answer, Step::Close];
    let (config, seen) = server(vec![swallows.clone()]).await;
    let rest = Rest::new(config);
    rest.send(read()).await.unwrap();
    rest.send(read()).await.unwrap();
    assert_eq!(seen.connections.load(SeqCst), 2);

    let (config, seen) = server(vec![swallows]).await;
    let rest = Rest::new(config);
    rest.send(read()).await.unwrap();
    let error = rest.send(write()).await.unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error}");
    assert_eq!(seen.connections.load(SeqCst), 1);
    rest.send(write()).await.unwrap();
}

#[tokio::test]
async fn a_first_connection_that_breaks_is_no_reason_to_ask_again() {
    let (config, seen) = server(vec![vec![Step::Close]]).await;
    let error = Rest::new(config).send(read()).await.unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error}");
    assert_eq!(seen.connections.load(SeqCst), 1);
}

#[tokio::test]
async fn no_more_connections_are_opened_than_allowed() {
    let (mut config, seen) = server(Vec::new()).await;
    config.connections = 3;
    let rest = Rest::new(config);
    let asked: Vec<_> = (0..50)
        .map(|_| {
            let rest = rest.clone();
            tokio::spawn(async move { rest.send(read()).await })
        })
        .collect();
    for answer in asked {
        answer.await.unwrap().unwrap();
    }
    assert!(seen.connections.load(SeqCst) <= 3 && seen.most_open.load(SeqCst) <= 3);
}

#[tokio::test]
async fn the_deadline_covers_the_wait_for_a_connection() {
    let (mut config, _seen) = server(vec![vec![Step::Hang]]).await;
    config.connections = 1;
    config.request_timeout = Duration::from_millis(300);
    let rest = Rest::new(config);
    let (first, second) = tokio::join!(rest.send(write()), rest.send(write()));
    let (first, second) = (first.unwrap_err(), second.unwrap_err());
    assert!(matches!(first, Error::OutcomeUnknown { .. }), "{first}");
    assert!(matches!(second, Error::NotSent { .. }), "{second}");
    assert!(first.is_transient() && second.is_transient());
    let stats = rest.counters().stats();
    assert_eq!((stats.failed_requests, stats.requests_now), (2, 0));
}

#[tokio::test]
async fn what_asterisk_would_not_read_is_not_sent() {
    let (config, seen) = server(Vec::new()).await;
    let rest = Rest::new(config);
    let path = Request::<()>::post(["channels", &"x".repeat(MAX_LINE), "ring"]);
    let error = rest.send(path).await.unwrap_err();
    assert!(matches!(
        error,
        Error::TooLong {
            part: "address",
            limit: MAX_LINE,
            ..
        }
    ));
    let body = Request::<()>::post(["x"]).body(serde_json::json!({ "a": "y".repeat(MAX_BODY) }));
    let error = rest.send(body).await.unwrap_err();
    assert!(!error.is_transient());
    assert!(error.to_string().contains("40960"), "{error}");
    assert_eq!(seen.connections.load(SeqCst), 0);
}

#[tokio::test]
async fn where_no_server_is_known_a_recording_cannot_be_fetched() {
    let rest = Rest::new(Config::dialled("evatel").unwrap());
    assert_eq!(rest.config().transport, Transport::Websocket);
    let error = rest.send(op::recordings::file(&"r".into())).await.unwrap_err();
    assert!(
        matches!(&error, Error::NotSent { reason, .. } if reason.contains("`url`")),
        "{error}"
    );
    let error = rest
        .send(op::bridges::get(&BridgeId::from("b")))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::NotSent { .. }));
}

/// Starts a server behind TLS that wants a certificate of this authority.
async fn tls_server(authority: &Authority) -> Config {
    let provider = Arc::new(ring::default_provider());
    let roots = pem::authorities(&authority.file("ca.pem"), "ca").unwrap();
    let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider.clone());
    let chain = pem::certificates(&authority.file("localhost.pem"), "certificate").unwrap();
    let key = pem::private_key(&authority.file("localhost.key"), "key").unwrap();
    let server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(chain, key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(server));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            tokio::spawn(behind_tls(tcp, acceptor.clone()));
        }
    });
    config(&format!("https://localhost:{port}"))
}

async fn behind_tls(tcp: TcpStream, acceptor: TlsAcceptor) {
    // Who shows no certificate is what one test wants.
    if let Ok(stream) = acceptor.accept(tcp).await {
        serve(stream, None, Arc::default()).await;
    }
}

#[tokio::test]
async fn over_tls_a_private_authority_is_trusted_and_a_certificate_is_shown() {
    let authority = Authority::new();
    for name in ["localhost", "client"] {
        authority.issue(name);
    }
    let config = tls_server(&authority).await;
    let ca = authority.file("ca.pem");
    let (certificate, key) = (authority.file("client.pem"), authority.file("client.key"));
    let tls = ClientTls::load(Some(&ca), Some((&certificate, &key))).unwrap();
    let rest = Rest::new(Config {
        tls,
        ..config.clone()
    });
    rest.send(read()).await.unwrap();
    rest.send(read()).await.unwrap();

    let unknown = Rest::new(config.clone()).send(read()).await.unwrap_err();
    assert!(matches!(unknown, Error::NotSent { .. }), "{unknown}");
    let tls = ClientTls::load(Some(&ca), None).unwrap();
    Rest::new(Config { tls, ..config })
        .send(read())
        .await
        .unwrap_err();
}

#[test]
fn a_missing_certificate_file_is_named() {
    let error = ClientTls::load(Some("/nowhere/ca.pem".as_ref()), None).unwrap_err();
    assert!(error.to_string().contains("/nowhere/ca.pem"), "{error}");
}
