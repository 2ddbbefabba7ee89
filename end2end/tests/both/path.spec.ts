import type { Page } from '@playwright/test';

import { buyButton, fillContact, newEmail, readyToBuy, receiptNumber } from '../../support/shopper.ts';
import { expect, test } from '../../support/test.ts';

test('from the catalogue through product and cart to the receipt', async ({ page, orders }) => {
  const email = newEmail();
  await page.goto('/');
  await page.getByRole('link', { name: 'Linen notebook' }).click();
  await page.getByLabel('Quantity').fill('2');
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await expect(page).toHaveURL('/cart');
  await expect(page.getByLabel('Quantity of Linen notebook')).toHaveValue('2');
  await page.getByRole('link', { name: 'Go to checkout' }).click();
  await expect(page).toHaveTitle(/Review and pay – not yet ordered/);
  await fillContact(page, email);
  await buyButton(page).click();
  const number = await receiptNumber(page);
  await expect(page.getByText('2 × €')).toBeVisible();
  await page.getByRole('link', { name: 'Your orders' }).first().click();
  await expect(page.getByRole('link', { name: number })).toBeVisible();
  expect(await orders.of(email)).toBe(1);
});

test('keyboard alone, from the product to the receipt', async ({ page, orders }) => {
  const email = newEmail();
  await page.goto('/products/enamel-mug');
  await page.getByRole('button', { name: 'Buy now' }).focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveTitle(/Review and pay/);
  await page.getByLabel('Full name').focus();
  for (const typed of ['Ada Lovelace', email, '12 Square', 'SW1Y 4JH', 'London', 'United Kingdom']) {
    await page.keyboard.type(typed);
    await page.keyboard.press('Tab');
  }
  await expect(page.getByText('Change quantity')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(buyButton(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await receiptNumber(page);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  expect(await orders.of(email)).toBe(1);
});

test('fields that are not good are named and kept, and the order can still be placed', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuy(page, email);
  await page.getByLabel('Town or city').fill('');
  await buyButton(page).click();
  await expect(page.getByRole('alert')).toContainText('Town or city: please fill this in.');
  await expect(page.getByLabel('Full name')).toHaveValue('Ada Lovelace');
  expect(await orders.of(email)).toBe(0);
  await page.getByLabel('Town or city').fill('London');
  await buyButton(page).click();
  await receiptNumber(page);
  expect(await orders.of(email)).toBe(1);
});

test('the same product again is asked about first', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuy(page, email);
  await buyButton(page).click();
  const first = await receiptNumber(page);
  await readyToBuy(page, email);
  await buyButton(page).click();
  await expect(buyButton(page)).toContainText('Buy it again');
  await expect(page.getByRole('status')).toContainText(first);
  expect(await orders.of(email)).toBe(1);
  await buyButton(page).click();
  expect(await receiptNumber(page)).not.toBe(first);
  expect(await orders.of(email)).toBe(2);
});

test('two tabs of one cart get one order', async ({ page, context, orders }) => {
  const email = newEmail();
  await readyToBuy(page, email);
  const other = await context.newPage();
  await other.goto(page.url());
  await fillContact(other, email);
  // Whichever tab is clicked first, its order may be in the other one before that is clicked.
  const buyOrBeShown = (tab: Page) => Promise.race([tab.waitForURL('/orders/*'), buyButton(tab).click()]);
  await Promise.all([buyOrBeShown(page), buyOrBeShown(other)]);
  expect(await receiptNumber(page)).toBe(await receiptNumber(other));
  expect(await orders.of(email)).toBe(1);
});

test('back from the receipt, nothing can be ordered a second time', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuy(page, email);
  const checkout = page.url();
  await buyButton(page).click();
  await receiptNumber(page);
  await page.goBack();
  await page.goto(checkout);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This cart is already ordered');
  expect(await orders.of(email)).toBe(1);
});

test('a removed line comes back', async ({ page, orders }) => {
  const email = newEmail();
  await page.goto('/products/brass-pen');
  await page.getByLabel('Quantity').fill('3');
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.getByRole('button', { name: 'Remove Brass pen' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your cart is empty');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByLabel('Quantity of Brass pen')).toHaveValue('3');
  await page.getByRole('link', { name: 'Go to checkout' }).click();
  await fillContact(page, email);
  await buyButton(page).click();
  await receiptNumber(page);
  expect(await orders.of(email)).toBe(1);
});

test('what is not there, or someone else’s, is a 404 page', async ({ page, browser, setup, orders }) => {
  const email = newEmail();
  await readyToBuy(page, email);
  const checkout = page.url();
  await buyButton(page).click();
  await receiptNumber(page);
  const receipt = page.url();
  const stranger = await browser.newContext({ baseURL: setup.url });
  const tab = await stranger.newPage();
  for (const address of ['/nowhere', '/products/no-such-product', checkout, receipt]) {
    const answer = await tab.goto(address);
    expect(answer?.status(), address).toBe(404);
    await expect(tab.getByRole('heading', { level: 1 })).toHaveText('There is nothing here');
  }
  await stranger.close();
  expect(await orders.of(email)).toBe(1);
});
