//! A message on its way through the house: understood, judged, answered, recorded.

use jiff::Zoned;
use serde_json::json;

use super::registry::{Command, CommandSpec, Operand};
use super::understand::{Arguments, Category, Reading, Tool, Understander, Verdict};
use super::{Answer, AnswerError, AnswerVerdict, House, Resolution, resolve, tools};
use crate::policy::{Principal, refusal};
use crate::remember::{AuditEvent, AuditRecord};
use crate::tell::{Block, Document, clean_line};

/// What a person said last in a conversation, for a follow-up ("and radarr?"). Never shared between people.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    pub reading: Reading,
}

/// An answer, and what the next message may refer to.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    pub answer: Answer,
    pub exchange: Option<Exchange>,
}

impl House {
    /// Answers a message in plain words. Who only ever asks commands needs no understanding, so it is passed in.
    pub async fn ask(
        &self,
        understander: &Understander,
        who: &Principal,
        text: &str,
        previous: Option<&Exchange>,
        now: &Zoned,
    ) -> Asked {
        let mut reading = understander.follow(text, previous.map(|p| &p.reading), now);
        self.notice_live_name(&mut reading).await;
        let mut answer = match (reading.verdict, reading.tool) {
            (Verdict::Answer, Some(tool)) => {
                let command = tools::command_line(tool, &reading.arguments);
                self.run(Command::Tool(tool), who, &reading.arguments, now, command).await
            }
            (Verdict::Refuse, _) => self.refused(&reading),
            (Verdict::Clarify, tool) => self.clarified(tool, who, &reading.arguments, now).await,
            (Verdict::Decline | Verdict::Answer, _) => declined(),
        };
        self.record(who, text, &reading, &mut answer, now).await;
        let exchange =
            matches!(reading.verdict, Verdict::Answer | Verdict::Clarify).then_some(Exchange { reading });
        Asked { answer, exchange }
    }

    /// Answers a command of the registry. `line` is what was typed.
    pub async fn command(
        &self,
        who: &Principal,
        spec: &CommandSpec,
        arguments: Arguments,
        line: &str,
        now: &Zoned,
    ) -> Answer {
        let mut answer = if missing_operand(spec, &arguments) {
            self.clarified(spec_tool(spec), who, &arguments, now).await
        } else {
            self.run(spec.command, who, &arguments, now, line.to_owned()).await
        };
        let reading = Reading {
            text: line.to_owned(),
            language: super::understand::Language::En,
            verdict: if answer.verdict == AnswerVerdict::Clarify {
                Verdict::Clarify
            } else {
                Verdict::Answer
            },
            tool: spec_tool(spec),
            arguments,
            category: None,
            action: None,
            target: None,
            confidence: 1.0,
            because: Vec::new(),
        };
        self.record(who, line, &reading, &mut answer, now).await;
        answer
    }

    /// A short general question that names a service of this machine is about that service ("sonar status"): only
    /// here, where the live names are known, can that be seen.
    async fn notice_live_name(&self, reading: &mut Reading) {
        let general = matches!(reading.tool, Some(Tool::HealthOverview | Tool::ListContainers));
        if reading.verdict != Verdict::Answer || !general || reading.arguments.container.is_some() {
            return;
        }
        let split = |c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
        let words: Vec<&str> = reading.text.split(split).filter(|w| w.chars().count() >= 4).take(8).collect();
        if words.len() > 6 {
            return;
        }
        let Ok(listed) = self.engine.containers().await else { return };
        let named = words.into_iter().find_map(|word| match resolve(word, &listed.value) {
            Resolution::One(found) if is_name(word, found) => Some(word.to_lowercase()),
            Resolution::One(_) | Resolution::Many(_) | Resolution::None(_) => None,
        });
        if let Some(name) = named {
            reading.because.push(format!("'{name}' is a service here"));
            reading.tool = Some(Tool::ContainerDetail);
            reading.arguments.container = Some(name);
        }
    }

    async fn run(
        &self,
        command: Command,
        who: &Principal,
        arguments: &Arguments,
        now: &Zoned,
        line: String,
    ) -> Answer {
        if let Some(host) = arguments.host.as_deref().filter(|h| !self.is_this_host(h)) {
            let message = format!("There is no host “{}” here.", clean_line(host, 60));
            let help = format!("This Steward looks after {}.", self.settings.host);
            let document = Document::plain(message.clone()).text(help.clone());
            return Answer::clarify(line, document, AnswerError { code: "host_unknown", message, help });
        }
        tools::answer(command, &tools::Question { house: self, who, arguments, now, command: line }).await
    }

    /// Words like "server" or "nas" in a message mean the machine at hand.
    fn is_this_host(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        name == self.settings.host.to_lowercase()
            || ["host", "server", "machine", "box", "nas", "homelab", "localhost", "this"]
                .contains(&name.as_str())
    }

