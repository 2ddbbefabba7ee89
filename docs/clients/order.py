#!/usr/bin/env python3
"""Orders one piece of a product, exactly once, however often an answer is lost on the way.

    python3 order.py http://127.0.0.1:3000 enamel-mug

Python 3.9 or later, and nothing but its standard library.
"""

import http.client
import json
import random
import sys
import time
import urllib.error
import urllib.request

CONTACT = {
    "name": "Ada Lovelace",
    "email": "ada@example.org",
    "street": "12 St James's Square",
    "postcode": "SW1Y 4JH",
    "city": "London",
    "country": "United Kingdom",
}
MOST_TRIES = 12
# Longer than the shop may take for one answer.
PATIENCE_S = 12


def pause(attempt):
    """Twice as long after each try, up to 5 s, and never in step with other clients."""
    return min(5, 0.1 * 2**attempt) * random.uniform(0.5, 1)


def is_undecided(status, body):
    """Whether an answer leaves open what happened: the same must be sent again."""
    return status == 429 or status >= 500 or body.get("code") == "in_progress"


def ask(method, url, body, headers):
    """One try: the status, the headers and the body of its answer."""
    data = None if body is None else json.dumps(body).encode()
    if data is not None:
        headers = {**headers, "Content-Type": "application/json"}
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        answer = urllib.request.urlopen(request, timeout=PATIENCE_S)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers, json.load(answer)


def send(method, url, body=None, headers=None):
    """Sends the same until the answer is definitive."""
    for attempt in range(MOST_TRIES):
        wait = pause(attempt)
        try:
            status, told, answer = ask(method, url, body, headers or {})
            if not is_undecided(status, answer):
                return status, answer
            wait = max(wait, float(told.get("Retry-After", 0)))
        except (OSError, http.client.HTTPException, ValueError):
            pass  # No answer, or half of one. That says nothing of what the shop did.
        time.sleep(wait)
    print("undecided: no answer is definitive yet. Whoever keeps token and quote can send them later", file=sys.stderr)
    sys.exit(75)


def expect(expected, answer):
    status, body = answer
    if status not in expected:
        sys.exit(f"{body['code']}: {body['detail']}")
    return body


def main():
    if len(sys.argv) != 3:
        print("usage: python3 order.py BASE SLUG", file=sys.stderr)
        sys.exit(64)
    api, slug = sys.argv[1] + "/api/v1", sys.argv[2]
    # What is made twice by a retry here is an unused session, cart or token. None of them is an order.
    session = expect([201], send("POST", f"{api}/sessions"))
    auth = {"Authorization": f"Bearer {session['token']}"}
    cart = expect([201], send("POST", f"{api}/carts", {"slug": slug, "quantity": 1}, auth))
    checkout = expect([201], send("POST", f"{api}/checkouts", {"cart": cart["id"]}, auth))
    # The token is the key of every try: the first that arrives places the order, the others are answered with it.
    key = {**auth, "Idempotency-Key": f'"{checkout["token"]}"'}
    order = expect([200, 201], send("POST", f"{api}/orders", {"quote": checkout["quote"], "contact": CONTACT}, key))
    print("ordered", order["number"], order["id"])


main()
