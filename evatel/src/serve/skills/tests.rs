use std::time::Instant;

use evatel_core::{
    account::Language,
    directory::Directory,
    egress::EgressPolicy,
    flow::{Action, Flow, Greetings, Input, Party, Setting},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

/// An errand, as a call comes to it: by the keys 3 and 1.
fn errand() -> Errand {
    let document = json!({ "skills": [{ "skill": "door", "fr": {
        "help": "Dites : la porte.", "phrases": ["la porte"], "steps": [{ "step": "open", "run": "door" }],
    } }] });
    let setting = Setting {
        began: jiff::Zoned::now(),
        directory: Arc::new(Directory::default()),
        greetings: Greetings::default(),
        language: Language::Fr,
        records_calls: false,
        ring_timeout: Duration::from_secs(25),
        skills: Arc::new(serde_json::from_value(document).unwrap()),
        user: "luc".parse().unwrap(),
    };
    let mut flow = Flow::assistant("phone".parse().unwrap(), setting);
    let Some(Action::Answer { id }) = flow.poll_action() else {
        panic!("a call is answered first");
    };
    flow.handle(Input::Answered { id }, Instant::now());
    let party = Party::Caller;
    for digit in ['3', '1'] {
        flow.handle(Input::Digit { party, digit }, Instant::now());
    }
    std::iter::from_fn(|| flow.poll_action())
        .find_map(|action| match action {
            Action::Run { errand, .. } => Some(errand),
            _ => None,
        })
        .expect("the keys order it")
}

/// What becomes of an errand where the server answers this and nothing else.
async fn outcome(answer: &str) -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answer = answer.to_owned();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 4096];
        let read = stream.read(&mut request).await.unwrap();
        assert!(request[..read].starts_with(b"POST /x/door HTTP/1.1"));
        stream.write_all(answer.as_bytes()).await.unwrap();
    });
    let policy = Arc::new(EgressPolicy::new([address.to_string().parse().unwrap()]));
    let post = Post::new(PostOptions {
        url: policy.check(&format!("http://{address}/x/")).unwrap(),
        token: None,
    });
    let of = OnBehalf {
        call: "call-1".parse().unwrap(),
        errand: "errand-1".to_owned(),
        account: None,
        user: None,
        language: Language::Fr,
    };
    let outcome = Arc::new(post.unwrap()).run(errand(), of).await;
    server.await.unwrap();
    outcome
}

fn answered(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
}

#[tokio::test]
async fn what_is_answered_is_done_or_refused_with_its_words_and_anything_else_is_a_failure() {
    let long = format!(r#"{{"say": "{}"}}"#, "a".repeat(20_000));
    for (answer, told) in [
        (
            answered("200 OK", r#"{"say": "La porte s'ouvre."}"#),
            "done: La porte s'ouvre.",
        ),
        (answered("200 OK", "{}"), "done"),
        (answered("204 No Content", ""), "done"),
        (
            answered("200 OK", r#"{"refused": true, "say": "Il est tard."}"#),
            "refused: Il est tard.",
        ),
        (answered("200 OK", r#"{"refused": true}"#), "refused"),
        (
            answered("503 Service Unavailable", ""),
            "failed: it answered HTTP 503",
        ),
        (
            answered("302 Found", "").replace("connection", "location: http://192.0.2.1/\r\nconnection"),
            "failed: it answered HTTP 302",
        ),
        (answered("200 OK", "<html>"), "failed: its answer is none"),
        // What was done is done, whatever its words are.
        (answered("200 OK", r#"{"say": " "}"#), "done"),
        (
            answered("200 OK", &long),
            "failed: its answer is longer than 16384 bytes",
        ),
        (String::new(), "failed: it cannot be reached"),
    ] {
        let outcome = outcome(&answer).await.to_string();
        assert!(outcome.starts_with(told), "{outcome}, not {told}");
    }
}
