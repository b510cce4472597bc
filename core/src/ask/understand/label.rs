//! What the model tells apart: every tool, every category, and what has nothing to do with the server.

use super::{Category, Phrase, Tool, Verdict};

/// Columns of the model: the joint labels, then one each for answer, refuse, decline.
pub const JOINT: usize = Tool::ALL.len() + Category::ALL.len() + 1;
/// The coarse columns after the joint ones.
pub const COARSE: usize = 3;
pub const COLUMNS: usize = JOINT + COARSE;

/// A joint label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    Answer(Tool),
    Refuse(Category),
    Decline,
}

impl Label {
    /// The column of the label, below [`JOINT`].
    pub fn column(self) -> usize {
        match self {
            Self::Answer(tool) => tool as usize,
            Self::Refuse(category) => Tool::ALL.len() + category as usize,
            Self::Decline => JOINT - 1,
        }
    }

    /// The label of a column; columns past the end are `Decline`.
    pub fn of_column(column: usize) -> Self {
        match Tool::ALL.get(column) {
            Some(tool) => Self::Answer(*tool),
            None => Category::ALL
                .get(column.saturating_sub(Tool::ALL.len()))
                .map_or(Self::Decline, |category| Self::Refuse(*category)),
        }
    }

    /// The coarse column, counted from 0: answer, refuse, decline.
    pub fn coarse(self) -> usize {
        match self {
            Self::Answer(_) => 0,
            Self::Refuse(_) => 1,
            Self::Decline => 2,
        }
    }

    /// What a phrase is an example of.
    pub fn of(phrase: &Phrase) -> Self {
        match (phrase.verdict, phrase.tool, phrase.category) {
            (Verdict::Answer | Verdict::Clarify, Some(tool), _) => Self::Answer(tool),
            (Verdict::Refuse, _, Some(category)) => Self::Refuse(category),
            _ => Self::Decline,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_a_bijection() {
        for column in 0..JOINT {
            assert_eq!(Label::of_column(column).column(), column);
        }
        assert_eq!(Label::of_column(JOINT - 1), Label::Decline);
    }
}
