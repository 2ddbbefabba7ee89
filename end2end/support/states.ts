// Every state of the buy button, one after the other: what looks at them all looks from here.
import type { Page } from '@playwright/test';

import { FUNCTION, LOOK_UP, holdSubmissions, stopClock } from './button.ts';
import { buyButton, readyToBuyWithWasm } from './shopper.ts';
import { expect } from './test.ts';

/** Looks at the page while the button is in the state. The page's clock stands. */
export type Look = (page: Page, state: string) => Promise<void>;

async function show(page: Page, state: string, look: Look, label = state): Promise<void> {
  const button = buyButton(page);
  await expect(button).toHaveAttribute('data-state', state);
  // A button under the mouse looks as such.
  await page.mouse.move(0, 0);
  await look(page, label);
  await expect(button).toHaveAttribute('data-state', state);
}

async function open(page: Page, email: string): Promise<void> {
  await readyToBuyWithWasm(page, email);
  await stopClock(page);
}

/** From the click to 30 s of checking. */
export async function eachStateOfWaiting(page: Page, email: string, look: Look): Promise<void> {
  await open(page, email);
  await show(page, 'idle', look);
  await page.route(LOOK_UP, (route) => route.abort());
  await holdSubmissions(page);
  await buyButton(page).click();
  await show(page, 'submitting', look, 'pressed');
  for (const [after, state] of [
    [400, 'submitting'],
    [4_600, 'slow'],
    [5_000, 'very-slow'],
    [2_000, 'verifying'],
    [31_000, 'unresolved'],
  ] as const) {
    await page.clock.runFor(after);
    await show(page, state, look);
  }
}

/** What comes of a click; each on a page of its own. */
export async function eachStateOfAnswers(page: Page, email: string, look: Look): Promise<void> {
  await open(page, email);
  await page.context().setOffline(true);
  await buyButton(page).click();
  await show(page, 'offline', look);
  await page.context().setOffline(false);
  for (const [state, status, answer] of [
    ['repeat', 409, { code: 'repeat', earlier: { number: 'A7K-4F2Q', url: '/orders/none', age_s: 180 } }],
    ['failed', 422, { code: 'invalid', fields: [{ field: 'city', problem: 'missing' }, { field: 'email', problem: 'not_an_email' }] }],
    ['placed', 200, { order_id: 'none', number: 'A7K-4F2Q', url: '/orders/none', replayed: false }],
  ] as const) {
    await page.unrouteAll();
    await page.route(FUNCTION, (route) => route.fulfill({ status, json: answer }));
    // The page stays where it is, as it does until the receipt has arrived.
    await page.route('**/orders/none', (route) => route.fulfill({ status: 204 }));
    await buyButton(page).click();
    await show(page, state, look);
  }
}
