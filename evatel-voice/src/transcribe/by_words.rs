//! An ear that hears words, made one that hears phones: each word is looked up as espeak-ng says it, so that what was heard is compared
//! by sound, whichever engine heard it and however it spells.

use std::{ops::RangeInclusive, sync::Arc};

use evatel_core::account::Language;
use tokio::sync::mpsc;

use super::{Error, Feed, Heard, Hints, Partial, PhoneToken, Session, Transcriber};
use crate::{
    lexicon::{self, Lexicon},
    sound::Band,
};

/// A recogniser of words with the lexicon that says how they sound. What it reports are phones of the lexicon's model, each with its word.
///
/// Words are looked up one by one: what is certain of a word stays so, whatever follows it. A word's phones are spread evenly over its
/// time, as the engine gives no more.
#[derive(Clone, Debug)]
pub struct ByWords {
    engine: Arc<dyn Transcriber>,
    lexicon: Arc<Lexicon>,
}

impl ByWords {
    /// Puts a lexicon behind an engine that reports pieces of words: one that begins with a space begins a word, as in the token lists of
    /// sentencepiece (there `▁`).
    #[must_use]
    pub fn new(engine: Arc<dyn Transcriber>, lexicon: Arc<Lexicon>) -> Self {
        Self { engine, lexicon }
    }
}

impl Transcriber for ByWords {
    fn open(&self, language: Language) -> Result<Session, Error> {
        self.open_for(language, &Hints::default())
    }

    fn open_for(&self, language: Language, known: &Hints<'_>) -> Result<Session, Error> {
        let engine = self.engine.open_for(language, known)?;
        let (session, feed, heard) = Session::new();
        let translation = Translation {
            engine,
            feed,
            heard,
            lexicon: self.lexicon.clone(),
            language,
        };
        // It ends when the session is dropped.
        tokio::spawn(translation.run());
        Ok(session)
    }

    fn band(&self, language: Language) -> Band {
        self.engine.band(language)
    }

    fn levels(&self, language: Language) -> Option<RangeInclusive<f32>> {
        self.engine.levels(language)
    }

    fn admit(&self, language: Language) -> Result<(), Error> {
        self.engine.admit(language)
    }

    fn for_call(&self) -> Option<Arc<dyn Transcriber>> {
        let engine = self.engine.for_call()?;
        Some(Arc::new(Self {
            engine,
            lexicon: self.lexicon.clone(),
        }))
    }
}

/// One session between its ear and its engine.
struct Translation {
    engine: Session,
    feed: mpsc::Receiver<Feed>,
    heard: mpsc::Sender<Heard>,
    lexicon: Arc<Lexicon>,
    language: Language,
}

impl Translation {
    async fn run(mut self) {
        loop {
            tokio::select! {
                fed = self.feed.recv(), if !self.feed.is_closed() || !self.feed.is_empty() => match fed {
                    Some(Feed::Frame(sound)) => {
                        self.engine.has_room().await;
                        self.engine.push(sound);
                    }
                    Some(Feed::Mark) => self.engine.mark(),
                    Some(Feed::Finish) => {
                        self.engine.finish();
                        self.feed.close();
                    }
                    None => return,
                },
                () = self.heard.closed() => return,
                report = self.engine.next() => {
                    let Some(report) = report else { return };
                    if self.report(report).await {
                        return;
                    }
                }
            }
        }
    }

    /// Hands a report on; says whether it was the last.
    async fn report(&mut self, report: Heard) -> bool {
        let (report, last) = match report {
            Heard::CaughtUp | Heard::Replaced => (report, false),
            Heard::Failed { .. } => (report, true),
            Heard::Final(pieces) => match self.phones(&pieces, 0).await {
                Ok((tokens, _)) => (Heard::Final(tokens), true),
                Err(error) => (failed(&error), true),
            },
            Heard::Partial(partial) => match self.phones(&partial.tokens, partial.stable).await {
                Ok((tokens, stable)) => (Heard::Partial(Partial { tokens, stable }), false),
                Err(error) => (failed(&error), true),
            },
        };
        if let Heard::Partial(_) = report {
            // One that nobody has time for is of no use later.
            let _ = self.heard.try_send(report);
        } else {
            // A session that nobody listens to any more needs no answer.
            let _ = self.heard.send(report).await;
        }
        last
    }

    /// Gives the phones of all words, and how many of them are those of words that are over and whose pieces are certain.
    async fn phones(
        &self,
        pieces: &[PhoneToken],
        certain: usize,
    ) -> Result<(Vec<PhoneToken>, usize), lexicon::Error> {
        // The last of them may go on.
        let over = joined(&pieces[..certain.min(pieces.len())])
            .len()
            .saturating_sub(1);
        let spans = joined(pieces);
        let texts: Vec<&str> = spans.iter().map(|span| span.text.as_str()).collect();
        let sounds = self.lexicon.pronounce_all(&texts, self.language).await?;
        let (mut tokens, mut stable) = (Vec::new(), 0);
        for (place, (span, sound)) in spans.iter().zip(&sounds).enumerate() {
            let spelled = self.lexicon.phones().spelled(sound.phones().unwrap_or_default());
            span.spread(&spelled, &mut tokens);
            if place < over {
                stable = tokens.len();
            }
        }
        Ok((tokens, stable))
    }
}

fn failed(error: &lexicon::Error) -> Heard {
    Heard::Failed {
        reason: format!("the words that were heard cannot be looked up: {error}"),
    }
}

