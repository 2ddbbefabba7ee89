//! Examples, made by the code that makes the answers.

use app::wire::FailureCode;
use checkout::cart::{Cart, CartId, CartKind, CartLine, CartStatus, Quantity, ShopperId};
use checkout::contact::ContactForm;
use checkout::issue_token::Confirmation;
use checkout::money::{Currency, Money};
use checkout::order::{Order as CoreOrder, OrderId, OrderLine, OrderStanding};
use checkout::quote::Quote;
use checkout::time::Timestamp;
use checkout::token::{Intent, Key, KeyRing};
use uuid::Uuid;

use crate::api::checkouts::Checkout;
use crate::api::orders::Order;
use crate::api::problem::{Earlier, Invalid, Problem};

const PLACED_AT: Timestamp = Timestamp::from_unix_ms(1_790_000_000_000);
const ORDER: OrderId = OrderId(Uuid::from_u128(0x0192_AAAA_BBBB_7CCC_8DDD_EEEE_FFFF_0000));
const CART: CartId = CartId(Uuid::from_u128(0x0192_AAAA_BBBB_7CCC_8DDD_EEEE_FFFF_0001));

/// A problem, with the members that it can have.
pub(super) fn problem(code: FailureCode) -> Problem {
    let plain = Problem::from(code);
    let old = Money::new(2390, Currency::Eur);
    match code {
        FailureCode::AlreadyOrdered => Problem::already_ordered(ORDER),
        FailureCode::Invalid => Problem::invalid(vec![Invalid::new("/contact/email", "not_an_email")]),
        FailureCode::Repeat => plain.of_earlier(Earlier::new(ORDER, 40)),
        FailureCode::OutOfStock => plain.of_lines(vec!["enamel-mug".to_owned()]),
        FailureCode::CartChanged => {
            let checkout = checkout();
            let new = checkout.quote.total.clone();
            plain.of_totals(old.into(), Some(new)).with_checkout(Some(checkout))
        }
        FailureCode::TokenExpired => plain.with_checkout(Some(checkout())),
        _ => plain,
    }
}

/// A checkout whose token no shop accepts.
pub(super) fn checkout() -> Checkout {
    Checkout::of(&confirmation())
}

fn confirmation() -> Confirmation {
    let cart = cart();
    let quote = Quote::of(&cart).expect("the example has a line");
    let keys = KeyRing::new(Key { id: 0, secret: [0; 32] }, Vec::new());
    let intent = Intent {
        shopper: cart.shopper,
        cart: cart.id,
        fingerprint: quote.fingerprint(),
    };
    let token = keys.sign(ORDER.0, &intent, PLACED_AT);
    Confirmation { cart, quote, token }
}

fn cart() -> Cart {
    Cart {
        id: CART,
        shopper: ShopperId::from_uuid(Uuid::nil()),
        kind: CartKind::BuyNow,
        version: 1,
        status: CartStatus::Open,
        lines: vec![CartLine {
            slug: "enamel-mug".parse().expect("the example is a slug"),
            name: "Enamel mug".to_owned(),
            unit_price: Money::new(1290, Currency::Eur),
            quantity: quantity(),
            stock: 12,
        }],
    }
}

/// The order of that checkout.
pub(super) fn order() -> Order {
    let Confirmation { cart, quote, token } = confirmation();
    let lines = cart.lines.into_iter().map(|line| OrderLine {
        slug: line.slug,
        name: line.name,
        quantity: line.quantity,
        unit_price: line.unit_price,
    });
    CoreOrder {
        id: ORDER,
        shopper: cart.shopper,
        cart: cart.id,
        token: token.digest(),
        lines: lines.collect(),
        total: quote.total,
        contact: contact(),
        placed_at: PLACED_AT,
        standing: OrderStanding::Placed,
    }
    .into()
}

fn quantity() -> Quantity {
    Quantity::try_from(2).expect("the example is a quantity")
}

pub(super) fn contact() -> ContactForm {
    ContactForm {
        name: "Ada Lovelace".into(),
        email: "ada@example.org".into(),
        street: "12 St James's Square".into(),
        postcode: "SW1Y 4JH".into(),
        city: "London".into(),
        country: "United Kingdom".into(),
    }
}
