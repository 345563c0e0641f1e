//! The store on real files, one a test.

#[cfg(test)]
mod calls;
#[cfg(test)]
mod database;
#[cfg(test)]
mod house;
#[cfg(test)]
mod rows;
