// What the page does when it loses sight of its submission. Each test ends with the number of orders.
import {
  FUNCTION,
  LOOK_UP,
  holdSubmissions,
  lookUps,
  loseAnswer,
  stopClock,
  submissions,
  tokenInForm,
  tokenSent,
} from '../../support/button.ts';
import { buyButton, newEmail, readyToBuyWithWasm, receiptNumber } from '../../support/shopper.ts';
import { expect, test } from '../../support/test.ts';

test('ui_07 an answer that is lost is sent again with the same token, and the order is shown', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuyWithWasm(page, email);
  const tokens: (string | null)[] = [];
  await page.route(FUNCTION, async (route) => {
    tokens.push(tokenSent(route.request().postData()));
    if (tokens.length === 1) await loseAnswer(route);
    else await route.continue();
  });
  await buyButton(page).click();
  await receiptNumber(page);
  expect(tokens).toHaveLength(2);
  expect(new Set(tokens).size).toBe(1);
  expect(await orders.of(email)).toBe(1);
});

test('ui_07 when every answer is lost the page says that it is checking, and shows the order', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuyWithWasm(page, email);
  const sent = submissions(page);
  await page.clock.install();
  await page.route(FUNCTION, loseAnswer);
  let answer = () => {};
  const asked = new Promise<void>((resolve) => {
    void page.route(LOOK_UP, async (route) => {
      resolve();
      await new Promise<void>((answered) => (answer = answered));
      await route.continue();
    });
  });
  await buyButton(page).click();
  for (const nth of [1, 2, 3]) {
    await expect.poll(() => sent.length).toBe(nth);
    await page.clock.runFor(3_000);
  }
  await asked;
  await expect(buyButton(page)).toHaveAttribute('data-state', 'verifying');
  await expect(buyButton(page)).toHaveText('Checking your order…');
  await expect(page.getByRole('status')).toHaveText("We lost contact, so we're checking whether your order went through.");
  expect(sent).toHaveLength(3);
  answer();
  await receiptNumber(page);
  expect(await orders.of(email)).toBe(1);
});

test('ui_08 a request that was never sent is sent again by the page, with back-off', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuyWithWasm(page, email);
  let tries = 0;
  await page.route(FUNCTION, async (route) => {
    tries += 1;
    if (tries <= 2) await route.abort('connectionfailed');
    else await route.continue();
  });
  await buyButton(page).click();
  await receiptNumber(page);
  expect(tries).toBe(3);
  expect(await orders.of(email)).toBe(1);
});

test('ui_08 “unavailable” is sent again by the page; after that only the shopper sends', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuyWithWasm(page, email);
  const sent = submissions(page);
  await page.clock.install();
  await page.route(FUNCTION, (route) => route.fulfill({ status: 503, json: { code: 'unavailable' } }));
  await buyButton(page).click();
  for (const nth of [1, 2, 3]) {
    await expect.poll(() => sent.length).toBe(nth);
    await page.clock.runFor(3_000);
  }
  await expect(buyButton(page)).toHaveAttribute('data-state', 'verifying');
  await page.clock.runFor(30_000);
  await expect(buyButton(page)).toHaveText('Try again safely');
  await expect(buyButton(page)).toBeEnabled();
  expect(sent).toHaveLength(3);
  expect(await orders.of(email)).toBe(0);
  await page.unroute(FUNCTION);
  await buyButton(page).click();
  await receiptNumber(page);
  expect(await orders.of(email)).toBe(1);
});

test('a 500 without words is unknown: it is asked about, not sent again', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuyWithWasm(page, email);
  const sent = submissions(page);
  await page.route(FUNCTION, async (route) => {
    await route.fetch();
    await route.fulfill({ status: 500, contentType: 'text/html', body: '<h1>Bad gateway</h1>' });
  });
  await buyButton(page).click();
  await receiptNumber(page);
  expect(sent).toHaveLength(1);
  expect(await orders.of(email)).toBe(1);
});

test('while it waits it says so at 400 ms, 5 s and 10 s, and at 12 s it asks at 0, 1, 2, 4, 8 and 15 s', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuyWithWasm(page, email);
  const [sent, asked] = [submissions(page), lookUps(page)];
  await stopClock(page);
  const release = await holdSubmissions(page);
  const button = buyButton(page);
  const status = page.getByRole('status');
  await button.click();
  await expect(button).toHaveAttribute('data-state', 'submitting');
  await expect(button).toContainText('Buy now');
  await expect(status).toBeEmpty();
  await page.clock.runFor(400);
  await expect(button).toHaveText('Placing your order…');
  await expect(status).toHaveText('Placing your order.');
  await page.clock.runFor(4_600);
  await expect(button).toHaveAttribute('data-state', 'slow');
  await page.clock.runFor(5_000);
  await expect(button).toHaveAttribute('data-state', 'very-slow');
  await expect(page.getByRole('link', { name: 'Check the status of this order' })).toBeVisible();
  expect(asked).toHaveLength(0);
  await page.clock.runFor(2_000);
  await expect(button).toHaveAttribute('data-state', 'verifying');
  for (const [after, count] of [[0, 1], [1_000, 2], [1_000, 3], [2_000, 4], [4_000, 5], [7_000, 6]] as const) {
    await page.clock.runFor(after);
    await expect.poll(() => asked.length).toBe(count);
  }
  await page.clock.runFor(15_000);
  await expect(button).toHaveAttribute('data-state', 'unresolved');
  expect(asked).toHaveLength(6);
  expect(sent).toHaveLength(1);
  expect(await orders.of(email)).toBe(0);
  await page.unroute(FUNCTION);
  await button.click();
  await receiptNumber(page);
  release();
  expect(await orders.of(email)).toBe(1);
});

