// Without a connection: a page of the shop stands where another could not be loaded, and leads to it afterwards.
import { isAccessible } from '../../../support/axe.ts';
import { openCheckout, readyToBuyWithWasm, buyButton, newEmail, receiptNumber } from '../../../support/shopper.ts';
import { expect, test } from '../../../support/test.ts';
import type { Page } from '@playwright/test';

test.use({ serviceWorkers: 'allow' });

/** Over once the worker answers for pages that are asked for from now on; a page that was on its way meanwhile stays without it. */
async function offlinePageIsKept(page: Page): Promise<void> {
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === 'activated');
}

for (const [locale, title, again] of [
  ['en-GB', 'You’re offline', 'Try again'],
  ['de-AT', 'Sie sind offline', 'Noch einmal versuchen'],
] as const) {
  test.describe(locale, () => {
    test.use({ locale });

    test('a page asked for without a connection says so, and is there once there is one', async ({ page, context }) => {
      await page.goto('/');
      await offlinePageIsKept(page);
      await context.setOffline(true);
      await page.goto('/cart');
      await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
      // In the looks of the shop.
      await expect(page.locator('.button-main')).not.toHaveCSS('background-color', 'rgba(0, 0, 0, 0)');
      await isAccessible(page, 'the offline page');
      await page.getByRole('link', { name: again }).click();
      await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
      await context.setOffline(false);
      await page.getByRole('link', { name: again }).click();
      await expect(page).toHaveURL('/cart');
      await expect(page.locator('h1')).not.toHaveText(title);
    });
  });
}

test('the language that was chosen is the language of the offline page', async ({ page, context }) => {
  await page.goto('/');
  await offlinePageIsKept(page);
  await page.getByRole('button', { name: 'Deutsch' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await page.waitForFunction(() => navigator.serviceWorker.controller?.scriptURL.endsWith('?de'));
  await context.setOffline(true);
  await page.goto('/cart');
  await expect(page.getByRole('heading', { level: 1, name: 'Sie sind offline' })).toBeVisible();
});

test('a purchase beside the worker is one order, and the worker shows nobody’s cart', async ({ page, context, orders }) => {
  const email = newEmail();
  await readyToBuyWithWasm(page, email);
  await offlinePageIsKept(page);
  await buyButton(page).click();
  await receiptNumber(page);
  expect(await orders.of(email)).toBe(1);
  await openCheckout(page);
  await context.setOffline(true);
  await page.goto('/orders');
  await expect(page.getByRole('heading', { level: 1, name: 'You’re offline' })).toBeVisible();
  await expect(page.locator('.site-header .count')).toHaveCount(0);
  expect(await orders.of(email)).toBe(1);
});
