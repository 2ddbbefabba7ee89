// The whole shop with JavaScript off: what is posted is answered with a redirect or with its own page, and addresses carry
// codes, never texts. Each test ends with the number of orders.
import type { Page, Response } from '@playwright/test';

import { buyButton, fillContact, newEmail, readyToBuy, receiptNumber } from '../../support/shopper.ts';
import { expect, test } from '../../support/test.ts';

interface Answer {
  method: string;
  path: string;
  status: number;
}

/** Notes how every document was asked for and answered, from now on, and every address that was in that. */
function documents(page: Page): { answers: Answer[]; addresses: string[] } {
  const seen: { answers: Answer[]; addresses: string[] } = { answers: [], addresses: [] };
  page.on('response', (response: Response) => {
    const request = response.request();
    if (request.resourceType() !== 'document') return;
    seen.addresses.push(response.url(), response.headers()['location'] ?? '');
    seen.answers.push({ method: request.method(), path: new URL(response.url()).pathname, status: response.status() });
  });
  return seen;
}

/** An address as this shop makes them: ids and codes. What people read or typed has spaces, dots, “@” or “%”. */
const CODES_ONLY = /^(?:http:\/\/127\.0\.0\.1:\d+)?(?:[a-z0-9_/-]|[?&][a-z]+=[a-z0-9_]+)*$/i;

test('ui_05 with JavaScript off every accepted form is a redirect, and no address has a text in it', async ({ page, orders }) => {
  const email = newEmail();
  const { answers, addresses } = documents(page);
  await page.goto('/');
  await page.getByRole('link', { name: 'Linen notebook' }).click();
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.getByLabel('Quantity of Linen notebook').fill('2');
  await page.getByRole('button', { name: 'Update' }).click();
  await expect(page.getByLabel('Quantity of Linen notebook')).toHaveValue('2');
  await page.getByRole('link', { name: 'Go to checkout' }).click();
  await buyButton(page).click();
  await expect(page.getByRole('alert')).toContainText('Nothing was ordered yet. Please check these fields.');
  await expect(page).toHaveTitle(/^Error: Review and pay/);
  await fillContact(page, email);
  await buyButton(page).click();
  await receiptNumber(page);
  const posts = answers.filter(({ method }) => method === 'POST').map(({ status }) => status);
  expect(posts).toEqual([303, 303, 422, 303]);
  expect(answers.at(-1)).toMatchObject({ method: 'GET', status: 200 });
  expect(addresses.filter((address) => !CODES_ONLY.test(address))).toEqual([]);
  expect(await orders.of(email)).toBe(1);
});

test('ui_05 a form that can not be taken is answered with its page, without a word of the program', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuy(page, email);
  const { answers } = documents(page);
  await page.locator('input[name=token]').evaluate((field: HTMLInputElement) => (field.value = 'nonsense'));
  await buyButton(page).click();
  await expect(page.getByRole('alert')).toContainText('Nothing was ordered.');
  expect(answers.map(({ method, status }) => [method, status])).toEqual([['POST', 400]]);
  const said = await page.locator('body').innerText();
  expect(said).not.toMatch(/serde|panic|error:|missing field|invalid type|nonsense/i);
  await expect(page.getByLabel('E-mail')).toHaveValue(email);
  expect(await orders.of(email)).toBe(0);
  await buyButton(page).click();
  await receiptNumber(page);
  expect(await orders.of(email)).toBe(1);
});

test('ui_16 a reload of what the form was answered with is a GET, as often as one likes', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuy(page, email);
  await buyButton(page).click();
  const number = await receiptNumber(page);
  const { answers } = documents(page);
  for (let reload = 0; reload < 3; reload += 1) {
    await page.reload();
    expect(await receiptNumber(page)).toBe(number);
  }
  expect(answers.map(({ method, status }) => [method, status])).toEqual(Array(3).fill(['GET', 200]));
  expect(await orders.of(email)).toBe(1);
});

test('ui_16 a reload of a page that refused the form orders nothing', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuy(page, email);
  await page.getByLabel('Town or city').fill('');
  await buyButton(page).click();
  await expect(page.getByRole('alert')).toContainText('Town or city: please fill this in.');
  await page.reload();
  await expect(page.getByRole('alert')).toContainText('Town or city: please fill this in.');
  expect(await orders.of(email)).toBe(0);
});

test('ui_16 a reload of the question about a repeat asks again, and orders nothing', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuy(page, email, 'ceramic-teapot');
  await buyButton(page).click();
  const first = await receiptNumber(page);
  await readyToBuy(page, email, 'ceramic-teapot');
  await buyButton(page).click();
  await expect(page.getByRole('status')).toContainText(first);
  await page.reload();
  await expect(page.getByRole('status')).toContainText(first);
  await expect(buyButton(page)).toContainText('Buy it again');
  expect(await orders.of(email)).toBe(1);
});
