//! What can be asked: made from the registry.

use serde_json::json;

use super::Question;
use crate::ask::registry::{Operand, REGISTRY};
use crate::ask::{Answer, Sources};
use crate::tell::{Block, Cell, Column, Document, Table};

pub(super) fn answer(question: &Question<'_>) -> Answer {
    let rows = REGISTRY
        .iter()
        .map(|spec| {
            let operand = match spec.operand {
                Operand::None => String::new(),
                Operand::Service => " NAME".into(),
                Operand::ServiceOrIncident => " NAME|ID".into(),
                Operand::Incident => " ID".into(),
                Operand::OneOf(words) => format!(" [{}]", words.join("|")),
                Operand::Optional(what) => format!(" [{}]", what.to_uppercase()),
            };
            vec![Cell::text(format!("{}{operand}", spec.name)), Cell::text(spec.help)]
        })
        .collect();
    let document = Document::plain("I watch this server and answer questions about it. I change nothing.")
        .text("Ask in your own words (“is everything ok?”, “why is plex down?”), or use a command:")
        .with(Block::Table(Table {
            columns: vec![Column::left("COMMAND", 0), Column::left("ANSWERS", 0)],
            rows,
            more: 0,
        }));
    let commands: Vec<_> =
        REGISTRY.iter().map(|s| json!({ "name": s.name, "help": s.help, "example": s.example })).collect();
    let mut answer =
        Answer::new(question.command.clone(), document, Sources::default(), json!({ "commands": commands }));
    answer.document.severity = None;
    answer
}
