//! The words of time in seven languages, folded (lower case, no accents, no hyphens), each with the parts it can play.
//! The table is sorted when the program is compiled, so a look-up is a few comparisons of integers.

/// The parts a word can play, as a set: "am" is both a half of the English day and a German preposition.
pub(super) type Roles = u64;

macro_rules! roles {
    ($($name:ident = $bit:literal),+ $(,)?) => { $(pub(super) const $name: Roles = 1 << $bit;)+ };
}

roles! {
    ONE = 0, NUMBER = 1, COUPLE = 2, HALF = 3, QUARTER = 4, ONE_AND_HALF = 5, MINUTES = 6, UNIT = 7,
    // A unit in one reading only ("an" is a French year, "Tag" is a German day and an English label).
    WEAK_UNIT = 8,
    PAST = 9, LAST = 10, THIS = 11, NEXT = 12, EVERY = 13, TODAY = 14, YESTERDAY = 15, BEFORE_YESTERDAY = 16,
    // French yesterday, German and Dutch "here".
    HIER = 17, LAST_NIGHT = 18, NIGHT = 19, MORNING = 20, AFTERNOON = 21, EVENING = 22, THIS_MORNING = 23,
    THIS_AFTERNOON = 24, THIS_EVENING = 25, MIDNIGHT = 26, NOON = 27, WEEKEND = 28, WEEKDAY = 29,
    // Portuguese weekdays without "-feira" are ordinals.
    ORDINAL_WEEKDAY = 30, MONTH = 31,
    // Months that are ordinary words too.
    WEAK_MONTH = 32,
    AGO = 33, AGO_BEFORE = 34, SINCE = 35, AT = 36, BETWEEN = 37, FROM = 38, TO = 39, AND = 40, DATE_PREP = 41,
    DOT_DATE_PREP = 42, ARTICLE = 43, OF = 44, IN = 45, AM = 46, PM = 47, CLOCK = 48, ENGLISH = 49, FRENCH = 50,
    GERMANIC = 51, HUI = 52, BEFORE = 53, ACCENTED_AT = 54, UNTIL = 55, LATER = 56, NIGHT_PREP = 57, YE = 58,
    // "once a week" is a rate, "once yesterday" is not.
    ONCE = 59,
    FINE = 60, SHORT_UNIT = 61,
    // "Last" as it stands behind its noun in the Romance languages.
    POST = 62,
    // Italian "da": "since" before a length or "ieri", in Portuguese "of the".
    DA = 63,
}

/// Units, as the value of a word.
pub(super) const SECOND: u16 = 1;
pub(super) const MINUTE: u16 = 2;
pub(super) const HOUR: u16 = 3;
pub(super) const DAY: u16 = 4;
pub(super) const WEEK: u16 = 5;
pub(super) const FORTNIGHT: u16 = 6;
pub(super) const MONTHS: u16 = 7;
pub(super) const YEAR: u16 = 8;

