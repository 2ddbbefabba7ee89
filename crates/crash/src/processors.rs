//! The processors of this machine, divided between the shop with its stores and the shoppers, who bring their own in life.
//!
//! What a shopper costs whoever plays them is no cost of the shop. Where both share the processors, a shop that sends more
//! shoppers away seems to sell less, for each of them took its time from the shop as well.

use std::fmt;

use anyhow::Context as _;
use rustix::process::Pid;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use tokio::task::{JoinSet, yield_now};

/// Two parts of the processors that this process may run on.
#[derive(Clone)]
pub struct Processors {
    shop: CpuSet,
    shoppers: CpuSet,
}

impl Processors {
    /// The last for the shoppers, the others for the shop; none where there is only one.
    pub fn divided() -> anyhow::Result<Option<Self>> {
        Ok(Self::of(&sched_getaffinity(None)?))
    }

    fn of(all: &CpuSet) -> Option<Self> {
        let last = (0..CpuSet::MAX_CPU).rfind(|processor| all.is_set(*processor))?;
        let (mut shop, mut shoppers) = (*all, CpuSet::new());
        shop.unset(last);
        shoppers.set(last);
        (shop.count() > 0).then_some(Self { shop, shoppers })
    }

    /// What this process starts from now on belongs to the shop.
    pub fn start_the_shop(&self) -> anyhow::Result<()> {
        run_on(&self.shop)
    }

    /// This process plays the shoppers from now on. Until what is returned is dropped, it never sleeps: to wake a processor
    /// that sleeps, whoever answers has to interrupt it, which no shopper beyond a network asks of the shop, and which costs a
    /// virtual machine as much as the answer.
    pub fn play_the_shoppers(&self) -> anyhow::Result<JoinSet<()>> {
        run_on(&self.shoppers)?;
        let mut awake = JoinSet::new();
        awake.spawn(async {
            loop {
                yield_now().await;
            }
        });
        Ok(awake)
    }
}

impl fmt::Display for Processors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} for the shop with its stores, 1 for the shoppers",
            self.shop.count()
        )
    }
}

/// Every thread of this process; those that they start run where they do, and so do processes (`sched_setaffinity(2)`).
fn run_on(processors: &CpuSet) -> anyhow::Result<()> {
    for thread in std::fs::read_dir("/proc/self/task")? {
        let id = thread?.file_name().to_string_lossy().parse()?;
        let id = Pid::from_raw(id).context("no thread has the id 0")?;
        match sched_setaffinity(Some(id), processors) {
            // A thread that ended meanwhile runs nowhere.
            Ok(()) | Err(rustix::io::Errno::SRCH) => {}
            Err(error) => return Err(error).context("this process can not be bound to processors"),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(processors: &[usize]) -> CpuSet {
        let mut set = CpuSet::new();
        for processor in processors {
            set.set(*processor);
        }
        set
    }

    #[test]
    fn the_last_is_the_shoppers() {
        for (all, shop, last) in [
            (vec![0, 1], vec![0], 1),
            (vec![2, 3, 5], vec![2, 3], 5),
            ((0..8).collect(), (0..7).collect(), 7),
        ] {
            let divided = Processors::of(&some(&all)).expect("there are two");
            assert!(divided.shop == some(&shop), "{all:?}");
            assert!(divided.shoppers == some(&[last]), "{all:?}");
        }
        assert!(Processors::of(&some(&[3])).is_none(), "one can not be divided");
    }
}
