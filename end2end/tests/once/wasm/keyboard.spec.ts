// The shop without a mouse, through every state in which the button waits for its shopper. The focus is never lost, and what
// happens is said. Each test ends with the number of orders.
import { expect, test } from '../../../support/test.ts';

import { FUNCTION, LOOK_UP, holdSubmissions, stopClock, submissions } from '../../../support/button.ts';
import { listen, seesTheFocus, tabTo } from '../../../support/keyboard.ts';
import { buyButton, newEmail, readyToBuyWithWasm, receiptNumber } from '../../../support/shopper.ts';

test('ui_23 by keyboard alone, from the catalogue through an error to the receipt', async ({ page, orders }) => {
  const email = newEmail();
  const heard = await listen(page);
  await page.goto('/');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('link', { name: 'Linen notebook' }));
  await seesTheFocus(page);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Linen notebook');
  await tabTo(page, page.getByRole('button', { name: 'Add to cart' }));
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/cart');
  await tabTo(page, page.getByRole('link', { name: 'Go to checkout' }));
  await page.keyboard.press('Enter');
  await expect(buyButton(page)).toHaveAttribute('data-state', 'idle');
  await tabTo(page, page.getByLabel('Full name'));
  for (const typed of ['Ada Lovelace', 'ada@example', '12 Square', 'SW1Y 4JH', 'London', 'United Kingdom']) {
    await page.keyboard.type(typed);
    await page.keyboard.press('Tab');
  }
  await tabTo(page, buyButton(page));
  await seesTheFocus(page);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toBeFocused();
  expect(await orders.of('ada@example')).toBe(0);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'E-mail: please write it as name@example.org.' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('E-mail')).toBeFocused();
  await page.keyboard.press('Control+a');
  await page.keyboard.type(email);
  const release = await holdSubmissions(page);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status')).toHaveText('Placing your order.');
  await expect(page.getByRole('status')).toBeFocused();
  release();
  await receiptNumber(page);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  expect(heard.lost).toEqual([]);
  expect(heard.said[0]).toContain('Nothing was ordered yet. Please check these fields.');
  expect(heard.said).toContain('Placing your order.');
  expect(heard.said.at(-1)).toMatch(/^Order [0-9A-Z]{3}-[0-9A-Z]{4} placed\.$/);
  expect(await orders.of(email)).toBe(1);
});

test('ui_23 the focus stays where it is in the summary, whatever timers the submission left', async ({ page, orders }) => {
  await readyToBuyWithWasm(page, 'ada@example');
  await stopClock(page);
  await buyButton(page).press('Enter');
  await expect(page.getByRole('alert')).toBeFocused();
  await page.keyboard.press('Tab');
  const link = page.getByRole('link', { name: 'E-mail: please write it as name@example.org.' });
  await expect(link).toBeFocused();
  await page.clock.runFor(60_000);
  await expect(link).toBeFocused();
  expect(await orders.of('ada@example')).toBe(0);
});

test('ui_23 offline: it is said, the focus stays at the button, and Enter buys once the line is back', async ({ page, context, orders }) => {
  const email = newEmail();
  const heard = await listen(page);
  await readyToBuyWithWasm(page, email);
  await context.setOffline(true);
  await tabTo(page, buyButton(page));
  await page.keyboard.press('Enter');
  await expect(buyButton(page)).toHaveAttribute('data-state', 'offline');
  await expect(buyButton(page)).toBeFocused();
  expect(heard.said.at(-1)).toBe("You're offline. Your order was not sent.");
  await context.setOffline(false);
  await expect(buyButton(page)).toHaveAttribute('data-state', 'idle');
  await expect(buyButton(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await receiptNumber(page);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  expect(heard.lost).toEqual([]);
  expect(await orders.of(email)).toBe(1);
});

test('ui_23 a repeat: the question is said, and one step back from it is the button that buys again', async ({ page, orders }) => {
  const email = newEmail();
  const heard = await listen(page);
  await readyToBuyWithWasm(page, email, 'ceramic-teapot');
  await tabTo(page, buyButton(page));
  await page.keyboard.press('Enter');
  const first = await receiptNumber(page);
  await readyToBuyWithWasm(page, email, 'ceramic-teapot');
  await tabTo(page, buyButton(page));
  await page.keyboard.press('Enter');
  await expect(buyButton(page)).toHaveAttribute('data-state', 'repeat');
  await expect(page.getByRole('status')).toBeFocused();
  expect(heard.said.at(-1)).toMatch(new RegExp(`^You ordered this .* ago \\(${first}\\)\\.$`));
  expect(await orders.of(email)).toBe(1);
  await page.keyboard.press('Shift+Tab');
  await expect(buyButton(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).not.toHaveURL(/\/checkout\//);
  expect(await receiptNumber(page)).not.toBe(first);
  expect(heard.lost).toEqual([]);
  expect(await orders.of(email)).toBe(2);
});

test('ui_23 lost contact: each step is said, and one step back from it is the button that tries again', async ({ page, orders }) => {
  const email = newEmail();
  const heard = await listen(page);
  await readyToBuyWithWasm(page, email);
  const sent = submissions(page);
  const said = heard.said.length;
  await stopClock(page);
  await page.route(LOOK_UP, (route) => route.abort());
  await holdSubmissions(page);
  await tabTo(page, buyButton(page));
  await page.keyboard.press('Enter');
  for (const [after, state] of [
    [400, 'submitting'],
    [4_600, 'slow'],
    [5_000, 'very-slow'],
    [2_000, 'verifying'],
    [31_000, 'unresolved'],
  ] as const) {
    await page.clock.runFor(after);
    await expect(buyButton(page)).toHaveAttribute('data-state', state);
    await expect(page.getByRole('status')).toBeFocused();
  }
  expect(heard.said.slice(said)).toEqual([
    'Placing your order.',
    'This is taking longer than usual. Please keep this page open. You will not be charged twice.',
    "Still working. You can also check your order's status.",
    "We lost contact, so we're checking whether your order went through.",
    "We couldn't confirm your order yet. Trying again can't create a second one.",
  ]);
  expect(await orders.of(email)).toBe(0);
  await page.unroute(FUNCTION);
  await page.keyboard.press('Shift+Tab');
  await expect(buyButton(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await page.clock.resume();
  await receiptNumber(page);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  expect(sent).toHaveLength(2);
  expect(heard.lost).toEqual([]);
  expect(await orders.of(email)).toBe(1);
});
