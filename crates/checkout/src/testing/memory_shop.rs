//! A shop in memory that passes the contracts: for tests of the core, which need a database that does as it is told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::Shop;
use crate::cart::{Cart, CartId, CartKind, CartLine, CartStatus, Quantity, ShopperId};
use crate::catalogue::{Product, Slug};
use crate::order::{Order, OrderId, OrderLine};
use crate::ports::{CartEdit, CartStore, Insertion, NewOrder, OrderStore, ProductStore, Refusal, StoreError};
use crate::quote::Quote;
use crate::token::TokenDigest;

/// The ports over one locked set of tables.
#[derive(Clone, Debug, Default)]
pub struct MemoryShop(Arc<Mutex<Tables>>);

#[derive(Debug, Default)]
struct Tables {
    products: Vec<Product>,
    carts: HashMap<CartId, Cart>,
    orders: Vec<Order>,
}

impl MemoryShop {
    /// The three ports.
    #[must_use]
    pub fn shop(&self) -> Shop {
        let this = Arc::new(self.clone());
        Shop {
            products: this.clone(),
            carts: this.clone(),
            orders: this,
        }
    }

    /// How many orders stand.
    #[must_use]
    pub fn count_orders(&self) -> usize {
        self.tables().orders.len()
    }

    /// Sets what the shop has of a product.
    pub fn set_stock(&self, slug: &Slug, stock: u32) {
        for product in self
            .tables()
            .products
            .iter_mut()
            .filter(|product| product.slug == *slug)
        {
            product.stock = stock;
        }
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    fn product(&self, slug: &Slug) -> Option<&Product> {
        self.products.iter().find(|product| product.slug == *slug)
    }

    /// The cart, priced by the catalogue of now.
    fn priced(&self, cart: &Cart) -> Cart {
        let mut cart = cart.clone();
        for line in &mut cart.lines {
            let product = self.product(&line.slug).expect("products are never removed");
            (line.unit_price, line.stock) = (product.price, product.stock);
        }
        cart
    }

    fn cart(&self, shopper: ShopperId, id: CartId) -> Option<Cart> {
        self.carts
            .get(&id)
            .filter(|cart| cart.shopper == shopper)
            .map(|cart| self.priced(cart))
    }

    fn basket(&self, shopper: ShopperId) -> Option<CartId> {
        let is_basket =
            |cart: &&Cart| cart.shopper == shopper && cart.kind == CartKind::Basket && cart.status == CartStatus::Open;
        self.carts.values().find(is_basket).map(|cart| cart.id)
    }

    fn open(&mut self, shopper: ShopperId, id: CartId, kind: CartKind) -> CartId {
        let cart = Cart {
            id,
            shopper,
            kind,
            version: 1,
            status: CartStatus::Open,
            lines: vec![],
        };
        self.carts.insert(id, cart);
        id
    }

    /// Changes a line of an open cart; `change` is told the quantity that is there.
    fn edit(
        &mut self,
        shopper: ShopperId,
        id: CartId,
        slug: &Slug,
        change: impl FnOnce(Option<Quantity>) -> Option<Quantity>,
    ) -> CartEdit {
        let Some(product) = self.product(slug).cloned() else {
            return CartEdit::NoSuchProduct;
        };
        let cart = self
            .carts
            .get_mut(&id)
            .filter(|cart| cart.shopper == shopper && cart.status == CartStatus::Open);
        let Some(cart) = cart else { return CartEdit::NoSuchCart };
        let there = cart.lines.iter().position(|line| line.slug == *slug);
        match (there, change(there.map(|index| cart.lines[index].quantity))) {
            (Some(index), Some(quantity)) => cart.lines[index].quantity = quantity,
            (Some(index), None) => drop(cart.lines.remove(index)),
            (None, Some(_)) if cart.lines.len() == Cart::MOST_LINES => return CartEdit::Full,
            (None, Some(quantity)) => cart.lines.push(line_of(product, quantity)),
            (None, None) => {}
        }
        cart.version += 1;
        CartEdit::Done(id)
    }

    fn insert(&mut self, asked: &NewOrder) -> Insertion {
        let of_intent = |order: &&Order| order.token == asked.token || order.cart == asked.cart;
        if let Some(order) = self
            .orders
            .iter()
            .find(of_intent)
            .filter(|order| order.shopper == asked.shopper)
        {
            let order = order.clone();
            return if order.id == asked.id {
                Insertion::Placed(order)
            } else {
                Insertion::Replayed(order)
            };
        }
        let cart = self
            .cart(asked.shopper, asked.cart)
            .filter(|cart| cart.status == CartStatus::Open);
        let Some(cart) = cart else {
            return Insertion::Refused(Refusal::CartChanged(None));
        };
        let quote = Quote::of(&cart).ok();
        let Some(quote) = quote.clone().filter(|quote| quote.fingerprint() == asked.fingerprint) else {
            return Insertion::Refused(Refusal::CartChanged(quote));
        };
        let short = cart.lines.iter().filter(|line| line.stock < line.quantity.get());
        let short: Vec<Slug> = short.map(|line| line.slug.clone()).collect();
        if !short.is_empty() {
            return Insertion::Refused(Refusal::OutOfStock(short));
        }
        Insertion::Placed(self.write(asked, &cart, &quote))
    }

    fn write(&mut self, asked: &NewOrder, cart: &Cart, quote: &Quote) -> Order {
        for line in &cart.lines {
            let product = self.products.iter_mut().find(|product| product.slug == line.slug);
            product.expect("products are never removed").stock -= line.quantity.get();
        }
        self.carts.get_mut(&cart.id).expect("it was just read").status = CartStatus::Ordered;
        let order = Order {
            id: asked.id,
            shopper: asked.shopper,
            cart: asked.cart,
            token: asked.token,
            lines: cart.lines.iter().map(order_line).collect(),
            total: quote.total,
            contact: asked.contact.form().clone(),
            placed_at: asked.placed_at,
        };
        self.orders.push(order.clone());
        order
    }
}

fn line_of(product: Product, quantity: Quantity) -> CartLine {
    let Product {
        slug,
        name,
        price,
        stock,
        ..
    } = product;
    CartLine {
        slug,
        name,
        unit_price: price,
        quantity,
        stock,
    }
}

fn order_line(line: &CartLine) -> OrderLine {
    let CartLine {
        slug,
        name,
        unit_price,
        quantity,
        ..
    } = line.clone();
    OrderLine {
        slug,
        name,
        quantity,
        unit_price,
    }
}

#[async_trait]
impl ProductStore for MemoryShop {
    async fn list_products(&self) -> Result<Vec<Product>, StoreError> {
        let mut products = self.tables().products.clone();
        products.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(products)
    }

