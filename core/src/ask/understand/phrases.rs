//! Example phrases and their file format: a header in square brackets opens a group, every following line
//! is one message of that group.

use std::str::FromStr;

use super::{Action, Category, Language, Tool, Verdict};

/// A message with the meaning it is meant to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    pub verdict: Verdict,
    pub tool: Option<Tool>,
    pub category: Option<Category>,
    pub action: Option<Action>,
    pub language: Language,
    pub text: String,
}

/// Why a phrase file was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct PhraseError {
    /// Counted from 1.
    pub line: usize,
    pub problem: String,
}

/// The longest message kept as a phrase, in bytes.
const LONGEST: usize = 2000;

#[derive(Clone)]
struct Group {
    verdict: Verdict,
    tool: Option<Tool>,
    category: Option<Category>,
    action: Option<Action>,
    language: Language,
}

impl Phrase {
    /// Reads a `.phrases` file.
    pub fn parse(file: &str) -> Result<Vec<Self>, PhraseError> {
        let mut group: Option<Group> = None;
        let mut phrases = Vec::new();
        for (index, raw) in file.lines().enumerate() {
            let line = index + 1;
            let text = raw.trim();
            let fail = |problem: String| PhraseError { line, problem };
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            if let Some(header) = text.strip_prefix('[') {
                let header = header
                    .strip_suffix(']')
                    .ok_or_else(|| fail("a header must end with ']', e.g. [answer uptime en]".into()))?;
                group = Some(header.parse().map_err(fail)?);
                continue;
            }
            let Some(of) = &group else {
                return Err(fail("a message before the first [header], e.g. [answer uptime en]".into()));
            };
            if text.len() > LONGEST {
                return Err(fail(format!("a phrase of {} bytes, {LONGEST} at most", text.len())));
            }
            phrases.push(Self {
                verdict: of.verdict,
                tool: of.tool,
                category: of.category,
                action: of.action,
                language: of.language,
                text: text.to_owned(),
            });
        }
        Ok(phrases)
    }
}

impl FromStr for Group {
    type Err = String;

    fn from_str(header: &str) -> Result<Self, String> {
        let mut words = header.split_whitespace();
        let mut next = |what: &str| words.next().ok_or_else(|| format!("[{header}] lacks {what}"));
        let first = next("answer, refuse or decline")?;
        let mut group = Self {
            verdict: Verdict::Decline,
            tool: None,
            category: None,
            action: None,
            language: Language::En,
        };
        match Verdict::from_word(first) {
            Some(Verdict::Answer) => {
                let word = next("a tool")?;
                group.verdict = Verdict::Answer;
                group.tool = Some(
                    Tool::from_word(word)
                        .ok_or_else(|| unknown("tool", word, Tool::ALL.iter().map(|tool| tool.as_str())))?,
                );
            }
            Some(Verdict::Refuse) => {
                let word = next("a category")?;
                group.verdict = Verdict::Refuse;
                group.category = Some(Category::from_word(word).ok_or_else(|| {
                    unknown("category", word, Category::ALL.iter().map(|category| category.as_str()))
                })?);
            }
            Some(Verdict::Decline) => {}
            Some(Verdict::Clarify) | None => {
                return Err(unknown("verdict", first, ["answer", "refuse", "decline"].into_iter()));
            }
        }
        let code = next("a language (en es pt de fr it nl)")?;
        group.language = Language::from_word(code).ok_or_else(|| {
            unknown("language", code, Language::ALL.iter().map(|language| language.as_str()))
        })?;
        for word in words {
            match word.strip_prefix("action=") {
                Some(name) if group.verdict == Verdict::Refuse => {
                    group.action = Some(Action::from_word(name).ok_or_else(|| {
                        unknown("action", name, Action::ALL.iter().map(|action| action.as_str()))
                    })?);
                }
                Some(_) => return Err("only a refuse group has an action".into()),
                None => return Err(format!("'{word}' is not expected after the language")),
            }
        }
        if group.action.is_none() {
            group.action = group.category.and_then(Category::action);
        }
        Ok(group)
    }
}

fn unknown(what: &str, word: &str, known: impl Iterator<Item = &'static str> + Clone) -> String {
    let near = known
        .clone()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match near {
        Some((_, candidate)) => format!("unknown {what} '{word}', did you mean '{candidate}'?"),
        None => format!("unknown {what} '{word}', one of: {}", known.collect::<Vec<_>>().join(" ")),
    }
}

impl Category {
    /// The action that a plain request of this category corresponds to.
    pub const fn action(self) -> Option<Action> {
        match self {
            Self::Restart => Some(Action::RestartResource),
            Self::Start => Some(Action::StartResource),
            Self::Stop => Some(Action::StopResource),
            Self::CreateSnapshot => Some(Action::CreateSnapshot),
            Self::Rollback => Some(Action::RollbackToSnapshot),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_messages() {
        let phrases = Phrase::parse(
            "# mine\n[answer uptime en]\nhow long up\n\n[refuse restart de]\nmach plex neu\n[decline fr]\nsalut toi\n",
        )
        .unwrap();
        assert_eq!(phrases.len(), 3);
        assert_eq!(phrases[0].tool, Some(Tool::Uptime));
        assert_eq!(phrases[1].action, Some(Action::RestartResource));
        assert_eq!((phrases[2].verdict, phrases[2].language), (Verdict::Decline, Language::Fr));
    }

    #[test]
    fn errors_name_the_line_and_help() {
        let line = |file: &str| Phrase::parse(file).unwrap_err().to_string();
        assert_eq!(
            line("[answer uptime en]\nup?\n[answer uptme en]\nx"),
            "line 3: unknown tool 'uptme', did you mean 'uptime'?"
        );
        assert!(line("hello").starts_with("line 1: a message before"));
        assert!(line("[refuse restart]").contains("lacks a language"));
        assert!(line("[answer uptime en action=restart_resource]").contains("only a refuse group"));
        assert!(line("[decline xx]").contains("one of: en es pt"));
        assert!(line("[decline en").contains("must end with"));
    }
}
