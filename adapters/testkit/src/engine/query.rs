//! What a request asks for beside its path.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::answers::Refusal;

/// The parameters after the `?`.
#[derive(Debug, Default)]
pub(crate) struct Query(BTreeMap<String, String>);

impl Query {
    pub(crate) fn parse(text: &str) -> Self {
        let mut fields = BTreeMap::new();
        for (key, value) in form_urlencoded::parse(text.as_bytes()) {
            fields.entry(key.into_owned()).or_insert_with(|| value.into_owned());
        }
        Self(fields)
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// moby `httputils.BoolValue`: anything but a few words for no is yes.
    pub(crate) fn yes(&self, key: &str) -> bool {
        self.yes_unless_said(key, false)
    }

    pub(crate) fn yes_unless_said(&self, key: &str, usual: bool) -> bool {
        self.0.get(key).map_or(usual, |said| !matches!(said.as_str(), "" | "0" | "no" | "false" | "none"))
    }

    /// A time in nanoseconds since 1970, from `seconds` or `seconds.fraction`.
    pub(crate) fn time(&self, key: &str) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.text(key).filter(|text| *text != "0") else { return Ok(None) };
        let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let bad =
            |part: &str| Refusal::new(500, format!("strconv.ParseInt: parsing \"{part}\": invalid syntax"));
        let seconds: i64 = seconds.parse().map_err(|_| bad(seconds))?;
        let nanos: i64 =
            format!("{fraction:0<9}").get(..9).and_then(|f| f.parse().ok()).ok_or_else(|| bad(fraction))?;
        Ok(Some(seconds.saturating_mul(1_000_000_000).saturating_add(nanos)))
    }

    pub(crate) fn filters(&self, known: &[&str]) -> Result<Filters, Refusal> {
        let Some(text) = self.text("filters") else { return Ok(Filters::default()) };
        let parsed: BTreeMap<String, Values> =
            serde_json::from_str(text).map_err(|error| Refusal::new(500, error.to_string()))?;
        if let Some(unknown) = parsed.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(Refusal::new(400, format!("Invalid filter '{unknown}'")));
        }
        Ok(Filters(parsed.into_iter().map(|(key, values)| (key, values.into())).collect()))
    }
}

/// A list, or as old clients write it an object of trues.
#[derive(Deserialize)]
#[serde(untagged)]
enum Values {
    List(Vec<String>),
    Set(BTreeMap<String, bool>),
}

impl From<Values> for Vec<String> {
    fn from(values: Values) -> Self {
        match values {
            Values::List(list) => list,
            Values::Set(set) => set.into_iter().filter(|(_, on)| *on).map(|(value, _)| value).collect(),
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Filters(BTreeMap<String, Vec<String>>);

impl Filters {
    pub(crate) fn has(&self, key: &str) -> bool {
        self.0.get(key).is_some_and(|values| !values.is_empty())
    }

    /// Whether the filter is not set, or one of its values fits.
    pub(crate) fn fits(&self, key: &str, fits: impl Fn(&str) -> bool) -> bool {
        self.0.get(key).is_none_or(|values| values.is_empty() || values.iter().any(|value| fits(value)))
    }

    /// Labels are the exception: all of them must fit; `key` or `key=value`.
    pub(crate) fn labels_fit(&self, labels: &BTreeMap<String, String>) -> bool {
        self.0.get("label").is_none_or(|wanted| {
            wanted.iter().all(|label| match label.split_once('=') {
                Some((key, value)) => labels.get(key).is_some_and(|is| is == value),
                None => labels.contains_key(label),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_and_times_are_read_as_the_engine_reads_them() {
        let query = Query::parse("all=true&follow=0&stdout=no&since=12.5&tail=&bad=x.1");
        assert!(query.yes("all") && !query.yes("follow") && !query.yes("stdout") && !query.yes("absent"));
        assert!(query.yes_unless_said("absent", true));
        assert_eq!(query.time("since").unwrap_or_default(), Some(12_500_000_000));
        assert_eq!(query.time("absent").unwrap_or_default(), None);
        assert!(query.time("bad").is_err());
        assert_eq!(query.text("tail"), None);
    }

    #[test]
    fn filters_come_as_lists_and_as_sets() {
        let list = Query::parse("filters=%7B%22id%22%3A%5B%22ab%22%5D%7D");
        let set = Query::parse("filters=%7B%22id%22%3A%7B%22ab%22%3Atrue%7D%7D");
        for query in [list, set] {
            let filters = query.filters(&["id"]).unwrap_or_default();
            assert!(
                filters.has("id")
                    && filters.fits("id", |id| id == "ab")
                    && !filters.fits("id", |id| id == "b")
            );
        }
        assert!(Query::parse("filters=garbage").filters(&["id"]).is_err());
        assert!(Query::parse("filters=%7B%22no%22%3A%5B%5D%7D").filters(&["id"]).is_err());
    }
}