type Group = (&'static str, Roles, u16);

/// Words in one group share parts and value; a word in several groups has the parts of all.
const GROUPS: &[Group] = &[
    ("a an one un una une uma um ein eine einer einem einen eines een uno", ONE, 0),
    ("two dos dois duas zwei deux due twee", NUMBER, 2),
    ("three tres drei trois tre drie", NUMBER, 3),
    ("four cuatro quatro vier quatre quattro", NUMBER, 4),
    ("five cinco funf fuenf cinq cinque vijf", NUMBER, 5),
    ("six seis sechs sei zes", NUMBER, 6),
    ("seven siete sete sieben sette zeven", NUMBER, 7),
    ("eight ocho oito acht huit otto", NUMBER, 8),
    ("nine nueve nove neun neuf negen", NUMBER, 9),
    ("ten diez dez zehn dix dieci tien", NUMBER, 10),
    ("eleven elf onze undici", NUMBER, 11),
    ("twelve doce doze zwolf zwoelf douze dodici twaalf", NUMBER, 12),
    ("fourteen vierzehn quatorze veertien", NUMBER, 14),
    ("fifteen quince quinze funfzehn fuenfzehn quindici vijftien", NUMBER, 15),
    ("twenty veinte vinte zwanzig vingt venti twintig", NUMBER, 20),
    ("thirty treinta trinta dreissig trente trenta dertig", NUMBER, 30),
    ("fortyfive funfundvierzig", NUMBER, 45),
    ("sixty sesenta sessenta sechzig soixante sessanta zestig", NUMBER, 60),
    ("couple paar par coppia", COUPLE, 2),
    (
        "few several algunas algunos unas unos alguns algumas einige einigen quelques qualche alcune alcuni poche pochi enkele",
        COUPLE,
        3,
    ),
    ("half halbe halben halber media meia demi mezz mezza halve", HALF, 0),
    ("halfhour demiheure mezzora mezzorata halfuur", MINUTES, 30),
    ("viertelstunde kwartier", MINUTES, 15),
    ("quarter quart cuarto quarto", QUARTER, 0),
    ("anderthalb eineinhalb anderhalf", ONE_AND_HALF, 0),
    // units
    ("seconds secs sekunden segundos secondes secondi seconden", UNIT, SECOND),
    ("minute minutes min mins minuto minutos minuten minuti minuut", UNIT, MINUTE),
    ("hour hours hr hrs hora horas stunde stunden std heure heures ora ore uur uren uurtje", UNIT, HOUR),
    ("day days dia dias tage tagen jour jours giorno giorni dag dagen", UNIT, DAY),
    ("week weeks semana semanas woche wochen semaine semaines settimana settimane weken", UNIT, WEEK),
    ("fortnight fortnights quinzaine", UNIT, FORTNIGHT),
    ("month months mes meses monat monate monaten monats mois mese mesi maand maanden", UNIT, MONTHS),
    ("year years yr yrs ano anos jahr jahre jahren jahres annee annees anno anni jaar jaren", UNIT, YEAR),
    ("tag", WEAK_UNIT, DAY),
    ("an ans", WEAK_UNIT, YEAR),
    ("s sec", SHORT_UNIT, SECOND),
    ("m", SHORT_UNIT, MINUTE),
    ("h std", SHORT_UNIT, HOUR),
    ("d j", SHORT_UNIT, DAY),
    ("w wk wks", SHORT_UNIT, WEEK),
    ("mo", SHORT_UNIT, MONTHS),
    ("y", SHORT_UNIT, YEAR),
    ("horas heures ore uur", CLOCK, HOUR),
    // which one
    ("past afgelopen laatste", PAST, 0),
    ("ultima ultimas ultimo ultimos ultime ultimi derniere dernieres dernier derniers", PAST | POST, 0),
    (
        "last previous letzte letzten letzter letztes letztem vergangene vergangenen vergangenes vergangener vorige",
        LAST,
        0,
    ),
    ("vorigen voriges voriger vorig", LAST, 0),
    ("pasada pasado pasadas pasados passada passado passadas passados", LAST | POST, 0),
    ("passe passee passees passes scorsa scorso scorse scorsi precedente precedenti", LAST | POST, 0),
    (
        "this diese diesen dieser dieses diesem este esta neste nesta deste desta essa esse nessa nesse dessa desse ce cet cette questo questa quest deze dit",
        THIS,
        0,
    ),
    (
        "next nachste nachsten nachster nachstes naechste naechsten kommende kommenden kommendes proximo proxima",
        NEXT,
        0,
    ),
    (
        "proximos proximas prochain prochaine prochains prochaines prossimo prossima prossimi prossime volgende komende tomorrow",
        NEXT,
        0,
    ),
    (
        "every each per cada jede jeden jeder jedes chaque ogni elke iedere todo toda todos todas tous toutes pro alle",
        EVERY,
        0,
    ),
    ("once twice times veces vezes mal fois volte keer", ONCE, 0),
    ("until till by hasta bis jusqu fino", UNTIL, 0),
    // days
    ("today hoy hoje heute heut aujourd oggi vandaag", TODAY, 0),
    ("hui", HUI, 0),
    ("yesterday ayer ontem gestern gisteren", YESTERDAY, 0),
    ("ieri", YESTERDAY, 1),
    ("hier", HIER, 0),
    ("anteayer antier anteontem vorgestern avanthier altroieri avantieri eergisteren", BEFORE_YESTERDAY, 0),
    ("before", BEFORE, 0),
    ("overnight anoche vannacht stanotte gisteravond gisternacht", LAST_NIGHT, 0),
    ("night nacht nuit notte noche noite", NIGHT, 0),
    (
        "morning manana manha morgen fruh frueh morgens vormittag matin mattina mattino ochtend madrugada",
        MORNING,
        0,
    ),
    ("afternoon tarde nachmittag nachmittags apresmidi pomeriggio middag", AFTERNOON, 0),
    ("evening abend abends soir soiree sera avond avonds", EVENING, 0),
    ("nachts", NIGHT, 0),
    ("stamattina stamani vanmorgen vanochtend", THIS_MORNING, 0),
    ("vanmiddag", THIS_AFTERNOON, 0),
    ("tonight stasera vanavond", THIS_EVENING, 0),
    ("midnight medianoche meianoite mitternacht minuit mezzanotte middernacht", MIDNIGHT, 0),
    ("noon midday mediodia meiodia mittag midi mezzogiorno", NOON, 0),
    ("weekend weekends wochenende finde", WEEKEND, 0),
    ("fin fim fine", FINE, 0),
    ("monday lunes montag lundi lunedi maandag segundafeira", WEEKDAY, 1),
    ("tuesday martes dienstag mardi martedi dinsdag tercafeira", WEEKDAY, 2),
    ("wednesday miercoles mittwoch mercredi mercoledi woensdag quartafeira", WEEKDAY, 3),
    ("thursday jueves donnerstag jeudi giovedi donderdag quintafeira", WEEKDAY, 4),
    ("friday viernes freitag vendredi venerdi vrijdag sextafeira", WEEKDAY, 5),
    ("saturday sabado samstag sonnabend samedi sabato zaterdag", WEEKDAY, 6),
    ("sunday domingo sonntag dimanche domenica zondag", WEEKDAY, 7),
    ("segunda", ORDINAL_WEEKDAY, 1),
    ("terca", ORDINAL_WEEKDAY, 2),
    ("quarta", ORDINAL_WEEKDAY, 3),
    ("quinta", ORDINAL_WEEKDAY, 4),
    ("sexta", ORDINAL_WEEKDAY, 5),
    ("january jan enero janeiro januar janner janvier gennaio januari", MONTH, 1),
    ("february feb febrero fevereiro februar fevrier febbraio februari", MONTH, 2),
    ("marzo marz maerz", MONTH, 3),
    ("march mar mars marco maart", MONTH | WEAK_MONTH, 3),
    ("april apr abril avril aprile", MONTH, 4),
    ("mayo maio maggio", MONTH, 5),
    ("may mai mei", MONTH | WEAK_MONTH, 5),
    ("june jun junio junho juni juin giugno", MONTH, 6),
    ("july jul julio julho juli juillet luglio", MONTH, 7),
    ("august aug agosto aout augustus", MONTH, 8),
    ("september sep sept septiembre setiembre setembro septembre settembre", MONTH, 9),
    ("october oct okt octubre outubro oktober octobre ottobre", MONTH, 10),
    ("november nov noviembre novembro novembre", MONTH, 11),
    ("december dec dic diciembre dezembro dezember decembre dicembre", MONTH, 12),
    // small words
    ("ago atras fa geleden back earlier", AGO, 0),
    ("hace ha faz vor", AGO_BEFORE, 0),
    ("since after", SINCE | ENGLISH | DATE_PREP, 0),
    ("seit ab desde depuis dal dalle dalla dallo dall sinds vanaf", SINCE | DATE_PREP, 0),
    ("at around", AT | ENGLISH, 0),
    ("um gegen las alle om rond vers verso", AT, 0),
    ("a as", ACCENTED_AT, 0),
    ("between", BETWEEN | ENGLISH, 0),
    ("zwischen entre tra fra tussen", BETWEEN, 0),
    ("from", FROM | ENGLISH, 0),
    ("von van de da das dalle", FROM, 0),
    ("to until till bis a as alle hasta ate tot", TO, 0),
    ("and und y et e en ed", AND, 0),
    ("on el del le du il op em dia no nel", DATE_PREP, 0),
    ("am vom den dem zum", DATE_PREP | DOT_DATE_PREP, 0),
    ("the der die das den dem la las los el le les l o os as i gli il lo het de ore", ARTICLE, 0),
    ("of de d di del des da du des der la s", OF, 0),
    (
        "in during over within throughout im am durante nella nelle negli nell nei nel en em na nas nos no dans pendant au binnen tijdens",
        IN,
        0,
    ),
    ("por para uber ueber for the s", IN, 0),
    (
        "during throughout in over durante pendant nella dans uber ueber en tijdens cours through",
        NIGHT_PREP,
        0,
    ),
    ("in dans en em within innerhalb binnen over tra fra for", LATER, 0),
    ("y", YE, 0),
    ("am", AM, 0),
    ("pm", PM, 0),
    ("da", DA, 0),
    ("uhr oclock clock", CLOCK, 0),
    // French or German and Dutch: what "hier" means
    (
        "est que qui quoi pourquoi depuis les des le la du une dans sur ete quel quels quelle quelles combien erreurs et avec",
        FRENCH,
        0,
    ),
    (
        "ce cette etait redemarre plante avait ont sont mon ma mes il au aux tombe j ai tout tous pas plus c pour",
        FRENCH,
        0,
    ),
    (
        "was ist wie lauft laeuft die der das und auf welche sind wat draait het er welke hoe waarom warum alles gibt es noch",
        GERMANIC,
        0,
    ),
    ("mir mal los ich wir ik wij zijn mijn mein meine geht gaat wer nicht niet zeig laat", GERMANIC, 0),
];

/// One word with what it can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub roles: Roles,
    pub value: u16,
}

