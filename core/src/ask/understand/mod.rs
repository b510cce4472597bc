//! A message becomes a [`Reading`]: deterministic, in process, explained.
//!
//! In reading order: `clean` takes off what hides letters, `payload` and `disguise` what hides words; `token`
//! and `features` prepare the text for the `model`; `grammar` holds the rules of the border between question
//! and request; `judge` decides; `slots` fills the arguments; `follow` completes what was left unsaid.

mod book;
mod clean;
mod disguise;
mod features;
mod follow;
mod grammar;
mod judge;
mod label;
mod language;
pub mod learn;
mod lookalike;
mod model;
mod names;
mod parts;
mod payload;
mod phrases;
mod reading;
mod shape;
mod slots;
mod token;
mod values;
pub mod when;

use jiff::Zoned;

pub use model::ModelError;
pub use phrases::{Phrase, PhraseError};
pub use reading::{Action, Arguments, Category, Language, Reading, Tool, Verdict};

use book::Book;
use disguise::Vocabulary;
use judge::{Judgement, judge};
use label::Label;
use model::Model;
use parts::{bounded, command_action, is_bare, sentences, shortened};
use token::Tokens;

/// Reads messages.
#[derive(Debug)]
pub struct Understander {
    model: Model,
    book: Book,
}

/// A longer message is not searched further, in bytes.
const LONGEST: usize = 1 << 20;

impl Vocabulary for Model {
    fn knows(&self, word: &str) -> bool {
        self.knows(disguise::word_hash(word))
    }
}

/// What came out, before the arguments.
struct Outcome {
    label: Label,
    action: Option<Action>,
    target: Option<String>,
    confidence: f32,
    because: Vec<String>,
}

impl Understander {
    /// `extra` are the user's own phrases: a message that is one of them means what they say.
    pub fn new(model: &[u8], extra: &[Phrase]) -> Result<Self, ModelError> {
        Ok(Self { model: Model::load(model)?, book: Book::new(extra) })
    }

    /// What a message means by itself.
    pub fn read(&self, text: &str, now: &Zoned) -> Reading {
        let (tokens, outcome) = self.outcome(text);
        self.finish(text, &tokens, outcome, now)
    }

    /// What a message means after another: what it leaves unsaid comes from there.
    pub fn follow(&self, text: &str, previous: Option<&Reading>, now: &Zoned) -> Reading {
        let (tokens, outcome) = self.outcome(text);
        let reading = self.finish(text, &tokens, outcome, now);
        let Some((previous, before)) = previous.and_then(|previous| Some((previous, previous.tool?))) else {
            return reading;
        };
        let found = when::find(&tokens.clean, now);
        let Some(left_out) = follow::ellipsis(&tokens, found.as_ref().map(|found| &found.range)) else {
            return reading;
        };
        let mut new = reading.arguments.clone();
        if let Some(found) = found {
            new.since = Some(found.since);
            new.until = found.until;
        }
        if new.container.is_none()
            && let Some(name) = &left_out.container
        {
            new.container = names::known(name).and_then(|known| known.full).map(str::to_owned);
        }
        let (tool, arguments) = left_out.apply(before, &previous.arguments, &new);
        let mut because = vec![format!("continues the question before: '{}'", shortened(&previous.text))];
        because.extend(reading.because.into_iter().take(1));
        Reading {
            verdict: Verdict::Answer,
            tool: Some(tool),
            arguments,
            category: None,
            action: None,
            target: None,
            confidence: reading.confidence.max(0.8),
            because,
            ..reading
        }
    }

    /// A word that the training text had.
    fn known(&self, hash: u32) -> bool {
        self.model.knows(hash)
    }

