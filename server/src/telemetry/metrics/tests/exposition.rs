//! The text format of Prometheus 0.0.4, read as strictly as `promtool check metrics` reads it.

use std::collections::{BTreeMap, BTreeSet};

/// A line: its name, its labels as they are written, its number.
pub(super) struct Sample<'a> {
    pub(super) name: &'a str,
    pub(super) labels: Vec<(&'a str, &'a str)>,
    pub(super) number: f64,
}

/// Reads all of it; panics at what is not well formed.
pub(super) fn read(text: &str) -> Vec<Sample<'_>> {
    assert!(text.ends_with('\n'), "the last line ends too");
    let (mut kinds, mut helped, mut family) = (BTreeMap::new(), BTreeSet::new(), "");
    let (mut samples, mut seen) = (Vec::new(), BTreeSet::new());
    for line in text.lines().filter(|line| *line != "# EOF") {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, words) = help.split_once(' ').expect("help has words");
            assert!(helped.insert(name) && !words.trim().is_empty(), "{line}");
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').expect("a type");
            assert!(helped.contains(name), "{name} is explained before");
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert!(kinds.insert(name, kind).is_none(), "{name} stands together");
            assert_eq!(name.ends_with("_total"), kind == "counter", "{name} is a {kind}");
            family = name;
        } else {
            let sample = sample(line);
            let (base, kind) = (base(&sample, family), kinds.get(family));
            assert!(base, "{line} stands under {family}, which is a {kind:?}");
            let labels: BTreeMap<_, _> = sample.labels.iter().copied().collect();
            assert_eq!(labels.len(), sample.labels.len(), "a label twice: {line}");
            assert!(seen.insert((sample.name, labels)), "twice: {line}");
            samples.push(sample);
        }
    }
    samples
}

/// Whether the sample belongs to the family.
fn base(sample: &Sample, family: &str) -> bool {
    let part = sample.name.strip_prefix(family);
    part.is_some_and(|part| ["", "_bucket", "_sum", "_count"].contains(&part))
}

fn sample(line: &str) -> Sample<'_> {
    let (series, number) = line.rsplit_once(' ').expect("a number");
    let number = number.parse().unwrap_or_else(|_| panic!("no number: {line}"));
    let Some((name, labels)) = series.split_once('{') else {
        return Sample {
            name: named(series),
            labels: Vec::new(),
            number,
        };
    };
    let labels = labels.strip_suffix('}').expect("closed");
    let labels = labels.split("\",").map(|label| {
        let (name, value) = label.split_once("=\"").expect("a quoted value");
        let value = value.strip_suffix('"').unwrap_or(value);
        // No value of ours needs to be escaped.
        assert!(!value.contains(['"', '\\', '\n']), "{line}");
        (named(name), value)
    });
    Sample {
        name: named(name),
        labels: labels.collect(),
        number,
    }
}

fn named(name: &str) -> &str {
    let first = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let rest = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    assert!(first && rest, "{name:?} is no name");
    name
}

/// Every histogram grows from bucket to bucket, up to its count.
pub(super) fn assert_histograms(samples: &[Sample]) {
    let mut buckets: BTreeMap<_, Vec<(f64, f64)>> = BTreeMap::new();
    let mut counts = BTreeMap::new();
    for sample in samples {
        let (bound, others): (Vec<_>, Vec<_>) = sample.labels.iter().copied().partition(|label| label.0 == "le");
        if let Some(base) = sample.name.strip_suffix("_bucket") {
            let bound = bound.first().expect("a bound").1.parse().expect("a number");
            buckets.entry((base, others)).or_default().push((bound, sample.number));
        } else if let Some(base) = sample.name.strip_suffix("_count") {
            counts.insert((base, others), sample.number);
        }
    }
    assert!(!buckets.is_empty(), "there are histograms");
    assert_eq!(buckets.keys().collect::<Vec<_>>(), counts.keys().collect::<Vec<_>>());
    for (series, buckets) in buckets {
        let grows = buckets.is_sorted_by(|one, next| one.0 < next.0 && one.1 <= next.1);
        assert!(grows, "{series:?}: {buckets:?}");
        assert_eq!(buckets.last(), Some(&(f64::INFINITY, counts[&series])), "{series:?}");
    }
}
