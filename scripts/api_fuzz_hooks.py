"""Gives the cases of scripts/api-fuzz something to be about: ids and tokens of carts, checkouts and orders that are there.

Left to itself, Schemathesis draws ids that nobody has, and gets no further than 404. Three of four cases that the document allows
get what is there; cases that it does not allow stay as they are. Along links, where ids come from the answer before, only slugs are
filled in, and nothing by chance: a walk whose steps come out otherwise when it is repeated ends the whole phase.
"""

import atexit
import collections
import json
import os
import random
import re

import requests
import schemathesis
from schemathesis import GenerationMode
from schemathesis.generation.meta import TestPhase

CHANCE = random.Random(int(os.environ["API_FUZZ_SEED"]))
API = os.environ["API_FUZZ_URL"] + "/api/v1"
SESSION = requests.Session()
SESSION.headers["Authorization"] = "Bearer " + os.environ["API_FUZZ_TOKEN"]
SLUGS = [product["slug"] for product in SESSION.get(f"{API}/products").json()["products"]]
CONTACT = {
    "name": "Ada Lovelace",
    "email": "ada@example.org",
    "street": "12 St James's Square",
    "postcode": "SW1Y 4JH",
    "city": "London",
    "country": "United Kingdom",
}
TOKEN = re.compile('[A-Za-z0-9_-]{86}|"[A-Za-z0-9_-]{86}"')
# What there is, the latest last.
CARTS, CHECKOUTS, ORDERS = [], [], []
# How often each operation was answered with each status.
TOLD = collections.defaultdict(collections.Counter)


def post(path, body):
    answer = SESSION.post(f"{API}{path}", json=body)
    return answer.json() if answer.ok else None


def cart():
    """The id of a cart: of a new one, or of one that may be ordered or cancelled by now."""
    if not CARTS or CHANCE.random() < 0.5:
        made = post("/carts", {"slug": CHANCE.choice(SLUGS), "quantity": CHANCE.randint(1, 10)})
        CARTS.append(made["id"])
        return made["id"]
    return CHANCE.choice(CARTS[-50:])


def checkout():
    """A checkout: a new one, or one whose cart may be changed, ordered or cancelled by now."""
    made = post("/checkouts", {"cart": cart()}) if not CHECKOUTS or CHANCE.random() < 0.7 else None
    if made:
        CHECKOUTS.append(made)
    return made or CHANCE.choice(CHECKOUTS[-50:])


def fill(case):
    path, parameters = case.path.removeprefix("/api/v1"), case.path_parameters
    if "cart" in parameters:
        parameters["cart"] = cart()
    if "slug" in parameters:
        parameters["slug"] = CHANCE.choice(SLUGS)
    if "attempt" in parameters:
        parameters["attempt"] = checkout()["attempt"]
    if "order" in parameters and ORDERS:
        parameters["order"] = CHANCE.choice(ORDERS)["id"]
    if path == "/carts":
        case.body["slug"] = CHANCE.choice(SLUGS)
    if path == "/checkouts":
        case.body["cart"] = cart()
    if path == "/look-ups" and ORDERS:
        case.body.update(number=CHANCE.choice(ORDERS)["number"], email=CONTACT["email"])
    if path == "/orders":
        agreed = checkout()
        case.headers["Idempotency-Key"] = CHANCE.choice(['"%s"', "%s"]) % agreed["token"]
        case.body["quote"] = agreed["quote"]
        case.body["confirm_repeat"] = CHANCE.random() < 0.7
        if CHANCE.random() < 0.8:
            case.body["contact"] = CONTACT


def begin(case):
    """What a walk begins with is there: everything else follows from it."""
    if case.path == "/api/v1/carts":
        case.body["slug"] = SLUGS[int(case.body["quantity"]) % len(SLUGS)]
    if case.path_parameters.get("slug") not in SLUGS and "slug" in case.path_parameters:
        case.path_parameters["slug"] = SLUGS[0]


@schemathesis.hook
def before_call(context, case, kwargs):
    allowed = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
    # An example's method is another one where the document has none: that is left alone as well.
    if not allowed or case.method.upper() != case.operation.method.upper():
        return
    if case.meta.phase.name is TestPhase.STATEFUL:
        begin(case)
    elif CHANCE.random() < 0.75:
        fill(case)
    if case.path == "/api/v1/orders" and not TOKEN.fullmatch(case.headers["Idempotency-Key"]):
        # The document can not say which text is a token. One that is none is 400, whatever comes with it: nothing else would be seen.
        case.headers["Idempotency-Key"] = (CHECKOUTS[0] if CHECKOUTS else checkout())["token"]


@schemathesis.hook
def after_call(context, case, response):
    TOLD[f"{case.method} {case.path}"][response.status_code] += 1
    if case.path == "/api/v1/orders" and response.status_code in (200, 201):
        ORDERS.append(response.json())


@atexit.register
def tell():
    with open(os.environ["API_FUZZ_ANSWERED"], "w", encoding="utf-8") as file:
        json.dump(TOLD, file)
