// Back, another quantity, and buy: a confirmation page is for what it shows. Each test ends with the number of orders.
import type { Page } from '@playwright/test';

import { buyButton, fillContact, newEmail, readyToBuy, receiptNumber } from '../../support/shopper.ts';
import { expect, test } from '../../support/test.ts';

async function fromTheCart(page: Page, email: string): Promise<void> {
  await page.goto('/products/linen-notebook');
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.getByRole('link', { name: 'Go to checkout' }).click();
  await expect(buyButton(page)).toHaveText('Buy now · €18.00');
  await fillContact(page, email);
}

async function setQuantity(page: Page, quantity: string): Promise<void> {
  await page.getByLabel('Quantity of Linen notebook').fill(quantity);
  await page.getByRole('button', { name: 'Update' }).click();
  await expect(page.getByText(`€18.00 each`)).toBeVisible();
  await expect(page.getByLabel('Quantity of Linen notebook')).toHaveValue(quantity);
}

test('ui_13 back to the cart, another quantity, and exactly that is bought', async ({ page, orders }) => {
  const email = newEmail();
  await fromTheCart(page, email);
  await page.goBack();
  await setQuantity(page, '3');
  await page.getByRole('link', { name: 'Go to checkout' }).click();
  await expect(buyButton(page)).toHaveText('Buy now · €54.00');
  await fillContact(page, email);
  await buyButton(page).click();
  await receiptNumber(page);
  await expect(page.getByText('3 × €18.00')).toBeVisible();
  expect(await orders.of(email)).toBe(1);
});

test('ui_13 a confirmation page from before the change is refused with both totals, and buys the new one', async ({
  page,
  context,
  orders,
}) => {
  const email = newEmail();
  await fromTheCart(page, email);
  const other = await context.newPage();
  await other.goto(page.url());
  await other.goto('/cart');
  await setQuantity(other, '3');
  await buyButton(page).click();
  const summary = page.getByRole('alert');
  await expect(summary).toContainText('Your cart or a price changed meanwhile. Nothing was ordered.');
  await expect(summary).toContainText('The total was €18.00 and is now €54.00.');
  await expect(page).toHaveTitle(/^Error: /);
  await expect(page.getByLabel('E-mail')).toHaveValue(email);
  expect(await orders.of(email)).toBe(0);
  await expect(buyButton(page)).toHaveText('Buy now · €54.00');
  await buyButton(page).click();
  await receiptNumber(page);
  await expect(page.getByText('3 × €18.00')).toBeVisible();
  expect(await orders.of(email)).toBe(1);
});

test('ui_13 back over a change in place: what is shown is what is bought', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuy(page, email, 'linen-notebook');
  await page.getByText('Change quantity').click();
  await page.getByLabel('Quantity of Linen notebook').fill('2');
  await page.getByRole('button', { name: 'Update' }).click();
  await expect(buyButton(page)).toHaveText('Buy now · €36.00');
  await page.goBack();
  // Back to the confirmation page as it was, or to the product where the browser kept no entry for it. Which one is known
  // once either is there: until then the page that is left may still answer.
  const product = page.getByRole('button', { name: 'Add to cart' });
  await expect(buyButton(page).or(product)).toBeVisible();
  if (await product.isVisible()) await page.goForward();
  await expect(buyButton(page)).toHaveText('Buy now · €36.00');
  await fillContact(page, email);
  await buyButton(page).click();
  await receiptNumber(page);
  await expect(page.getByText('2 × €18.00')).toBeVisible();
  expect(await orders.of(email)).toBe(1);
});
