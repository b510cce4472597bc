use jiff::{Timestamp, Zoned};

use super::*;

/// Friday, 20 November 2026, 15:20 in Lisbon (UTC).
fn now() -> Zoned {
    at("2026-11-20T15:20:00[Europe/Lisbon]")
}

fn at(text: &str) -> Zoned {
    text.parse().unwrap()
}

/// "-" for none, "since" or "since..until".
fn said(text: &str, now: &Zoned) -> String {
    match find(text, now) {
        None => "-".to_owned(),
        Some(Found { since, until: None, .. }) => since,
        Some(Found { since, until: Some(until), .. }) => format!("{since}..{until}"),
    }
}

fn check(now: &Zoned, table: &[(&str, &str)]) {
    let wrong: Vec<_> = table
        .iter()
        .map(|(text, expected)| (text, expected, said(text, now)))
        .filter(|(_, expected, got)| got != *expected)
        .collect();
    assert!(wrong.is_empty(), "(message, expected, got): {wrong:#?}");
}

#[test]
fn english() {
    check(
        &now(),
        &[
            ("what crashed last night", "12h"),
            ("did anything restart overnight?", "12h"),
            ("errors since 14:00", "2026-11-20T14:00:00+00:00"),
            ("errors since 2pm", "2026-11-20T14:00:00+00:00"),
            ("errors since 2 p.m. please", "2026-11-20T14:00:00+00:00"),
            ("since 16:00", "2026-11-19T16:00:00+00:00"),
            ("what happened at 4", "2026-11-20T04:00:00+00:00"),
            ("what happened at 3?", "2026-11-20T15:00:00+00:00"),
            ("what happened at 3 o'clock", "2026-11-20T15:00:00+00:00"),
            ("plex died at 4:30 yesterday", "2026-11-19T04:30:00+00:00"),
            ("logs of plex yesterday at 4pm", "2026-11-19T16:00:00+00:00"),
            ("what happened at 3 this morning", "2026-11-20T03:00:00+00:00"),
            ("what happened between 2 and 4 am", "2026-11-20T02:00:00+00:00..2026-11-20T04:00:00+00:00"),
            ("errors between 11 and 1 pm", "2026-11-20T11:00:00+00:00..2026-11-20T13:00:00+00:00"),
            ("errors between 2 and 4", "2026-11-20T02:00:00+00:00..2026-11-20T04:00:00+00:00"),
            ("errors from 22:00 to 02:00", "2026-11-19T22:00:00+00:00..2026-11-20T02:00:00+00:00"),
            ("errors 09:00-10:30", "2026-11-20T09:00:00+00:00..2026-11-20T10:30:00+00:00"),
            ("yesterday between 2 and 4 am", "2026-11-19T02:00:00+00:00..2026-11-19T04:00:00+00:00"),
            ("between 3pm and 5pm", "2026-11-20T15:00:00+00:00"),
            ("what went wrong today", "today"),
            ("today's errors", "today"),
            ("how was yesterday", "yesterday"),
            ("was it down more than once yesterday", "yesterday"),
            ("what changed since yesterday", "yesterday..now"),
            ("restarts this week", "this week"),
            ("restarts last week", "last week"),
            ("what day last week did plex crash", "last week"),
            ("compared to last week", "last week"),
            ("restarts this month", "this month"),
            ("restarts last month", "last month"),
            ("crashes this year", "this year"),
            ("crashes last year", "last year"),
            ("errors since midnight", "midnight"),
            ("errors since noon", "noon"),
            ("what broke on sunday", "sunday"),
            ("what broke on friday", "friday"),
            ("what broke last friday", "2026-11-13"),
            ("since monday", "monday..now"),
            ("crashes on 2026-11-19", "2026-11-19"),
            ("logs 19 Nov", "2026-11-19"),
            ("logs of Nov 19th", "2026-11-19"),
            ("logs of 3 december", "2025-12-03"),
            ("on 5 may 2026", "2026-05-05"),
            ("crashes on May 5th", "2026-05-05"),
            ("crashes on 19/11", "2026-11-19"),
            ("2026-11-19 14:00 what happened", "2026-11-19T14:00:00+00:00"),
            ("since 2026-11-19T14:00:00Z", "2026-11-19T14:00:00+00:00"),
            ("restarts in the past 3 months", "3mo"),
            ("logs of the last 10 minutes", "10m"),
            ("errors in the past hour", "1h"),
            ("errors in the last day", "1d"),
            ("errors in the last 2 days", "2d"),
            ("errors in the last two days", "2d"),
            ("past week", "1w"),
            ("it died an hour ago", "1h"),
            ("it died 3 days ago", "3d"),
            ("it died about a fortnight ago", "2w"),
            ("logs of the last couple of hours", "2h"),
            ("a couple of hours", "2h"),
            ("the last few days", "3d"),
            ("errors over half an hour", "-"),
            ("show me half an hour of logs", "30m"),
            ("the last half hour", "30m"),
            ("an hour and a half ago", "90m"),
            ("last 24h", "24h"),
            ("plex cpu 24h", "24h"),
            ("last 1h30m", "90m"),
            ("in the past fortnight", "2w"),
            ("how was the weekend", "weekend"),
            ("since last weekend", "weekend..now"),
            ("what happened this morning", "this morning"),
            ("what happened this afternoon", "this afternoon"),
            ("and yesterday morning", "yesterday morning"),
            ("what happened during the night", "12h"),
            ("the day before yesterday", "2026-11-18"),
        ],
    );
}

