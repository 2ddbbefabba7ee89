// What the page shows when nothing was ordered, and that nothing on it moves. Each test ends with the number of orders.
import type { Page } from '@playwright/test';

import { FUNCTION, holdSubmissions, stopClock, submissions } from '../../support/button.ts';
import { changePrice } from '../../support/orders.ts';
import { buyButton, newEmail, openCheckout, readyToBuyWithWasm, receiptNumber } from '../../support/shopper.ts';
import { expect, test } from '../../support/test.ts';

test('ui_19 a price that changes after the page was shown is told, with both totals, and nothing is ordered', async ({
  page,
  setup,
  orders,
}) => {
  const email = newEmail();
  await changePrice(setup.databaseUrl, 'watering-can', 5_000);
  await readyToBuyWithWasm(page, email, 'watering-can');
  await expect(buyButton(page)).toHaveText('Buy now · €50.00');
  await changePrice(setup.databaseUrl, 'watering-can', 5_250);
  await buyButton(page).click();
  const summary = page.getByRole('alert');
  await expect(summary).toContainText('Nothing was ordered.');
  await expect(summary).toContainText('The total was €50.00 and is now €52.50.');
  await expect(summary).toBeFocused();
  await expect(page).toHaveTitle(/^Error: /);
  await expect(buyButton(page)).toHaveText('Buy now · €52.50');
  await expect(page.getByLabel('E-mail')).toHaveValue(email);
  expect(await orders.of(email)).toBe(0);
  await page.reload();
  await expect(buyButton(page)).toHaveAttribute('data-state', 'idle');
  await expect(summary).toHaveCount(0);
  await buyButton(page).click();
  await receiptNumber(page);
  expect(await orders.of(email)).toBe(1);
});

test('what was typed survives a reload, and is forgotten once it is ordered', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuyWithWasm(page, email);
  await page.reload();
  await expect(buyButton(page)).toHaveAttribute('data-state', 'idle');
  await expect(page.getByLabel('E-mail')).toHaveValue(email);
  await buyButton(page).click();
  await receiptNumber(page);
  expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual([]);
  await openCheckout(page, 'linen-notebook');
  await expect(page.getByLabel('E-mail')).toHaveValue('');
  expect(await orders.of(email)).toBe(1);
});

test('a refusal is not shown before the spinner was there for 500 ms', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuyWithWasm(page, email);
  await stopClock(page);
  let answered = () => {};
  const answer = new Promise<void>((resolve) => (answered = resolve));
  await page.route(FUNCTION, async (route) => {
    await answer;
    await route.fulfill({ status: 422, json: { code: 'invalid', fields: [{ field: 'city', problem: 'too_long' }] } });
  });
  await buyButton(page).click();
  await page.clock.runFor(400);
  await expect(buyButton(page)).toHaveText('Placing your order…');
  const arrived = page.waitForResponse(FUNCTION);
  answered();
  await (await arrived).finished();
  await page.clock.runFor(499);
  await expect(buyButton(page)).toHaveAttribute('data-state', 'submitting');
  await page.clock.runFor(1);
  await expect(buyButton(page)).toHaveAttribute('data-state', 'failed');
  await expect(page.getByRole('alert')).toBeFocused();
  expect(await orders.of(email)).toBe(0);
});

interface Shift extends PerformanceEntry {
  sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[];
}

/** Notes whatever moves on the page, right after an input too. */
async function shifts(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const moved: string[] = [];
    (window as unknown as { moved: string[] }).moved = moved;
    new PerformanceObserver((list) => {
      for (const { node, previousRect, currentRect } of (list.getEntries() as Shift[]).flatMap((shift) => shift.sources)) {
        const [from, to] = [previousRect, currentRect].map((rect) => JSON.stringify(rect));
        moved.push(`${node?.nodeName} ${(node as Element | null)?.className}: ${from} to ${to}`);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  return () => page.evaluate(() => (window as unknown as { moved: string[] }).moved);
}

/** Where the button is on the page, wherever that is scrolled to. */
const place = (page: Page) =>
  buyButton(page).evaluate((button) => {
    const { x, y, width, height } = button.getBoundingClientRect();
    return { x: x + scrollX, y: y + scrollY, width, height };
  });

for (const width of [320, 1280]) {
  test(`at ${width} px the button is 44 px high at least, and nothing moves from the click to 30 s of checking`, async ({
    page,
    orders,
  }) => {
    await page.setViewportSize({ width, height: 800 });
    const email = newEmail();
    const moved = await shifts(page);
    await readyToBuyWithWasm(page, email);
    const sent = submissions(page);
    await stopClock(page);
    await holdSubmissions(page);
    const box = await place(page);
    expect(box.height).toBeGreaterThanOrEqual(44);
    await buyButton(page).click();
    for (const [after, state] of [
      [0, 'submitting'],
      [400, 'submitting'],
      [5_000, 'slow'],
      [5_000, 'very-slow'],
      [2_000, 'verifying'],
      [31_000, 'unresolved'],
    ] as const) {
      await page.clock.runFor(after);
      await expect(buyButton(page)).toHaveAttribute('data-state', state);
      expect(await place(page), state).toEqual(box);
    }
    expect(await moved()).toEqual([]);
    expect(sent).toHaveLength(1);
    expect(await orders.of(email)).toBe(0);
  });
}

test('without motion there is no spinner', async ({ page, orders }) => {
  const email = newEmail();
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await readyToBuyWithWasm(page, email);
  const release = await holdSubmissions(page);
  await buyButton(page).click();
  await expect(buyButton(page)).toHaveText('Placing your order…');
  const spinner = await buyButton(page).evaluate((button) => getComputedStyle(button, '::before').content);
  expect(spinner).toBe('none');
  release();
  await receiptNumber(page);
  expect(await orders.of(email)).toBe(1);
});

test('the button speaks the language of the page', async ({ page, context, setup, orders }) => {
  const email = newEmail();
  await readyToBuyWithWasm(page, email);
  const checkout = page.url();
  await page.getByRole('button', { name: 'Deutsch' }).click();
  await page.goto(checkout);
  await expect(buyButton(page)).toHaveAttribute('data-state', 'idle');
  await expect(buyButton(page)).toContainText('Jetzt kaufen');
  const release = await holdSubmissions(page);
  await buyButton(page).click();
  await expect(buyButton(page)).toHaveText('Ihre Bestellung wird aufgegeben…');
  release();
  await receiptNumber(page);
  expect(await context.cookies(setup.url)).not.toEqual([]);
  expect(await orders.of(email)).toBe(1);
});
