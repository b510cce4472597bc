//! A message as a tree. Front-ends render it, each with its own measure; text from the world is cleaned and escaped
//! there, in one place, so that no tool can forget it.

use serde::Serialize;

/// How bad it is. The order is that of an answer's exit code: what could not be read outranks a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Ok,
    Warning,
    Unknown,
    Critical,
}

impl Severity {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Unknown => "unknown",
            Self::Critical => "critical",
        }
    }
}

/// Verdict first, then blocks in the order of their worth, then where it comes from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// One sentence: the verdict.
    pub title: String,
    /// `None`: neither good nor bad (a refusal, a help text).
    pub severity: Option<Severity>,
    pub blocks: Vec<Block>,
    /// `docker 8 s · host 1 s`.
    pub sources: Vec<String>,
    /// The command this answer equals, so that people learn it.
    pub command: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    Findings(Vec<Finding>),
    Table(Table),
    /// A sentence of our own.
    Text(String),
    /// Text from the world, quoted with its source.
    Evidence {
        source: String,
        lines: Vec<String>,
    },
    /// Commands that are the useful next step.
    Next(Vec<String>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    pub severity: Severity,
    pub subject: String,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
    /// Rows left out, counted.
    pub more: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub name: &'static str,
    pub right: bool,
    /// Narrow screens give up the highest first; 0 always stays.
    pub rank: u8,
}

impl Column {
    pub const fn left(name: &'static str, rank: u8) -> Self {
        Self { name, right: false, rank }
    }

    pub const fn right(name: &'static str, rank: u8) -> Self {
        Self { name, right: true, rank }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Text(String),
    /// A word with its meaning: `unhealthy`.
    State(String, Severity),
    /// A share of something, 0 to 100, drawn where there is room.
    Bar(f64, Severity),
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

impl Document {
    pub fn new(severity: Severity, title: impl Into<String>) -> Self {
        Self { title: title.into(), severity: Some(severity), ..Self::default() }
    }

    /// A message that is neither good nor bad news.
    pub fn plain(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    #[must_use]
    pub fn with(mut self, block: Block) -> Self {
        let empty = match &block {
            Block::Findings(list) => list.is_empty(),
            Block::Table(table) => table.rows.is_empty(),
            Block::Text(text) => text.is_empty(),
            Block::Evidence { lines, .. } => lines.is_empty(),
            Block::Next(commands) => commands.is_empty(),
        };
        if !empty {
            self.blocks.push(block);
        }
        self
    }

    #[must_use]
    pub fn text(self, text: impl Into<String>) -> Self {
        self.with(Block::Text(text.into()))
    }
}
