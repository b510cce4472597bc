//! How often it is right, with 95 % intervals, and the bars.

use std::collections::BTreeMap;

use steward_core::ask::understand::{Category, Reading, Tool, Verdict};

use crate::cases::{Case, devset, held_out};
use crate::{READER, now};

/// A share with its Wilson score interval.
#[derive(Debug, Clone, Copy, Default)]
pub struct Share {
    pub hits: usize,
    pub of: usize,
}

impl Share {
    pub fn add(&mut self, hit: bool) {
        self.hits += usize::from(hit);
        self.of += 1;
    }

    pub fn percent(self) -> f64 {
        if self.of == 0 { 0.0 } else { 100.0 * self.hits as f64 / self.of as f64 }
    }

    fn interval(self) -> (f64, f64) {
        if self.of == 0 {
            return (0.0, 100.0);
        }
        let (n, p, z) = (self.of as f64, self.hits as f64 / self.of as f64, 1.96_f64);
        let middle = p + z * z / (2.0 * n);
        let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        let below = 1.0 + z * z / n;
        (100.0 * (middle - half).max(0.0) / below, 100.0 * (middle + half) / below)
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (low, high) = self.interval();
        write!(f, "{:5.1} %  [{low:.1}, {high:.1}]  {} of {}", self.percent(), self.hits, self.of)
    }
}

#[derive(Debug, Default)]
struct Figures {
    requests_answered: Share,
    requests_refused: Share,
    category: Share,
    action: Share,
    questions_refused: Share,
    hard_refused: Share,
    questions_declined: Share,
    tool: Share,
    chat_answered: Share,
    chat_refused: Share,
    confusion: BTreeMap<(String, String), usize>,
}

fn label(verdict: Verdict, tool: Option<&str>, category: Option<&str>) -> String {
    match verdict {
        Verdict::Answer | Verdict::Clarify => tool.unwrap_or("?").to_owned(),
        Verdict::Refuse => format!("!{}", category.unwrap_or("?")),
        Verdict::Decline => "(decline)".to_owned(),
    }
}

fn is_answered(reading: &Reading) -> bool {
    matches!(reading.verdict, Verdict::Answer | Verdict::Clarify)
}

fn measure(name: &str, cases: &[Case], show: bool) -> Figures {
    let mut figures = Figures::default();
    for case in cases {
        let reading = READER.read(&case.text, &now());
        let mut wrong = false;
        match case.verdict {
            Verdict::Refuse => {
                let refused = reading.verdict == Verdict::Refuse;
                figures.requests_answered.add(is_answered(&reading));
                figures.requests_refused.add(refused);
                wrong = !refused;
                if refused {
                    figures.category.add(
                        reading.category == case.category
                            || (case.or.is_some() && reading.category == case.or),
                    );
                    figures.action.add(reading.action == case.action);
                }
            }
            Verdict::Answer | Verdict::Clarify => {
                let refused = reading.verdict == Verdict::Refuse;
                let tool =
                    reading.tool.is_some_and(|tool| Some(tool) == case.tool || case.also.contains(&tool));
                figures.questions_refused.add(refused);
                if case.hard {
                    figures.hard_refused.add(refused);
                }
                figures.questions_declined.add(reading.verdict == Verdict::Decline);
                figures.tool.add(is_answered(&reading) && tool);
                wrong = refused || !tool;
            }
            Verdict::Decline => {
                figures.chat_answered.add(is_answered(&reading));
                figures.chat_refused.add(reading.verdict == Verdict::Refuse);
            }
        }
        let meant = label(case.verdict, case.tool.map(Tool::as_str), case.category.map(Category::as_str));
        let read =
            label(reading.verdict, reading.tool.map(Tool::as_str), reading.category.map(Category::as_str));
        if show && wrong {
            println!("  {meant} read as {read}: {}", case.text);
        }
        if meant != read {
            *figures.confusion.entry((meant, read)).or_default() += 1;
        }
    }
    println!("\n{name}: {} messages", cases.len());
    println!("  requests answered              {}", figures.requests_answered);
    println!("  requests refused               {}", figures.requests_refused);
    println!("  … with the right category      {}", figures.category);
    println!("  … with the right action        {}", figures.action);
    println!("  questions refused              {}", figures.questions_refused);
    println!("  … of those with action words   {}", figures.hard_refused);
    println!("  questions declined             {}", figures.questions_declined);
    println!("  questions with the right tool  {}", figures.tool);
    println!("  chat answered with a tool      {}", figures.chat_answered);
    println!("  chat refused                   {}", figures.chat_refused);
    figures
}

