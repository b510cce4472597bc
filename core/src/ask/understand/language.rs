//! Which of the seven languages a message is in: small words and endings that only one of them has.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Language;
use super::token::{Kind, Tokens, hash};

/// Small words; `*` stands before an ending. A word may belong to several languages.
const MARKS: &[(Language, &str)] = &[
    (
        Language::En,
        "the is are was were what whats which who why how when where does do did can could would should you your my me it \
         its this that there any anything all and or of for from with on in to up down please pls show give tell have has \
         been be at not last since night today yesterday week which one some still about than if i im ive need get right \
         now everything ok logs running",
    ),
    (
        Language::Es,
        "el la los las un una de del que cual cuales como cuanto cuanta cuantos cuantas donde cuando por para con sin esta \
         estan esto ese hay algo alguno alguna todo todos se me mi tu su lo le al en y o ya hoy ayer noche semana anoche \
         porfa favor dime muestrame puedes quien desde hace ha han fue quiero va si no hola haz pon quita es son ahora \
         dame cae caido servidor contenedor contenedores espacio *cion *ado",
    ),
    (
        Language::Pt,
        "o a os as um uma de do da dos das no na nos nas que qual quais como quanto quanta quantos quantas onde quando por \
         para pra pro com sem esta estao isso esse ha algo algum alguma tudo todos se me meu minha seu e ou ja hoje ontem \
         noite semana voce por favor mostra quem desde faz foi nao tem tem ai ta pelo agora servidor caiu espaco rodando \
         ligado *cao *coes sobe roda mostre quero ele ela em eu aprovar sobrou nada",
    ),
    (
        Language::De,
        "der die das den dem des ein eine einen einem ist sind war waren was wer wie wo warum wieso wann welche welcher \
         welches gibt hat haben kann kannst du ich mir mein meine dein es und oder nicht noch auf aus mit von vom zu zur \
         zum bei seit heute gestern nacht woche bitte mal alles los laeuft lauft lauft viel viele letzte letzten gerade \
         schon wird wurde im in am an fur fuer uber nach neu starte zeig zeige mach bin geht gehts server einmal danke \
         ob falls wenn dass sich *ung *ieren *lich speicher",
    ),
    (
        Language::Fr,
        "le la les un une des du de d l est sont etait ce que qui quoi quel quelle quels quelles comment combien pourquoi \
         ou quand y a t il elle on je tu vous me moi mon ma mes ton ta sa son et ou pas plus avec sans pour par sur dans \
         depuis hier aujourd hui nuit semaine s il te plait svp stp peux montre donne tout tous ca tourne serveur \
         conteneur conteneurs reste place cette qu c j n au aux en encore ete fois dernier dernieres *ement *eur *ez relance",
    ),
    (
        Language::It,
        "il lo la i gli le un una uno di del della dei delle dal dalla che chi cosa cos quale quali come quanto quanta \
         quanti quante dove quando perche c e ce sono era hai ho ha mi mio mia tuo suo si non piu con senza per su sul \
         nel nella da ieri oggi notte settimana favore puoi mostrami dimmi tutto tutti qualcosa ancora ora adesso server \
         stato spazio libero libera riavvia ferma com ed al alla questo questa *zione *mente *ato andata",
    ),
    (
        Language::Nl,
        "de het een is zijn was waren wat wie hoe waar waarom wanneer welke er heeft hebben kan kun je ik mij mijn jouw \
         dat dit en of niet nog op uit met van voor naar bij sinds vandaag gisteren nacht week alsjeblieft aub even alles \
         draait veel laatste nu al wordt werd in aan om te zet maak doe laat graag geen iets server toon geef me mag zo \
         omgevallen terwijl elke schijf vrij over *lijk *heid ben ging gaat",
    ),
];

/// Bits of the languages that a small word belongs to, by its hash; endings with the same.
type Marks = (HashMap<u32, u8>, Vec<(&'static str, u8)>);

static WORDS: LazyLock<Marks> = LazyLock::new(|| {
    let mut words: HashMap<u32, u8> = HashMap::new();
    let mut ends = Vec::new();
    for (language, marks) in MARKS {
        let bit = 1_u8 << (*language as u8);
        for mark in marks.split_whitespace() {
            match mark.strip_prefix('*') {
                Some(end) => ends.push((end, bit)),
                None => *words.entry(hash(mark)).or_default() |= bit,
            }
        }
    }
    (words, ends)
});

/// The language of a message; English when nothing speaks for another.
pub(super) fn detect(tokens: &Tokens) -> Language {
    let (words, ends) = &*WORDS;
    let mut scores = [0_i32; 7];
    for token in tokens.list.iter().filter(|token| token.kind == Kind::Word).take(60) {
        let word = tokens.word(token);
        let mut bits = words.get(&token.hash).copied().unwrap_or(0);
        if word.len() > 5 {
            bits |= ends.iter().filter(|(end, _)| word.ends_with(end)).fold(0, |bits, (_, bit)| bits | bit);
        }
        let weight = 2 + i32::from(word.len() >= 4);
        scores
            .iter_mut()
            .enumerate()
            .filter(|(index, _)| bits >> index & 1 == 1)
            .for_each(|(_, score)| *score += weight);
    }
    let mut best = (Language::En, scores.first().copied().unwrap_or(0));
    for (language, score) in Language::ALL.iter().zip(scores).skip(1) {
        let score = score + 3 * accents(*language, &tokens.clean);
        // names and loan words are English in every language: another one must win clearly
        if score > best.1 {
            best = (*language, score);
        }
    }
    best.0
}

fn accents(language: Language, text: &str) -> i32 {
    if text.is_ascii() {
        return 0;
    }
    let own = match language {
        Language::En => return 0,
        Language::Es => "ñ¿¡áéíóú",
        Language::Pt => "ãõçáéíóúâêô",
        Language::De => "äöüß",
        Language::Fr => "çéèêàùîôœëï",
        Language::It => "àèìòùé",
        Language::Nl => "ëïé",
    };
    i32::try_from(text.chars().filter(|c| own.contains(*c)).take(4).count()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_languages() {
        for (text, language) in [
            ("is plex up", Language::En),
            ("plex", Language::En),
            ("cuáles contenedores están encendidos?", Language::Es),
            ("quanto espaço sobrou no hd externo", Language::Pt),
            ("geht's dem server gut?", Language::De),
            ("combien de fois navidrome est tombé ce mois-ci", Language::Fr),
            ("quanta ram è libera?", Language::It),
            ("wat is er omgevallen terwijl ik sliep", Language::Nl),
        ] {
            assert_eq!(detect(&Tokens::new(super::super::clean::clean(text).text)), language, "{text}");
        }
    }
}