pub(super) const NOTHING: Entry = Entry { roles: 0, value: 0 };

/// Words longer than this are not in the table.
pub(super) const KEY_BYTES: usize = 16;

const fn count() -> usize {
    let mut words = 0;
    let mut g = 0;
    while g < GROUPS.len() {
        let text = GROUPS[g].0.as_bytes();
        words += 1;
        let mut i = 0;
        while i < text.len() {
            if text[i] == b' ' {
                words += 1;
            }
            i += 1;
        }
        g += 1;
    }
    words
}

const WORDS: usize = count();

struct Table {
    keys: [u128; WORDS],
    entries: [Entry; WORDS],
}

/// Sorted by key, words of several groups merged, the rest filled with the largest key.
const fn build() -> Table {
    let mut keys = [u128::MAX; WORDS];
    let mut entries = [NOTHING; WORDS];
    let mut len = 0;
    let mut g = 0;
    while g < GROUPS.len() {
        let text = GROUPS[g].0.as_bytes();
        let mut i = 0;
        while i < text.len() {
            let mut key = 0u128;
            while i < text.len() && text[i] != b' ' {
                key = (key << 8) | text[i] as u128;
                i += 1;
            }
            i += 1;
            let (mut low, mut high) = (0, len);
            while low < high {
                let middle = usize::midpoint(low, high);
                if keys[middle] < key { low = middle + 1 } else { high = middle }
            }
            if low < len && keys[low] == key {
                entries[low].roles |= GROUPS[g].1;
                if GROUPS[g].2 != 0 {
                    entries[low].value = GROUPS[g].2;
                }
            } else {
                let mut at = len;
                while at > low {
                    keys[at] = keys[at - 1];
                    entries[at] = entries[at - 1];
                    at -= 1;
                }
                keys[low] = key;
                entries[low] = Entry { roles: GROUPS[g].1, value: GROUPS[g].2 };
                len += 1;
            }
        }
        g += 1;
    }
    Table { keys, entries }
}

static TABLE: Table = build();

/// The entry of a folded word, packed as its bytes in big-endian order.
pub(super) fn lookup(key: u128) -> Entry {
    TABLE.keys.binary_search(&key).ok().and_then(|at| TABLE.entries.get(at)).copied().unwrap_or(NOTHING)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(word: &str) -> u128 {
        word.bytes().fold(0, |key, byte| (key << 8) | u128::from(byte))
    }

    #[test]
    fn every_word_fits_its_key_and_is_found() {
        assert!(TABLE.keys.is_sorted());
        for (words, roles, _) in GROUPS {
            for word in words.split(' ') {
                assert!(!word.is_empty() && word.len() <= KEY_BYTES, "{word:?}");
                assert_eq!(lookup(packed(word)).roles & roles, *roles, "{word:?}");
            }
        }
        assert_eq!(lookup(packed("container")), NOTHING);
    }

    #[test]
    fn no_word_has_two_values() {
        let mut seen = std::collections::HashMap::new();
        for (words, _, value) in GROUPS.iter().filter(|(_, _, value)| *value != 0) {
            for word in words.split(' ') {
                assert_eq!(*seen.entry(word).or_insert(*value), *value, "{word:?}");
            }
        }
    }
}