/// A word as its pieces tell.
#[derive(Debug, PartialEq)]
struct Span {
    text: String,
    from_ms: u32,
    /// When its last piece was heard.
    last_ms: u32,
}

/// What a model prints for a sound that it has no piece for, and what is no piece.
fn is_mark(piece: &str) -> bool {
    let piece = piece.trim();
    piece.starts_with('<') && piece.ends_with('>')
}

/// Joins pieces to words.
fn joined(pieces: &[PhoneToken]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut begins = true;
    for piece in pieces.iter().filter(|piece| !is_mark(&piece.phone)) {
        let text = piece.phone.trim_start_matches([' ', '▁']);
        begins |= text.len() < piece.phone.len();
        if text.is_empty() {
            // A space of its own: the next piece begins a word.
            continue;
        }
        match spans.last_mut() {
            Some(last) if !begins => {
                last.text.push_str(text);
                last.last_ms = piece.at_ms;
            }
            _ => spans.push(Span {
                text: text.to_owned(),
                from_ms: piece.at_ms,
                last_ms: piece.at_ms,
            }),
        }
        begins = false;
    }
    spans
}

/// How long one phone sounds where nothing else is known, in ms.
const PHONE_MS: u32 = 70;

impl Span {
    /// Adds the word's phones to `tokens`; of a word without sound one that is none, so that it is not lost.
    fn spread(&self, spelled: &str, tokens: &mut Vec<PhoneToken>) {
        let word: Arc<str> = self.text.as_str().into();
        let mut phones: Vec<&str> = spelled.split_whitespace().collect();
        if phones.is_empty() {
            phones.push("");
        }
        let count = phones.len() as u32;
        let span = self
            .last_ms
            .saturating_sub(self.from_ms)
            .max(PHONE_MS * (count - 1));
        tokens.extend(phones.into_iter().zip(0..).map(|(phone, index)| PhoneToken {
            word: Some(word.clone()),
            ..PhoneToken::new(phone, self.from_ms.saturating_add(span / count * index))
        }));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        frame::Frame8k,
        lexicon::tests::lexicon,
        scripted::{Line, ScriptedTranscriber},
        transcribe::words,
    };

    /// Pieces of words, `_` for the space before them, one each 100 ms.
    fn pieces(text: &str) -> Vec<PhoneToken> {
        let pieces = text.split_whitespace().zip(0..);
        pieces
            .map(|(piece, index)| PhoneToken::new(piece.replace('_', " "), 100 * index))
            .collect()
    }

    fn by_words(line: Line) -> ByWords {
        ByWords::new(Arc::new(ScriptedTranscriber::new([line])), Arc::new(lexicon()))
    }

    async fn final_of(session: &mut Session) -> Vec<PhoneToken> {
        loop {
            match session.next().await {
                Some(Heard::Final(tokens)) => return tokens,
                Some(_) => {}
                None => panic!("no final result"),
            }
        }
    }

    fn sound(tokens: &[PhoneToken]) -> String {
        let phones: Vec<&str> = tokens.iter().map(|token| token.phone.as_str()).collect();
        phones.join(" ")
    }

    #[test]
    fn pieces_become_words_with_the_time_of_their_first_and_last() {
        let spans = joined(&pieces("_APP ELLE <unk> _ MA RIE _TREM BLAY"));
        let told: Vec<_> = spans
            .iter()
            .map(|span| (span.text.as_str(), span.from_ms, span.last_ms))
            .collect();
        assert_eq!(
            told,
            [("APPELLE", 0, 100), ("MARIE", 400, 500), ("TREMBLAY", 600, 700)]
        );
        assert!(joined(&pieces("<blk> _")).is_empty());
    }

    #[tokio::test]
    async fn words_are_heard_as_the_phones_that_the_lexicon_says_whatever_their_case() {
        let pieces = pieces("_APP ELLE _MA RIE");
        let reports = vec![(
            Duration::from_millis(20),
            Partial {
                stable: pieces.len(),
                tokens: pieces,
            },
        )];
        let ear = by_words(Line::Reports(reports, String::new()));
        let mut session = ear.open(Language::Fr).unwrap();
        session.push(Frame8k::SILENCE);
        let Some(Heard::Partial(partial)) = session.next().await else {
            panic!("no partial result")
        };
        assert_eq!(sound(&partial.tokens), "a p E l m a R i");
        assert_eq!(sound(partial.stable()), "a p E l", "the last word may go on");
        let words: Vec<_> = words(&partial.tokens)
            .into_iter()
            .map(|word| (word.text.to_string(), word.from_ms))
            .collect();
        assert_eq!(words, [("APPELLE".to_owned(), 0), ("MARIE".to_owned(), 200)]);
        session.finish();
        assert!(final_of(&mut session).await.is_empty());
    }

    #[tokio::test]
    async fn a_word_without_sound_is_kept_as_a_word() {
        let mut tokens = Vec::new();
        let [span] = &joined(&pieces("_王"))[..] else {
            panic!("one word")
        };
        span.spread("", &mut tokens);
        assert_eq!(words(&tokens).len(), 1);
        assert!(lexicon().phones().known(&tokens).is_empty());
    }

    #[tokio::test]
    async fn an_engine_that_fails_says_so_through_the_words() {
        let ear = by_words(Line::Fails("out of memory".to_owned()));
        let mut session = ear.open(Language::Fr).unwrap();
        session.finish();
        let report = session.next().await;
        assert!(
            matches!(&report, Some(Heard::Failed { reason }) if reason.contains("memory")),
            "{report:?}"
        );
    }
}
