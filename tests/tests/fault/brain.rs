//! The language model that advises the grammar misbehaves under a call.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use evatel_tests::{
    calls::{SOON, talk::from_device, voice},
    world::{Options, World},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};

/// What a model does to each question, in turn, and what the story says of it.
const FAULTS: [(Fault, &str); 4] = [
    (Fault::Stalls, "no part of an answer within"),
    (Fault::Garbage, "no JSON"),
    (Fault::UnknownTool, "it called `open_the_safe`, which is no tool"),
    (Fault::StreamsForever, "its answer is longer than"),
];

#[derive(Clone, Copy, Debug)]
enum Fault {
    Stalls,
    Garbage,
    UnknownTool,
    StreamsForever,
}

#[tokio::test]
async fn whatever_a_model_does_the_caller_is_asked_again_and_his_next_words_are_an_order() -> Result<()> {
    for (fault, reason) in FAULTS {
        survives(fault, reason)
            .await
            .with_context(|| format!("{fault:?}"))?;
    }
    Ok(())
}

/// A sentence that no grammar knows goes to the model; the next one is an order.
async fn survives(fault: Fault, reason: &str) -> Result<()> {
    let model = Model::start(fault).await?;
    let settings = format!(
        "\n[brain]\nask = \"unclear\"\nretries = 0\nfirst_ms = 600\nwhole_ms = 2000\n\
         [[brain.endpoints]]\nname = \"test\"\nurl = \"http://{0}/v1\"\nmodel = \"m\"\n\
         [egress]\nallow = [\"{0}\"]\n",
        model.address
    );
    let world = World::start(Options {
        settings,
        ..Options::default()
    })
    .await?;
    let mut talk = from_device("*55", voice("fr"), &world).await?;
    talk.hears("Bonjour. Qui dois-je appeler?").await?;
    talk.says("le chat dort sur la table rouge").await?;
    let told = talk.told("the brain `test`").await?;
    ensure!(told.contains(reason), "`{told}`");
    talk.hears("Désolé, je n'ai pas compris. Qui dois-je appeler?")
        .await?;
    talk.says("appelle Marie Tremblay").await?;
    talk.hears("Appeler Marie Tremblay?").await?;
    talk.hangs_up().await?;
    ensure!(
        world.carrier.rung(Duration::from_millis(200)).await.is_err(),
        "somebody was rung"
    );
    world.nothing_is_up(SOON).await
}

/// An endpoint on loopback that does one thing.
struct Model {
    address: std::net::SocketAddr,
    task: AbortHandle,
}

impl Model {
    async fn start(fault: Fault) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Who hangs up on a fault is right to.
                tokio::spawn(async move { answer(stream, fault).await });
            }
        });
        Ok(Self {
            address,
            task: task.abort_handle(),
        })
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(mut stream: TcpStream, fault: Fault) -> Result<()> {
    let mut buffer = [0; 16 * 1024];
    ensure!(stream.read(&mut buffer).await? > 0, "nothing was asked");
    stream
        .write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/event-stream\r\n\r\n")
        .await?;
    let word = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n";
    match fault {
        Fault::Stalls => loop {
            // Until the other end has gone.
            if stream.read(&mut buffer).await? == 0 {
                return Ok(());
            }
        },
        Fault::Garbage => {
            stream
                .write_all(b"data: {\"choices\":[{\"del\xc3\xa9\n\n")
                .await?
        }
        Fault::UnknownTool => {
            let call = "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"open_the_safe\",\
                        \"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n";
            stream.write_all(call.as_bytes()).await?;
        }
        Fault::StreamsForever => loop {
            stream.write_all(word.as_bytes()).await?;
        },
    }
    Ok(())
}
