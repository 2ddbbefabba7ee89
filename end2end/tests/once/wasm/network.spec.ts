// Programs that do not arrive, and lines that are slow. Each test ends with the number of orders.
import type { Page } from '@playwright/test';

import { latch, submissions } from '../../../support/button.ts';
import { openLine } from '../../../support/line.ts';
import { buyButton, fillContact, newEmail, readyToBuy, receiptNumber } from '../../../support/shopper.ts';
import { expect, test } from '../../../support/test.ts';

for (const [fault, lose] of [
  ['is blocked', (page: Page) => page.route('**/*.wasm', (route) => route.abort('blockedbyclient'))],
  ['is not there', (page: Page) => page.route('**/*.wasm', (route) => route.fulfill({ status: 404, body: '' }))],
  ['is cut off', (page: Page) => page.route('**/*.wasm', (route) => route.fulfill({ contentType: 'application/wasm', body: '\0asm' }))],
  ['comes without its script', (page: Page) => page.route('**/pkg/*.js', (route) => route.fulfill({ status: 404, body: '' }))],
] as const) {
  test(`ui_06 where the WebAssembly ${fault} the plain form does it all, errors too`, async ({ page, orders }) => {
    const email = newEmail();
    await lose(page);
    await page.goto('/');
    await page.getByRole('link', { name: 'Enamel mug' }).click();
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await page.getByRole('link', { name: 'Go to checkout' }).click();
    await expect(page).toHaveTitle(/Review and pay – not yet ordered/);
    const sent = submissions(page);
    await buyButton(page).click();
    await expect(page.getByRole('alert')).toContainText('Town or city: please fill this in.');
    expect(await orders.of(email)).toBe(0);
    await fillContact(page, email);
    await expect(buyButton(page)).toHaveAttribute('data-state', 'ssr');
    await buyButton(page).dblclick();
    await receiptNumber(page);
    expect(sent).toHaveLength(2);
    expect(sent.every((path) => path.startsWith('/checkout/'))).toBe(true);
    expect(new URL(page.url()).search).toBe('');
    expect(await orders.of(email)).toBe(1);
  });
}

/** Slow 3G: 400 ms there and back, 400 kbit/s, and 5 % of the packets are lost. */
const SLOW_3G = { roundTripMs: 400, bytesPerSecond: 50_000, lostOneIn: 20 };

test.describe('on slow 3G', () => {
  test.use({
    baseURL: async ({ setup }, use) => {
      const line = await openLine(setup.url, SLOW_3G);
      await use(line.url);
      await line.close();
    },
  });

  test('ui_17 an impatient shopper sends one request and gets one order', async ({ page, orders }) => {
    test.slow();
    const email = newEmail();
    await readyToBuy(page, email);
    await expect(buyButton(page)).toHaveAttribute('data-state', 'idle', { timeout: 40_000 });
    const sent = submissions(page);
    await buyButton(page).dblclick();
    await buyButton(page).evaluate((button: HTMLButtonElement) => {
      for (let click = 0; click < 20; click += 1) button.click();
    });
    await receiptNumber(page);
    expect(sent).toEqual(['/api/submit_order']);
    expect(await orders.of(email)).toBe(1);
  });

  test('ui_17 a click that comes before the WebAssembly is one plain form and one order', async ({ page, orders }) => {
    test.slow();
    const email = newEmail();
    // Such a line is still loading the program when the form is filled; here that is certain, however fast typing is.
    const never = new Promise<void>(() => {});
    await page.route('**/*.wasm', () => never);
    await readyToBuy(page, email);
    await expect(buyButton(page)).toHaveAttribute('data-state', 'ssr');
    const sent = submissions(page);
    await buyButton(page).dblclick();
    await receiptNumber(page);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatch(/^\/checkout\//);
    expect(await orders.of(email)).toBe(1);
  });
});

test('ui_03 a form that is filled before the program arrives keeps what was typed, and is sent once', async ({ page, orders }) => {
  const email = newEmail();
  const { opened: arrived, open: arrive } = latch();
  await page.route('**/*.wasm', async (route) => {
    await arrived;
    await route.continue();
  });
  await readyToBuy(page, email);
  await expect(buyButton(page)).toHaveAttribute('data-state', 'ssr');
  const sent = submissions(page);
  arrive();
  await expect(buyButton(page)).toHaveAttribute('data-state', 'idle');
  await expect(page.getByLabel('E-mail')).toHaveValue(email);
  await buyButton(page).click();
  await receiptNumber(page);
  expect(sent).toEqual(['/api/submit_order']);
  expect(await orders.of(email)).toBe(1);
});
