//! The three ways in.

mod guest;
mod outcome;
mod submission;

use reqwest::{Client, Method, redirect};
use serde_json::{Value, json};

pub use self::outcome::Outcome;
use self::submission::{Submission, core};
use super::case::{Again, Case, Event, QuoteSent, Token};
use super::store::{self, Store};
use crate::support::Shop;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Function,
    Form,
    Api,
}

impl Way {
    pub const ALL: [Self; 3] = [Self::Function, Self::Form, Self::Api];
}

/// Whether all ways told the same, and did the same.
pub fn agree(outcomes: &[(Way, Vec<Outcome>, (i64, i64))]) -> bool {
    let (_, first, done) = &outcomes[0];
    outcomes.iter().all(|(_, told, did)| {
        did == done && told.len() == first.len() && told.iter().zip(first).all(|(told, first)| told.is_told_as(first))
    })
}

/// A new guest, known by cookie.
pub struct Guest {
    client: Client,
    base: String,
    cookie: String,
}

impl Guest {
    pub async fn new(shop: &Shop) -> Self {
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .build()
            .expect("a client");
        let base = format!("http://{}", shop.address);
        let request = client
            .post(format!("{base}/api/v1/carts"))
            .json(&json!({ "slug": "enamel-mug", "quantity": 1 }));
        let answer = request.send().await.expect("an answer");
        let cookie = crate::support::session_cookie(&answer).expect("a session");
        Self { client, base, cookie }
    }

    /// Goes through the case, and says what each submission was answered with.
    pub async fn go(&self, case: &Case, way: Way, store: &mut Store) -> Vec<Outcome> {
        if case.ordered_before {
            let before = self.checkout(&self.cart(&case.lines[..1]).await).await;
            let earlier = Submission::of(&before, crate::v1::contact(), false);
            assert!(self.submit(way, &earlier).await.is_order());
        }
        let cart = self.cart(&case.lines).await;
        let (page, second) = (self.checkout(&cart).await, self.checkout(&cart).await);
        let mut sent = Submission::of(&page, case.contact.clone(), case.confirmed);
        self.spoil(case, &mut sent).await;
        self.happens(case, &cart, store).await;
        let mut told = vec![self.submit(way, &sent).await];
        match case.again {
            Again::No => return told,
            Again::Same => {}
            Again::OtherContact => sent.contact["name"] = json!("Charles Babbage"),
            Again::SecondPage => sent = Submission::of(&second, crate::v1::contact(), case.confirmed),
            Again::Confirmed => sent.confirmed = true,
        }
        told.push(self.submit(way, &sent).await);
        told
    }

    /// The token and the quote are what the case says.
    async fn spoil(&self, case: &Case, sent: &mut Submission) {
        match case.quote {
            QuoteSent::AsGiven => {}
            QuoteSent::OtherVersion => sent.quote["cart_version"] = json!(77),
            QuoteSent::OtherTotal => sent.quote["total"]["amount_minor"] = json!(1),
            QuoteSent::OtherQuantity => {
                let quantity = sent.quote["lines"][0]["quantity"].as_i64().expect("a number");
                sent.quote["lines"][0]["quantity"] = json!(quantity % 10 + 1);
            }
        }
        sent.token = match case.token {
            Token::Own => return,
            Token::Missing => String::new(),
            Token::Malformed => format!("{}!", &sent.token[..85]),
            Token::Forged => format!(
                "{}{}",
                &sent.token[..85],
                if sent.token.ends_with('A') { 'Q' } else { 'A' }
            ),
            Token::Foreign => self.stranger().await.token_of(&case.lines).await,
            Token::OfAnotherCart => self.token_of(&case.lines).await,
            Token::Expired => store::expired(self.shopper(), &core(&sent.quote)),
        };
    }

    async fn happens(&self, case: &Case, cart: &str, store: &mut Store) {
        match case.event {
            Event::Nothing => {}
            Event::Price(difference) => store.price(difference).await,
            Event::Stock(left) => store.stock(left).await,
            Event::LineChanged => {
                let (slug, quantity) = case.lines[0];
                self.put_line(cart, slug, quantity % 10 + 1).await;
            }
            Event::Cancelled => {
                let cancel = format!("/api/v1/carts/{cart}/cancel");
                assert_eq!(self.ask(Method::POST, &cancel, &Value::Null).await.status(), 200);
            }
        }
    }

    async fn submit(&self, way: Way, sent: &Submission) -> Outcome {
        match way {
            Way::Function => self.by_function(sent).await,
            Way::Form => self.by_form(sent).await,
            Way::Api => self.by_api(sent).await,
        }
    }

    async fn by_function(&self, sent: &Submission) -> Outcome {
        let fields = sent
            .fields()
            .into_iter()
            .map(|(name, value)| (format!("order[{name}]"), value));
        let fields: Vec<_> = fields.collect();
        let request = self
            .client
            .post(format!("{}/api/submit_order", self.base))
            .form(&fields);
        let answer = request.header("cookie", &self.cookie).send().await.expect("an answer");
        let status = answer.status().as_u16();
        let told: Value = answer.json().await.expect("JSON");
        if status == 200 {
            let order = self.order(told["order_id"].as_str().expect("an id")).await;
            let replayed = told["replayed"].as_bool().expect("a word");
            return Outcome::Order { replayed, order };
        }
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let fields = told["fields"].as_array().into_iter().flatten();
        Outcome::Refused {
            status,
            code: text(&told["code"]),
            fields: fields
                .map(|error| (text(&error["field"]), text(&error["problem"])))
                .collect(),
            earlier: told["earlier"].is_object(),
        }
    }

    async fn by_form(&self, sent: &Submission) -> Outcome {
        let cart = sent.quote["cart"].as_str().expect("an id");
        let before = self.orders().await;
        let request = self
            .client
            .post(format!("{}/checkout/{cart}", self.base))
            .form(&sent.fields());
        let answer = request.header("cookie", &self.cookie).send().await.expect("an answer");
        if answer.status() == 303 {
            let location = crate::support::location(&answer);
            let id = location
                .strip_prefix("/orders/")
                .unwrap_or_else(|| panic!("{location}"));
            let replayed = self.orders().await == before;
            return Outcome::Order {
                replayed,
                order: self.order(id).await,
            };
        }
        Outcome::Page {
            status: answer.status().as_u16(),
            html: answer.text().await.expect("a page"),
        }
    }

    async fn by_api(&self, sent: &Submission) -> Outcome {
        let body = json!({ "quote": sent.quote, "contact": sent.contact, "confirm_repeat": sent.confirmed });
        let mut request = self.client.post(format!("{}/api/v1/orders", self.base)).json(&body);
        if !sent.token.is_empty() {
            request = request.header("idempotency-key", format!("\"{}\"", sent.token));
        }
        let answer = request.header("cookie", &self.cookie).send().await.expect("an answer");
        let status = answer.status().as_u16();
        let told: Value = answer.json().await.expect("JSON");
        if status < 300 {
            let order = self.order(told["id"].as_str().expect("an id")).await;
            return Outcome::Order {
                replayed: status == 200,
                order,
            };
        }
        let errors = told["errors"].as_array().into_iter().flatten();
        let errors = errors.map(|error| {
            let pointer = error["pointer"].as_str().expect("a pointer");
            let field = pointer.strip_prefix("/contact/").unwrap_or(pointer);
            (field.to_owned(), error["code"].as_str().expect("a code").to_owned())
        });
        Outcome::Refused {
            status,
            code: told["code"].as_str().expect("a code").to_owned(),
            fields: errors.collect(),
            earlier: told["earlier_order"].is_object(),
        }
    }
}
