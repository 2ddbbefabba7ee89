//! What is asked in batches, and what is answered.

use checkout::ports::{Insertion, NewOrder, StoreError, StoreErrorKind};
use checkout::testing::Fixture;

pub type Answer = Result<Insertion, StoreError>;

pub fn kinds(answers: &[Answer]) -> Vec<Option<StoreErrorKind>> {
    let kind = |answer: &Answer| answer.as_ref().err().map(|error| error.kind);
    answers.iter().map(kind).collect()
}

pub fn is_placed(answer: &Answer) -> bool {
    matches!(answer, Ok(Insertion::Placed(_)))
}

/// Of a cart with one piece of a product of its own.
pub async fn order_of(fixture: &Fixture, stock: u32) -> NewOrder {
    let slug = fixture.product(stock).await;
    fixture.order_of(&fixture.cart_of(&slug, 1).await)
}
