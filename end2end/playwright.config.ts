// Every test runs in six projects: three set-ups of stores, each with WebAssembly and with JavaScript off. What is about the
// browser alone, in `once`, needs one set-up of stores.
import { defineConfig, devices } from '@playwright/test';

import { chromium, flags } from './support/chromium.ts';
import { setupNames } from './support/setups.ts';
import type { Options } from './support/test.ts';

const sides = [
  { side: 'wasm', javaScriptEnabled: true },
  { side: 'nojs', javaScriptEnabled: false },
] as const;

export default defineConfig<Options>({
  testDir: './tests',
  outputDir: './test-results',
  globalSetup: './support/start.ts',
  fullyParallel: true,
  forbidOnly: true,
  // A test that passes at the second try has failed.
  retries: 0,
  workers: 2,
  timeout: 30_000,
  reporter: 'list',
  use: {
    ...devices['Desktop Chrome'],
    // What the tests do to requests would not reach those that a service worker sees first.
    serviceWorkers: 'block',
    // No film: drawing it takes a tenth of the time of all tests.
    trace: { mode: 'retain-on-failure', screenshots: false },
    launchOptions: { executablePath: chromium(), args: flags() },
  },
  expect: { timeout: 10_000, toHaveScreenshot: { maxDiffPixelRatio: 0.005, stylePath: './support/pictures.css' } },
  snapshotPathTemplate: './pictures/{arg}{ext}',
  projects: [
    ...setupNames.flatMap((stores) =>
      sides.map(({ side, javaScriptEnabled }) => ({
        name: `${stores}-${side}`,
        testMatch: `{both,${side}}/**/*.spec.ts`,
        testIgnore: stores === setupNames[0] ? [] : '**/once/**',
        use: { stores, javaScriptEnabled },
      })),
    ),
    // Pictures are drawn with a style of their own, which the page's policy would not let in.
    { name: 'look', testMatch: 'once/look/**/*.spec.ts', use: { stores: setupNames[0], bypassCSP: true } },
  ],
});
