//! The languages that the shop speaks.

use serde::{Deserialize, Serialize};

/// A language of the shop. What a request asks for is decided once, by the server; the browser is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// English
    #[default]
    En,
    /// German
    De,
}

impl Locale {
    /// Every language, in the order in which the shop offers them.
    pub const ALL: [Self; 2] = [Self::En, Self::De];

    /// The language tag (BCP 47), for `lang`, the cookie and `Content-Language`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }

    /// What the language calls itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
        }
    }

    /// The language of a tag, whatever its region: `de-AT` is German.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let language = tag.split('-').next()?.trim();
        Self::ALL
            .into_iter()
            .find(|locale| locale.tag().eq_ignore_ascii_case(language))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_calls_itself_by_a_name_of_its_own() {
        assert_eq!(Locale::ALL.map(Locale::name), ["English", "Deutsch"]);
    }

    #[test]
    fn a_tag_names_its_language_whatever_the_region() {
        for locale in Locale::ALL {
            assert_eq!(Locale::from_tag(locale.tag()), Some(locale));
        }
        assert_eq!(Locale::from_tag("de-AT"), Some(Locale::De));
        assert_eq!(Locale::from_tag("EN-gb"), Some(Locale::En));
        for none in ["", "*", "fr", "deu", "-de"] {
            assert_eq!(Locale::from_tag(none), None, "{none:?}");
        }
    }
}
