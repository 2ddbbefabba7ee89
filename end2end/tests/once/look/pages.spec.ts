// axe on every page, in both themes, on a phone and on a desktop.
import { isAccessible } from '../../../support/axe.ts';
import { looks } from '../../../support/looks.ts';
import { buyButton, fillContact, newEmail, openCheckout, readyToBuyWithWasm, receiptNumber } from '../../../support/shopper.ts';
import { expect, test } from '../../../support/test.ts';

for (const { name, use } of looks) {
  test.describe(name, () => {
    test.use(use);

    test('the shop, its things and its errors are accessible', async ({ page }) => {
      for (const path of ['/', '/products/wool-blanket', '/products/wall-clock', '/nowhere', '/buy-now']) {
        await page.goto(path);
        await isAccessible(page, path);
      }
    });

    test('an account is accessible: its forms, what is wrong with them, and the way out', async ({ page }) => {
      for (const path of ['/login', '/register', '/orders']) {
        await page.goto(path);
        await isAccessible(page, path);
        await page.locator('form.account button').click();
        await expect(page.getByRole('alert').first()).toBeVisible();
        await isAccessible(page, `${path} with nothing filled in`);
      }
      await page.goto('/register');
      await page.getByLabel('E-mail').fill(newEmail());
      await page.getByLabel('Password').fill('a short sentence is good');
      await page.locator('form.account button').click();
      await expect(page).not.toHaveURL('/register');
      await isAccessible(page, 'after making an account');
      await page.goto('/login');
      await isAccessible(page, 'the way out');
    });

    test('the cart is accessible, whatever is the matter with it', async ({ page }) => {
      await page.goto('/cart');
      await isAccessible(page, 'the empty cart');
      await page.goto('/products/wool-blanket');
      await page.getByRole('button', { name: 'Add to cart' }).click();
      await expect(page).toHaveURL('/cart');
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
      await page.goto((await page.locator('.buy-look-up a').getAttribute('href')) ?? '');
      await expect(page.getByRole('link', { name: 'Look again' })).toBeVisible();
      await isAccessible(page, 'the status of what was not ordered');
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
