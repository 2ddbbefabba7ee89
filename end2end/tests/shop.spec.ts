import { expect, test } from '../support/test.ts';

test('the shop opens, and whoever has not ordered has no order', async ({ page, orders }) => {
  const answer = await page.goto('/');
  expect(answer?.status()).toBe(200);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(await orders.of('nobody@example.org')).toBe(0);
});
