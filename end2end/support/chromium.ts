// The browser: CHROMIUM, or what is on PATH. Playwright never downloads one.
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

export function chromium(): string {
  const wanted = process.env.CHROMIUM;
  const found = (wanted ? [wanted] : names).map(find).find((path) => path !== undefined);
  if (found) return found;
  throw new Error(
    wanted
      ? `CHROMIUM is ${wanted}, which can not be run`
      : `none of ${names.join(', ')} is on PATH: run scripts/setup test, or set CHROMIUM`,
  );
}

export function flags(): string[] {
  const quiet = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
  const alone = ['--disable-component-update', '--disable-sync'];
  // Chromium's sandbox refuses to work for root, as whom tests in a container run.
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return [...quiet, ...alone, ...root];
}

function find(name: string): string | undefined {
  const folders = isAbsolute(name) ? [''] : (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => (folder ? join(folder, name) : name)).find(runs);
}

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
