//! What an agent loses: who understands, and its sound.

use std::future::{pending, ready};

use super::*;
use crate::brain::Error;

/// A brain that can think no more.
#[derive(Debug)]
struct Broken;

impl Brain for Broken {
    fn think(self: Arc<Self>, _: Turn) -> Thinking {
        Box::pin(ready(Err(Error::Panicked { brain: "it" })))
    }
}

#[tokio::test]
async fn a_brain_that_fails_is_told_as_such_and_not_as_an_ear() {
    let ear = ScriptedTranscriber::hearing(["w i"]);
    let mut call = Call::with_brain(Some(ear), Some(Arc::new(Broken))).await;
    call.listen(1, Expect::YesNo).await;
    call.speech(400).await;
    call.silence(1000).await;
    let failed = AgentEvent::BrainFailed {
        id: ActionId(1),
        reason: "it panicked".to_owned(),
    };
    let failures = call.events().into_iter().filter(|event| {
        matches!(
            event,
            AgentEvent::BrainFailed { .. } | AgentEvent::EngineFailed { .. }
        )
    });
    assert_eq!(failures.collect::<Vec<_>>(), [&failed]);
}

#[tokio::test]
async fn a_port_that_the_agent_has_no_room_for_stays_with_whoever_gives_it() {
    let (orders, mut to_do) = mpsc::channel(1);
    let task = tokio::spawn(pending());
    let agent = AgentHandle { orders, task };
    agent.try_send(AgentCommand::SetLanguage(Language::En)).unwrap();
    let (port, _leg) = AudioPort::<160>::pair();
    let mut port = Some(Port::from(port));
    tokio::select! {
        biased;
        _ = agent.resume_with(&mut port) => panic!("there is no room"),
        () = ready(()) => {}
    }
    assert!(port.is_some());
    assert!(matches!(to_do.recv().await, Some(Order::Command(_))));
    agent.resume_with(&mut port).await.unwrap();
    assert!(port.is_none());
    assert!(matches!(to_do.recv().await, Some(Order::Resume(_))));
}
