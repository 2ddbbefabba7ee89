// Not part of the tests: it measures speed, and wants a machine that does nothing else.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results/lighthouse',
  workers: 1,
  retries: 0,
  timeout: 300_000,
  reporter: 'line',
});
