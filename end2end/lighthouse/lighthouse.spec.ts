// Lighthouse, with its preset for phones, against the release: on the first page of the shop, and where one pays.
import { chromium as playwright, expect, request, test } from '@playwright/test';
import lighthouse, { type Result } from 'lighthouse';

import { chromium, flags } from '../support/chromium.ts';
import { Server, freePort } from '../support/services.ts';

const FLOORS = { performance: 95, accessibility: 100, 'best-practices': 100, seo: 100 } as const;
/** A run may meet a busy moment: the median of three is what counts, and of shifts the worst. */
const RUNS = 3;

type Category = keyof typeof FLOORS;

/** A confirmation page, and the cookie of the shopper who may see it. */
async function openCheckout(shop: string): Promise<{ url: string; headers: Record<string, string> }> {
  const shopper = await request.newContext({ baseURL: shop });
  const answer = await shopper.post('/buy-now', { form: { slug: 'enamel-mug', quantity: '1' }, maxRedirects: 0 });
  expect(answer.status()).toBe(303);
  const { cookies } = await shopper.storageState();
  await shopper.dispose();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  return { url: `${shop}${answer.headers()['location']}`, headers: { cookie } };
}

async function measure(url: string, headers: Record<string, string>, port: number): Promise<Result> {
  const onlyCategories = Object.keys(FLOORS);
  const measured = await lighthouse(url, { port, onlyCategories, extraHeaders: headers, logLevel: 'error' });
  const result = measured?.lhr;
  if (!result || result.runtimeError) throw new Error(`Lighthouse can not measure ${url}: ${result?.runtimeError?.message}`);
  expect(new URL(result.finalDisplayedUrl).pathname).toBe(new URL(url).pathname);
  return result;
}

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;

const score = (runs: Result[], category: Category) =>
  Math.round(median(runs.map(({ categories }) => (categories[category]?.score ?? NaN) * 100)));

const worst = (runs: Result[], audit: string) => Math.max(...runs.map(({ audits }) => audits[audit]?.numericValue ?? NaN));

const middle = (runs: Result[], audit: string) => Math.round(median(runs.map(({ audits }) => audits[audit]?.numericValue ?? NaN)));

/** The audits that cost something, for whoever mends it. */
function complaints({ audits, categories }: Result): string[] {
  const counted = Object.values(categories).flatMap(({ auditRefs }) => auditRefs.filter(({ weight }) => weight > 0));
  return counted.flatMap(({ id }) => {
    const audit = audits[id];
    const full = audit?.score === null || audit?.score === undefined || audit.score >= 1;
    return full ? [] : [`    ${id}: ${audit.score} ${audit.displayValue ?? audit.title}`];
  });
}

test('the catalogue and the confirmation page meet their floors', async () => {
  const server = await Server.start('sqlite-memory');
  const port = await freePort();
  const browser = await playwright.launch({ executablePath: chromium(), args: [...flags(), `--remote-debugging-port=${port}`] });
  const shop = server.setup.url;
  const pages = [
    ['catalogue', { url: `${shop}/`, headers: {} }],
    ['checkout', await openCheckout(shop)],
  ] as const;
  const failures: string[] = [];
  console.log(`\n${'page'.padEnd(10)} ${Object.keys(FLOORS).join('  ')}  cls    lcp_ms  tbt_ms`);
  for (const [name, { url, headers }] of pages) {
    const runs: Result[] = [];
    for (let run = 0; run < RUNS; run += 1) runs.push(await measure(url, headers, port));
    const scores = Object.entries(FLOORS).map(([category, floor]) => [category, score(runs, category as Category), floor] as const);
    const shift = worst(runs, 'cumulative-layout-shift');
    const cells = scores.map(([category, reached]) => String(reached).padStart(category.length));
    const times = ['largest-contentful-paint', 'total-blocking-time'].map((audit) => String(middle(runs, audit)).padStart(6));
    console.log([name.padEnd(10), cells.join('  '), ` ${shift.toFixed(3)} `, ...times].join(' '));
    for (const complaint of runs.slice(0, 1).flatMap(complaints)) console.log(complaint);
    for (const [category, reached, floor] of scores) {
      if (!(reached >= floor)) failures.push(`${name}: ${category} is ${reached}, below ${floor}`);
    }
    if (!(shift === 0)) failures.push(`${name}: things move, by ${shift}`);
  }
  await browser.close();
  await server.stop();
  expect(failures).toEqual([]);
});
