// WCAG 2.2 AA, as far as axe can tell, on every page in both themes.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { buyButton, fillContact, newEmail, openCheckout, readyToBuyWithWasm, receiptNumber } from '../../support/shopper.ts';
import { expect, test } from '../../support/test.ts';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function isAccessible(page: Page, what: string): Promise<void> {
  const { violations, passes } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  expect(passes.length, `axe looked at ${what}`).toBeGreaterThan(10);
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
  expect(found, what).toEqual([]);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test('the shop, its things and its errors are accessible', async ({ page }) => {
      for (const path of ['/', '/products/wool-blanket', '/products/wall-clock', '/orders', '/nowhere']) {
        await page.goto(path);
        await isAccessible(page, path);
      }
      await page.goto(`/checkout/status/${'A'.repeat(43)}`);
      await isAccessible(page, 'the status of nothing');
    });

    test('the cart is accessible, whatever is the matter with it', async ({ page }) => {
      await page.goto('/cart');
      await isAccessible(page, 'the empty cart');
      await page.goto('/products/wool-blanket');
      await page.getByRole('button', { name: 'Add to cart' }).click();
      await isAccessible(page, 'the cart');
      await page.getByLabel('Quantity of Wool blanket').fill('5');
      await page.getByRole('button', { name: 'Update' }).click();
      await expect(page.getByText('We have only 2 of these.')).toBeVisible();
      await isAccessible(page, 'more than there is');
      await page.getByRole('button', { name: 'Remove Wool blanket' }).click();
      await expect(page.getByRole('button', { name: 'Undo' })).toBeVisible();
      await isAccessible(page, 'a removed line');
    });

    test('the confirmation page is accessible before and after something is wrong', async ({ page }) => {
      await openCheckout(page);
      await expect(buyButton(page)).toHaveAttribute('data-state', 'idle');
      await isAccessible(page, 'the confirmation page');
      await page.getByText('Change quantity').click();
      await isAccessible(page, 'a quantity to change');
      await buyButton(page).click();
      await expect(buyButton(page)).toHaveAttribute('data-state', 'failed');
      await isAccessible(page, 'fields that are not filled');
    });

    test('the receipt, the question about a repeat and the orders are accessible', async ({ page }) => {
      const email = newEmail();
      await readyToBuyWithWasm(page, email);
      await buyButton(page).click();
      await receiptNumber(page);
      await isAccessible(page, 'the receipt');
      await openCheckout(page);
      await expect(buyButton(page)).toHaveAttribute('data-state', 'idle');
      await fillContact(page, email);
      await buyButton(page).click();
      await expect(buyButton(page)).toHaveAttribute('data-state', 'repeat');
      await isAccessible(page, 'the question about a repeat');
      await page.goto('/orders');
      await isAccessible(page, 'the orders');
    });
  });
}
