//! A Document for the terminal: columns, colours, and what is given up where it is narrow. All text passes
//! `clean_line` here, so nothing that a container wrote can move the cursor.

use steward_core::tell::{Block, Cell, Column, Document, Finding, Severity, Table, clean_line};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// How wide, and with what.
#[derive(Debug, Clone)]
pub struct Measure {
    pub width: usize,
    pub colour: bool,
    /// Bars and marks beyond ASCII.
    pub drawing: bool,
}

/// One text of the world, in characters.
const TEXT_MAX: usize = 2_000;
const BAR: usize = 10;
const GAP: usize = 2;

pub fn render(document: &Document, measure: &Measure) -> String {
    let mut out = String::new();
    let title = clean_line(&document.title, TEXT_MAX);
    match document.severity {
        Some(severity) => {
            let tag = format!("{:<5}", tag(severity));
            let first = format!("{tag}{title}");
            for (n, line) in wrap(&first, measure.width, 5).into_iter().enumerate() {
                out.push_str(&if n == 0 {
                    line.replacen(tag.trim_end(), &paint(tag.trim_end(), severity, measure), 1)
                } else {
                    line
                });
                out.push('\n');
            }
        }
        None => lines(&mut out, &title, measure.width, 0),
    }
    for block in &document.blocks {
        match block {
            Block::Findings(list) => findings(&mut out, list, measure),
            Block::Table(table) => draw(&mut out, table, measure),
            Block::Text(text) => {
                lines(&mut out, &format!("  {}", clean_line(text, TEXT_MAX)), measure.width, 2);
            }
            Block::Evidence { source, lines: quoted } => evidence(&mut out, source, quoted, measure),
            Block::Next(commands) => {
                let shown: Vec<String> = commands.iter().map(|c| clean_line(c, 80)).collect();
                dimmed(&mut out, &format!("next: {}", shown.join(" | ")), measure, 6);
            }
        }
    }
    if !document.sources.is_empty() {
        let shown: Vec<String> = document.sources.iter().map(|s| clean_line(s, 200)).collect();
        dimmed(&mut out, &format!("sources: {}", shown.join(" | ")), measure, 9);
    }
    out
}

const fn tag(severity: Severity) -> &'static str {
    match severity {
        Severity::Ok => "OK",
        Severity::Warning => "WARN",
        Severity::Unknown => "UNKN",
        Severity::Critical => "CRIT",
    }
}

