//! What an agent loses: who understands.

use std::future::ready;

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