    fn outcome(&self, text: &str) -> (Tokens, Outcome) {
        let bounded = bounded(text);
        let cleaned = clean::clean(&bounded);
        let mut scratch = Vec::with_capacity(512);
        let whole = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or("");
        let mut hidden = cleaned.hidden.clone();
        let mut signs = cleaned.signs;
        if bounded.len() < whole.len() && !whole.is_ascii() {
            let all = clean::clean(whole);
            hidden = all.hidden;
            signs = all.signs;
        }
        // what a decoded text must be to count: words of the language
        let reads = |decoded: &str| {
            let sense = disguise::sense(decoded, &self.model);
            let letters = decoded.chars().filter(|c| c.is_alphabetic() || *c == ' ').count();
            let prose =
                decoded.len() >= 12 && decoded.contains(' ') && letters * 5 >= decoded.chars().count() * 4;
            (sense.share() >= 0.5 && (sense.words >= 2 || sense.longest >= 4)) || sense.words >= 3 || prose
        };
        let mut found: Option<(String, String)> = None;
        if hidden.trim().chars().filter(|c| c.is_alphabetic()).count() >= 3 {
            found = Some(("invisible characters carry a text".into(), hidden));
        } else if let Some(payload) = payload::find(whole, &reads) {
            found = Some((format!("{} hides a text", payload.what), payload.text));
        }
        let mut tokens = Tokens::new(cleaned.text);
        if found.is_none()
            && let Some(undone) = disguise::transformed(&tokens.clean, &self.model)
        {
            let turned = Tokens::new(undone.text.clone());
            let judged = judge(&self.model, &turned, &mut scratch);
            if undone.deliberate || matches!(judged.label, Label::Refuse(_)) {
                found = Some((format!("{} hides a text", undone.what), undone.text));
            }
        }
        if let Some((why, decoded)) = found {
            return self.hidden(tokens, &why, &decoded, &mut scratch);
        }
        let mut disguised = None;
        if let Some(undone) = disguise::plain_words(&tokens.clean, &self.model) {
            disguised = Some((undone.what, undone.deliberate));
            tokens = Tokens::new(undone.text);
        }
        let judged = self.whole(&tokens, &mut scratch);
        let own = self.book.find(text, |phrase| {
            phrase.verdict == Verdict::Refuse || !matches!(judged.label, Label::Refuse(_))
        });
        if let Some(phrase) = own {
            let outcome = Outcome {
                label: Label::of(phrase),
                action: phrase.action,
                target: None,
                confidence: 1.0,
                because: vec![format!("one of your phrases: '{}'", shortened(&phrase.text))],
            };
            return (tokens, outcome);
        }
        let mut outcome = self.refined(&tokens, judged);
        if let Some((what, deliberate)) = disguised {
            if deliberate && !matches!(outcome.label, Label::Refuse(_)) {
                outcome.label = Label::Refuse(Category::Injection);
                outcome.because.clear();
            }
            outcome.because.insert(0, what.to_owned());
        }
        let sign = signs.disguised();
        if let (Label::Refuse(_), Some(sign)) = (outcome.label, sign) {
            outcome.because.insert(0, sign.to_owned());
            let deliberate =
                signs.turned + signs.imitated + signs.small_capitals + signs.styled + signs.stacked > 0;
            if deliberate {
                outcome.label = Label::Refuse(Category::Injection);
            }
        } else if signs.turned >= 3 || signs.stacked >= 12 {
            outcome.because.insert(0, sign.unwrap_or_default().to_owned());
            outcome.label = Label::Refuse(Category::Injection);
        }
        (tokens, outcome)
    }

    /// A message that carries another one.
    fn hidden(&self, tokens: Tokens, why: &str, decoded: &str, scratch: &mut Vec<u32>) -> (Tokens, Outcome) {
        let inner = Tokens::new(clean::clean(&bounded(decoded)).text);
        let judged = judge(&self.model, &inner, scratch);
        let asks = matches!(judged.label, Label::Refuse(_));
        let outcome = Outcome {
            label: Label::Refuse(Category::Injection),
            action: asks.then(|| judged.category.action()).flatten(),
            target: slots::target(&inner, judged.category, &|hash| self.known(hash)),
            confidence: 0.99,
            because: vec![format!("{why}: '{}'", shortened(decoded.trim()))],
        };
        (tokens, outcome)
    }

