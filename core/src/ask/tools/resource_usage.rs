//! CPU, load, memory, swap, temperatures and network of the host, with the top consumers; or of one service.

use serde_json::json;

use super::container_detail::unreadable;
use super::{Question, top_consumers};
use crate::ask::problems::{limits, memory_severity};
use crate::ask::{Answer, Sources};
use crate::fleet::{Container, HostReading};
use crate::tell::{Block, Cell, Column, Document, Finding, Severity, Table, bytes, duration, percent, rate};

pub(super) async fn answer(question: &Question<'_>) -> Answer {
    if question.arguments.container.is_some() {
        return of_service(question).await;
    }
    let now = question.now.timestamp();
    let mut sources = Sources::default();
    let (reading, consumers) =
        futures_util::join!(question.house.host.reading(), top_consumers::measure(question));
    let host = sources.take("host", now, reading);
    let rows = consumers.ok().map(|(observed, rows)| {
        sources.note(observed);
        rows
    });
    let Some(host) = host else {
        sources.need("host");
        let why = sources.error_of("host").unwrap_or_default().to_owned();
        return Answer::new(
            question.command.clone(),
            Document::new(Severity::Unknown, "I can't say: the host could not be read").text(why),
            sources,
            json!({}),
        );
    };
    let (severity, title) = title(&host, question.arguments.metric.as_deref());
    let mut document = Document::new(severity, title).with(Block::Findings(findings(&host)));
    let top = rows.as_deref().unwrap_or_default();
    if !top.is_empty() {
        document = document.text(top_line(top));
    }
    let data = json!({ "host": host, "top": top.iter().take(10).map(|(c, u)| top_consumers::row(c, u)).collect::<Vec<_>>() });
    Answer::new(question.command.clone(), document.with(Block::Next(vec!["top".into()])), sources, data)
}

fn title(host: &HostReading, metric: Option<&str>) -> (Severity, String) {
    let m = &host.memory;
    match metric {
        Some("temperature") => {
            let hottest = host.temperatures.iter().max_by(|a, b| a.celsius.total_cmp(&b.celsius));
            return match hottest {
                Some(t) => (Severity::Ok, format!("Hottest: {}, {:.0} °C", t.sensor, t.celsius)),
                None => (Severity::Unknown, "This machine shows me no temperature sensors".into()),
            };
        }
        Some("memory") if memory_severity(host).is_none() => {
            let share = percent(m.used_bytes() as f64 * 100.0 / m.total_bytes.max(1) as f64);
            let words = format!(
                "{} of memory available, {share} of {} in use",
                bytes(m.available_bytes),
                bytes(m.total_bytes)
            );
            return (Severity::Ok, words);
        }
        Some("swap") if m.swap_total_bytes == 0 => return (Severity::Ok, "There is no swap".into()),
        Some("swap") => {
            return (
                Severity::Ok,
                format!("Swap: {} of {} in use", bytes(m.swap_used_bytes), bytes(m.swap_total_bytes)),
            );
        }
        _ => {}
    }
    let memory_percent = host.memory.used_bytes() as f64 * 100.0 / (host.memory.total_bytes.max(1)) as f64;
    let figures = match host.cpu_percent {
        Some(cpu) => format!("CPU {}, memory {}", percent(cpu), percent(memory_percent)),
        None => format!("memory {}", percent(memory_percent)),
    };
    let busy = host.load[1] / f64::from(host.cores.max(1)) >= limits::LOAD_WARNING;
    match (memory_severity(host), busy) {
        (Some((severity, text)), _) => (severity, format!("Memory is short: {text}; {figures}")),
        (None, true) => {
            (Severity::Warning, format!("Busy: load {:.1} on {} cores; {figures}", host.load[1], host.cores))
        }
        (None, false) => (Severity::Ok, format!("Normal: {figures}")),
    }
}

