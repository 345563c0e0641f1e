//! The dialplan that channels run when no application has them: a few steps are enough for every far end of a test.

use std::time::Duration;

use serde_json::json;

use super::{
    World,
    channel::{Stay, last_word},
    clock::Timer,
};

/// One step of an extension.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Answers.
    Answer,
    /// Plays back all that is heard, until the channel ends or `#` is pressed.
    Echo,
    /// Hangs up with this cause of Q.850.
    Hangup(u8),
    /// Lets itself be heard before the answer.
    Progress,
    /// Rings.
    Ringing,
    /// Sets a global variable to what this variable of the channel is, such as `STASISSTATUS`.
    SetGlobal {
        /// The global variable.
        global: String,
        /// The channel's.
        from: String,
    },
    /// Hands the channel to an application; goes on with the next step when it comes back, or when nobody is there.
    Stasis {
        /// The application.
        app: String,
        /// Its arguments, separated by commas.
        args: String,
    },
    /// Offers the channel to all applications; the first that claims it gets it, and after this long the next step comes.
    StasisBroadcast(Duration),
    /// Waits.
    Wait(Duration),
}

impl Step {
    /// The application of Asterisk's dialplan, and its data.
    fn named(&self) -> (&'static str, String) {
        match self {
            Self::Answer => ("Answer", String::new()),
            Self::Echo => ("Echo", String::new()),
            Self::Hangup(cause) => ("Hangup", cause.to_string()),
            Self::Progress => ("Progress", String::new()),
            Self::Ringing => ("Ringing", String::new()),
            Self::SetGlobal { global, from } => ("Set", format!("GLOBAL({global})=${{{from}}}")),
            Self::Stasis { app, args } => ("Stasis", format!("{app},{args}")),
            Self::StasisBroadcast(time) => ("StasisBroadcast", time.as_millis().to_string()),
            Self::Wait(time) => ("Wait", time.as_secs().to_string()),
        }
    }
}

/// A place in the dialplan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::sim) struct Plan {
    pub(in crate::sim) context: String,
    pub(in crate::sim) exten: String,
    /// Counted from 1, as in Asterisk.
    pub(in crate::sim) priority: usize,
}

impl Plan {
    pub(in crate::sim) fn at(context: &str, exten: &str) -> Self {
        Self {
            context: context.to_owned(),
            exten: exten.to_owned(),
            priority: 1,
        }
    }
}

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sim) enum Claim {
    NotOffered,
    Ours,
    Taken,
}

impl World {
    fn step_at(&self, plan: &Plan) -> Option<Step> {
        let steps = self.dialplan.get(&(plan.context.clone(), plan.exten.clone()))?;
        steps.get(plan.priority.checked_sub(1)?).cloned()
    }

    /// Says whether the dialplan has the place where the channel is.
    pub(in crate::sim) fn has_place(&self, id: &str) -> bool {
        let place = self.channels.get(id).map(|channel| &channel.place);
        place.is_some_and(|place| self.step_at(place).is_some())
    }

    /// Says whether the dialplan, which may be that of the test, knows this place.
    pub(in crate::sim) fn knows(&self, plan: &Plan) -> bool {
        self.step_at(plan).is_some()
    }

    /// The channel runs the dialplan from this place on; a place that is not there ends it.
    pub(in crate::sim) fn go_to(&mut self, id: &str, plan: Plan) {
        if let Some(channel) = self.channels.get_mut(id) {
            channel.place = plan;
            channel.echoes = false;
            self.run_plan(id);
        }
    }

    /// The channel goes back to the dialplan that the test only thinks of: it waits there until the test says more.
    pub(in crate::sim) fn back_outside(&mut self, id: &str) {
        self.leave(id);
        self.waits_outside(id);
    }

    pub(in crate::sim) fn waits_outside(&mut self, id: &str) {
        if let Some(channel) = self.channels.get_mut(id) {
            channel.running = ("Wait".to_owned(), "1".to_owned());
        }
    }

    /// Runs the dialplan until a step takes its time, or the channel ends.
    pub(in crate::sim) fn run_plan(&mut self, id: &str) {
        while let Some(channel) = self.channels.get_mut(id) {
            channel.is_in_plan = true;
            let place = channel.place.clone();
            let Some(step) = self.step_at(&place) else {
                // Who runs off the end is hung up without a cause.
                self.end(id, 0, Some(last_word()));
                return;
            };
            if !self.takes_step(id, step) {
                return;
            }
            self.steps_on(id);
        }
    }

    /// A key was pressed: `#` ends an echo.
    pub(in crate::sim) fn digit_ends_echo(&mut self, id: &str, digit: char) {
        if digit == '#'
            && let Some(channel) = self.channels.get_mut(id)
            && std::mem::take(&mut channel.echoes)
        {
            self.steps_on(id);
            self.run_plan(id);
        }
    }