test('ui_09 offline before the click: nothing is sent, and it says so', async ({ page, context, orders }) => {
  const email = newEmail();
  await readyToBuyWithWasm(page, email);
  const sent = submissions(page);
  await context.setOffline(true);
  await buyButton(page).click();
  await expect(buyButton(page)).toHaveAttribute('data-state', 'offline');
  await expect(page.getByRole('status')).toHaveText("You're offline. Your order was not sent.");
  await expect(buyButton(page)).toBeEnabled();
  await context.setOffline(false);
  await expect(buyButton(page)).toHaveAttribute('data-state', 'idle');
  expect(sent).toHaveLength(0);
  expect(await orders.of(email)).toBe(0);
  await buyButton(page).click();
  await receiptNumber(page);
  expect(await orders.of(email)).toBe(1);
});

for (const reached of [true, false]) {
  const outcome = reached ? 'the order is shown' : 'the shopper decides';
  test(`ui_09 offline while sending: one look when online again, and ${outcome}`, async ({ page, context, orders }) => {
    const email = newEmail();
    await readyToBuyWithWasm(page, email);
    const [sent, asked] = [submissions(page), lookUps(page)];
    await page.route(FUNCTION, async (route) => {
      if (reached) await route.fetch();
      await context.setOffline(true);
    });
    await buyButton(page).click();
    await expect(buyButton(page)).toHaveAttribute('data-state', 'verifying');
    expect(asked).toHaveLength(0);
    await context.setOffline(false);
    if (reached) {
      await receiptNumber(page);
    } else {
      await expect(buyButton(page)).toHaveText('Try again safely');
    }
    expect(asked).toHaveLength(1);
    expect(sent).toHaveLength(1);
    expect(await orders.of(email)).toBe(reached ? 1 : 0);
  });
}

for (const reached of [true, false]) {
  const outcome = reached ? 'shows the order' : 'asks first, and the same token can be sent';
  test(`ui_11 a reload while sending ${outcome}`, async ({ page, orders }) => {
    const email = newEmail();
    await readyToBuyWithWasm(page, email);
    const token = await tokenInForm(page);
    const checkout = page.url();
    const [sent, asked] = [submissions(page), lookUps(page)];
    // The order is placed only after the page is loaded anew: until then it has a button.
    let place = async () => {};
    const held = new Promise<void>((resolve) => {
      void page.route(FUNCTION, (route) => {
        const body = route.request().postData() ?? '';
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        place = async () => void (await page.request.post('/api/submit_order', { data: body, headers }));
        resolve();
      });
    });
    await page.route(LOOK_UP, async (route) => {
      if (reached) await place();
      await route.continue();
    });
    await buyButton(page).click();
    await held;
    await page.reload();
    if (reached) {
      await receiptNumber(page);
    } else {
      await expect(page).toHaveURL(checkout);
      await expect(buyButton(page)).toHaveAttribute('data-state', 'unresolved');
      await expect(page.getByLabel('E-mail')).toHaveValue(email);
      expect(await tokenInForm(page)).toBe(token);
    }
    expect([sent.length, asked.length]).toEqual([1, 1]);
    expect(await orders.of(email)).toBe(reached ? 1 : 0);
    if (!reached) {
      await page.unroute(FUNCTION);
      await buyButton(page).click();
      await receiptNumber(page);
      expect(await orders.of(email)).toBe(1);
    }
  });
}

test('ui_12 a page from the back/forward cache looks first, and shows the order that exists', async ({ page, context, orders }) => {
  const email = newEmail();
  await readyToBuyWithWasm(page, email);
  const fields = await page.locator('form.buy input').all();
  const form: Record<string, string> = {};
  for (const field of fields) form[(await field.getAttribute('name')) ?? ''] = await field.inputValue();
  const answer = await context.request.post(page.url(), { form, maxRedirects: 0 });
  expect(answer.status()).toBe(303);
  const sent = submissions(page);
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
  await receiptNumber(page);
  expect(sent).toHaveLength(0);
  expect(await orders.of(email)).toBe(1);
});

test('ui_12 a page from the back/forward cache that knows of no order lets the shopper decide', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuyWithWasm(page, email);
  const [sent, asked] = [submissions(page), lookUps(page)];
  const release = await holdSubmissions(page);
  await buyButton(page).click();
  await expect(buyButton(page)).toHaveText('Placing your order…');
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
  await expect(buyButton(page)).toHaveText('Try again safely');
  expect([sent.length, asked.length]).toEqual([1, 1]);
  await page.unroute(FUNCTION);
  await buyButton(page).click();
  await receiptNumber(page);
  release();
  expect(await orders.of(email)).toBe(1);
});

test('ui_12 back from the receipt and on again: no second order', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuyWithWasm(page, email);
  const sent = submissions(page);
  await buyButton(page).click();
  const number = await receiptNumber(page);
  await page.goBack();
  await page.goForward();
  expect(await receiptNumber(page)).toBe(number);
  expect(sent).toHaveLength(1);
  expect(await orders.of(email)).toBe(1);
});
