//! The store on real files and on a real PostgreSQL server, a database a test.

#[cfg(test)]
mod audit;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod check;
#[cfg(test)]
mod company;
#[cfg(test)]
mod crowd;
#[cfg(test)]
mod database;
#[cfg(test)]
mod dump;
#[cfg(test)]
mod feed;
#[cfg(test)]
mod house;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod lines;
#[cfg(test)]
mod logins;
#[cfg(test)]
mod refresh;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod rows;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod tenants;
#[cfg(test)]
mod upgrade;
#[cfg(test)]
mod when;