    fn refused(&self, reading: &Reading) -> Answer {
        let (title, limit, next) = refusal(reading, self.settings.mode);
        let category = reading.category.unwrap_or(Category::Mixed);
        let document = Document::plain(title.clone()).text(limit.clone()).with(Block::Next(next.clone()));
        Answer {
            command: "ask".into(),
            verdict: AnswerVerdict::Refused,
            document,
            sources: Vec::new(),
            data: json!({ "category": category, "action": reading.action, "target": reading.target, "instead": next }).into(),
            error: Some(AnswerError { code: "refused", message: title, help: limit }),
        }
    }

    /// Asks back with the names there are.
    async fn clarified(
        &self,
        tool: Option<Tool>,
        who: &Principal,
        arguments: &Arguments,
        now: &Zoned,
    ) -> Answer {
        let tool = tool.unwrap_or(Tool::ContainerDetail);
        let line = tools::command_line(tool, arguments);
        match tool {
            Tool::ServiceLogs | Tool::ServiceHistory | Tool::ContainerDetail => {
                self.run(
                    Command::Tool(tool),
                    who,
                    &Arguments { container: None, ..arguments.clone() },
                    now,
                    line,
                )
                .await
            }
            Tool::Explain => {
                self.run(Command::Tool(Tool::ContainerDetail), who, &Arguments::default(), now, "why".into())
                    .await
            }
            _ => {
                let message = "I am not sure what you mean.".to_owned();
                let help =
                    "Name the service or the thing, for example “is plex up?”; `help` lists what I answer."
                        .to_owned();
                let document = Document::plain(message.clone()).text(help.clone());
                Answer::clarify(line, document, AnswerError { code: "unclear", message, help })
            }
        }
    }

    /// The record of a question. One that cannot be written is shown, never swallowed.
    async fn record(&self, who: &Principal, text: &str, reading: &Reading, answer: &mut Answer, now: &Zoned) {
        let mut parameters = reading.arguments.clone();
        for value in
            [&mut parameters.container, &mut parameters.pattern, &mut parameters.mount, &mut parameters.host]
                .into_iter()
                .flatten()
        {
            *value = self.redactor.redact(&clean_line(value, 200));
        }
        let event = AuditEvent::Asked {
            text: self.redactor.redact(&crate::tell::clean(text, 2_000)),
            verdict: reading.verdict,
            tool: reading.tool,
            category: reading.category,
            parameters: Box::new(parameters),
            result: self.redactor.redact(&clean_line(&answer.document.title, 2_000)),
            exit: answer.exit(),
        };
        let record = AuditRecord {
            at: now.timestamp(),
            principal: who.id().to_owned(),
            front_end: who.front_end().to_owned(),
            event: event.bounded(),
        };
        match self.audit.append(record).await {
            Ok(receipt) if answer.verdict == AnswerVerdict::Refused => {
                answer.document.sources = vec![
                    format!("{} mode", self.settings.mode.as_str()),
                    format!("recorded as audit #{}", receipt.seq),
                ];
            }
            Ok(_) => {}
            Err(error) => {
                let banner = format!("This question could not be recorded: {error}");
                answer.document.blocks.insert(0, Block::Text(banner.clone()));
                answer.data.insert("audit_error", json!(banner));
            }
        }
    }
}

/// Whether the word is the name, but for a typo: not merely a part of it.
fn is_name(word: &str, container: &crate::fleet::Container) -> bool {
    let alike = |name: &str| strsim::jaro_winkler(&word.to_lowercase(), &name.to_lowercase()) >= 0.93;
    alike(container.label()) || alike(&container.name)
}

fn spec_tool(spec: &CommandSpec) -> Option<Tool> {
    match spec.command {
        Command::Tool(tool) => Some(tool),
        Command::Problems
        | Command::Missed
        | Command::Suppressed
        | Command::Trend
        | Command::Audit
        | Command::Whoami
        | Command::Settings
        | Command::About => None,
    }
}

fn missing_operand(spec: &CommandSpec, arguments: &Arguments) -> bool {
    matches!(spec.operand, Operand::Service | Operand::ServiceOrIncident) && arguments.container.is_none()
}

fn declined() -> Answer {
    let title = "That has nothing to do with this server, so I leave it.".to_owned();
    let help = "I answer questions about this server: `help` lists them.".to_owned();
    let next = vec!["status".to_owned(), "help".to_owned()];
    Answer {
        command: "ask".into(),
        verdict: AnswerVerdict::Declined,
        document: Document::plain(title.clone()).text(help.clone()).with(Block::Next(next)),
        sources: Vec::new(),
        data: json!({}).into(),
        error: Some(AnswerError { code: "out_of_scope", message: title, help }),
    }
}
