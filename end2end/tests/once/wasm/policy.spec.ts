// The page's policy in a browser: what the shop brings runs, and nothing that was put in.
import type { Page } from '@playwright/test';

import { buyButton, newEmail, readyToBuyWithWasm, receiptNumber } from '../../../support/shopper.ts';
import { expect, test } from '../../../support/test.ts';

test.use({ serviceWorkers: 'allow' });

/** What the policy refused, and whatever else the browser complains of. */
async function complaints(page: Page): Promise<string[]> {
  const seen: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') seen.push(message.text());
  });
  page.on('pageerror', (error) => seen.push(String(error)));
  await page.addInitScript(() =>
    addEventListener('securitypolicyviolation', (event) => console.error(`refused: ${event.violatedDirective} ${event.blockedURI}`)),
  );
  return seen;
}

test('se_17 nothing of the shop is refused, and the button works', async ({ page, orders }) => {
  const seen = await complaints(page);
  const email = newEmail();
  for (const path of ['/', '/cart', '/orders', '/login', '/register', '/offline']) await page.goto(path);
  await readyToBuyWithWasm(page, email);
  await buyButton(page).click();
  await receiptNumber(page);
  await page.waitForFunction(() => navigator.serviceWorker?.ready);
  expect(seen).toEqual([]);
  expect(await orders.of(email)).toBe(1);
});

test('se_16 se_17 markup that was put into a page runs nothing', async ({ page }) => {
  const seen = await complaints(page);
  await page.goto('/products/enamel-mug');
  expect(seen).toEqual([]);
  await page.evaluate(() => {
    document.body.insertAdjacentHTML(
      'beforeend',
      `<img src="data:," onerror="document.documentElement.dataset.ran = 'an attribute'">
       <iframe srcdoc="<script>parent.document.documentElement.dataset.ran = 'a frame'</script>"></iframe>
       <a id="link" href="javascript:document.documentElement.dataset.ran = 'a link'">x</a>`,
    );
    document.getElementById('link')?.click();
  });
  // What is refused says so, and only then has it had its chance.
  const refused = () => seen.filter((line) => line.startsWith('refused: script-src')).length;
  await expect.poll(refused).toBeGreaterThanOrEqual(2);
  await expect(page.locator('html')).not.toHaveAttribute('data-ran');
});

test('se_20 no other page frames the shop', async ({ page, setup }) => {
  await page.goto('about:blank');
  await page.setContent(`<iframe src="${setup.url}/cart"></iframe>`);
  const frame = page.frameLocator('iframe');
  await expect(frame.locator('body')).toBeAttached();
  await expect(frame.locator('.site-header')).toHaveCount(0);
});
