import { FUNCTION, submissions } from '../../support/button.ts';
import { buyButton, fillContact, newEmail, readyToBuy, readyToBuyWithWasm, receiptNumber } from '../../support/shopper.ts';
import { expect, test } from '../../support/test.ts';

test('a click goes through the server function and ends at the receipt', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuyWithWasm(page, email);
  const sent = submissions(page);
  await buyButton(page).click();
  await receiptNumber(page);
  expect(sent).toEqual(['/api/submit_order']);
  expect(await orders.of(email)).toBe(1);
});

test('ui_01 a double click sends once', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuyWithWasm(page, email);
  const sent = submissions(page);
  await buyButton(page).dblclick();
  await receiptNumber(page);
  expect(sent).toEqual(['/api/submit_order']);
  expect(await orders.of(email)).toBe(1);
});

test('two click() in one task send once', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuyWithWasm(page, email);
  const sent = submissions(page);
  await buyButton(page).evaluate((button: HTMLButtonElement) => {
    button.click();
    button.click();
    button.form?.requestSubmit();
  });
  await receiptNumber(page);
  expect(sent).toEqual(['/api/submit_order']);
  expect(await orders.of(email)).toBe(1);
});

test('ui_02 Enter held sends once', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuyWithWasm(page, email);
  const sent = submissions(page);
  await buyButton(page).focus();
  // Every further `down` of a key that is down is an auto-repeat.
  for (let repeat = 0; repeat < 30; repeat += 1) await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  await receiptNumber(page);
  expect(sent).toEqual(['/api/submit_order']);
  expect(await orders.of(email)).toBe(1);
});

test('ui_03 a submit before WASM has loaded is a plain form, and one order', async ({ page, orders }) => {
  const email = newEmail();
  let load = () => {};
  const loading = new Promise<void>((resolve) => (load = resolve));
  await page.route('**/*.wasm', async (route) => {
    await loading;
    await route.abort();
  });
  await readyToBuy(page, email);
  await expect(buyButton(page)).toHaveAttribute('data-state', 'ssr');
  const sent = submissions(page);
  await buyButton(page).dblclick();
  await receiptNumber(page);
  load();
  expect(sent).toHaveLength(1);
  expect(sent[0]).toMatch(/^\/checkout\//);
  expect(await orders.of(email)).toBe(1);
});

test('ui_06 with WASM blocked the plain form works', async ({ page, orders }) => {
  const email = newEmail();
  await page.route('**/*.wasm', (route) => route.abort());
  await readyToBuy(page, email);
  await buyButton(page).click();
  await receiptNumber(page);
  expect(await orders.of(email)).toBe(1);
});

test('while it runs the button is locked, says so, and keeps the focus in the form', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuyWithWasm(page, email);
  let answer = () => {};
  const answered = new Promise<void>((resolve) => (answer = resolve));
  await page.route(FUNCTION, async (route) => {
    await answered;
    await route.continue();
  });
  await buyButton(page).click();
  await expect(buyButton(page)).toBeDisabled();
  await expect(buyButton(page)).toHaveAttribute('aria-disabled', 'true');
  await expect(buyButton(page)).toHaveAttribute('data-state', 'submitting');
  await expect(buyButton(page)).toHaveText('Placing your order…');
  await expect(page.getByRole('status')).toHaveText('Placing your order.');
  await expect(page.getByRole('status')).toBeFocused();
  answer();
  await receiptNumber(page);
  expect(await orders.of(email)).toBe(1);
});

test('what is wrong with a field takes the focus to the summary', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuyWithWasm(page, email);
  await page.getByLabel('E-mail').fill('ada@example');
  await buyButton(page).click();
  await expect(page.getByRole('alert')).toBeFocused();
  await expect(page).toHaveTitle(/^Error: Review and pay/);
  await expect(page.getByLabel('E-mail')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.locator('#email-error')).toContainText('name@example.org');
  await expect(buyButton(page)).toHaveAttribute('data-state', 'failed');
  await expect(buyButton(page)).toBeEnabled();
  expect(await orders.of('ada@example')).toBe(0);
  await page.getByLabel('E-mail').fill(email);
  await buyButton(page).click();
  await receiptNumber(page);
  expect(await orders.of(email)).toBe(1);
});

test('ui_13 a cart that changed in another tab is shown anew before anything is bought', async ({ page, context, orders }) => {
  const email = newEmail();
  await page.goto('/products/linen-notebook');
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.getByRole('link', { name: 'Go to checkout' }).click();
  await expect(buyButton(page)).toHaveAttribute('data-state', 'idle');
  await fillContact(page, email);
  const other = await context.newPage();
  await other.goto('/cart');
  await other.getByLabel('Quantity of Linen notebook').fill('3');
  await other.getByRole('button', { name: 'Update' }).click();
  await expect(other.getByLabel('Quantity of Linen notebook')).toHaveValue('3');
  await buyButton(page).click();
  await expect(page.getByRole('alert')).toContainText('Your cart or a price changed meanwhile. Nothing was ordered.');
  expect(await orders.of(email)).toBe(0);
});

test('only the confirmation page loads WASM', async ({ page, orders }) => {
  const email = newEmail();
  const loaded: string[] = [];
  page.on('request', (request) => {
    if (/\.(wasm|js)$/.test(new URL(request.url()).pathname)) loaded.push(request.url());
  });
  for (const path of ['/', '/products/enamel-mug', '/cart', '/orders']) await page.goto(path, { waitUntil: 'networkidle' });
  expect(loaded).toEqual([]);
  await readyToBuyWithWasm(page, email);
  expect(loaded.some((url) => url.endsWith('.wasm'))).toBe(true);
  expect(await orders.of(email)).toBe(0);
});
