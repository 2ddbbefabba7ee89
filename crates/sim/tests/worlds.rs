//! Many worlds, briefly: the long run is `make sim`.

use sim::{Name, Report, Totals, enumerate, run_case, run_seed};

#[test]
fn nothing_happens_in_two_thousand_worlds_that_must_never_happen() {
    let mut totals = Totals::default();
    for seed in 0..2_000 {
        totals.add(Name::Seed(seed), &run_seed(seed, false));
    }
    assert_eq!(totals.violations(), 0, "{}", Report(&totals));
    assert!(totals.orders > 1_000, "{}", Report(&totals));
}

#[test]
fn nothing_happens_with_one_fault_at_any_step_that_must_never_happen() {
    let mut totals = Totals::default();
    enumerate(1, |case, outcome| totals.add(Name::Case(*case), outcome));
    assert_eq!(totals.violations(), 0, "{}", Report(&totals));
    assert_eq!(
        totals.coverage.missing(),
        [],
        "every fault happened at every step where it can"
    );
}

#[test]
fn a_world_is_the_same_in_every_run() {
    for seed in 0..200 {
        let (one, other) = (run_seed(seed, true), run_seed(seed, true));
        assert!(one.trace.len() > 10);
        assert_eq!(one.trace, other.trace, "seed {seed}");
    }
    assert_ne!(run_seed(0, true).trace, run_seed(1, true).trace);
}

#[test]
fn a_world_is_the_same_whether_it_is_written_down_or_not() {
    for seed in 0..50 {
        let (silent, traced) = (run_seed(seed, false), run_seed(seed, true));
        assert_eq!(
            (silent.orders, silent.told, silent.passed),
            (traced.orders, traced.told, traced.passed)
        );
    }
}

#[test]
fn a_case_is_run_again_by_its_name() {
    for name in ["0:0:Crash:7", "4:1:Late:20", "2:0:Poll:1"] {
        let case = name.parse().expect("a case");
        assert_eq!(Name::Case(case).to_string(), format!("--case {name}"));
        assert_eq!(run_case(&case, true).trace, run_case(&case, true).trace);
    }
    for bad in [
        "",
        "0:0:Crash",
        "99:0:Crash:0",
        "0:x:Crash:0",
        "0:0:Rain:0",
        "0:0:Crash:x",
    ] {
        assert!(bad.parse::<sim::Case>().is_err(), "{bad}");
    }
}