    /// The judgement on a message, and on its sentences where they say more than the whole.
    fn whole(&self, tokens: &Tokens, scratch: &mut Vec<u32>) -> Judgement {
        let mut judged = judge(&self.model, tokens, scratch);
        let parts = sentences(tokens);
        if parts.len() < 2 {
            return judged;
        }
        let parts: Vec<Judgement> = parts.iter().map(|part| judge(&self.model, part, scratch)).collect();
        let request = parts
            .iter()
            .filter(|part| matches!(part.label, Label::Refuse(_)))
            .max_by(|a, b| a.refuse.total_cmp(&b.refuse));
        let question = parts.iter().any(|part| matches!(part.label, Label::Answer(_)) && part.answer >= 0.75);
        if let Some(request) = request
            && (request.refuse >= 0.9 || matches!(judged.label, Label::Refuse(_)))
        {
            let already = matches!(judged.label, Label::Refuse(_));
            if !already || judged.label == Label::Refuse(Category::Mixed) {
                judged.category = request.category;
            }
            if !already {
                judged.label = if question { Label::Refuse(Category::Mixed) } else { request.label };
                judged.refuse = request.refuse;
                judged.confidence = request.confidence;
                judged.because.clone_from(&request.because);
                judged.because.push("one of its sentences asks for it".to_owned());
            }
        }
        judged
    }

    fn refined(&self, tokens: &Tokens, judged: Judgement) -> Outcome {
        let mut outcome = Outcome {
            label: judged.label,
            action: None,
            target: None,
            confidence: judged.confidence,
            because: judged.because,
        };
        if let Label::Refuse(category) = judged.label {
            outcome.action = match category {
                Category::Mixed | Category::Injection => judged.category.action(),
                Category::Shell => command_action(tokens),
                other => other.action(),
            };
            outcome.target = slots::target(tokens, category, &|hash| self.known(hash));
        }
        outcome
    }

    fn finish(&self, text: &str, tokens: &Tokens, outcome: Outcome, now: &Zoned) -> Reading {
        let mut reading = Reading {
            text: text.to_owned(),
            language: language::detect(tokens),
            verdict: Verdict::Decline,
            tool: None,
            arguments: Arguments::default(),
            category: None,
            action: None,
            target: None,
            confidence: outcome.confidence.clamp(0.0, 1.0),
            because: outcome.because,
        };
        match outcome.label {
            Label::Refuse(category) => {
                reading.verdict = Verdict::Refuse;
                reading.category = Some(category);
                reading.action = outcome.action;
                reading.target = outcome.target;
                if reading.because.is_empty() {
                    reading
                        .because
                        .push(format!("reads like a request: {}", category.as_str().replace('_', " ")));
                }
            }
            Label::Answer(tool) => {
                let timeless =
                    matches!(tool, Tool::HealthOverview | Tool::Help | Tool::Skills | Tool::PendingApprovals);
                let found = if timeless { None } else { when::find(&tokens.clean, now) };
                let times = found.as_ref().map(|found| &found.range);
                reading.arguments = slots::arguments(text, tokens, tool, times, &|hash| self.known(hash));
                if let Some(found) = found {
                    reading.arguments.since = Some(found.since);
                    reading.arguments.until = found.until;
                } else if !timeless {
                    reading.arguments.since = slots::implied_period(tokens, tool).map(str::to_owned);
                }
                reading.verdict = if is_bare(tokens, tool, &reading.arguments) {
                    Verdict::Clarify
                } else {
                    Verdict::Answer
                };
                reading.tool = Some(tool);
                if reading.verdict == Verdict::Clarify {
                    reading.because.push("no name: which one is meant?".to_owned());
                }
                if reading.because.is_empty() {
                    reading
                        .because
                        .push(format!("reads like a question: {}", tool.as_str().replace('_', " ")));
                }
            }
            Label::Decline => {
                if reading.because.is_empty() {
                    reading.because.push("nothing in it is about this server".to_owned());
                }
            }
        }
        reading
    }
}

#[cfg(test)]
mod tests;
