// Every state of the button in both themes, on a phone and on a desktop: for axe, and as pictures to compare with.
import { isAccessible } from '../../../support/axe.ts';
import { looks } from '../../../support/looks.ts';
import { newEmail } from '../../../support/shopper.ts';
import { eachStateOfAnswers, eachStateOfWaiting, type Look } from '../../../support/states.ts';
import { expect, test } from '../../../support/test.ts';

const WALKS = [
  ['from the click to 30 s of checking', eachStateOfWaiting],
  ['with each answer', eachStateOfAnswers],
] as const;

for (const { name, use } of looks) {
  test.describe(name, () => {
    test.use(use);

    for (const [when, walk] of WALKS) {
      test(`ui_23 the button ${when} is accessible, and looks as it did`, async ({ page, orders }) => {
        const email = newEmail();
        const look: Look = async (at, state) => {
          await isAccessible(at, state);
          // A picture ends what is animated: the spinner that comes after 400 ms would be there at once.
          if (state === 'pressed') return;
          await expect(at.locator('.buy-panel')).toHaveScreenshot(`${state}-${name}.png`);
        };
        await walk(page, email, look);
        expect(await orders.of(email)).toBe(0);
      });
    }
  });
}
