// What a shopper does, by the names that are on the page.
import { randomUUID } from 'node:crypto';

import { expect, type Locator, type Page } from '@playwright/test';

/** A shopper whose orders no other test counts. */
export const newEmail = () => `${randomUUID()}@example.org`;

export const buyButton = (page: Page): Locator => page.locator('.buy-button');

/** Opens a product's confirmation page through *Buy now*. */
export async function openCheckout(page: Page, slug = 'enamel-mug'): Promise<void> {
  await page.goto(`/products/${slug}`);
  await page.getByRole('button', { name: 'Buy now' }).click();
  await expect(page).toHaveTitle(/Review and pay – not yet ordered/);
}

export async function fillContact(page: Page, email: string): Promise<void> {
  await page.getByLabel('Full name').fill('Ada Lovelace');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Street and number').fill("12 St James's Square");
  await page.getByLabel('Postal code').fill('SW1Y 4JH');
  await page.getByLabel('Town or city').fill('London');
  await page.getByLabel('Country').fill('United Kingdom');
}

/** A filled confirmation page, before or without WASM. */
export async function readyToBuy(page: Page, email: string, slug?: string): Promise<void> {
  await openCheckout(page, slug);
  await fillContact(page, email);
}

/** A filled confirmation page whose island runs. */
export async function readyToBuyWithWasm(page: Page, email: string, slug?: string): Promise<void> {
  await readyToBuy(page, email, slug);
  await expect(buyButton(page)).toHaveAttribute('data-state', 'idle');
}

/** Waits for the receipt, and returns the order's number. */
export async function receiptNumber(page: Page): Promise<string> {
  await expect(page).toHaveURL(/\/orders\/[0-9a-f-]{36}$/);
  const number = await page.locator('.order-number').textContent();
  expect(number).toMatch(/^[0-9A-Z]{3}-[0-9A-Z]{4}$/);
  return number ?? '';
}