fn findings(host: &HostReading) -> Vec<Finding> {
    let mut rows: Vec<(&str, String)> = Vec::new();
    let cpu = host.cpu_percent.map_or_else(|| "not measured".into(), percent);
    rows.push((
        "cpu",
        format!(
            "{cpu} of {} cores · load {:.2} / {:.2} / {:.2} over 1, 5, 15 min",
            host.cores, host.load[0], host.load[1], host.load[2]
        ),
    ));
    let m = &host.memory;
    let zfs = if m.zfs_cache_bytes > 0 {
        format!(", ZFS cache {} that can be given back", bytes(m.zfs_cache_bytes))
    } else {
        String::new()
    };
    rows.push((
        "memory",
        format!(
            "{} of {} in use, {} available · page cache {}{zfs}",
            bytes(m.used_bytes()),
            bytes(m.total_bytes),
            bytes(m.available_bytes),
            bytes(m.cache_bytes)
        ),
    ));
    let swap = if m.swap_total_bytes == 0 {
        "none".into()
    } else {
        format!("{} of {}", bytes(m.swap_used_bytes), bytes(m.swap_total_bytes))
    };
    rows.push(("swap", swap));
    if !host.temperatures.is_empty() {
        let mut hot: Vec<_> = host.temperatures.iter().collect();
        hot.sort_by(|a, b| b.celsius.total_cmp(&a.celsius));
        let text: Vec<String> =
            hot.iter().take(4).map(|t| format!("{} {:.0} °C", t.sensor, t.celsius)).collect();
        rows.push(("temperature", text.join(" · ")));
    }
    if !host.network.is_empty() {
        let mut busy: Vec<_> = host.network.iter().collect();
        busy.sort_by(|a, b| {
            (b.received_bytes_per_s + b.sent_bytes_per_s)
                .total_cmp(&(a.received_bytes_per_s + a.sent_bytes_per_s))
        });
        let text: Vec<String> = busy
            .iter()
            .take(3)
            .map(|n| {
                format!("{} ↓ {} ↑ {}", n.interface, rate(n.received_bytes_per_s), rate(n.sent_bytes_per_s))
            })
            .collect();
        rows.push(("network", text.join(" · ")));
    }
    rows.push(("up", duration(host.uptime_s)));
    rows.into_iter()
        .map(|(subject, text)| Finding { severity: Severity::Ok, subject: subject.into(), text })
        .collect()
}

fn top_line(rows: &[(Container, crate::fleet::ContainerUsage)]) -> String {
    let mut by_memory: Vec<_> = rows.iter().collect();
    by_memory.sort_by_key(|(_, u)| std::cmp::Reverse(u.memory_bytes));
    let memory: Vec<String> =
        by_memory.iter().take(3).map(|(c, u)| format!("{} {}", c.label(), bytes(u.memory_bytes))).collect();
    let busiest = rows
        .iter()
        .filter_map(|(c, u)| u.cpu_percent.map(|cpu| (c, cpu)))
        .filter(|(_, cpu)| *cpu >= 0.5)
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(c, cpu)| format!(" · CPU: {} {} of a core", c.label(), percent(cpu)));
    format!("Top: {}{}", memory.join(", "), busiest.unwrap_or_default())
}

async fn of_service(question: &Question<'_>) -> Answer {
    let now = question.now.timestamp();
    let mut sources = Sources::default();
    let engine = &question.house.engine;
    let Some(all) = sources.take("docker", now, engine.containers().await) else {
        return unreadable(question, sources);
    };
    let container = match question.container(&all) {
        Ok(container) => container,
        Err(answer) => return *answer,
    };
    if !container.is_running() {
        let title = format!("{} is {} and uses nothing", container.label(), container.state.as_str());
        let data = json!({ "container": container, "usage": null });
        return Answer::new(
            question.command.clone(),
            Document::new(super::list_containers::severity(container), title),
            sources,
            data,
        );
    }
    let Some(usage) = sources.take("docker", now, engine.usage(std::slice::from_ref(&container.id)).await)
    else {
        return unreadable(question, sources);
    };
    let Some(usage) = usage.first() else {
        let title = format!("{} ended while I measured it", container.label());
        return Answer::new(
            question.command.clone(),
            Document::new(Severity::Unknown, title),
            sources,
            json!({}),
        );
    };
    let used_of_limit = usage.memory_limit_bytes.map(|l| usage.memory_bytes as f64 * 100.0 / l.max(1) as f64);
    let severity = if used_of_limit.is_some_and(|p| p >= 95.0) { Severity::Warning } else { Severity::Ok };
    let cpu = usage
        .cpu_percent
        .map_or_else(|| "CPU not measured".into(), |c| format!("CPU {} of a core", percent(c)));
    let limit = match (usage.memory_limit_bytes, used_of_limit) {
        (Some(limit), Some(share)) => format!(" ({} of its limit {})", percent(share), bytes(limit)),
        _ => String::new(),
    };
    let document = Document::new(
        severity,
        format!("{}: {cpu}, memory {}{limit}", container.label(), bytes(usage.memory_bytes)),
    )
    .with(Block::Table(Table {
        columns: vec![
            Column::left("NAME", 0),
            Column::right("CPU", 0),
            Column::right("MEMORY", 0),
            Column::right("PROCESSES", 1),
        ],
        rows: vec![vec![
            Cell::text(container.label()),
            Cell::text(usage.cpu_percent.map_or_else(|| "?".into(), percent)),
            Cell::text(bytes(usage.memory_bytes)),
            Cell::text(usage.processes.map_or_else(|| "?".into(), |p| p.to_string())),
        ]],
        more: 0,
    }));
    let data = json!({ "container": container, "usage": usage });
    Answer::new(question.command.clone(), document, sources, data)
}
