//! What is sold and which numbers there are, through the command layer, on both databases.

#[cfg(test)]
mod closing;
#[cfg(test)]
mod devices;
#[cfg(test)]
mod house;
#[cfg(test)]
mod isolation;
#[cfg(test)]
mod moving;
#[cfg(test)]
mod number_import;
#[cfg(test)]
mod number_lives;
#[cfg(test)]
mod numbers;
#[cfg(test)]
mod offers;
#[cfg(test)]
mod places;
#[cfg(test)]
mod statements;
