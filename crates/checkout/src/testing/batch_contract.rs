//! The contract of many orders in one call of [`OrderStore::insert_once`](crate::ports::OrderStore::insert_once), a
//! sentence a function.

use std::collections::HashMap;

use crate::catalogue::Slug;
use crate::order::{Order, OrderId};
use crate::ports::{Insertion, NewOrder, Refusal};
use crate::quote::Fingerprint;
use crate::token::TokenDigest;

use super::{Fixture, Shop};

async fn insert(fixture: &Fixture, batch: &[NewOrder]) -> Vec<Insertion> {
    let answers = fixture.shop.orders.insert_once(batch.to_vec()).await;
    assert_eq!(answers.len(), batch.len(), "one answer for one order");
    let answers = answers.into_iter();
    answers.map(|answer| answer.expect("the store answers")).collect()
}

/// Orders of a cart each, with one line of this product.
async fn orders_of(fixture: &Fixture, slug: &Slug, quantities: &[u32]) -> Vec<NewOrder> {
    let mut orders = Vec::with_capacity(quantities.len());
    for quantity in quantities {
        orders.push(fixture.order_of(&fixture.cart_of(slug, *quantity).await));
    }
    orders
}

fn placed(answers: &[Insertion]) -> Vec<&Order> {
    let placed = answers.iter().filter_map(|answer| match answer {
        Insertion::Placed(order) => Some(order),
        Insertion::Replayed(_) | Insertion::Refused(_) => None,
    });
    placed.collect()
}

/// In a batch, each order gets its own answer, in the order asked.
pub async fn a_bad_order_does_not_fail_its_neighbours(shop: Shop) {
    let fixture = Fixture::new(shop);
    let (plenty, gone) = (fixture.product(9).await, fixture.product(0).await);
    let mut batch = Vec::new();
    for slug in [&plenty, &gone, &plenty] {
        batch.push(fixture.order_of(&fixture.cart_of(slug, 1).await));
    }
    let ids: Vec<OrderId> = batch.iter().map(|order| order.id).collect();
    let answers = fixture.shop.orders.insert_once(batch).await;
    let answers: Vec<_> = answers
        .into_iter()
        .map(|answer| answer.expect("the store answers"))
        .collect();
    let [
        Insertion::Placed(first),
        Insertion::Refused(Refusal::OutOfStock(_)),
        Insertion::Placed(third),
    ] = answers.as_slice()
    else {
        panic!("{answers:?}")
    };
    assert_eq!((first.id, third.id), (ids[0], ids[2]));
    assert_eq!(fixture.stock(&plenty).await, 7);
}

/// What the answer to one of the mixed orders must be.
#[derive(Clone, Copy, Debug)]
enum Expected {
    /// It is placed.
    Placed,
    /// The quote is not the cart's.
    OtherQuote,
    /// The shop has too little.
    SoldOut,
    /// One of this group is placed, and is what the others hear.
    OneOf(u32),
    /// The shopper has no such cart.
    NoCart,
}

/// An order of every kind, for shoppers of their own.
async fn one_of_each(shop: &Shop, [plenty, gone]: [&Slug; 2], group: u32) -> Vec<(NewOrder, Expected)> {
    let buyer = Fixture::new(shop.clone());
    let [good, quote, token, cart, strange] = [1, 2, 3, 1, 2].map(|quantity| buyer.cart_of(plenty, quantity));
    let good = buyer.order_of(&good.await);
    let quote = buyer.order_of(&quote.await);
    let token = buyer.order_of(&token.await);
    let cart = cart.await;
    let other_cart = buyer.order_of(&buyer.cart_of(plenty, 1).await);
    let sold_out = buyer.order_of(&buyer.cart_of(gone, 1).await);
    let strange = buyer.order_of(&strange.await);
    let (fingerprint, shopper) = (Fingerprint([0; 32]), Fixture::new_shopper());
    let same_token = token.token;
    vec![
        (good, Expected::Placed),
        (NewOrder { fingerprint, ..quote }, Expected::OtherQuote),
        (sold_out, Expected::SoldOut),
        (token, Expected::OneOf(2 * group)),
        (
            NewOrder {
                token: same_token,
                ..other_cart
            },
            Expected::OneOf(2 * group),
        ),
        (buyer.order_of(&cart), Expected::OneOf(2 * group + 1)),
        (buyer.order_of(&cart), Expected::OneOf(2 * group + 1)),
        (NewOrder { shopper, ..strange }, Expected::NoCart),
    ]
}

/// Fifty orders in one call, good ones among bad ones of every kind: each is answered as if it were alone.
pub async fn fifty_mixed_orders_each_get_their_own_answer(shop: Shop) {
    let seller = Fixture::new(shop.clone());
    let (plenty, gone) = (seller.product(1_000).await, seller.product(0).await);
    let mut mixed = Vec::new();
    for group in 0..7 {
        mixed.extend(one_of_each(&shop, [&plenty, &gone], group).await);
    }
    mixed.truncate(50);
    // Neighbours of every kind, on both sides.
    let mixed: Vec<_> = (0..mixed.len())
        .map(|index| mixed[index * 7 % mixed.len()].clone())
        .collect();
    let (batch, expected): (Vec<_>, Vec<_>) = mixed.into_iter().unzip();
    let answers = insert(&seller, &batch).await;
    let mut winners = HashMap::<u32, Vec<&Insertion>>::new();
    for ((order, expected), answer) in batch.iter().zip(expected).zip(&answers) {
        match (expected, answer) {
            (Expected::Placed, Insertion::Placed(placed)) => assert_eq!(placed.id, order.id),
            (Expected::OtherQuote, Insertion::Refused(Refusal::CartChanged(Some(_))))
            | (Expected::NoCart, Insertion::Refused(Refusal::CartChanged(None))) => {}
            (Expected::SoldOut, Insertion::Refused(Refusal::OutOfStock(slugs))) => {
                assert_eq!(slugs, std::slice::from_ref(&gone));
            }
            (Expected::OneOf(group), answer) => winners.entry(group).or_default().push(answer),
            (expected, answer) => panic!("{expected:?}, but {answer:?}"),
        }
    }
    for answers in winners.into_values() {
        one_is_placed_and_the_others_hear_of_it(&answers);
    }
    let pieces: u32 = placed(&answers)
        .iter()
        .flat_map(|order| &order.lines)
        .map(|line| line.quantity.get())
        .sum();
    assert_eq!(seller.stock(&plenty).await, 1_000 - pieces);
}

