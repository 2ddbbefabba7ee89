// WCAG 2.2 AA and axe's good practice, as far as a program can tell.
import { expect, type Page } from '@playwright/test';
import axe, { type AxeResults } from 'axe-core';

const OPTIONS = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };

/** Finds nothing wrong, `except` for rules that the test says why not to ask. */
export async function isAccessible(page: Page, what: string, except: string[] = []): Promise<void> {
  // A page whose address is there may have nothing on it yet.
  await page.waitForLoadState();
  const { violations, passes } = await analyse(page, except);
  expect(passes.length, `axe looked at ${what}`).toBeGreaterThan(10);
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
  expect(found, what).toEqual([]);
}

/** In a world beside the page's, which has the same document and a clock of its own: axe needs one that goes. */
async function analyse(page: Page, except: string[]): Promise<AxeResults> {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const world = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
  const rules = Object.fromEntries(except.map((rule) => [rule, { enabled: false }]));
  const run = `${axe.source}; axe.run(document, ${JSON.stringify({ ...OPTIONS, rules })})`;
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    contextId: world.executionContextId,
    expression: run,
    awaitPromise: true,
    returnByValue: true,
  });
  if (exceptionDetails) throw new Error(`axe: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
  return result.value as AxeResults;
}
