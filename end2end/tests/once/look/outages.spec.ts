// axe on what is seen only while something is slow or down. Each has a server of its own.
import { isAccessible } from '../../../support/axe.ts';
import { closeDatabase, holdProduct } from '../../../support/faults.ts';
import { looks } from '../../../support/looks.ts';
import { Server } from '../../../support/services.ts';
import { buyButton, newEmail, readyToBuyWithWasm } from '../../../support/shopper.ts';
import { expect, test as base } from '../../../support/test.ts';

const test = base.extend({
  // Playwright wants the first argument taken apart, even if nothing of it is needed.
  setup: async ({}, use) => {
    const server = await Server.start('postgres-redis');
    await use(server.setup);
    await server.stop();
  },
});

for (const { name, use } of looks) {
  test.describe(name, () => {
    test.use(use);

    test('the page of an order that is still being placed is accessible', async ({ page, setup }) => {
      await readyToBuyWithWasm(page, newEmail());
      const status = (await page.locator('.buy-look-up a').getAttribute('href')) ?? '';
      const release = await holdProduct(setup.databaseUrl, 'enamel-mug');
      await buyButton(page).click();
      await expect(async () => {
        await page.goto(status);
        await expect(page.getByRole('status')).toBeVisible({ timeout: 500 });
      }).toPass();
      // It shows what goes on right now, which is the exception of WCAG 2.2.1: without JavaScript there is no other way.
      await isAccessible(page, 'an order that is still being placed', ['meta-refresh']);
      await release();
    });

    test('the page of a shop that can not answer is accessible', async ({ page, setup }) => {
      await closeDatabase(setup.databaseUrl);
      const answer = await page.goto('/');
      expect(answer?.status()).toBe(503);
      await isAccessible(page, 'a shop that can not answer');
    });
  });
}
