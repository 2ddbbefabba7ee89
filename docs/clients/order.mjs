// Orders one piece of a product, exactly once, however often an answer is lost on the way.
//
//     node order.mjs http://127.0.0.1:3000 enamel-mug
//
// Node 20 or later, and nothing else.

const [base, slug] = process.argv.slice(2);
if (!slug) {
  console.error("usage: node order.mjs BASE SLUG");
  process.exit(64);
}

const contact = {
  name: "Ada Lovelace",
  email: "ada@example.org",
  street: "12 St James's Square",
  postcode: "SW1Y 4JH",
  city: "London",
  country: "United Kingdom",
};

const MOST_TRIES = 12;
// Longer than the shop may take for one answer.
const PATIENCE_MS = 12_000;

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// Twice as long after each try, up to 5 s, and never in step with other clients.
const pause = (attempt) => Math.min(5_000, 100 * 2 ** attempt) * (0.5 + Math.random() / 2);

// An answer that leaves open what happened: the same must be sent again.
const isUndecided = (status, code) => status === 429 || status >= 500 || code === "in_progress";

// Sends the same until the answer is definitive.
async function send(method, path, body, headers = {}) {
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    let wait = pause(attempt);
    try {
      const answer = await fetch(base + path, {
        method,
        headers: { ...(body && { "Content-Type": "application/json" }), ...headers },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      const json = await answer.json();
      if (!isUndecided(answer.status, json.code)) return { status: answer.status, json };
      wait = Math.max(wait, 1_000 * Number(answer.headers.get("retry-after") ?? 0));
    } catch {
      // No answer, or half of one. That says nothing of what the shop did.
    }
    await sleep(wait);
  }
  console.error("undecided: no answer is definitive yet. Whoever keeps token and quote can send them later");
  process.exit(75);
}

function expect(answer, status) {
  if (answer.status !== status) {
    console.error(`${answer.json.code}: ${answer.json.detail}`);
    process.exit(1);
  }
  return answer.json;
}

// What is made twice by a retry here is an unused session, cart or token. None of them is an order.
const session = expect(await send("POST", "/api/v1/sessions"), 201);
const auth = { Authorization: `Bearer ${session.token}` };
const cart = expect(await send("POST", "/api/v1/carts", { slug, quantity: 1 }, auth), 201);
const checkout = expect(await send("POST", "/api/v1/checkouts", { cart: cart.id }, auth), 201);

// The token is the key of every try: the first that arrives places the order, the others are answered with it.
const key = { ...auth, "Idempotency-Key": `"${checkout.token}"` };
const answer = await send("POST", "/api/v1/orders", { quote: checkout.quote, contact }, key);
if (answer.status !== 200 && answer.status !== 201) expect(answer, 201);
console.log(`ordered ${answer.json.number} ${answer.json.id}`);
