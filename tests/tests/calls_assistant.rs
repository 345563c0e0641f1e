//! Live tests of the owner's calls to his assistant, and of those that he dials himself.
