//! Skills, as an integrator writes them. Whatever they are, an assistant with them runs to its end with keys and silence alone and does
//! nothing that costs something before its price was agreed to, or a line says what is wrong.

#![no_main]

mod keyed;

use std::{path::Path, sync::Arc};

use evatel_core::{
    flow::{Flow, Setting},
    policy::Authoriser,
};
use evatel_voice::{dialogue::read_skills, sound_files::SoundFiles};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    // What is keyed follows the document.
    let (text, keys) = input.split_once('\0').unwrap_or((input, ""));
    let read = read_skills(
        Path::new("/dev/null"),
        "skills.yaml",
        text,
        &mut SoundFiles::default(),
    );
    let skills = match read {
        Ok(skills) => skills,
        Err(error) => {
            // YAML breaks its lines at a lone carriage return, too.
            let lines = text.split(['\n', '\r']).count();
            return assert!((1..=lines + 1).contains(&error.line), "{error}");
        }
    };
    let setting = Setting {
        skills: Arc::new(skills),
        ..keyed::setting()
    };
    let flow = Flow::assistant("phone".parse().expect("letters make an id"), setting);
    // A skill acts for whoever ordered it.
    keyed::to_its_end(flow, keys, |authoriser| {
        matches!(authoriser, Authoriser::Device { .. })
    });
});
