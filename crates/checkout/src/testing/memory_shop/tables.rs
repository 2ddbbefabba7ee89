use std::collections::HashMap;

use super::people::People;
use crate::cart::{Cart, CartId, CartKind, CartLine, CartStatus, Quantity, ShopperId};
use crate::catalogue::{Product, Slug};
use crate::events::OrderPlaced;
use crate::observer::StoppedDuplicate;
use crate::order::{Order, OrderLine, OrderStanding};
use crate::ports::{CartEdit, Closed, EventId, Insertion, NewOrder, Refusal, Untold};
use crate::quote::Quote;
use crate::time::Timestamp;

#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) products: Vec<Product>,
    pub(super) carts: HashMap<CartId, Cart>,
    pub(super) orders: Vec<Order>,
    pub(super) events: Vec<OrderPlaced>,
    pub(super) people: People,
    /// What became of each event.
    pub(super) turns: Vec<Turn>,
    pub(super) stopped: Vec<StoppedDuplicate>,
}

/// An event on its way.
#[derive(Debug, Default)]
pub(super) struct Turn {
    pub(super) taken: u32,
    pub(super) due_at: Timestamp,
    pub(super) told_at: Option<Timestamp>,
}

impl Tables {
    pub(super) fn product(&self, slug: &Slug) -> Option<&Product> {
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

    pub(super) fn cart(&self, shopper: ShopperId, id: CartId) -> Option<Cart> {
        self.carts
            .get(&id)
            .filter(|cart| cart.shopper == shopper)
            .map(|cart| self.priced(cart))
    }

    pub(super) fn basket(&self, shopper: ShopperId) -> Option<CartId> {
        let is_basket =
            |cart: &&Cart| cart.shopper == shopper && cart.kind == CartKind::Basket && cart.status == CartStatus::Open;
        self.carts.values().find(is_basket).map(|cart| cart.id)
    }

    pub(super) fn open(&mut self, shopper: ShopperId, id: CartId, kind: CartKind) -> CartId {
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
    pub(super) fn edit(
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

    pub(super) fn outdate(&mut self, shopper: ShopperId, id: CartId) -> Option<CartStatus> {
        let cart = self.carts.get_mut(&id).filter(|cart| cart.shopper == shopper)?;
        if cart.status == CartStatus::Open {
            cart.version += 1;
        }
        Some(cart.status)
    }

    pub(super) fn void(&mut self, shopper: ShopperId, id: CartId) -> Option<Closed> {
        let cart = self.carts.get_mut(&id).filter(|cart| cart.shopper == shopper)?;
        if cart.status == CartStatus::Open {
            cart.status = CartStatus::Void;
        }
        Some(match cart.status {
            CartStatus::Ordered => Closed::Ordered,
            CartStatus::Open | CartStatus::Void => Closed::Void,
        })
    }

    pub(super) fn insert(&mut self, asked: &NewOrder) -> Insertion {
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
            standing: OrderStanding::Placed,
        };
        self.orders.push(order.clone());
        self.events.push(OrderPlaced::of(order.id, order.placed_at, quote));
        self.turns.push(Turn::default());
        order
    }

    pub(super) fn take(&mut self, now: Timestamp, until: Timestamp) -> Option<Untold> {
        let is_due = |turn: &Turn| turn.told_at.is_none() && turn.due_at <= now;
        let place = self.turns.iter().position(is_due)?;
        let turn = &mut self.turns[place];
        (turn.taken, turn.due_at) = (turn.taken + 1, until);
        let order = &self.orders[place];
        Some(Untold {
            event: EventId(i64::try_from(place).expect("few events")),
            order: order.id,
            shopper: order.shopper,
            taken: turn.taken,
        })
    }

    /// The event, unless it was told.
    pub(super) fn untold(&mut self, event: EventId) -> Option<&mut Turn> {
        let place = usize::try_from(event.0).ok()?;
        self.turns.get_mut(place).filter(|turn| turn.told_at.is_none())
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