fn one_is_placed_and_the_others_hear_of_it(answers: &[&Insertion]) {
    let (mut placed, mut heard) = (Vec::new(), Vec::new());
    for answer in answers {
        match answer {
            Insertion::Placed(order) => placed.push(order),
            Insertion::Replayed(order) => heard.push(order),
            Insertion::Refused(refusal) => panic!("refused: {refusal:?}"),
        }
    }
    assert_eq!(placed.len(), 1, "{answers:?}");
    assert!(heard.iter().all(|order| order == &placed[0]), "{answers:?}");
}

/// The orders of a batch take their stock from each other: what is left is sold, and not a piece more.
pub async fn a_batch_never_oversells(shop: Shop) {
    let seller = Fixture::new(shop);
    let slug = seller.product(7).await;
    let batch = orders_of(&seller, &slug, &[2; 10]).await;
    let answers = insert(&seller, &batch).await;
    assert_eq!(placed(&answers).len(), 3);
    for answer in &answers {
        assert!(
            matches!(
                answer,
                Insertion::Placed(_) | Insertion::Refused(Refusal::OutOfStock(_))
            ),
            "{answer:?}"
        );
    }
    assert_eq!(seller.stock(&slug).await, 1);
    // Who was refused can still buy what is left.
    let last = orders_of(&seller, &slug, &[1, 1]).await;
    assert_eq!(placed(&insert(&seller, &last).await).len(), 1);
    assert_eq!(seller.stock(&slug).await, 0);
}

/// A batch without one good order changes nothing.
pub async fn a_batch_of_bad_orders_places_none(shop: Shop) {
    let seller = Fixture::new(shop);
    let slug = seller.product(5).await;
    let mut batch = orders_of(&seller, &slug, &[6; 10]).await;
    for order in batch.iter_mut().skip(5) {
        order.fingerprint = Fingerprint([0; 32]);
    }
    for (nth, answer) in insert(&seller, &batch).await.iter().enumerate() {
        let refused = match answer {
            Insertion::Refused(Refusal::OutOfStock(_)) => nth < 5,
            Insertion::Refused(Refusal::CartChanged(Some(_))) => nth >= 5,
            _ => false,
        };
        assert!(refused, "{nth}: {answer:?}");
    }
    assert_eq!(seller.stock(&slug).await, 5);
    let orders = seller.shop.orders.list_orders(seller.shopper, 10).await;
    assert_eq!(orders.expect("read"), []);
    assert_eq!(insert(&seller, &[]).await, []);
}

/// A batch that is sent again, as after a lost commit, is answered as placed; other tokens of its carts are replayed.
pub async fn the_same_batch_again_replays_everything(shop: Shop) {
    let seller = Fixture::new(shop);
    let slug = seller.product(100).await;
    let batch = orders_of(&seller, &slug, &[1; 20]).await;
    let first = insert(&seller, &batch).await;
    assert_eq!(placed(&first).len(), 20);
    assert_eq!(insert(&seller, &batch).await, first);
    let other_tokens: Vec<_> = batch
        .into_iter()
        .map(|order| NewOrder {
            id: OrderId(Fixture::new_uuid()),
            token: TokenDigest(Fixture::new_uuid()),
            ..order
        })
        .collect();
    for (replayed, first) in insert(&seller, &other_tokens).await.into_iter().zip(placed(&first)) {
        assert_eq!(replayed, Insertion::Replayed(first.clone()));
    }
    assert_eq!(seller.stock(&slug).await, 80);
}

/// Two servers that are sent the same carts at the same time, in different order, place each of them once.
pub async fn of_two_batches_at_once_each_order_is_placed_once(shop: Shop) {
    let seller = Fixture::new(shop);
    let slug = seller.product(100).await;
    let here = orders_of(&seller, &slug, &[1; 20]).await;
    let mut there: Vec<_> = here
        .iter()
        .cloned()
        .map(|order| NewOrder {
            id: OrderId(Fixture::new_uuid()),
            ..order
        })
        .collect();
    there.reverse();
    let racers = [here, there].map(|batch| {
        let seller = seller.clone();
        tokio::spawn(async move { insert(&seller, &batch).await })
    });
    let mut of_token = HashMap::<TokenDigest, Vec<Insertion>>::new();
    for racer in racers {
        for answer in racer.await.expect("no panic") {
            let (Insertion::Placed(order) | Insertion::Replayed(order)) = &answer else {
                panic!("refused: {answer:?}")
            };
            of_token.entry(order.token).or_default().push(answer);
        }
    }
    assert_eq!(of_token.len(), 20);
    for answers in of_token.values() {
        one_is_placed_and_the_others_hear_of_it(&answers.iter().collect::<Vec<_>>());
    }
    assert_eq!(seller.stock(&slug).await, 80);
}
