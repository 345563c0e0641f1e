//! What somebody dialled, as it came. What is read as a number is read again as the same number.

#![no_main]

use evatel_core::number::{DialPlan, Reading};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|dialled: &str| {
    let plan = DialPlan {
        home: "514".parse().ok(),
    };
    let reading = Reading::of(dialled, &plan);
    let Some(number) = reading.e164 else {
        return;
    };
    let again = Reading::of(number.as_str(), &plan);
    assert_eq!(again.e164.as_ref(), Some(&number), "{dialled:?}");
    assert_eq!(again.class, reading.class, "{dialled:?}");
});