#[test]
fn no_time_in_it() {
    let messages = "is everything ok now|what is wrong right now|what is currently down|anything odd lately|what \
        crashed recently|may I see the logs|is the sun up|march through the logs|may 3 containers be down|who uses \
        port 3000|at port 3000|is it at 3000|version 1.25.3|nginx 1.19.11 logs|from 10.0.0.1|top 5|top 5 by cpu|last \
        20 lines|last 50 log lines of plex|is it on 24/7|running 24/7|3 containers|at 4 GB|at 80%|at 5 \
        containers|between 2 and 4 containers|scale from 2 to 4|id 3f2504e0 4f89|sha256:2026-11-19|backup-2026-11-19 is \
        where|my-weekend-job status|/var/log/today.log|the last restart|last seen|every sunday|next week|until \
        friday|full by monday|in 3 days|in half an hour|tomorrow|every hour|once a week|was läuft hier|wat draait \
        hier|segunda vez|the second container|hour of need|the tag 3|nginx:19.11|uptime of plex|how many \
        seconds|up 3 days|80:80|22:22 mapped|5.10.2|the week before|limit 512m|show tags|set 5|cada semana|jede \
        nacht|nächste woche|3 may fail|elke dag|mañana|morgen|demain|this evening|24h";
    let wrong: Vec<_> = messages
        .split('|')
        .filter(|message| *message != "24h")
        .map(|message| (message, said(message, &now())))
        .filter(|(_, got)| got != "-")
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn spanish_portuguese() {
    check(
        &now(),
        &[
            ("qué pasó anoche", "12h"),
            ("que se cayó esta noche", "12h"),
            ("qué pasó ayer por la noche", "12h"),
            ("errores desde las 14", "2026-11-20T14:00:00+00:00"),
            ("errores desde las 14:00", "2026-11-20T14:00:00+00:00"),
            ("qué pasó a las 3 de la tarde", "2026-11-20T15:00:00+00:00"),
            ("ayer a las 3 de la tarde", "2026-11-19T15:00:00+00:00"),
            ("entre las 2 y las 4 de la mañana", "2026-11-20T02:00:00+00:00..2026-11-20T04:00:00+00:00"),
            ("errores de hoy", "today"),
            ("qué pasó ayer", "yesterday"),
            ("desde ayer", "yesterday..now"),
            ("esta semana", "this week"),
            ("la semana pasada", "last week"),
            ("este mes", "this month"),
            ("el mes pasado", "last month"),
            ("este año", "this year"),
            ("en los últimos 10 minutos", "10m"),
            ("la última hora", "1h"),
            ("hace una hora", "1h"),
            ("hace 3 días", "3d"),
            ("desde hace dos semanas", "2w"),
            ("media hora", "30m"),
            ("el domingo", "sunday"),
            ("el 19 de noviembre", "2026-11-19"),
            ("el fin de semana", "weekend"),
            ("esta mañana", "this morning"),
            ("cómo está la semana", "-"),
            ("o que caiu ontem à noite", "12h"),
            ("o que caiu esta noite", "12h"),
            ("erros desde as 14h", "2026-11-20T14:00:00+00:00"),
            ("o que houve às 4", "2026-11-20T04:00:00+00:00"),
            ("entre as 2h e as 4h", "2026-11-20T02:00:00+00:00..2026-11-20T04:00:00+00:00"),
            ("erros de hoje", "today"),
            ("ontem", "yesterday"),
            ("algum oom kill essa semana?", "this week"),
            ("anteontem", "2026-11-18"),
            ("hoje de manhã", "this morning"),
            ("semana passada", "last week"),
            ("mês passado", "last month"),
            ("nos últimos 2 dias", "2d"),
            ("há 3 horas", "3h"),
            ("3 horas atrás", "3h"),
            ("na sexta-feira", "friday"),
            ("na terça", "tuesday"),
            ("no fim de semana", "weekend"),
            ("meia hora", "30m"),
            ("desde a meia-noite", "midnight"),
        ],
    );
}

#[test]
fn german_dutch() {
    check(
        &now(),
        &[
            ("was ist heute nacht passiert", "12h"),
            ("was ist letzte Nacht abgestürzt", "12h"),
            ("gestern Abend", "12h"),
            ("Fehler seit 14 Uhr", "2026-11-20T14:00:00+00:00"),
            ("Fehler seit 14 Uhr 30", "2026-11-20T14:30:00+00:00"),
            ("was war um 4 Uhr los", "2026-11-20T04:00:00+00:00"),
            ("gestern um 14 Uhr", "2026-11-19T14:00:00+00:00"),
            ("zwischen 2 und 4 Uhr", "2026-11-20T02:00:00+00:00..2026-11-20T04:00:00+00:00"),
            ("von 22 bis 2 Uhr", "2026-11-19T22:00:00+00:00..2026-11-20T02:00:00+00:00"),
            ("was ist heute los", "today"),
            ("gestern", "yesterday"),
            ("seit gestern", "yesterday..now"),
            ("vorgestern", "2026-11-18"),
            ("diese Woche", "this week"),
            ("letzte Woche", "last week"),
            ("letzten Monat", "last month"),
            ("dieses Jahr", "this year"),
            ("in den letzten 10 Minuten", "10m"),
            ("in der letzten Stunde", "1h"),
            ("vor einer Stunde", "1h"),
            ("vor 3 Tagen", "3d"),
            ("seit zwei Stunden", "2h"),
            ("eine halbe Stunde", "30m"),
            ("am Sonntag", "sunday"),
            ("am 19.11.", "2026-11-19"),
            ("am 19.11. um 14 Uhr", "2026-11-19T14:00:00+00:00"),
            ("19. November", "2026-11-19"),
            ("am Wochenende", "weekend"),
            ("heute Morgen", "this morning"),
            ("seit Mitternacht", "midnight"),
            ("wat ging er vannacht mis", "12h"),
            ("gisteravond", "12h"),
            ("afgelopen nacht", "12h"),
            ("fouten sinds 14 uur", "2026-11-20T14:00:00+00:00"),
            ("om 3 uur", "2026-11-20T03:00:00+00:00"),
            ("tussen 2 en 4 uur", "2026-11-20T02:00:00+00:00..2026-11-20T04:00:00+00:00"),
            ("vandaag", "today"),
            ("gisteren", "yesterday"),
            ("eergisteren", "2026-11-18"),
            ("deze week", "this week"),
            ("vorige week", "last week"),
            ("afgelopen 10 minuten", "10m"),
            ("afgelopen uur", "1h"),
            ("een uur geleden", "1h"),
            ("3 dagen geleden", "3d"),
            ("op zondag", "sunday"),
            ("het weekend", "weekend"),
            ("vanmorgen", "this morning"),
            ("half uur", "30m"),
        ],
    );
}

#[test]
fn french_italian() {
    check(
        &now(),
        &[
            ("qu'est-ce qui a planté cette nuit", "12h"),
            ("la nuit dernière", "12h"),
            ("hier soir", "12h"),
            ("erreurs depuis 14h", "2026-11-20T14:00:00+00:00"),
            ("erreurs depuis 14h30", "2026-11-20T14:30:00+00:00"),
            ("à 4h", "2026-11-20T04:00:00+00:00"),
            ("entre 2h et 4h", "2026-11-20T02:00:00+00:00..2026-11-20T04:00:00+00:00"),
            ("les erreurs d'aujourd'hui", "today"),
            ("qu'est-ce qui est tombé hier", "yesterday"),
            ("depuis hier soir", "12h"),
            ("avant-hier", "2026-11-18"),
            ("cette semaine", "this week"),
            ("la semaine dernière", "last week"),
            ("le mois dernier", "last month"),
            ("cette année", "this year"),
            ("les 10 dernières minutes", "10m"),
            ("la dernière heure", "1h"),
            ("il y a une heure", "1h"),
            ("il y a 3 jours", "3d"),
            ("il y a un an", "1y"),
            ("depuis 3 heures", "3h"),
            ("depuis trois jours", "3d"),
            ("une demi-heure", "30m"),
            ("dimanche", "sunday"),
            ("lundi dernier", "monday"),
            ("le 19 novembre", "2026-11-19"),
            ("ce week-end", "weekend"),
            ("ce matin", "this morning"),
            ("cosa è successo ieri sera", "12h"),
            ("stanotte", "12h"),
            ("la notte scorsa", "12h"),
            ("errori dalle 14", "2026-11-20T14:00:00+00:00"),
            ("alle ore 14", "2026-11-20T14:00:00+00:00"),
            ("tra le 2 e le 4", "2026-11-20T02:00:00+00:00..2026-11-20T04:00:00+00:00"),
            ("oggi", "today"),
            ("ieri", "yesterday"),
            ("da ieri", "yesterday..now"),
            ("questa settimana", "this week"),
            ("la settimana scorsa", "last week"),
            ("il mese scorso", "last month"),
            ("quest'anno", "this year"),
            ("negli ultimi 10 minuti", "10m"),
            ("nell'ultima ora", "1h"),
            ("un'ora fa", "1h"),
            ("3 giorni fa", "3d"),
            ("da due ore", "2h"),
            ("mezz'ora", "30m"),
            ("domenica", "sunday"),
            ("questa mattina", "this morning"),
            ("stamattina", "this morning"),
            ("nel fine settimana", "weekend"),
        ],
    );
}

fn range(value: &str, now: &Zoned) -> String {
    match resolve(value, now) {
        Ok(range) => format!("{}..{}", range.from, range.until),
        Err(error) => error.to_string().split(". Allowed").next().unwrap_or_default().to_owned(),
    }
}

#[test]
fn the_range_is_the_phrase_with_its_prepositions() {
    for (text, phrase) in [
        ("errors of plex since 14:00 please", "since 14:00"),
        ("logs of plex in the last 10 minutes?", "in the last 10 minutes"),
        ("was ist gestern um 14 Uhr passiert", "gestern um 14 Uhr"),
        ("qué pasó a las 14:30 ayer", "a las 14:30 ayer"),
        ("plex: y ayer, ¿qué?", "ayer"),
        ("qu'est-ce qui a planté la nuit dernière", "la nuit dernière"),
    ] {
        let found = find(text, &now()).unwrap();
        assert_eq!(text.get(found.range), Some(phrase));
    }
}

#[test]
fn values_become_instants() {
    let end = "2026-11-20T15:20:00Z";
    for (value, expected) in [
        ("24h", format!("2026-11-19T15:20:00Z..{end}")),
        ("90m", format!("2026-11-20T13:50:00Z..{end}")),
        ("1h30m", format!("2026-11-20T13:50:00Z..{end}")),
        ("7d", format!("2026-11-13T15:20:00Z..{end}")),
        ("2w", format!("2026-11-06T15:20:00Z..{end}")),
        ("3mo", format!("2026-08-20T14:20:00Z..{end}")),
        ("1y", format!("2025-11-20T15:20:00Z..{end}")),
        ("2 days", format!("2026-11-18T15:20:00Z..{end}")),
        ("2026-11-19T14:00:00+01:00", format!("2026-11-19T13:00:00Z..{end}")),
        ("2026-11-19", "2026-11-19T00:00:00Z..2026-11-20T00:00:00Z".to_owned()),
        ("2026-11-20", format!("2026-11-20T00:00:00Z..{end}")),
        ("2026-11-19 14:00", format!("2026-11-19T14:00:00Z..{end}")),
        ("2026-11-19T14:00", format!("2026-11-19T14:00:00Z..{end}")),
        ("14:00", format!("2026-11-20T14:00:00Z..{end}")),
        ("2 PM", format!("2026-11-20T14:00:00Z..{end}")),
        ("16:00", format!("2026-11-19T16:00:00Z..{end}")),
        ("now", format!("{end}..{end}")),
        ("Today", format!("2026-11-20T00:00:00Z..{end}")),
        ("yesterday", "2026-11-19T00:00:00Z..2026-11-20T00:00:00Z".to_owned()),
        ("this week", format!("2026-11-16T00:00:00Z..{end}")),
        ("last_week", "2026-11-09T00:00:00Z..2026-11-16T00:00:00Z".to_owned()),
        ("this month", format!("2026-11-01T00:00:00Z..{end}")),
        ("last month", "2026-09-30T23:00:00Z..2026-11-01T00:00:00Z".to_owned()),
        ("this year", format!("2026-01-01T00:00:00Z..{end}")),
        ("last year", "2025-01-01T00:00:00Z..2026-01-01T00:00:00Z".to_owned()),
        ("friday", format!("2026-11-20T00:00:00Z..{end}")),
        ("sunday", "2026-11-15T00:00:00Z..2026-11-16T00:00:00Z".to_owned()),
        ("the weekend", "2026-11-14T00:00:00Z..2026-11-16T00:00:00Z".to_owned()),
        ("midnight", format!("2026-11-20T00:00:00Z..{end}")),
        ("this morning", "2026-11-20T05:00:00Z..2026-11-20T12:00:00Z".to_owned()),
        ("this afternoon", format!("2026-11-20T12:00:00Z..{end}")),
        ("last night", format!("2026-11-20T03:20:00Z..{end}")),
        ("last 10 minutes", format!("2026-11-20T15:10:00Z..{end}")),
        ("an hour ago", format!("2026-11-20T14:20:00Z..{end}")),
        ("since yesterday", format!("2026-11-19T00:00:00Z..{end}")),
        ("between 2 and 4 am", "2026-11-20T02:00:00Z..2026-11-20T04:00:00Z".to_owned()),
    ] {
        assert_eq!(range(value, &now()), expected, "{value:?}");
    }
}

#[test]
fn mistakes_are_explained() {
    let digits = "1".to_owned() + &"0".repeat(30) + "d";
    for (value, expected) in [
        ("", "no time was given"),
        ("soon", "\"soon\" is not a time that can be understood"),
        ("-5h", "\"-5h\" is no length of time: it has to be more than zero"),
        ("0m", "\"0m\" is no length of time: it has to be more than zero"),
        ("2027-01-01", "\"2027-01-01\" is in the future, and only what has happened can be shown"),
        (
            "2026-11-20 15:21",
            "\"2026-11-20 15:21\" is in the future, and only what has happened can be shown",
        ),
        ("300y", "\"300y\" reaches back too far: the earliest time is 1970-01-01"),
        ("99999999999999h", "\"99999999999999h\" reaches back too far: the earliest time is 1970-01-01"),
        ("2026-02-30", "\"2026-02-30\" is not a time that can be understood"),
        ("25:00", "\"25:00\" is not a time that can be understood"),
    ] {
        assert_eq!(range(value, &now()), expected);
    }
    assert!(matches!(resolve(&digits, &now()), Err(WhenError::TooFar(_))));
    assert!(matches!(resolve(&"é".repeat(5000), &now()), Err(WhenError::Unknown(text)) if text.len() < 140));
    assert!(resolve("soon", &now()).unwrap_err().to_string().ends_with("Example: 24h"));
}

#[test]
fn the_clock_changes() {
    // Lisbon, 29 March 2026: 01:00 is followed by 02:00 (WEST, UTC+1).
    let spring = at("2026-03-29T10:00:00[Europe/Lisbon]");
    assert_eq!(range("today", &spring), "2026-03-29T00:00:00Z..2026-03-29T09:00:00Z");
    assert_eq!(range("1d", &spring), "2026-03-28T10:00:00Z..2026-03-29T09:00:00Z");
    assert_eq!(range("24h", &spring), "2026-03-28T09:00:00Z..2026-03-29T09:00:00Z");
    assert_eq!(range("00:30", &spring), "2026-03-29T00:30:00Z..2026-03-29T09:00:00Z");
    // The skipped 01:30 is what clocks that were not put forward showed.
    assert_eq!(range("01:30", &spring), "2026-03-29T01:30:00Z..2026-03-29T09:00:00Z");
    assert_eq!(said("since 01:30", &spring), "2026-03-29T02:30:00+01:00");
    // 25 October 2026: 02:00 WEST is followed by 01:00 WET, so 01:30 comes twice.
    let autumn = at("2026-10-25T10:00:00[Europe/Lisbon]");
    assert_eq!(range("yesterday", &autumn), "2026-10-23T23:00:00Z..2026-10-24T23:00:00Z");
    assert_eq!(range("today", &autumn), "2026-10-24T23:00:00Z..2026-10-25T10:00:00Z");
    assert_eq!(range("01:30", &autumn), "2026-10-25T01:30:00Z..2026-10-25T10:00:00Z");
    // In the first of the two hours only the first has been.
    let first: Zoned = Timestamp::from_second(1_792_888_800).unwrap().in_tz("Europe/Lisbon").unwrap();
    assert_eq!(first.to_string(), "2026-10-25T01:40:00+01:00[Europe/Lisbon]");
    assert_eq!(range("01:30", &first), "2026-10-25T00:30:00Z..2026-10-25T00:40:00Z");
    assert_eq!(
        said("between 00:30 and 2:30", &autumn),
        "2026-10-25T00:30:00+01:00..2026-10-25T02:30:00+00:00"
    );
}

#[test]
fn small_hours_belong_to_the_night() {
    let night = at("2026-11-20T02:00:00[Europe/Lisbon]");
    assert_eq!(range("this morning", &night), "2026-11-20T00:00:00Z..2026-11-20T02:00:00Z");
    assert_eq!(range("this evening", &night), "2026-11-19T18:00:00Z..2026-11-20T02:00:00Z");
    assert_eq!(said("what happened this afternoon", &night), "-");
}

/// Hostile length: bounded, and no time wasted on it.
#[test]
fn long_messages_are_bounded() {
    let text = "between 2 and ".repeat(100_000);
    assert_eq!(find(&text, &now()), None);
    let late = format!("{} yesterday", "x".repeat(100_000));
    assert_eq!(find(&late, &now()), None);
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    const PIECES: &[&str] = &[
        "last",
        "past",
        "10",
        "minutes",
        "hour",
        "half",
        "an",
        "since",
        "at",
        "4",
        "14:00",
        "2pm",
        "between",
        "and",
        "yesterday",
        "today",
        "morning",
        "on",
        "sunday",
        "Nov",
        "19",
        "19th",
        "2026-11-19",
        "29",
        "Feb",
        "24h",
        "3mo",
        "ago",
        "hier",
        "soir",
        "vor",
        "Uhr",
        "am",
        "19.11.",
        "31/12",
        "999999y",
        "99:99",
        "2026-13-45",
        ",",
        "é",
        "il",
        "y",
        "a",
        "la",
        "semana",
        "pasada",
        "weekend",
        "midnight",
        "before",
        "the",
        "day",
        "0",
        "0h",
        "14h30",
        "23:59-00:01",
        "1:00-1:00",
        "9999-12-31",
        "0001-01-01",
        "night",
        "this",
        "from",
        "to",
        "da",
        "fin",
        "de",
    ];

    fn sound(text: &str, now: &Zoned) -> Result<(), TestCaseError> {
        if let Ok(range) = resolve(text, now) {
            prop_assert!(range.from <= range.until && range.until <= now.timestamp());
        }
        let Some(found) = find(text, now) else { return Ok(()) };
        prop_assert!(text.get(found.range.clone()).is_some_and(|phrase| !phrase.is_empty()));
        match resolve(&found.since, now) {
            Ok(range) => prop_assert!(range.from <= range.until, "{:?}", range),
            Err(error) => {
                let known = matches!(error, WhenError::Future(_) | WhenError::TooFar(_));
                prop_assert!(known, "{text:?} {found:?} {error}");
            }
        }
        if let Some(until) = &found.until {
            prop_assert!(resolve(until, now).is_ok() || resolve(&found.since, now).is_err(), "{found:?}");
        }
        Ok(())
    }

    fn moments() -> impl Strategy<Value = Zoned> {
        let zones = prop::sample::select(vec![
            "Europe/Lisbon",
            "America/Sao_Paulo",
            "Asia/Kathmandu",
            "Pacific/Apia",
        ]);
        (0i64..4_000_000_000, zones)
            .prop_map(|(second, zone)| Timestamp::from_second(second).unwrap().in_tz(zone).unwrap())
    }

    proptest! {
        #[test]
        fn nothing_panics_on_any_text(text in ".{0,80}", now in moments()) {
            sound(&text, &now)?;
        }

        #[test]
        fn nothing_panics_on_words_of_time(
            words in prop::collection::vec(prop::sample::select(PIECES), 1..9),
            now in moments(),
        ) {
            sound(&words.join(" "), &now)?;
        }
    }
}
