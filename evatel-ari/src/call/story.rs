//! The call's entries in the call log and the lines of its story.

use std::{path::PathBuf, sync::Arc};

use evatel_core::{
    calls::{DecisionWord, Direction, HangupCause, LegCause, LegEntry, TranscriptLine},
    flow::{Fact, Party},
    id::{AccountId, CallId, LegId, UserId},
    policy::{Authoriser, LegPlan, Refusal, Route},
};
use jiff::Timestamp;
use tracing::trace;

use super::{
    door::Entry,
    office::{CallRecord, Office},
};

/// Writes one call's story.
pub(super) struct Story<O> {
    pub(super) call: CallId,
    account: Option<AccountId>,
    from: String,
    office: Arc<O>,
}

impl<O: Office> Story<O> {
    /// Begins with the caller's leg.
    pub(super) async fn begin(
        call: CallId,
        leg: &LegId,
        from: String,
        entry: &Entry,
        office: Arc<O>,
    ) -> Self {
        let story = Self {
            call,
            account: entry.account.clone(),
            from,
            office,
        };
        story
            .leg(LegEntry {
                leg: leg.clone(),
                direction: Direction::Inbound,
                to: entry.called.clone(),
                cause: entry.cause,
                authoriser: entry.authoriser.clone(),
                user: entry.user.clone(),
                decision: entry.decision,
                rule: entry.rule.to_owned(),
                ..story.blank(leg)
            })
            .await;
        story
    }

    /// Goes on with what an earlier daemon began: the entries of the legs are there.
    pub(super) fn resume(call: CallId, office: Arc<O>) -> Self {
        Self {
            call,
            account: None,
            from: String::new(),
            office,
        }
    }

    /// Begins again with a caller's leg that has its entry.
    pub(super) fn again(call: CallId, from: String, entry: &Entry, office: Arc<O>) -> Self {
        Self {
            account: entry.account.clone(),
            from,
            ..Self::resume(call, office)
        }
    }

    /// Tells of a leg that is rung now.
    pub(super) async fn rung(&self, leg: &LegId, plan: &LegPlan) {
        let to = match plan.route() {
            Route::Device { device } => device.to_string(),
            Route::Trunk { .. } => plan.number().to_owned(),
        };
        let entry = self.outbound(leg, to, plan.authoriser(), plan.cause());
        self.leg(LegEntry {
            decision: DecisionWord::Allow,
            rule: plan.rule().to_string(),
            ..entry
        })
        .await;
        self.line("system", format!("allow {} by {}", plan.number(), plan.rule()))
            .await;
    }

    /// Tells of a leg that may not be made: it has an entry too, which is over at once.
    pub(super) async fn refused(
        &self,
        leg: &LegId,
        refusal: &Refusal,
        authoriser: &Authoriser,
        cause: LegCause,
    ) {
        let entry = self.outbound(leg, refusal.number.clone(), authoriser, cause);
        let ended_at = Some(entry.started_at);
        let rule = refusal.rule.to_string();
        let hangup = Some(refusal.cause());
        self.leg(LegEntry {
            decision: DecisionWord::Deny,
            rule,
            ended_at,
            hangup,
            ..entry
        })
        .await;
        self.line("system", format!("deny {} by {}", refusal.number, refusal.rule))
            .await;
    }

    pub(super) async fn answered(&self, leg: &LegId) {
        self.office
            .record(CallRecord::LegAnswered {
                leg: leg.clone(),
                at: Timestamp::now(),
            })
            .await;
    }

    pub(super) async fn ended(&self, leg: &LegId, cause: HangupCause) {
        self.office
            .record(CallRecord::LegEnded {
                leg: leg.clone(),
                at: Timestamp::now(),
                cause,
            })
            .await;
    }

    pub(super) async fn recorded(&self, path: PathBuf) {
        self.office
            .record(CallRecord::Recorded {
                call: self.call.clone(),
                path,
            })
            .await;
    }

    pub(super) async fn fact(&self, fact: Fact) {
        let (who, text) = match fact {
            Fact::Agreed(price) => ("caller", format!("agreed to {price}")),
            Fact::Keyed { party, digit } => (word(party), format!("key {digit}")),
            Fact::KeyedSecret { count } => ("caller", format!("{count} secret keys")),
            Fact::PinAccepted => ("system", "PIN accepted".to_owned()),
            Fact::PinRefused => ("system", "PIN refused".to_owned()),
            Fact::Refused { rule } => ("system", format!("deny by {rule}")),
            other => ("system", format!("{other:?}")),
        };
        self.line(who, text).await;
    }

    /// Adds a line.
    pub(super) async fn line(&self, who: &str, text: String) {
        trace!(who, ?text, "Story");
        let line = TranscriptLine {
            at: Timestamp::now(),
            who: who.to_owned(),
            text,
        };
        self.office
            .record(CallRecord::Line {
                call: self.call.clone(),
                line,
            })
            .await;
    }

    fn outbound(&self, leg: &LegId, to: String, authoriser: &Authoriser, cause: LegCause) -> LegEntry {
        LegEntry {
            direction: Direction::Outbound,
            to,
            cause,
            authoriser: authoriser.to_string(),
            user: authoriser.user().cloned(),
            ..self.blank(leg)
        }
    }

    fn blank(&self, leg: &LegId) -> LegEntry {
        LegEntry {
            call: self.call.clone(),
            leg: leg.clone(),
            account: self.account.clone(),
            direction: Direction::Inbound,
            from: self.from.clone(),
            to: String::new(),
            cause: LegCause::Inbound,
            authoriser: String::new(),
            user: None::<UserId>,
            decision: DecisionWord::Deny,
            rule: String::new(),
            started_at: Timestamp::now(),
            answered_at: None,
            ended_at: None,
            hangup: None,
            recording: None,
        }
    }

    async fn leg(&self, entry: LegEntry) {
        self.office.record(CallRecord::LegBegan(Box::new(entry))).await;
    }
}

/// Gives the word of a party in the story.
pub(super) fn word(party: Party) -> &'static str {
    match party {
        Party::Callee => "callee",
        Party::Caller => "caller",
    }
}
