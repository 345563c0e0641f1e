//! The built program, run as a person or a script runs it.

#[cfg(test)]
mod agent;
#[cfg(test)]
mod brain;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod db;
#[cfg(test)]
mod endpoint;
#[cfg(test)]
mod french;
#[cfg(test)]
mod french_answers;
#[cfg(test)]
mod home;
#[cfg(test)]
mod isolation;
#[cfg(test)]
mod lines;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod model;
#[cfg(test)]
mod numbers;
#[cfg(test)]
mod offers;
#[cfg(test)]
mod provision;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod skills;
#[cfg(test)]
mod tolls;
#[cfg(test)]
mod verbs;
#[cfg(test)]
mod when;
#[cfg(test)]
mod who;
