// What every page owes whoever looks at it: their language, their window, their connection.
import { brotliCompressSync } from 'node:zlib';

import type { Page, Response } from '@playwright/test';

import { buyButton, fillContact, newEmail, openCheckout, receiptNumber } from '../../../support/shopper.ts';
import { expect, test } from '../../../support/test.ts';

const PAGES = ['/', '/products/wool-blanket', '/cart', '/orders', '/nowhere', `/checkout/status/${'A'.repeat(43)}`];

/** What stands out of the window at the right. */
const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test('the shop is German for a German browser, from the shelf to the receipt', async ({ browser, setup, orders }) => {
  const email = newEmail();
  const german = await browser.newContext({ baseURL: setup.url, locale: 'de-DE' });
  const page = await german.newPage();
  await page.goto('/products/brass-pen');
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await page.getByRole('button', { name: 'Jetzt kaufen' }).click();
  await expect(page).toHaveTitle(/Prüfen und bezahlen – noch nicht bestellt/);
  await expect(buyButton(page)).toHaveText('Jetzt kaufen · 49,90 €');
  await buyButton(page).click();
  await expect(page.getByRole('alert')).toContainText('Ort: Bitte füllen Sie dieses Feld aus.');
  for (const [label, typed] of [
    ['Vor- und Nachname', 'Ada Lovelace'],
    ['E-Mail', email],
    ['Straße und Hausnummer', 'Am Platz 12'],
    ['Postleitzahl', '10115'],
    ['Ort', 'Berlin'],
    ['Land', 'Deutschland'],
  ] as const) {
    await page.getByLabel(label, { exact: true }).fill(typed);
  }
  await buyButton(page).click();
  await receiptNumber(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Danke.');
  await expect(page.locator('.totals .total')).toContainText('49,90 €');
  expect(await orders.of(email)).toBe(1);
  await german.close();
});

test('another language is chosen in the footer, and stays', async ({ page }) => {
  await page.goto('/products/enamel-mug');
  await page.getByRole('button', { name: 'Deutsch' }).click();
  await expect(page).toHaveURL(/\/products\/enamel-mug$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Emaillebecher');
  await page.goto('/cart');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ihr Warenkorb ist leer');
});

test('a quantity is changed where the order is reviewed', async ({ page, orders }) => {
  const email = newEmail();
  await openCheckout(page, 'linen-notebook');
  await page.getByText('Change quantity').click();
  await page.getByLabel('Quantity of Linen notebook').fill('3');
  await page.getByRole('button', { name: 'Update' }).click();
  await expect(buyButton(page)).toHaveText('Buy now · €54.00');
  await fillContact(page, email);
  await buyButton(page).click();
  await receiptNumber(page);
  await expect(page.getByText('3 × €18.00')).toBeVisible();
  expect(await orders.of(email)).toBe(1);
});

test('nothing stands out of the narrowest window, in either language', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  for (const language of ['English', 'Deutsch']) {
    await page.goto('/');
    await page.getByRole('button', { name: language }).click();
    for (const path of PAGES) {
      await page.goto(path);
      expect(await overflow(page), `${path} in ${language}`).toBe(0);
    }
    await page.goto('/products/wool-blanket');
    await page.locator('main form button').first().click();
    await expect(buyButton(page)).toBeVisible();
    await page.locator('summary').click();
    expect(await overflow(page), `the confirmation page in ${language}`).toBe(0);
    await buyButton(page).click();
    await expect(page.getByRole('alert')).toBeVisible();
    expect(await overflow(page), `the summary of errors in ${language}`).toBe(0);
  }
});

test('a page without an island loads at most 12 kB beside its pictures, and no script', async ({ page }) => {
  // Whoever routes gets nothing from the browser's cache: each page is a first visit.
  await page.route('**/*', (route) => route.continue());
  for (const path of PAGES) {
    const loaded: Response[] = [];
    const listen = (response: Response) => {
      if (!response.url().endsWith('.svg')) loaded.push(response);
    };
    page.on('response', listen);
    await page.goto(path, { waitUntil: 'networkidle' });
    page.off('response', listen);
    expect(loaded.map((response) => response.request().resourceType()), path).toEqual(['document', 'stylesheet']);
    const bodies = await Promise.all(loaded.map((response) => response.body()));
    const bytes = bodies.reduce((sum, body) => sum + brotliCompressSync(body).length, 0);
    expect(bytes, path).toBeLessThan(12_000);
  }
});
