//! The states seen so far: a list in the order of their discovery, and a table to find them by.

/// A list of distinct states.
pub struct Seen {
    states: Vec<u128>,
    /// Open addressing: the upper half of a state's hash, and its place in the list plus one. Zero is free.
    table: Vec<u64>,
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
        if self.states.len() * 2 >= self.table.len() {
            self.grow();
        }
        let hash = hash(state);
        let mut slot = self.home(hash);
        loop {
            let entry = self.table[slot];
            if entry == 0 {
                break;
            }
            if entry >> 32 == hash >> 32 && self.states[place(entry)] == state {
                return false;
            }
            slot = (slot + 1) & (self.table.len() - 1);
        }
        self.states.push(state);
        let number = u32::try_from(self.states.len()).expect("fewer states than four thousand millions");
        self.table[slot] = (hash & !u64::from(u32::MAX)) | u64::from(number);
        true
    }

    fn home(&self, hash: u64) -> usize {
        place_of_hash(hash) & (self.table.len() - 1)
    }

    fn grow(&mut self) {
        let mut table = vec![0; self.table.len() * 4];
        let mask = table.len() - 1;
        for (index, state) in self.states.iter().enumerate() {
            let hash = hash(*state);
            let mut slot = place_of_hash(hash) & mask;
            while table[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            let number = u32::try_from(index + 1).expect("it was in the table before");
            table[slot] = (hash & !u64::from(u32::MAX)) | u64::from(number);
        }
        self.table = table;
    }
}

fn place(entry: u64) -> usize {
    place_of_hash(entry) - 1
}

/// The lower half.
fn place_of_hash(hash: u64) -> usize {
    usize::try_from(hash & u64::from(u32::MAX)).expect("32 bits fit")
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
