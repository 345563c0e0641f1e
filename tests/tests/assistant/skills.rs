//! Skills, ordered by voice at a real telephone, and done by an integrator's server.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use anyhow::{Context, Result, ensure};
use evatel_tests::{
    calls::{SOON, talk::from_device, voice},
    world::{Options, World},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    task::AbortHandle,
};

const SKILLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/skills/skills.yaml");

#[tokio::test]
async fn what_is_ordered_by_voice_is_done_once_its_price_was_agreed_to_and_its_words_are_heard() -> Result<()>
{
    let company = Company::start().await?;
    let settings = format!(
        "\n[skills]\nfile = \"{SKILLS}\"\nurl = \"http://{0}/taxis\"\n[egress]\nallow = [\"{0}\"]\n",
        company.address
    );
    let world = World::start(Options {
        settings,
        ..Options::default()
    })
    .await?;
    let mut talk = from_device("*55", voice("fr"), &world).await?;
    talk.hears("Bonjour. Qui dois-je appeler?").await?;
    talk.says("commande un taxi").await?;
    talk.told("caller run taxi").await?;
    talk.hears("À quelle heure?").await?;
    talk.says("à quinze heures trente").await?;
    talk.hears("Cela coûte 2 dollars et 50 cents. Dois-je le faire?")
        .await?;
    ensure!(company.asked().is_empty(), "{:?}", company.asked());
    talk.says("oui").await?;
    talk.told("caller agreed to 2.50 CAD").await?;
    talk.told("system runs taxi (hour: 15 heures 30, 2.50 CAD)")
        .await?;
    talk.hears("Le taxi vient. Qui dois-je appeler?").await?;
    let story = talk.hangs_up().await?;
    let asked = company.asked();
    let [asked] = &asked[..] else {
        anyhow::bail!("{asked:#?}");
    };
    ensure!(asked["arguments"] == json!({ "hour": "15:30:00" }), "{asked:#}");
    let call = story["legs"][0]["call"].as_str().unwrap_or_default();
    ensure!(asked["call"] == call && !call.is_empty(), "{asked:#} {story:#}");
    world.nothing_is_up(SOON).await
}

/// A server on loopback that sends a taxi whatever it is asked.
struct Company {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Value>>>,
    task: AbortHandle,
}

impl Company {
    async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let asked: Arc<Mutex<Vec<Value>>> = Arc::default();
        let requests = asked.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mut stream = BufReader::new(stream);
                let asked = read(&mut stream)
                    .await
                    .unwrap_or_else(|error| json!(error.to_string()));
                requests.lock().expect("no test panics with it").push(asked);
                let answer = r#"{"say": "Le taxi vient."}"#;
                let head = format!(
                    "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                    answer.len()
                );
                // Who asked hears of it by what he waits for in vain.
                _ = stream.write_all((head + answer).as_bytes()).await;
            }
        });
        Ok(Self {
            address,
            asked,
            task: task.abort_handle(),
        })
    }

    fn asked(&self) -> Vec<Value> {
        self.asked.lock().expect("no test panics with it").clone()
    }
}

impl Drop for Company {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Reads the body of one request.
async fn read(stream: &mut BufReader<tokio::net::TcpStream>) -> Result<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    serde_json::from_slice(&body).context("the body is no JSON")
}