    fn steps_on(&mut self, id: &str) {
        if let Some(channel) = self.channels.get_mut(id) {
            channel.place.priority += 1;
        }
    }

    /// Does one step; says whether the next may follow at once.
    fn takes_step(&mut self, id: &str, step: Step) -> bool {
        let (app, data) = step.named();
        if let Some(channel) = self.channels.get_mut(id) {
            channel.running = (app.to_owned(), data.clone());
        }
        self.raise_channel(
            id,
            json!({ "type": "ChannelDialplan", "dialplan_app": app, "dialplan_app_data": data }),
        );
        let other = self.channels.get(id).and_then(|channel| channel.other.clone());
        match step {
            Step::Answer => {
                self.set_state(id, "Up");
                self.answer_pair(other.as_deref());
                true
            }
            Step::Echo => {
                if let Some(channel) = self.channels.get_mut(id) {
                    channel.echoes = true;
                }
                false
            }
            Step::Hangup(cause) => {
                self.end(id, cause.into(), Some(last_word()));
                false
            }
            Step::Progress => {
                if let Some(other) = other {
                    self.far_end_progresses(&other);
                }
                true
            }
            Step::Ringing => {
                if let Some(other) = other {
                    self.far_end_rings(&other);
                }
                true
            }
            Step::SetGlobal { global, from } => {
                let value = self
                    .channels
                    .get(id)
                    .and_then(|channel| channel.variables.get(&from));
                let value = value.map(|variable| variable.value.clone()).unwrap_or_default();
                self.globals.insert(global, value);
                true
            }
            Step::Stasis { app, args } => {
                let entered = self.enter(id, Stay::new(&app, &args));
                if !entered {
                    self.set_status(id, "FAILED");
                }
                !entered
            }
            Step::StasisBroadcast(time) => {
                self.broadcast(id, time);
                false
            }
            Step::Wait(time) => {
                let timer = self.timers.set(time, Timer::PlanGoesOn(id.to_owned()));
                if let Some(channel) = self.channels.get_mut(id) {
                    channel.timer = timer;
                }
                false
            }
        }
    }

    /// One half of a Local pair answered: the other is answered.
    pub(in crate::sim) fn answer_pair(&mut self, other: Option<&str>) {
        if let Some(other) = other
            && self
                .channels
                .get(other)
                .is_some_and(|channel| channel.state != "Up")
        {
            self.far_end_answers(other);
        }
    }

    /// Says how the application ended, where the dialplan looks.
    pub(in crate::sim) fn set_status(&mut self, id: &str, status: &str) {
        if let Some(channel) = self.channels.get_mut(id) {
            channel
                .variables
                .entry("STASISSTATUS".to_owned())
                .or_default()
                .value = status.to_owned();
        }
    }

    pub(in crate::sim) fn plan_goes_on(&mut self, id: &str, timer: u64) {
        let waits = |channel: &super::Channel| channel.timer == timer && channel.stay.is_none();
        if self.channels.get(id).is_some_and(waits) {
            self.steps_on(id);
            self.run_plan(id);
        }
    }

    /// Offers the channel to every application that is connected.
    fn broadcast(&mut self, id: &str, time: Duration) {
        let timer = self.timers.set(time, Timer::BroadcastOver(id.to_owned()));
        let Some(channel) = self.channels.get_mut(id) else {
            return;
        };
        (channel.timer, channel.is_broadcast) = (timer, true);
        let (caller, called) = (channel.caller.1.clone(), channel.place.exten.clone());
        let told = self.channel(id);
        let event = json!({ "type": "CallBroadcast", "channel": told, "caller": caller, "called": called });
        let mut apps: Vec<_> = self.apps.keys().cloned().collect();
        apps.retain(|app| self.is_connected(app));
        for app in apps {
            self.tell(&app, event.clone());
        }
    }

    /// An application claims the channel.
    pub(in crate::sim) fn claim(&mut self, id: &str, app: &str) -> Claim {
        let Some(channel) = self.channels.get_mut(id) else {
            return Claim::NotOffered;
        };
        if channel.is_claimed && channel.stay.is_some() {
            return Claim::Taken;
        }
        if !channel.is_broadcast {
            return Claim::NotOffered;
        }
        (channel.is_broadcast, channel.is_claimed, channel.timer) = (false, true, 0);
        if !self.enter(id, Stay::new(app, "")) {
            self.set_status(id, "FAILED");
            self.steps_on(id);
            self.run_plan(id);
        }
        Claim::Ours
    }

    pub(in crate::sim) fn broadcast_is_over(&mut self, id: &str, timer: u64) {
        let waits = |channel: &super::Channel| channel.is_broadcast && channel.timer == timer;
        if self.channels.get(id).is_some_and(waits) {
            if let Some(channel) = self.channels.get_mut(id) {
                channel.is_broadcast = false;
            }
            self.set_status(id, "TIMEOUT");
            self.steps_on(id);
            self.run_plan(id);
        }
    }
}
