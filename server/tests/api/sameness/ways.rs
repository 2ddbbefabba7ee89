//! The three ways in, and what each of them tells.

use app::locale::Locale;
use app::wire::{Failure, FailureCode};
use checkout::cart::{CartId, Quantity};
use checkout::contact::{ContactForm, Field};
use checkout::money::{Currency, Money};
use checkout::quote::{Quote, QuoteLine};
use reqwest::{Client, Method, Response, redirect};
use serde_json::{Value, json};
use uuid::Uuid;

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

/// What a submission was answered with.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// What stands in the order, but for its names and its time.
    Order { replayed: bool, order: Value },
    Refused {
        status: u16,
        code: String,
        /// The fields that are wrong, and how.
        fields: Vec<(String, String)>,
        /// Whether an earlier order is named.
        earlier: bool,
    },
    /// The form's page: its status, and what it says.
    Page { status: u16, html: String },
}

impl Outcome {
    pub fn is_order(&self) -> bool {
        matches!(self, Self::Order { .. })
    }

    pub fn kind(&self) -> String {
        match self {
            Self::Order { replayed: false, .. } => "placed".to_owned(),
            Self::Order { replayed: true, .. } => "replayed".to_owned(),
            Self::Refused { code, .. } => code.clone(),
            Self::Page { status, .. } => status.to_string(),
        }
    }

    /// Whether the form's page says what the other ways say.
    fn is_told_as(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Page { status, html },
                Self::Refused {
                    status: same,
                    code,
                    fields,
                    ..
                },
            ) => status == same && (!html.contains("id=\"rejection\"") || says(html, code, fields)),
            (told, other) => told == other,
        }
    }
}

fn says(html: &str, code: &str, fields: &[(String, String)]) -> bool {
    let code = FailureCode::parse(code).expect("a code");
    // Around an earlier order stands its number, which is another one for each way.
    let asked = code == FailureCode::Repeat;
    let said = asked || html.contains(&escaped(&app::text::failure(&Failure::from(code), Locale::En)));
    let errors = html
        .matches("<a href=\"#")
        .filter(|_| code == FailureCode::Invalid)
        .count();
    let named = fields
        .iter()
        .all(|(field, _)| html.contains(&format!("<a href=\"#{field}\">")));
    said && named && (fields.is_empty() || errors >= fields.len())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
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

/// What is sent, before a way gives it its form.
#[derive(Clone)]
struct Submission {
    token: String,
    quote: Value,
    contact: Value,
    confirmed: bool,
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

    async fn cart(&self, lines: &[(&str, u32)]) -> String {
        let (slug, quantity) = lines[0];
        let new = json!({ "slug": slug, "quantity": quantity });
        let made = self.ask(Method::POST, "/api/v1/carts", &new).await;
        let made: Value = made.json().await.expect("JSON");
        let cart = made["id"].as_str().expect("an id").to_owned();
        for (slug, quantity) in &lines[1..] {
            self.put_line(&cart, slug, *quantity).await;
        }
        cart
    }

    async fn put_line(&self, cart: &str, slug: &str, quantity: u32) {
        let line = format!("/api/v1/carts/{cart}/lines/{slug}");
        assert_eq!(
            self.ask(Method::PUT, &line, &json!({ "quantity": quantity }))
                .await
                .status(),
            200
        );
    }

    async fn checkout(&self, cart: &str) -> Value {
        let answer = self
            .ask(Method::POST, "/api/v1/checkouts", &json!({ "cart": cart }))
            .await;
        assert_eq!(answer.status(), 201);
        answer.json().await.expect("JSON")
    }

    async fn token_of(&self, lines: &[(&str, u32)]) -> String {
        let checkout = self.checkout(&self.cart(lines).await).await;
        checkout["token"].as_str().expect("a token").to_owned()
    }

    async fn stranger(&self) -> Self {
        let request = self.client.post(format!("{}/api/v1/carts", self.base));
        let request = request.json(&json!({ "slug": "enamel-mug", "quantity": 1 }));
        let answer = request.send().await.expect("an answer");
        Self {
            client: self.client.clone(),
            base: self.base.clone(),
            cookie: crate::support::session_cookie(&answer).expect("a session"),
        }
    }

    async fn ask(&self, method: Method, path: &str, body: &Value) -> Response {
        let request = self.client.request(method, format!("{}{path}", self.base)).json(body);
        request.header("cookie", &self.cookie).send().await.expect("an answer")
    }

    /// The order, but for its names and its time.
    async fn order(&self, id: &str) -> Value {
        let answer = self
            .ask(Method::GET, &format!("/api/v1/orders/{id}"), &Value::Null)
            .await;
        assert_eq!(answer.status(), 200);
        let mut order: Value = answer.json().await.expect("JSON");
        for name in ["id", "number", "cart", "placed_at"] {
            order
                .as_object_mut()
                .expect("an object")
                .remove(name)
                .expect("a member");
        }
        order
    }

    /// How many receipts the shopper's page of orders leads to.
    async fn orders(&self) -> usize {
        let page = self
            .ask(Method::GET, "/orders", &Value::Null)
            .await
            .text()
            .await
            .expect("a page");
        page.matches("href=\"/orders/").count()
    }

    /// The guest's id stands behind the signature.
    fn shopper(&self) -> Uuid {
        let hex = &self.cookie[self.cookie.len() - 32..];
        Uuid::try_parse(hex).expect("a guest")
    }
}

impl Submission {
    fn of(checkout: &Value, contact: Value, confirmed: bool) -> Self {
        Self {
            token: checkout["token"].as_str().expect("a token").to_owned(),
            quote: checkout["quote"].clone(),
            contact,
            confirmed,
        }
    }

    /// As a page would send it.
    fn fields(&self) -> Vec<(String, String)> {
        let quote = core(&self.quote);
        let contact: ContactForm = serde_json::from_value(self.contact.clone()).expect("a contact");
        let mut fields = vec![
            ("token".to_owned(), self.token.clone()),
            ("cart".to_owned(), quote.cart.to_string()),
            ("quote".to_owned(), quote.fingerprint().to_wire()),
            ("shown_total".to_owned(), quote.total.amount_minor.to_string()),
            (
                "repeat".to_owned(),
                if self.confirmed { "confirmed" } else { "" }.to_owned(),
            ),
        ];
        fields.extend(Field::ALL.map(|field| (field.name().to_owned(), field.of(&contact).to_owned())));
        fields
    }
}

/// The quote in the core's words, which the API reads by itself.
fn core(quote: &Value) -> Quote {
    let number = |value: &Value| {
        value
            .as_u64()
            .and_then(|number| u32::try_from(number).ok())
            .expect("a number")
    };
    let money = |value: &Value| {
        let currency = Currency::from_code(value["currency"].as_str().expect("a code")).expect("a currency");
        Money::new(value["amount_minor"].as_i64().expect("an amount"), currency)
    };
    let line = |line: &Value| QuoteLine {
        slug: line["slug"].as_str().expect("a slug").parse().expect("a slug"),
        quantity: Quantity::try_from(number(&line["quantity"])).expect("a quantity"),
        unit_price: money(&line["unit_price"]),
    };
    Quote {
        cart: CartId(quote["cart"].as_str().expect("an id").parse().expect("an id")),
        cart_version: number(&quote["cart_version"]),
        lines: quote["lines"].as_array().expect("lines").iter().map(line).collect(),
        total: money(&quote["total"]),
    }
}
