//! Whether a release can run on a database, judged by the migrations that both know.
//!
//! Releases roll forward and back one server at a time, so an older release meets databases that a newer one migrated. It
//! runs on them, because migrations expand: what they add, a release that does not know of it can leave alone. A migration
//! that takes something away, or asks for something that nobody had to give before, says so by its name:
//! `0009_contract_since_0007_…` needs every release beside it to know migration 0007. The database keeps the name, and a
//! release that is too old for it reads it there.

use std::fmt;

use crate::time::Timestamp;

/// A migration that this release brings.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Its number.
    pub version: i64,
    /// Of its text.
    pub checksum: &'a [u8],
}

/// A migration that the database had.
#[derive(Clone, Debug)]
pub struct Applied {
    /// Its number.
    pub version: i64,
    /// Its name, with blanks for underscores.
    pub description: String,
    /// Of its text.
    pub checksum: Vec<u8>,
    /// Whether it ran to its end.
    pub finished: bool,
}

/// How far the database is, for a release that can run on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The newest migration that it had.
    pub newest: Option<i64>,
    /// What it still has to have.
    pub missing: Vec<i64>,
    /// What it had of a newer release.
    pub newer: Vec<i64>,
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.newest {
            None => f.write_str("none ran yet")?,
            Some(newest) => write!(f, "up to {newest:04}")?,
        }
        if !self.missing.is_empty() && self.newest.is_some() {
            write!(f, "; still to run: {}", listed(&self.missing))?;
        }
        if !self.newer.is_empty() {
            write!(
                f,
                "; of a newer release, which this one can run beside: {}",
                listed(&self.newer)
            )?;
        }
        Ok(())
    }
}

fn listed(versions: &[i64]) -> String {
    let versions: Vec<_> = versions.iter().map(|version| format!("{version:04}")).collect();
    versions.join(", ")
}

/// What a database tells of itself to whoever only asks, and changes nothing.
#[derive(Clone, Debug)]
pub struct Examined {
    /// What it is and where.
    pub server: String,
    /// What makes its commits last.
    pub durability: &'static str,
    /// How far its schema is.
    pub standing: Standing,
    /// The time of its machine, if it may be another one.
    pub clock: Option<Timestamp>,
}

/// Why this release can not run on the database. The text tells a person what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// A newer release took something away that this one needs.
    #[error(
        "this database was changed by migration {0:04} of a newer Once, beside which this one can not run; run the newer one"
    )]
    NewerRelease(i64),
    /// A migration is not what it was when this database ran it.
    #[error("migration {0:04} was edited after this database ran it; restore it, or start with a new database")]
    Edited(i64),
    /// A migration that this release should know, and does not.
    #[error("this database had a migration {0:04} that is not Once's; point DATABASE_URL at a database of its own")]
    Foreign(i64),
    /// A migration was begun and not finished.
    #[error("migration {0:04} was broken off in the middle; restore the backup from before it, then start again")]
    Unfinished(i64),
}

/// Compares what this release brings, sorted by number, with what the database had.
pub fn compare(known: &[Known<'_>], applied: &[Applied]) -> Result<Standing, SchemaError> {
    let latest = known.last().map_or(0, |known| known.version);
    let mut standing = Standing {
        newest: applied.iter().map(|applied| applied.version).max(),
        ..Standing::default()
    };
    for had in applied {
        if !had.finished {
            return Err(SchemaError::Unfinished(had.version));
        }
        match known.iter().find(|known| known.version == had.version) {
            Some(known) if known.checksum == had.checksum => {}
            Some(_) => return Err(SchemaError::Edited(had.version)),
            None if had.version < latest => return Err(SchemaError::Foreign(had.version)),
            None if needed_by(&had.description).is_some_and(|needed| needed > latest) => {
                return Err(SchemaError::NewerRelease(had.version));
            }
            None => standing.newer.push(had.version),
        }
    }
    let had = |version| applied.iter().any(|applied| applied.version == version);
    let missing = known.iter().map(|known| known.version).filter(|version| !had(*version));
    standing.missing = missing.collect();
    Ok(standing)
}

/// The migration that every release beside this one has to know; none when it only adds.
fn needed_by(description: &str) -> Option<i64> {
    let contract = description.strip_prefix("contract")?;
    let since = contract.trim_start().strip_prefix("since ");
    let number = since.and_then(|rest| rest.split(' ').next()?.parse().ok());
    // Whoever does not say since when asks for more than anybody knows.
    Some(number.unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [Known<'static>; 2] = [
        Known {
            version: 1,
            checksum: b"one",
        },
        Known {
            version: 2,
            checksum: b"two",
        },
    ];

    fn had(version: i64, checksum: &str, description: &str) -> Applied {
        Applied {
            version,
            description: description.to_owned(),
            checksum: checksum.into(),
            finished: true,
        }
    }

    fn beside(description: &str) -> Result<Standing, SchemaError> {
        let applied = [
            had(1, "one", "shop"),
            had(2, "two", "turns"),
            had(3, "three", description),
        ];
        compare(&KNOWN, &applied)
    }

    #[test]
    fn an_empty_database_and_one_of_an_older_release_are_brought_up_to_date() {
        let empty = compare(&KNOWN, &[]).expect("it can run");
        assert_eq!((empty.newest, &*empty.missing), (None, &[1, 2][..]));
        assert_eq!(empty.to_string(), "none ran yet");
        let older = compare(&KNOWN, &[had(1, "one", "shop")]).expect("it can run");
        assert_eq!(older.to_string(), "up to 0001; still to run: 0002");
        let current = compare(&KNOWN, &[had(1, "one", "shop"), had(2, "two", "turns")]).expect("it can run");
        assert_eq!(current.to_string(), "up to 0002");
    }

    #[test]
    fn up_10_a_newer_release_that_only_added_is_run_beside() {
        let standing = beside("gift notes").expect("it can run");
        assert_eq!((standing.missing.len(), standing.newer), (0, vec![3]));
    }

    #[test]
    fn up_10_a_newer_release_that_took_something_away_is_run_beside_by_those_it_names() {
        assert!(beside("contract since 0002 no more turns").is_ok());
        for too_new in [
            "contract since 0003 no more turns",
            "contract",
            "contract no more turns",
            "contract since x",
        ] {
            assert_eq!(beside(too_new), Err(SchemaError::NewerRelease(3)), "{too_new}");
        }
    }

    #[test]
    fn up_07_an_edited_a_foreign_and_a_broken_off_migration_are_refused() {
        assert_eq!(compare(&KNOWN, &[had(1, "uno", "shop")]), Err(SchemaError::Edited(1)));
        let foreign = [had(0, "none", "theirs"), had(1, "one", "shop")];
        assert_eq!(compare(&KNOWN, &foreign), Err(SchemaError::Foreign(0)));
        let broken_off = Applied {
            finished: false,
            ..had(2, "two", "turns")
        };
        assert_eq!(compare(&KNOWN, &[broken_off]), Err(SchemaError::Unfinished(2)));
    }
}
