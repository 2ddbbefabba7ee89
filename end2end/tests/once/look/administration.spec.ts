// axe on the administration. It has no script, and a server of its own, for the shop has none without a password.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Locator, Page } from '@playwright/test';

import { isAccessible } from '../../../support/axe.ts';
import { looks } from '../../../support/looks.ts';
import { Server } from '../../../support/services.ts';
import { buyButton, newEmail, openCheckout, readyToBuyWithWasm, receiptNumber } from '../../../support/shopper.ts';
import { expect, test as base } from '../../../support/test.ts';

const PASSWORD = 'a long enough password';

const test = base.extend({
  // Playwright wants the first argument taken apart, even if nothing of it is needed.
  setup: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'once-admin-'));
    const file = join(folder, 'password');
    writeFileSync(file, PASSWORD);
    const server = await Server.start('sqlite-memory', { ONCE_ADMIN_PASSWORD_FILE: file });
    await use(server.setup);
    await server.stop();
    rmSync(folder, { recursive: true });
  },
});

/** Nothing is wider than the window, and nothing is wrong. */
async function isWell(page: Page, what: string): Promise<void> {
  const overhang = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overhang, `${what} is wider than the window`).toBeLessThanOrEqual(0);
  await isAccessible(page, what);
}

/** Clicks what leads to another page, and waits until that has all that it loads, its style too. */
async function follow(page: Page, link: Locator): Promise<void> {
  const loaded = page.waitForEvent('load');
  await link.click();
  await loaded;
}

for (const { name, use } of looks) {
  test.describe(name, () => {
    test.use(use);

    test('the administration is accessible: its way in, an order and what is done about it', async ({ page }) => {
      await readyToBuyWithWasm(page, newEmail());
      await buyButton(page).click();
      const number = await receiptNumber(page);
      await openCheckout(page);
      await page.goto('/admin');
      await isWell(page, 'the way in');
      await page.getByLabel('Password').fill('something else');
      await follow(page, page.getByRole('button', { name: 'Log in' }));
      await expect(page.getByRole('alert')).toHaveText('That is not the password.');
      await isWell(page, 'the way in after a wrong password');
      await page.getByLabel('Password').fill(PASSWORD);
      await follow(page, page.getByRole('button', { name: 'Log in' }));
      await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
      await isWell(page, 'the overview');
      await follow(page, page.getByRole('link', { name: '30 days' }));
      await page.getByText('The numbers').click();
      await isWell(page, 'the numbers');
      await follow(page, page.getByRole('link', { name: 'Orders' }));
      await page.getByRole('searchbox').fill(number);
      await follow(page, page.getByRole('button', { name: 'Find' }));
      await isWell(page, 'the orders');
      await follow(page, page.getByRole('link', { name: number }));
      await isWell(page, 'an order');
      for (const [button, state] of [['Cancel this order', 'cancelled'], ['Mark as refunded', 'refunded']] as const) {
        // The browser asks for the confirmation, too.
        await page.getByRole('button', { name: button }).click();
        await expect(page.getByRole('button', { name: button })).toBeVisible();
        await page.getByRole('checkbox').check();
        await follow(page, page.getByRole('button', { name: button }));
        await expect(page.locator('dd[data-state]').first()).toHaveText(state);
        await isWell(page, `an order that is ${state}`);
      }
    });
  });
}