    async fn find_product(&self, slug: &Slug) -> Result<Option<Product>, StoreError> {
        Ok(self.tables().product(slug).cloned())
    }

    async fn add_missing_products(&self, products: &[Product]) -> Result<u64, StoreError> {
        let mut tables = self.tables();
        let mut added = 0;
        for product in products {
            if tables.product(&product.slug).is_none() {
                tables.products.push(product.clone());
                added += 1;
            }
        }
        Ok(added)
    }
}

#[async_trait]
impl CartStore for MemoryShop {
    async fn find_basket(&self, shopper: ShopperId) -> Result<Option<Cart>, StoreError> {
        let tables = self.tables();
        Ok(tables.basket(shopper).and_then(|id| tables.cart(shopper, id)))
    }

    async fn find_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<Cart>, StoreError> {
        Ok(self.tables().cart(shopper, cart))
    }

    async fn add_to_basket(
        &self,
        shopper: ShopperId,
        new_cart: CartId,
        slug: &Slug,
        quantity: Quantity,
    ) -> Result<CartEdit, StoreError> {
        let mut tables = self.tables();
        if tables.product(slug).is_none() {
            return Ok(CartEdit::NoSuchProduct);
        }
        let basket = tables
            .basket(shopper)
            .unwrap_or_else(|| tables.open(shopper, new_cart, CartKind::Basket));
        Ok(tables.edit(shopper, basket, slug, |there| {
            Some(there.map_or(quantity, |had| had.saturating_add(quantity)))
        }))
    }

    async fn open_buy_now(
        &self,
        shopper: ShopperId,
        new_cart: CartId,
        slug: &Slug,
        quantity: Quantity,
    ) -> Result<CartEdit, StoreError> {
        let mut tables = self.tables();
        if tables.product(slug).is_none() {
            return Ok(CartEdit::NoSuchProduct);
        }
        let cart = tables.open(shopper, new_cart, CartKind::BuyNow);
        Ok(tables.edit(shopper, cart, slug, |_| Some(quantity)))
    }

    async fn set_line(
        &self,
        shopper: ShopperId,
        cart: CartId,
        slug: &Slug,
        quantity: Option<Quantity>,
    ) -> Result<CartEdit, StoreError> {
        Ok(self.tables().edit(shopper, cart, slug, |_| quantity))
    }
}

#[async_trait]
impl OrderStore for MemoryShop {
    async fn insert_once(&self, orders: Vec<NewOrder>) -> Vec<Result<Insertion, StoreError>> {
        let mut tables = self.tables();
        orders.iter().map(|order| Ok(tables.insert(order))).collect()
    }

    async fn find_order(&self, shopper: ShopperId, id: OrderId) -> Result<Option<Order>, StoreError> {
        let tables = self.tables();
        Ok(tables
            .orders
            .iter()
            .find(|order| order.shopper == shopper && order.id == id)
            .cloned())
    }

    async fn find_order_by_token(&self, shopper: ShopperId, token: TokenDigest) -> Result<Option<Order>, StoreError> {
        let tables = self.tables();
        Ok(tables
            .orders
            .iter()
            .find(|order| order.shopper == shopper && order.token == token)
            .cloned())
    }

    async fn find_order_by_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<Order>, StoreError> {
        let tables = self.tables();
        Ok(tables
            .orders
            .iter()
            .find(|order| order.shopper == shopper && order.cart == cart)
            .cloned())
    }

    async fn list_orders(&self, shopper: ShopperId, limit: u32) -> Result<Vec<Order>, StoreError> {
        let tables = self.tables();
        let mut orders: Vec<_> = tables
            .orders
            .iter()
            .filter(|order| order.shopper == shopper)
            .cloned()
            .collect();
        orders.sort_by_key(|order| std::cmp::Reverse(order.placed_at));
        orders.truncate(limit as usize);
        Ok(orders)
    }
}
