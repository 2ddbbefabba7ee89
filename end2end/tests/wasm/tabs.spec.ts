// Other tabs, closed tabs, prices and clocks that change. Each test ends with the number of orders.
import { setTimeout as sleep } from 'node:timers/promises';

import { holdSubmissions, latch, submissions, FUNCTION } from '../../support/button.ts';
import { buyButton, fillContact, newEmail, readyToBuyWithWasm, receiptNumber } from '../../support/shopper.ts';
import { expect, test } from '../../support/test.ts';

test('ui_14 the order of one tab is shown in the other, which sends nothing', async ({ page, context, orders }) => {
  const email = newEmail();
  await readyToBuyWithWasm(page, email);
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(buyButton(other)).toHaveAttribute('data-state', 'idle');
  const sent = submissions(other);
  await buyButton(page).click();
  const number = await receiptNumber(page);
  expect(await receiptNumber(other)).toBe(number);
  expect(sent).toHaveLength(0);
  expect(await orders.of(email)).toBe(1);
});

test('ui_14 two tabs that send at once get the same order', async ({ page, context, orders }) => {
  const email = newEmail();
  await readyToBuyWithWasm(page, email);
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(buyButton(other)).toHaveAttribute('data-state', 'idle');
  await fillContact(other, email);
  const both = latch();
  let waiting = 0;
  await context.route(FUNCTION, async (route) => {
    waiting += 1;
    if (waiting === 2) both.open();
    await both.opened;
    await route.continue();
  });
  await Promise.all([buyButton(page).click(), buyButton(other).click()]);
  expect(await receiptNumber(page)).toBe(await receiptNumber(other));
  expect(await orders.of(email)).toBe(1);
});

for (const after of [0, 10, 20, 50, 100, 250, 500]) {
  test(`ui_10 a window that is closed ${after} ms after the click: one order, shown or placed again`, async ({ browser, setup, orders }) => {
    const email = newEmail();
    // With its context, for Chromium may forget to close a page that is about to show another.
    const window = await browser.newContext({ baseURL: setup.url });
    const page = await window.newPage();
    await readyToBuyWithWasm(page, email);
    const checkout = page.url();
    const storageState = await window.storageState();
    await buyButton(page).evaluate((button: HTMLButtonElement) => button.click());
    // The fault itself: nothing is waited for.
    await sleep(after);
    await window.close();
    expect(await orders.of(email)).toBeLessThanOrEqual(1);
    const later = await browser.newContext({ baseURL: setup.url, storageState });
    const again = await later.newPage();
    await again.goto(checkout);
    if (await buyButton(again).isVisible()) {
      await fillContact(again, email);
      await buyButton(again).click();
      await receiptNumber(again);
    } else {
      await expect(again.getByRole('heading', { level: 1 })).toHaveText('This cart is already ordered');
    }
    await later.close();
    expect(await orders.of(email)).toBe(1);
  });
}

for (const days of [-1, 1]) {
  test(`ui_21 a browser whose clock is ${days} day off buys as any other`, async ({ page, orders }) => {
    const email = newEmail();
    await page.clock.install({ time: Date.now() + days * 86_400_000 });
    await readyToBuyWithWasm(page, email);
    await buyButton(page).click();
    await receiptNumber(page);
    expect(await orders.of(email)).toBe(1);
  });
}

test('ui_02 fifty clicks are one request', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuyWithWasm(page, email);
  const sent = submissions(page);
  const release = await holdSubmissions(page);
  await buyButton(page).evaluate((button: HTMLButtonElement) => {
    for (let click = 0; click < 50; click += 1) button.click();
  });
  await expect(buyButton(page)).toHaveAttribute('aria-disabled', 'true');
  release();
  await receiptNumber(page);
  expect(sent).toHaveLength(1);
  expect(await orders.of(email)).toBe(1);
});
