//! x
mod answers; mod bits; mod database; mod faults; mod invariants; mod mistakes; mod model; mod naive; mod protocol; mod recovery; mod rules; mod scope; mod scopes; mod seen; mod shoppers; mod symmetry; mod token_store; mod walk; mod world;
use crate::model::Model; use crate::rules::Rules; use crate::invariants::Invariant;
fn main() {
    for m in mistakes::NAIVE.iter().chain(&mistakes::MUTATIONS) {
        let t = std::time::Instant::now();
        let w = walk::walk(&Model { rules: m.rules(), scope: m.scope }, Some(m.breaks));
        let tr = &w.traces[m.breaks as usize];
        println!("{} {:14} {:60} {} {:?} {:?}", if tr.is_some() {"caught"} else {"MISSED"}, m.breaks, m.sentence, w.states, w.broken, t.elapsed());
        if std::env::args().any(|a| a == "-v") && let Some(tr) = tr { for s in tr { println!("       {:?} {}", s.who.map(|x|x+1), s.what); } }
    }
    for s in scopes::PROTOCOL {
        let t = std::time::Instant::now();
        let w = walk::walk(&Model { rules: Rules::default(), scope: s }, None);
        println!("{:40} {} {} {} {} states {} transitions depth {} {:?} {:?}", s.name, s.submissions, s.at_once, s.faults, w.states, w.transitions, w.depth, w.broken, t.elapsed());
    }
    for s in [scopes::EXPIRY_ANYTIME, scopes::STOCK_RETURNS] { for cured in [false, true] {
        let t = std::time::Instant::now();
        let mut rules = Rules::default(); rules.cures.expired_outgrows = cured; rules.cures.refusal_outgrows = cured;
        let w = walk::walk(&Model { rules, scope: s }, None);
        println!("{:40} {} {} {} {} states {} transitions depth {} {:?} {:?}", s.name, s.submissions, s.at_once, s.faults, w.states, w.transitions, w.depth, w.broken, t.elapsed());
    for (i, tr) in Invariant::ALL.iter().zip(&w.traces) { if let Some(tr) = tr { println!("{i}"); for s in tr { println!("   {:?} {}", s.who.map(|x|x+1), s.what); } } }
    } }
}
