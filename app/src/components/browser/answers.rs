//! What came back, read by the browser's own parser.

use checkout::contact::{Field, FieldError, FieldProblem};
use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use crate::buy::{Answer, Found};
use crate::wire::{EarlierOrder, Failure, FailureCode, Receipt};

/// What a request was answered with.
pub(super) async fn answer(request: Option<Promise>) -> Answer {
    let Some(request) = request else {
        return Answer::Unreadable;
    };
    match JsFuture::from(request).await {
        Err(_) => Answer::Lost,
        Ok(response) => match json(&response).await {
            // The connection was lost in the middle of the answer, or it is none of ours.
            None => Answer::Unreadable,
            Some(json) => receipt(&json)
                .map(Answer::Placed)
                .or_else(|| failure(&json).map(Answer::Refused))
                .unwrap_or(Answer::Unreadable),
        },
    }
}

/// What a look-up was answered with.
pub(super) async fn found(request: Promise) -> Found {
    let Ok(response) = JsFuture::from(request).await else {
        return Found::NoAnswer;
    };
    let Some(json) = json(&response).await else {
        return Found::NoAnswer;
    };
    match text(&json, "status").as_deref() {
        Some("placed") => receipt(&json).map_or(Found::NoAnswer, Found::Placed),
        Some("running") => Found::Running,
        Some("not_ordered") => Found::Nothing,
        _ => Found::NoAnswer,
    }
}

/// The question that the plain form was answered with, as the page carries it.
pub(super) fn asked(json: &str) -> Option<Failure> {
    failure(&js_sys::JSON::parse(json).ok()?)
}

async fn json(response: &JsValue) -> Option<JsValue> {
    let promise = response.unchecked_ref::<Response>().json().ok()?;
    JsFuture::from(promise).await.ok()
}

fn receipt(json: &JsValue) -> Option<Receipt> {
    let mut receipt = super::receipt(&text(json, "number")?, &text(json, "url")?);
    receipt.order_id = text(json, "order_id")?;
    Some(receipt)
}

fn failure(json: &JsValue) -> Option<Failure> {
    let code = FailureCode::parse(&text(json, "code")?)?;
    let fields = get(json, "fields")
        .and_then(|fields| fields.dyn_into::<Array>().ok())
        .map(|fields| fields.iter().filter_map(|field| field_error(&field)).collect());
    Some(Failure {
        code,
        fields: fields.unwrap_or_default(),
        earlier: get(json, "earlier").and_then(|earlier| earlier_order(&earlier)),
    })
}

fn field_error(json: &JsValue) -> Option<FieldError> {
    let field = text(json, "field")?;
    let problem = text(json, "problem")?;
    Some(FieldError {
        field: Field::ALL.into_iter().find(|known| known.name() == field)?,
        problem: FieldProblem::ALL.into_iter().find(|known| known.name() == problem)?,
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of seconds"
)]
fn earlier_order(json: &JsValue) -> Option<EarlierOrder> {
    Some(EarlierOrder {
        number: text(json, "number")?,
        url: text(json, "url")?,
        age_s: get(json, "age_s")?.as_f64()? as u64,
    })
}

fn get(json: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(json, &name.into()).ok()
}

fn text(json: &JsValue, name: &str) -> Option<String> {
    get(json, name)?.as_string()
}
