//! What a suite has to say in the end.

use std::fmt::Write as _;

/// What was done and what did not hold.
#[derive(Debug, Default)]
pub struct Report {
    lines: Vec<String>,
    violations: Vec<String>,
}

impl Report {
    /// Something that was measured or counted.
    pub fn says(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    /// Something that does not hold.
    pub fn violates(&mut self, what: impl Into<String>) {
        self.violations.push(what.into());
    }

    /// Violates unless `holds`.
    pub fn must(&mut self, holds: bool, what: impl Into<String>) {
        if !holds {
            self.violates(what);
        }
    }

    /// Several things that do not hold, each of `where_`.
    pub fn violations_of(&mut self, where_: &str, violations: Vec<String>) {
        self.violations
            .extend(violations.into_iter().map(|violation| format!("{where_}: {violation}")));
    }

    /// Whether everything holds.
    pub fn is_clean(&self) -> bool {
        self.violations.is_empty()
    }

    /// The whole text.
    pub fn text(&self) -> String {
        let mut text = self.lines.join("\n");
        for violation in &self.violations {
            // Writing to a string never fails.
            let _ = write!(text, "\nVIOLATED  {violation}");
        }
        let _ = write!(text, "\n{} violations", self.violations.len());
        text
    }
}

/// A table of words, aligned.
pub fn table(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column| {
        rows.iter()
            .filter_map(|row: &Vec<String>| row.get(column))
            .map(String::len)
            .max()
    };
    let widths: Vec<_> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}
