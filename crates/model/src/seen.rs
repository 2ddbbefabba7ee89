//! The states seen so far: a list in the order of their discovery, and a table to find them by.

/// A list of distinct states.
pub struct Seen {
    states: Vec<u128>,
    /// Open addressing, with the states themselves: to find one is to look at one place. No state is zero, which is free.
    table: Vec<u128>,
}

impl Seen {
    pub fn new() -> Self {
        Self {
            states: Vec::new(),
            table: vec![0; 1 << 10],
        }
    }

    pub fn len(&self) -> usize {
        self.states.len()
    }

    pub fn get(&self, index: usize) -> u128 {
        self.states[index]
    }

    /// Adds `state`; `false` when it was there already.
    pub fn insert(&mut self, state: u128) -> bool {
        debug_assert_ne!(state, 0, "zero is no state");
        let place = place(&self.table, state);
        if self.table[place] == state {
            return false;
        }
        self.table[place] = state;
        self.states.push(state);
        if self.states.len() * 2 > self.table.len() {
            self.grow();
        }
        true
    }

    fn grow(&mut self) {
        let mut table = vec![0; self.table.len() * 2];
        for state in &self.states {
            let place = place(&table, *state);
            table[place] = *state;
        }
        self.table = table;
    }
}

/// Where `state` is, or belongs.
fn place(table: &[u128], state: u128) -> usize {
    let mask = table.len() - 1;
    let mut place = usize::try_from(hash(state) >> 16).expect("48 bits fit") & mask;
    while table[place] != 0 && table[place] != state {
        place = (place + 1) & mask;
    }
    place
}

/// Multiplies and folds, twice: quick, and good enough for states that nobody chose against it.
fn hash(state: u128) -> u64 {
    const FIRST: u128 = 0x9e37_79b9_7f4a_7c15;
    const SECOND: u128 = 0xd6e8_feb8_6659_fd93;
    let low = (state & u128::from(u64::MAX)).wrapping_mul(FIRST);
    let high = (state >> 64).wrapping_mul(SECOND);
    let mixed = fold(low) ^ fold(high).rotate_left(32);
    fold(u128::from(mixed).wrapping_mul(FIRST))
}

fn fold(product: u128) -> u64 {
    let low = u64::try_from(product & u128::from(u64::MAX)).expect("64 bits fit");
    let high = u64::try_from(product >> 64).expect("64 bits fit");
    low ^ high
}
