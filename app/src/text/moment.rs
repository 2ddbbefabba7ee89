use checkout::time::Timestamp;
use time::OffsetDateTime;

use crate::locale::Locale;

const MONTHS_DE: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

/// A point in time, to the minute.
#[must_use]
pub fn moment(at: Timestamp, locale: Locale) -> String {
    let seconds = i64::try_from(at.unix_ms / 1000).unwrap_or_default();
    let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (day, month, year) = (at.day(), at.month(), at.year());
    let (hour, minute) = (at.hour(), at.minute());
    match locale {
        Locale::En => format!("{day} {month} {year}, {hour:02}:{minute:02} UTC"),
        Locale::De => {
            let month = MONTHS_DE[usize::from(u8::from(month)) - 1];
            format!("{day}. {month} {year}, {hour:02}:{minute:02} Uhr (UTC)")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_to_the_minute() {
        let at = Timestamp::from_unix_ms(1_700_000_000_000);
        assert_eq!(moment(at, Locale::En), "14 November 2023, 22:13 UTC");
        assert_eq!(moment(at, Locale::De), "14. November 2023, 22:13 Uhr (UTC)");
        let march = Timestamp::from_unix_ms(1_709_251_200_000);
        assert_eq!(moment(march, Locale::De), "1. März 2024, 00:00 Uhr (UTC)");
    }
}
