//! Free space of each file system, the least first, and what Docker keeps.

use serde_json::json;

use super::Question;
use crate::ask::problems::disk_severity;
use crate::ask::{Answer, AnswerError, AnswerVerdict, Sources};
use crate::fleet::FileSystem;
use crate::tell::{Block, Cell, Column, Document, Finding, Severity, Table, bytes, clean_line, percent};

pub(super) async fn answer(question: &Question<'_>) -> Answer {
    let now = question.now.timestamp();
    let mut sources = Sources::default();
    let (reading, kept) = futures_util::join!(question.house.host.reading(), question.house.engine.disk());
    let docker = sources.take("docker", now, kept);
    let Some(host) = sources.take("host", now, reading) else {
        sources.need("host");
        let why = sources.error_of("host").unwrap_or_default().to_owned();
        return Answer::new(
            question.command.clone(),
            Document::new(Severity::Unknown, "I can't say: the host could not be read").text(why),
            sources,
            json!({}),
        );
    };
    let wanted = question.arguments.mount.as_deref().map(|m| m.trim().to_lowercase());
    let mut shown: Vec<&FileSystem> =
        host.file_systems.iter().filter(|fs| wanted.as_deref().is_none_or(|w| matches(fs, w))).collect();
    // A name that fits nothing: better the whole table with a word than an empty one.
    let missed = shown.is_empty() && wanted.is_some();
    if missed {
        shown = host.file_systems.iter().collect();
    }
    shown.sort_by(|a, b| b.used_percent().total_cmp(&a.used_percent()));
    let severities =
        shown.iter().map(|fs| severity(fs)).chain(host.silent_mounts.iter().map(|_| Severity::Unknown));
    let severity_all = severities.max().unwrap_or(Severity::Unknown);
    let title = match shown.first() {
        None => "I found no file system that I can read".to_owned(),
        Some(fs) if shown.len() == 1 => format!(
            "{}: {} free of {} ({} used)",
            fs.mount,
            bytes(fs.free_bytes),
            bytes(fs.total_bytes),
            percent(fs.used_percent())
        ),
        Some(fs) => format!(
            "Least room: {}, {} free of {} ({} used)",
            fs.mount,
            bytes(fs.free_bytes),
            bytes(fs.total_bytes),
            percent(fs.used_percent())
        ),
    };
    let mut document = Document::new(severity_all, title).with(Block::Table(table(&shown)));
    if missed {
        document = document.text(format!(
            "No mount is called “{}”; these are all.",
            clean_line(wanted.as_deref().unwrap_or_default(), 40)
        ));
    }
    let silent = host.silent_mounts.iter();
    document = document.with(Block::Findings(
        silent
            .map(|m| Finding {
                severity: Severity::Unknown,
                subject: m.clone(),
                text: "does not answer".into(),
            })
            .collect(),
    ));
    if let Some(disk) = &docker {
        document = document.text(format!(
            "Docker keeps: {} images {} (of it {} unused), containers {}, {} volumes {}, build cache {}",
            disk.images,
            bytes(disk.images_bytes),
            bytes(disk.reclaimable_images_bytes),
            bytes(disk.containers_bytes),
            disk.volumes,
            bytes(disk.volumes_bytes),
            bytes(disk.build_cache_bytes)
        ));
    }
    let rows: Vec<_> = host
        .file_systems
        .iter()
        .map(|fs| {
            json!({
                "mount": fs.mount, "device": fs.device, "kind": fs.kind, "total_bytes": fs.total_bytes, "used_bytes": fs.used_bytes,
                "free_bytes": fs.free_bytes, "used_percent": (fs.used_percent() * 10.0).round() / 10.0,
                "inodes_total": fs.inodes_total, "inodes_free": fs.inodes_free, "read_only": fs.read_only, "also_at": fs.also_at,
            })
        })
        .collect();
    let data = json!({ "file_systems": rows, "silent_mounts": host.silent_mounts, "docker": docker });
    let mut answer = Answer::new(question.command.clone(), document, sources, data);
    if missed {
        let message =
            format!("No mount is called “{}”.", clean_line(wanted.as_deref().unwrap_or_default(), 40));
        answer.verdict = AnswerVerdict::Clarify;
        answer.error =
            Some(AnswerError { code: "name_unknown", message, help: "`disk` lists every mount".into() });
    }
    answer
}

fn matches(fs: &FileSystem, wanted: &str) -> bool {
    let mount = fs.mount.to_lowercase();
    let all_names = std::iter::once(&fs.mount).chain(&fs.also_at);
    if wanted == "/" || wanted == "root" {
        return mount == "/";
    }
    all_names.into_iter().any(|m| {
        m.to_lowercase().split('/').any(|part| part == wanted.trim_matches('/')) || m.to_lowercase() == wanted
    }) || fs.device.to_lowercase().contains(wanted)
}

fn severity(fs: &FileSystem) -> Severity {
    if fs.read_only {
        Severity::Ok
    } else {
        disk_severity(fs.used_percent(), fs.free_bytes).unwrap_or(Severity::Ok)
    }
}

fn table(shown: &[&FileSystem]) -> Table {
    let columns = vec![
        Column::left("MOUNT", 0),
        Column::left("USED", 0),
        Column::right("FREE", 0),
        Column::right("TOTAL", 1),
        Column::left("KIND", 2),
        Column::left("DEVICE", 3),
    ];
    let rows = shown
        .iter()
        .map(|fs| {
            let kind = if fs.read_only { format!("{} (read-only)", fs.kind) } else { fs.kind.clone() };
            vec![
                Cell::text(&*fs.mount),
                Cell::Bar(fs.used_percent(), severity(fs)),
                Cell::text(bytes(fs.free_bytes)),
                Cell::text(bytes(fs.total_bytes)),
                Cell::text(kind),
                Cell::text(&*fs.device),
            ]
        })
        .collect();
    Table { columns, rows, more: 0 }
}
