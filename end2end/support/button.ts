// What the tests of the button share: what it sends and asks, and ways to hold, lose and refuse it.
import type { Page, Route } from '@playwright/test';

export const FUNCTION = '**/api/submit_order';
export const LOOK_UP = '**/api/status/*';

/** Notes the path of every request of this method whose path fits, from now on. */
function requests(page: Page, method: string, fits: RegExp): string[] {
  const seen: string[] = [];
  page.on('request', (request) => {
    const path = new URL(request.url()).pathname;
    if (request.method() === method && fits.test(path)) seen.push(path);
  });
  return seen;
}

/** What the page sends, through either way in. */
export const submissions = (page: Page) => requests(page, 'POST', /^\/(api\/submit_order|checkout\/)/);

/** What the page asks about its submissions. */
export const lookUps = (page: Page) => requests(page, 'GET', /^\/api\/status\//);

/** A latch: whoever waits goes on once it is opened. */
export function latch(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** The server gets the request, and the page gets no answer. */
export async function loseAnswer(route: Route): Promise<void> {
  await route.fetch();
  await route.abort('connectionreset');
}

/** Holds every submission until the latch opens, then lets it go on. */
export async function holdSubmissions(page: Page): Promise<() => void> {
  const { opened, open } = latch();
  await page.route(FUNCTION, async (route) => {
    await opened;
    // The page may have given up meanwhile.
    await route.continue().catch(() => {});
  });
  return open;
}

/** The token that a page would send, by the form and by a request of the server function. */
export const tokenInForm = (page: Page) => page.locator('input[name=token]').inputValue();

export const tokenSent = (body: string | null) => new URLSearchParams(body ?? '').get('order[token]');

/** From now on the page's time passes by `page.clock.runFor` alone. The pause lies ahead, for a loaded machine takes its time. */
export async function stopClock(page: Page): Promise<void> {
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 60_000);
}
