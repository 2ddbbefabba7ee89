//! What is printed: counts, violations, coverage.

use std::collections::BTreeMap;
use std::fmt;

use crate::checker::Kind;
use crate::coverage::Coverage;
use crate::enumerate::Case;
use crate::history::ANSWERS;
use crate::run::Outcome;

/// How a world is run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// The small world of this case.
    Case(Case),
    /// The world of this seed.
    Seed(u64),
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Case(case) => write!(f, "--case {case}"),
            Self::Seed(seed) => write!(f, "--seed {seed}"),
        }
    }
}

/// What many worlds came to.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// How many small worlds.
    pub cases: u64,
    /// How many worlds of chance.
    pub seeds: u64,
    /// How many orders.
    pub orders: usize,
    told: [u64; ANSWERS.len()],
    fair_retries: u64,
    overtaken: BTreeMap<&'static str, u64>,
    violations: [u64; Kind::ALL.len()],
    /// Which faults happened where.
    pub coverage: Coverage,
    /// Each world that failed, and what was wrong with it first.
    pub failed: BTreeMap<Name, String>,
    /// The first world in which a submission was overtaken.
    overtaken_in: BTreeMap<&'static str, Name>,
}

/// The most failed worlds of a kind that are named.
const NAMED: usize = 5;

impl Totals {
    /// Adds a world.
    pub fn add(&mut self, name: Name, outcome: &Outcome) {
        match name {
            Name::Case(_) => self.cases += 1,
            Name::Seed(_) => self.seeds += 1,
        }
        self.orders += outcome.orders;
        self.fair_retries += outcome.fair_retries;
        for (mine, theirs) in self.told.iter_mut().zip(outcome.told) {
            *mine += theirs;
        }
        for what in &outcome.overtaken {
            *self.overtaken.entry(what).or_default() += 1;
            self.overtaken_in.entry(what).or_insert(name);
        }
        for violation in &outcome.violations {
            self.violations[violation.kind as usize] += 1;
        }
        if let Some(violation) = outcome.violations.first() {
            let text = format!("{}: {}", violation.kind.name(), violation.text);
            self.failed.insert(name, text);
        }
        self.coverage.add(&outcome.coverage);
    }

    /// Adds what another thread ran.
    pub fn merge(&mut self, other: Self) {
        self.cases += other.cases;
        self.seeds += other.seeds;
        self.orders += other.orders;
        self.fair_retries += other.fair_retries;
        for (mine, theirs) in self.told.iter_mut().zip(other.told) {
            *mine += theirs;
        }
        for (mine, theirs) in self.violations.iter_mut().zip(other.violations) {
            *mine += theirs;
        }
        for (what, count) in other.overtaken {
            *self.overtaken.entry(what).or_default() += count;
        }
        for (what, name) in other.overtaken_in {
            let first = self.overtaken_in.entry(what).or_insert(name);
            *first = name.min(*first);
        }
        self.failed.extend(other.failed);
        self.coverage.add(&other.coverage);
    }

    /// How many things happened that must never happen.
    #[must_use]
    pub fn violations(&self) -> u64 {
        self.violations.iter().sum()
    }

    fn say_overtaken(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.overtaken.is_empty() {
            writeln!(
                f,
                "\nrefused, and then ordered by an earlier submission that was still on its way"
            )?;
            for (name, count) in &self.overtaken {
                writeln!(f, "  {name:<24} {count:>10}  such as {}", self.overtaken_in[name])?;
            }
        }
        Ok(())
    }

    fn say_failed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (cases, seeds): (Vec<_>, Vec<_>) = self.failed.iter().partition(|(name, _)| matches!(name, Name::Case(_)));
        for failed in [cases, seeds].into_iter().filter(|failed| !failed.is_empty()) {
            writeln!(f, "{} worlds failed", failed.len())?;
            for (name, text) in failed.into_iter().take(NAMED) {
                writeln!(f, "FAILED {name}: {text}")?;
            }
        }
        Ok(())
    }
}

/// What is printed of totals.
pub struct Report<'a>(pub &'a Totals);

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Totals {
            cases,
            seeds,
            orders,
            fair_retries,
            ..
        } = self.0;
        writeln!(
            f,
            "{cases} small worlds with one fault at each step in turn, {seeds} seeds"
        )?;
        writeln!(f, "{orders} orders, {fair_retries} fair retries\n")?;
        writeln!(f, "answers")?;
        for (name, count) in ANSWERS.iter().zip(self.0.told) {
            writeln!(f, "  {name:<24} {count:>10}")?;
        }
        writeln!(f, "\nviolations")?;
        for kind in Kind::ALL {
            writeln!(f, "  {:<24} {:>10}", kind.name(), self.0.violations[kind as usize])?;
        }
        self.0.say_overtaken(f)?;
        writeln!(f, "\n{}", self.0.coverage)?;
        self.0.say_failed(f)
    }
}
