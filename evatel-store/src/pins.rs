//! PINs: hashed, counted, locked.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel_async::RunQueryDsl;
use evatel_core::{
    id::UserId,
    permission::{Action, Matter},
};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    Acting, Error, Store, Target,
    acting::{Done, command},
    backend::in_transaction,
    column::Micros,
    feed::bump_revision,
    password,
    schema::pins,
};

/// Wrong PINs in a row until none is taken for [`LOCK`].
pub const WRONG_UNTIL_LOCKED: u8 = 5;
/// How long a PIN stays locked.
pub const LOCK: SignedDuration = SignedDuration::from_mins(15);

/// What a PIN must be, checked when it is set; 4 to 12 digits, not all the same, not counting up or down.
#[derive(Debug, Clone)]
pub struct Pin(SecretString);

/// Refuses what is no PIN, without repeating it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPin {
    /// Wrong length, or something else than digits.
    #[error("a PIN has 4 to 12 digits and nothing else")]
    Form,
    /// One of those that everybody tries first.
    #[error("a PIN must not be one digit repeated nor digits that count up or down")]
    Guessable,
}

impl Pin {
    /// Takes what was keyed or typed, white space around it aside.
    ///
    /// # Errors
    /// [`InvalidPin`].
    pub fn read(text: &SecretString) -> Result<Self, InvalidPin> {
        text.expose_secret().trim().parse()
    }
}

impl std::str::FromStr for Pin {
    type Err = InvalidPin;

    fn from_str(text: &str) -> Result<Self, InvalidPin> {
        if !(4..=12).contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidPin::Form);
        }
        let steps: Vec<i16> = text
            .as_bytes()
            .windows(2)
            .map(|two| i16::from(two[1]) - i16::from(two[0]))
            .collect();
        if [-1, 0, 1].iter().any(|step| steps.iter().all(|one| one == step)) {
            return Err(InvalidPin::Guessable);
        }
        Ok(Self(text.into()))
    }
}

/// What became of a PIN that somebody keyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinVerdict {
    /// Too many wrong ones: not even the right one is taken now.
    Locked {
        /// When it is taken again.
        until: Timestamp,
    },
    /// It is his.
    Right,
    /// It is not.
    Wrong {
        /// How many more may be wrong before it locks; 0 also where he has no PIN at all.
        left: u8,
    },
}

impl Acting {
    /// Sets a user's PIN and forgets the wrong ones before.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Missing`] where there is no such user within reach.
    pub async fn set_pin(&self, user: &UserId, pin: Pin) -> Result<(), Error> {
        let hash = password::hash(pin.0).await?;
        let id = user.clone();
        let target = Target::User(user.clone());
        command!(self, Action::Reset, Matter::Users, target, |_permit, link| {
            let fresh = (
                pins::hash.eq(hash),
                pins::failures.eq(0),
                pins::locked_until_us.eq(None::<i64>),
            );
            diesel::insert_into(pins::table)
                .values((pins::user_id.eq(id.as_str()), fresh.clone()))
                .on_conflict(pins::user_id)
                .do_update()
                .set(fresh)
                .execute(link)
                .await?;
            bump_revision!(link, "users" => id.as_str());
            Ok(Done::told((), &id))
        })
    }

    /// Takes a user's PIN away.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Missing`].
    pub async fn clear_pin(&self, user: &UserId) -> Result<(), Error> {
        let id = user.clone();
        let target = Target::User(user.clone());
        command!(self, Action::Reset, Matter::Users, target, |_permit, link| {
            diesel::delete(pins::table.filter(pins::user_id.eq(id.as_str())))
                .execute(link)
                .await?;
            bump_revision!(link, "users" => id.as_str());
            Ok(Done::told((), &id))
        })
    }
}

impl Store {
    /// Checks what somebody keyed.
    ///
    /// The attempt is counted before the hash is computed, so that many at once get no more than [`WRONG_UNTIL_LOCKED`].
    pub async fn check_pin(
        &self,
        user: &UserId,
        keyed: SecretString,
        now: Timestamp,
    ) -> Result<PinVerdict, Error> {
        let Some(counted) = self.count_attempt(user, now).await? else {
            return Ok(PinVerdict::Wrong { left: 0 });
        };
        let (hash, left) = match counted {
            Counted::Locked { until } => return Ok(PinVerdict::Locked { until }),
            Counted::Attempt { hash, left } => (hash, left),
        };
        let right = password::verify(keyed, hash).await?;
        if right {
            self.forget_attempts(user).await?;
            Ok(PinVerdict::Right)
        } else {
            Ok(PinVerdict::Wrong { left })
        }
    }

    async fn count_attempt(&self, user: &UserId, now: Timestamp) -> Result<Option<Counted>, Error> {
        let id = user.clone();
        in_transaction!(self, link => {
            let one = pins::table.filter(pins::user_id.eq(id.as_str()));
            diesel::update(one.filter(pins::locked_until_us.le(now.as_microsecond())))
                .set((pins::failures.eq(0), pins::locked_until_us.eq(None::<i64>)))
                .execute(link)
                .await?;
            let counted = diesel::update(one.filter(pins::failures.lt(i32::from(WRONG_UNTIL_LOCKED))))
                .set(pins::failures.eq(pins::failures + 1))
                .execute(link)
                .await?;
            // The last attempt locks at once; the right PIN opens again.
            let until = now + LOCK;
            diesel::update(one.filter(pins::failures.ge(i32::from(WRONG_UNTIL_LOCKED))))
                .filter(pins::locked_until_us.is_null())
                .set(pins::locked_until_us.eq(until.as_microsecond()))
                .execute(link)
                .await?;
            let row: Option<(String, i32, Option<Micros>)> = one
                .select((pins::hash, pins::failures, pins::locked_until_us))
                .first(link)
                .await
                .optional()?;
            Ok(row.map(|(hash, failures, locked)| match locked {
                Some(until) if counted == 0 => Counted::Locked { until: until.0 },
                _ => Counted::Attempt {
                    hash,
                    left: WRONG_UNTIL_LOCKED.saturating_sub(u8::try_from(failures).unwrap_or(u8::MAX)),
                },
            }))
        })
    }

    async fn forget_attempts(&self, user: &UserId) -> Result<(), Error> {
        let id = user.clone();
        in_transaction!(self, link => {
            diesel::update(pins::table.filter(pins::user_id.eq(id.as_str())))
                .set((pins::failures.eq(0), pins::locked_until_us.eq(None::<i64>)))
                .execute(link)
                .await?;
            Ok(())
        })
    }
}

enum Counted {
    Attempt { hash: String, left: u8 },
    Locked { until: Timestamp },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_that_everybody_tries_first_is_refused() {
        for guessable in ["0000", "1234", "98765"] {
            assert_eq!(guessable.parse::<Pin>().unwrap_err(), InvalidPin::Guessable);
        }
        for wrong in ["123", "12a4", "", "1357913579135"] {
            assert_eq!(wrong.parse::<Pin>().unwrap_err(), InvalidPin::Form);
        }
        assert!("2468".parse::<Pin>().is_ok());
    }
}
