//! Skills in a call: what is done is told in the story, whatever becomes of it.

use std::{
    future::{pending, ready},
    sync::{Arc, Mutex},
    time::Duration,
};

use evatel_ari::{
    call::{OnBehalf, Running, SkillHandler, Skilled},
    sim::Peer,
};
use evatel_core::skill::{Errand, Outcome, Saying};
use serde_json::json;

use crate::{
    call::{Daemon, hears, hears_the_end, in_order},
    support::APP,
};

/// A taxi, which costs something.
fn skilled(handler: Option<Arc<dyn SkillHandler>>) -> Skilled {
    let document = json!({ "skills": [{ "skill": "taxi", "price": "2.50 CAD", "takes": { "hour": "time" }, "fr": {
        "help": "Dites : un taxi.", "phrases": ["un taxi"], "steps": [
            { "step": "hour", "ask": "time", "text": "À quelle heure?" },
            { "step": "order", "run": "taxi" },
        ],
    } }] });
    Skilled {
        skills: Arc::new(serde_json::from_value(document).unwrap()),
        handler,
        deadline: Duration::from_millis(300),
    }
}

/// What a company does with an order.
#[derive(Debug)]
enum Company {
    Comes,
    NeverAnswers,
    Panics,
}

#[derive(Debug)]
struct Taxis {
    company: Company,
    asked: Mutex<Vec<(Errand, OnBehalf)>>,
}

impl Taxis {
    fn new(company: Company) -> Arc<Self> {
        let asked = Mutex::default();
        Arc::new(Self { company, asked })
    }
}

impl SkillHandler for Taxis {
    fn run(self: Arc<Self>, errand: Errand, of: OnBehalf) -> Running {
        self.asked.lock().unwrap().push((errand, of));
        match self.company {
            Company::Comes => {
                let words = Saying::new("Le taxi vient à 15 heures.").ok();
                Box::pin(ready(Outcome::Done(words)))
            }
            Company::NeverAnswers => Box::pin(pending()),
            Company::Panics => panic!("a defect of the integrator's"),
        }
    }
}

/// The owner orders a taxi for three in the afternoon on his keypad, and hears the price to its end.
async fn ordered(skilled: Skilled) -> (Daemon, Peer) {
    let daemon = Daemon::start_skilled(skilled).await;
    daemon
        .asterisk
        .offer("1700.1", "phone", APP, &["device", "phone", "*55"]);
    let mut caller = daemon.asterisk.next_media().await;
    hears(&mut caller).await;
    daemon.asterisk.presses("1700.1", '3');
    daemon
        .office
        .told("assistant: to caller: Pour un taxi, faites le 1.")
        .await;
    for key in "11500".chars() {
        daemon.asterisk.presses("1700.1", key);
    }
    daemon
        .office
        .told("assistant: to caller: Cela coûte 2 dollars et 50 cents. Dois-je le faire?")
        .await;
    hears_the_end(&mut caller).await;
    (daemon, caller)
}

#[tokio::test]
async fn what_was_ordered_and_agreed_to_is_done_once_and_the_story_tells_with_what_and_what_came_of_it() {
    let taxis = Taxis::new(Company::Comes);
    let (daemon, _caller) = ordered(skilled(Some(taxis.clone()))).await;
    assert_eq!(taxis.asked.lock().unwrap().len(), 0);
    daemon.asterisk.presses("1700.1", '1');
    daemon
        .office
        .told("assistant: to caller: Le taxi vient à 15 heures.")
        .await;
    daemon.asterisk.hangs_up("1700.1", 16);
    let story = daemon.over().await;
    in_order(
        &story,
        &[
            "caller: agreed to 2.50 CAD",
            "system: runs taxi (hour: 15 heures, 2.50 CAD)",
            "system: taxi done: Le taxi vient à 15 heures.",
        ],
    );
    let asked = taxis.asked.lock().unwrap();
    let [(errand, of)] = &asked[..] else {
        panic!("it was asked for {} times", asked.len());
    };
    let told: Vec<(&str, String)> = errand
        .arguments()
        .map(|(name, argument)| (name, argument.unwrap().written()))
        .collect();
    assert_eq!(told, [("hour", "15:00:00".to_owned())]);
    let user = of.user.as_ref().map(|user| user.as_str());
    let account = of.account.as_ref().map(|account| account.as_str());
    assert_eq!((user, account), (Some("luc"), Some("a")));
    assert!(of.errand.starts_with("errand-"), "{of:?}");
}

#[tokio::test]
async fn a_refused_price_asks_nobody_for_anything() {
    let taxis = Taxis::new(Company::Comes);
    let (daemon, _caller) = ordered(skilled(Some(taxis.clone()))).await;
    daemon.asterisk.presses("1700.1", '2');
    daemon
        .office
        .told("assistant: to caller: Qui dois-je appeler?")
        .await;
    daemon.asterisk.hangs_up("1700.1", 16);
    daemon.over().await;
    assert_eq!(taxis.asked.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn who_never_answers_panics_or_is_not_there_costs_no_call_and_the_caller_is_told() {
    for (handler, told) in [
        (
            Some(Taxis::new(Company::NeverAnswers)),
            "system: taxi failed: no answer within 0.3 s: whether it is done is not known",
        ),
        (
            Some(Taxis::new(Company::Panics)),
            "system: taxi failed: whoever does it panicked",
        ),
        (
            None,
            "system: taxi failed: nobody is there who does what skills do",
        ),
    ] {
        let handler = handler.map(|taxis| -> Arc<dyn SkillHandler> { taxis });
        let (daemon, _caller) = ordered(skilled(handler)).await;
        daemon.asterisk.presses("1700.1", '1');
        daemon.office.told(told).await;
        daemon
            .office
            .told("assistant: to caller: Désolé, cela n'a pas marché.")
            .await;
        daemon.asterisk.hangs_up("1700.1", 16);
        daemon.over().await;
    }
}

#[tokio::test]
async fn who_hangs_up_while_something_is_done_leaves_a_story_that_tells_what_came_of_it() {
    let (daemon, _caller) = ordered(skilled(Some(Taxis::new(Company::NeverAnswers)))).await;
    daemon.asterisk.presses("1700.1", '1');
    daemon.office.told("system: runs taxi").await;
    daemon.asterisk.hangs_up("1700.1", 16);
    let story = daemon.over().await;
    in_order(
        &story,
        &[
            "system: runs taxi",
            "ended 1700.1",
            "system: taxi failed: no answer",
        ],
    );
}
