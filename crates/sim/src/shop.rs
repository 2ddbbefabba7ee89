//! The shop behind the servers: what it sells, what is in the carts, and what happens without any request.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use checkout::cart::{CartId, Quantity};
use checkout::catalogue::{Product, Slug};
use checkout::money::{Currency, Money};
use checkout::ports::{Clock as _, IdSource as _, time_ordered_uuid};
use tokio::time::sleep;

use crate::fault::Store;
use crate::lock;
use crate::scenario::{Scenario, Upset};
use crate::stores::at_once;
use crate::stores::database::Row;
use crate::world::World;

/// What the observer must know of the shop besides its database.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    carts: Vec<CartId>,
    /// What the shop got of each product besides what it had; less than nothing when it lost some.
    delivered: HashMap<usize, i64>,
}

impl World {
    /// The shopper's carts.
    pub(crate) fn carts(&self) -> Vec<CartId> {
        lock(&self.shelf).carts.clone()
    }

    pub(crate) fn new_cart(&self) -> CartId {
        let cart = CartId(time_ordered_uuid(self.clock.now(), self.ids.random_bytes()));
        lock(&self.shelf).carts.push(cart);
        cart
    }

    /// What the shop has of a product.
    pub(crate) fn stock(&self, product: &Slug) -> u32 {
        let found = at_once(self.database.ports().products.find_product(product));
        found.expect("memory always answers").map_or(0, |product| product.stock)
    }

    /// Writes down that the shop got more of a product.
    pub(crate) fn delivered(&self, product: usize, pieces: i64) {
        *lock(&self.shelf).delivered.entry(product).or_default() += pieces;
    }

    pub(crate) fn delivered_in_all(&self, product: usize) -> i64 {
        lock(&self.shelf).delivered.get(&product).copied().unwrap_or_default()
    }
}

/// Puts the products on the shelf and into the carts.
pub(crate) fn furnish(world: &Arc<World>, scenario: &Scenario) {
    let shop = world.database.ports();
    for (number, stock) in scenario.stock.iter().enumerate() {
        let slug = slug(number);
        let product = Product {
            name: format!("Product {number}"),
            summary: String::new(),
            description: String::new(),
            price: Money::new(1_250, Currency::Eur),
            stock: *stock,
            slug,
        };
        at_once(shop.products.add_missing_products(&[product])).expect("memory always answers");
    }
    for lines in &scenario.carts {
        let cart = world.new_cart();
        let (first, pieces) = lines[0];
        let opened = at_once(
            shop.carts
                .open_buy_now(world.shopper, cart, &slug(first), quantity(pieces)),
        );
        opened.expect("memory always answers");
        for (product, pieces) in &lines[1..] {
            let set = at_once(
                shop.carts
                    .set_line(world.shopper, cart, &slug(*product), Some(quantity(*pieces))),
            );
            set.expect("memory always answers");
        }
    }
    world.database.changed(world);
}

pub(crate) fn slug(product: usize) -> Slug {
    format!("product-{product}").parse().expect("a slug")
}

fn quantity(pieces: u32) -> Quantity {
    Quantity::try_from(pieces).expect("a quantity")
}

/// Something that no request is the cause of.
pub(crate) async fn happen(world: &Arc<World>, upset: Upset) {
    if world.is_calm() {
        return;
    }
    world.note(|| format!("upset: {upset:?}"));
    let database = &world.database;
    let host = |address: usize| {
        lock(&world.servers)[address]
            .as_ref()
            .map(|server| Arc::clone(&server.host))
    };
    match upset {
        Upset::Edit(cart) => edit(world, world.carts()[cart]).await,
        Upset::Stock(product, stock) => stock_up(world, product, stock).await,
        Upset::Price(product, price) => {
            let locks = database.lock(vec![Row::Product(slug(product))]).await;
            database
                .shop
                .set_price(&slug(product), Money::new(price, Currency::Eur));
            drop(locks);
        }
        Upset::Hold(product, while_) => {
            let unfinished = world.unfinished();
            let locks = database.lock(vec![Row::Product(slug(product))]).await;
            sleep(while_).await;
            drop((locks, unfinished));
        }
        Upset::TokensEmptied => world.tokens.empty(),
        Upset::TokensRestored => world.tokens.restore(Duration::from_millis(500)),
        Upset::TokensGone => world.lose(Store::Tokens),
        Upset::DatabaseGone => world.lose(Store::Database),
        Upset::Crash(address) => drop(host(address).map(|host| host.crash())),
        Upset::Pause(address) => drop(host(address).map(|host| host.pause())),
    }
    database.changed(world);
}

/// The shopper adds or removes a piece.
async fn edit(world: &Arc<World>, cart: CartId) {
    let _locks = world.database.lock(vec![Row::Cart(cart)]).await;
    let Some(cart) = world.database.cart(world.shopper, cart) else {
        return;
    };
    let line = &cart.lines[0];
    let pieces = quantity(3 - line.quantity.get().min(2));
    let carts = world.database.ports().carts;
    let set = carts.set_line(world.shopper, cart.id, &line.slug, Some(pieces));
    at_once(set).expect("memory always answers");
}

/// The shop gets or loses some of a product.
async fn stock_up(world: &Arc<World>, product: usize, stock: u32) {
    let _locks = world.database.lock(vec![Row::Product(slug(product))]).await;
    let had = world.stock(&slug(product));
    world.delivered(product, i64::from(stock) - i64::from(had));
    world.database.shop.set_stock(&slug(product), stock);
}
