import { buyButton, newEmail, readyToBuy, receiptNumber } from '../../support/shopper.ts';
import { expect, test } from '../../support/test.ts';

test('a double click on the plain form is one order', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuy(page, email);
  await buyButton(page).dblclick();
  await receiptNumber(page);
  expect(await orders.of(email)).toBe(1);
});

test('Enter held in the plain form is one order', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuy(page, email);
  await buyButton(page).focus();
  for (let repeat = 0; repeat < 10; repeat += 1) await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  await receiptNumber(page);
  expect(await orders.of(email)).toBe(1);
});

test('reloading the receipt orders nothing', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuy(page, email);
  await buyButton(page).click();
  const number = await receiptNumber(page);
  const methods: string[] = [];
  page.on('request', (request) => methods.push(request.method()));
  await page.reload();
  expect(await receiptNumber(page)).toBe(number);
  expect(new Set(methods)).toEqual(new Set(['GET']));
  expect(await orders.of(email)).toBe(1);
});

test('twenty copies of the plain form at once are one order', async ({ page, orders }) => {
  const email = newEmail();
  await readyToBuy(page, email);
  const fields = await page.locator('form.buy input').all();
  const form: Record<string, string> = {};
  for (const field of fields) form[(await field.getAttribute('name')) ?? ''] = await field.inputValue();
  const copies = Array.from({ length: 20 }, () => page.request.post(page.url(), { form, maxRedirects: 0 }));
  const answers = await Promise.all(copies);
  expect(answers.map((answer) => answer.status())).toEqual(Array(20).fill(303));
  expect(new Set(answers.map((answer) => answer.headers()['location'])).size).toBe(1);
  expect(await orders.of(email)).toBe(1);
});
