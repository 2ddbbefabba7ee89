// What browsers are sent holds no secret, and nothing that only a server should know.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Server } from '../../../support/services.ts';
import { expect, test } from '../../../support/test.ts';

const site = join(dirname(fileURLToPath(import.meta.url)), '../../../../target/site');

const SECRET = 'canary-secret-canary-secret-canary-secret';
const KEY = 'canary-key-canary-key-canary-key-canary';

/** Statements, keys of Redis, names of settings, crates of the server. The last are as paths name them. */
const SERVER_ONLY = [
  /\bSELECT\s.+\sFROM\b/,
  /\bINSERT\s+INTO\b/,
  /\bUPDATE\s+\w+\s+SET\b/,
  /\bDELETE\s+FROM\b/,
  /\b(cart_lines|order_lines|orders_cart_id_key|orders_order_token_key|pg_stat)\b/,
  /redis\.call|once:\{|(redis|rediss|postgres|postgresql|sqlite):\/\//,
  /\b(DATABASE|REDIS)_URL\b|\bONCE_[A-Z]/,
  /\b(sqlx|argon2|lettre|hyper|axum|leptos_axum|tower_http|rustls)(-|_|::|\/)/,
  /\bcheckout[-_](sqlite|postgres|redis|memory|mail)\b/,
  /BEGIN [A-Z ]*PRIVATE KEY/,
];

const found = (text: string) =>
  [...SERVER_ONLY, /canary-/].flatMap((word) => word.exec(text)?.[0].slice(0, 80) ?? []);

/** What lies in the site, and whatever else pages and scripts load. */
const files = readdirSync(site, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(site.length));

const PAGES = ['/', '/products/enamel-mug', '/cart', '/orders', '/login', '/register', '/offline', '/sw.js', '/nowhere', '/healthz', '/readyz'];

test('se_33 se_34 no file and no page holds a secret, or anything of the server', async ({ setup }) => {
  const server = await Server.start('sqlite-redis', { ONCE_SECRET: SECRET, ONCE_TOKEN_KEYS: `1:${KEY}` });
  try {
    const programs = files.filter((path) => /\.(wasm|js)$/.test(path));
    expect(programs.length, `the programs of ${setup.url}`).toBeGreaterThanOrEqual(2);
    for (const path of [...files, ...PAGES]) {
      const answer = await fetch(`${server.setup.url}${path}`);
      // As bytes: texts in a program stand among whatever else it is made of.
      const body = Buffer.from(await answer.arrayBuffer()).toString('latin1');
      if (programs.includes(path)) expect(answer.status, path).toBe(200);
      expect(found(JSON.stringify([...answer.headers])), `headers of ${path}`).toEqual([]);
      expect(found(body), path).toEqual([]);
    }
  } finally {
    await server.stop();
  }
});

test('se_33 the search finds what it looks for', () => {
  const planted = [
    'SELECT id, shopper FROM carts',
    'INSERT INTO orders',
    'UPDATE carts SET status',
    'DELETE FROM sessions',
    '"cart_lines"',
    'redis://:secret@127.0.0.1/',
    'DATABASE_URL',
    'ONCE_SECRET',
    '/registry/sqlx-core-0.9.0/src/query.rs',
    'checkout_redis::scripts',
    '-----BEGIN EC PRIVATE KEY-----',
    SECRET,
    KEY,
  ];
  for (const text of planted) expect(found(`\0asm\x01${text}\0`), text).not.toEqual([]);
});