/// A word and a colour: the colour alone would say nothing to one in twelve.
fn paint(text: &str, severity: Severity, measure: &Measure) -> String {
    if !measure.colour {
        return text.to_owned();
    }
    let code = match severity {
        Severity::Ok => "32",
        Severity::Warning => "33",
        Severity::Unknown => "35",
        Severity::Critical => "1;31",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

fn dim(text: &str, measure: &Measure) -> String {
    if measure.colour { format!("\u{1b}[2m{text}\u{1b}[0m") } else { text.to_owned() }
}

fn findings(out: &mut String, list: &[Finding], measure: &Measure) {
    let plain = list.iter().all(|f| f.severity == Severity::Ok);
    let subject_width =
        list.iter().map(|f| clean_line(&f.subject, 40).width()).max().unwrap_or(0).min(measure.width / 3);
    for finding in list {
        let subject = pad(&clean_line(&finding.subject, 40), subject_width, false);
        let mark = if plain {
            String::new()
        } else {
            format!("{:<6}", if finding.severity == Severity::Ok { "ok" } else { tag(finding.severity) })
        };
        let indent = 2 + mark.len() + subject_width + GAP;
        let line = format!("  {mark}{subject}  {}", clean_line(&finding.text, TEXT_MAX));
        for (n, text) in wrap(&line, measure.width, indent).into_iter().enumerate() {
            let word = mark.trim_end();
            out.push_str(&if n == 0 && !plain {
                text.replacen(word, &paint(word, finding.severity, measure), 1)
            } else {
                text
            });
            out.push('\n');
        }
    }
}

fn evidence(out: &mut String, source: &str, quoted: &[String], measure: &Measure) {
    dimmed(out, &format!("  {}:", clean_line(source, 80)), measure, 4);
    let bar = if measure.drawing { "│" } else { ">" };
    for line in quoted {
        for text in wrap(&clean_line(line, TEXT_MAX), measure.width.saturating_sub(4), 2) {
            out.push_str(&format!("  {bar} {text}\n"));
        }
    }
}

fn lines(out: &mut String, text: &str, width: usize, indent: usize) {
    for line in wrap(text, width, indent) {
        out.push_str(&line);
        out.push('\n');
    }
}

/// Each line for itself: the codes take no room, so they come after the breaking.
fn dimmed(out: &mut String, text: &str, measure: &Measure, indent: usize) {
    for line in wrap(text, measure.width, indent) {
        out.push_str(&dim(&line, measure));
        out.push('\n');
    }
}

fn draw(out: &mut String, table: &Table, measure: &Measure) {
    let texts: Vec<Vec<String>> =
        table.rows.iter().map(|row| row.iter().map(|cell| cell_text(cell, measure)).collect()).collect();
    let natural: Vec<usize> = table
        .columns
        .iter()
        .enumerate()
        .map(|(n, column)| {
            texts
                .iter()
                .filter_map(|row| row.get(n))
                .map(|t| t.width())
                .max()
                .unwrap_or(0)
                .max(column.name.width())
        })
        .collect();
    let shown = fitting(&table.columns, &natural, measure.width.saturating_sub(2));
    let header: Vec<String> =
        shown.iter().map(|&(n, width)| pad(table.columns[n].name, width, table.columns[n].right)).collect();
    out.push_str(&dim(format!("  {}", header.join("  ")).trim_end(), measure));
    out.push('\n');
    for (row, cells) in texts.iter().zip(&table.rows) {
        let mut line = String::from("  ");
        for (at, &(n, width)) in shown.iter().enumerate() {
            let text = row.get(n).map_or("", String::as_str);
            let padded = pad(text, width, table.columns[n].right);
            let padded = match cells.get(n) {
                Some(Cell::State(_, severity) | Cell::Bar(_, severity)) if *severity != Severity::Ok => {
                    let word = padded.trim();
                    padded.replacen(word, &paint(word, *severity, measure), 1)
                }
                _ => padded,
            };
            line.push_str(&padded);
            if at + 1 < shown.len() {
                line.push_str("  ");
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    if table.more > 0 {
        out.push_str(&format!("  … and {} more: --limit {}\n", table.more, table.rows.len() + table.more));
    }
}

fn cell_text(cell: &Cell, measure: &Measure) -> String {
    match cell {
        Cell::Text(text) | Cell::State(text, _) => clean_line(text, 300),
        Cell::Bar(percent, _) => {
            let label = format!("{:>5}", steward_core::tell::percent(*percent));
            if !measure.drawing {
                return label;
            }
            let full = (percent.clamp(0.0, 100.0) / 100.0 * BAR as f64).round() as usize;
            format!("{label} {}{}", "█".repeat(full), "░".repeat(BAR - full))
        }
    }
}

/// Which columns are shown, each with its width: the least important go first, then the widest left one is cut.
fn fitting(columns: &[Column], natural: &[usize], width: usize) -> Vec<(usize, usize)> {
    let mut shown: Vec<usize> = (0..columns.len()).collect();
    let total = |shown: &[usize], widths: &[usize]| {
        shown.iter().map(|n| widths[*n]).sum::<usize>() + GAP * shown.len().saturating_sub(1)
    };
    // A single huge value must not cost a column: no column asks for more than half the screen at first.
    let asked: Vec<usize> = natural.iter().map(|w| (*w).min(width / 2)).collect();
    while total(&shown, &asked) > width {
        let worst =
            shown.iter().copied().filter(|n| columns[*n].rank > 0).max_by_key(|n| (columns[*n].rank, *n));
        match worst {
            Some(n) => shown.retain(|other| *other != n),
            None => break,
        }
    }
    let mut widths = asked;
    // What was held back may have the room that is left.
    for &n in &shown {
        let spare = width.saturating_sub(total(&shown, &widths));
        widths[n] = natural[n].min(widths[n] + spare);
    }
    while total(&shown, &widths) > width {
        let Some(widest) = shown.iter().copied().max_by_key(|n| widths[*n]).filter(|n| widths[*n] > 4) else {
            break;
        };
        widths[widest] -= 1;
    }
    shown.into_iter().map(|n| (n, widths[n])).collect()
}

/// Exactly `width` columns: cut with an ellipsis, or filled.
fn pad(text: &str, width: usize, right: bool) -> String {
    let mut shown = String::new();
    let mut used = 0;
    if text.width() > width {
        for grapheme in text.graphemes(true) {
            if used + grapheme.width() + 1 > width {
                break;
            }
            shown.push_str(grapheme);
            used += grapheme.width();
        }
        if width > 0 {
            shown.push('…');
            used += 1;
        }
    } else {
        shown.push_str(text);
        used = text.width();
    }
    let fill = " ".repeat(width.saturating_sub(used));
    if right { format!("{fill}{shown}") } else { format!("{shown}{fill}") }
}

/// Breaks at spaces; later lines are indented. A word longer than the line is broken where it must.
fn wrap(text: &str, width: usize, indent: usize) -> Vec<String> {
    let width = width.max(indent + 10);
    let mut lines = Vec::new();
    let lead: usize = text.chars().take_while(|c| *c == ' ').count();
    let mut line = " ".repeat(lead);
    let mut used = lead;
    let mut first_word = true;
    // Runs of spaces are kept: they align what stands in front of the text.
    for piece in text[lead..].split_inclusive(' ') {
        let word = piece.trim_end_matches(' ');
        if !first_word && used + word.width() > width {
            lines.push(line.trim_end().to_owned());
            line = " ".repeat(indent);
            used = indent;
        }
        for grapheme in piece.graphemes(true) {
            if used + grapheme.width() > width && grapheme != " " {
                lines.push(line.trim_end().to_owned());
                line = " ".repeat(indent);
                used = indent;
            }
            line.push_str(grapheme);
            used += grapheme.width();
        }
        first_word = false;
    }
    lines.push(line.trim_end().to_owned());
    lines
}
