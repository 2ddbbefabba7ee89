// With the browser's back/forward cache, which Playwright otherwise switches off. Each test ends with the number of orders.
import type { Page } from '@playwright/test';

import { submissions } from '../../../support/button.ts';
import { chromium, flags } from '../../../support/chromium.ts';
import { buyButton, newEmail, readyToBuyWithWasm, receiptNumber } from '../../../support/shopper.ts';
import { expect, test } from '../../../support/test.ts';

test.use({
  launchOptions: { executablePath: chromium(), args: flags(), ignoreDefaultArgs: ['--disable-back-forward-cache'] },
});

/** Without waiting for a load, which a page from the cache does not have. */
const back = (page: Page) => page.evaluate(() => history.back());

for (const placed of [false, true]) {
  const outcome = placed ? 'shows the order that exists by now' : 'buys, once';
  test(`ui_12 a page that the cache brings back ${outcome}`, async ({ page, context, playwright, setup, orders }) => {
    const email = newEmail();
    const shown: string[] = [];
    page.on('console', (message) => shown.push(message.text()));
    await page.addInitScript(() => addEventListener('pageshow', (event) => console.log(`persisted ${event.persisted}`)));
    await readyToBuyWithWasm(page, email);
    const checkout = page.url();
    const form = await page.locator('form.buy').evaluate((element: HTMLFormElement) => {
      const fields = [...new FormData(element)];
      return Object.fromEntries(fields.map(([name, value]) => [name, String(value)]));
    });
    await page.getByRole('link', { name: 'Once, the shop' }).click();
    await expect(page).toHaveURL('/');
    if (placed) {
      // With the shopper's cookie, but not in this browser: it drops pages that are not to be stored once a cookie changes.
      const elsewhere = await playwright.request.newContext({ baseURL: setup.url, storageState: await context.storageState() });
      expect((await elsewhere.post(checkout, { form, maxRedirects: 0 })).status()).toBe(303);
      await elsewhere.dispose();
    }
    const sent = submissions(page);
    await back(page);
    await expect.poll(() => shown).toContain('persisted true');
    if (!placed) {
      await expect(page).toHaveURL(checkout);
      await buyButton(page).click();
    }
    await receiptNumber(page);
    expect(sent).toHaveLength(placed ? 0 : 1);
    expect(await orders.of(email)).toBe(1);
  });
}
