//! Live tests of the owner's calls to his assistant, and of those that he dials himself.

mod assistant {
    mod dialled;
    mod emergency;
    mod keypad;
    mod orders;
    mod skills;
    mod wideband;
}
