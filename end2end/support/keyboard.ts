// A shopper without a mouse: who is where, what was lost on the way, and what a screen reader was given to say.
import { expect, type Locator, type Page } from '@playwright/test';

export interface Heard {
  /** Each change of a live region, in order, on whichever page. */
  said: string[];
  /** Each time that an element had the focus and nothing has it now: a keyboard user stands at the top of the page. */
  lost: string[];
}

/** Listens from the next page on. */
export async function listen(page: Page): Promise<Heard> {
  const heard: Heard = { said: [], lost: [] };
  await page.exposeFunction('heardSaid', (text: string) => heard.said.push(text));
  await page.exposeFunction('heardLost', (from: string) => heard.lost.push(from));
  await page.addInitScript(watch);
  return heard;
}

/** Runs in the page. */
function watch(): void {
  const tell = window as unknown as { heardSaid(text: string): void; heardLost(from: string): void };
  const said = new WeakMap<Element, string>();
  const look = () => {
    for (const region of document.querySelectorAll('[role="status"], [role="alert"]')) {
      const text = region.checkVisibility() ? (region.textContent ?? '').trim() : '';
      if (said.get(region) === text) continue;
      said.set(region, text);
      if (text) tell.heardSaid(text);
    }
  };
  let leaving = false;
  addEventListener('pagehide', () => (leaving = true));
  let before: Element = document.body;
  const follow = () => {
    const now = document.activeElement ?? document.body;
    if (!leaving && now === document.body && before && before !== document.body) tell.heardLost(before.outerHTML);
    before = now;
    requestAnimationFrame(follow);
  };
  addEventListener('DOMContentLoaded', () => {
    look();
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    follow();
  });
}

const MOST_STEPS = 40;

/** Goes on with Tab until the element has the focus. */
export async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let step = 0; step < MOST_STEPS; step += 1) {
    await page.keyboard.press(key);
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${MOST_STEPS} × ${key} do not lead to ${target}`);
}

/** Whoever has the focus sees where it is. */
export async function seesTheFocus(page: Page): Promise<void> {
  const style = page.locator(':focus').evaluate((element) => getComputedStyle(element).outlineStyle);
  expect(await style).not.toBe('none');
}