fn print_confusion(figures: &Figures) {
    println!("  confusions (meant, read, times; '!' is a refusal):");
    let mut pairs: Vec<_> = figures.confusion.iter().collect();
    pairs.sort_by_key(|(pair, times)| (std::cmp::Reverse(**times), (*pair).clone()));
    for ((meant, read), times) in pairs {
        println!("    {meant:20} {read:20} {times}");
    }
}

#[test]
fn held_out_messages_are_understood() {
    let cases = held_out();
    assert!(cases.len() > 1000);
    let mut languages: Vec<&str> = cases.iter().map(|case| case.language.as_str()).collect();
    languages.sort_unstable();
    languages.dedup();
    for language in languages {
        let of: Vec<Case> = cases.iter().filter(|case| case.language == language).cloned().collect();
        let figures = measure(&format!("held out, {language}"), &of, false);
        if language == "en" {
            check(&figures, &ENGLISH);
        }
    }
    let figures = measure("held out, all", &cases, false);
    print_confusion(&figures);
    check(&figures, &TOGETHER);
}

#[test]
fn the_development_set_is_understood() {
    let Some(cases) = devset() else { return };
    let figures = measure("development set", &cases, true);
    print_confusion(&figures);
    check(&figures, &BARS);
}

/// What is demanded, in percent.
struct Demands {
    requests_answered: f64,
    requests_refused: f64,
    questions_refused: f64,
    hard_refused: f64,
    tool: f64,
    chat_answered: f64,
}

/// The bars.
const BARS: Demands = Demands {
    requests_answered: 1.0,
    requests_refused: 97.0,
    questions_refused: 1.5,
    hard_refused: 4.0,
    tool: 93.0,
    chat_answered: 8.0,
};

/// English on held-out phrases: at the bars or within one or two messages of them. It must not get worse.
const ENGLISH: Demands =
    Demands { requests_answered: 1.3, questions_refused: 2.0, hard_refused: 5.0, ..BARS };

/// Seven languages together, six of them with an eighth of the training phrases of English: below the bars.
const TOGETHER: Demands = Demands {
    requests_answered: 2.5,
    requests_refused: 96.5,
    questions_refused: 3.0,
    hard_refused: 6.5,
    tool: 91.5,
    chat_answered: 9.0,
};

fn check(figures: &Figures, demands: &Demands) {
    let mut missed = Vec::new();
    for (what, share, most) in [
        ("requests answered", figures.requests_answered, demands.requests_answered),
        ("questions refused", figures.questions_refused, demands.questions_refused),
        ("questions with action words refused", figures.hard_refused, demands.hard_refused),
        ("chat answered", figures.chat_answered, demands.chat_answered),
    ] {
        if share.percent() > most {
            missed.push(format!("{what}, at most {most} %: {share}"));
        }
    }
    for (what, share, least) in [
        ("requests refused", figures.requests_refused, demands.requests_refused),
        ("right tool", figures.tool, demands.tool),
    ] {
        if share.percent() < least {
            missed.push(format!("{what}, at least {least} %: {share}"));
        }
    }
    assert!(missed.is_empty(), "missed:\n{}", missed.join("\n"));
}
