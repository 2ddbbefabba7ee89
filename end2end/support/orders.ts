// What the database itself says about orders: neither the page nor the server is asked.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import pg from 'pg';

const run = promisify(execFile);

// Python's standard library reads SQLite; Node 20 does not.
const COUNT_IN_SQLITE = `
import sqlite3, sys
connection = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, timeout=10)
print(connection.execute(sys.argv[2], sys.argv[3:]).fetchone()[0])
`;

const CHANGE_IN_SQLITE = `
import sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=10) as connection:
    print(connection.execute(sys.argv[2], sys.argv[3:]).rowcount)
`;

/** How many orders the database holds. */
export function countOrders(databaseUrl: string): Promise<number> {
  return count(databaseUrl, 'SELECT count(*) FROM orders', []);
}

/** How many orders go to this e-mail address: a test that uses an address of its own counts its own orders. */
export function countOrdersOf(databaseUrl: string, email: string): Promise<number> {
  return count(databaseUrl, 'SELECT count(*) FROM orders WHERE email = $1', [email]);
}

/** Gives a product another price, as a change of the catalogue does. Only for a product that no other test buys. */
export async function changePrice(databaseUrl: string, slug: string, minor: number): Promise<void> {
  const statement = 'UPDATE products SET price_minor = CAST($1 AS INTEGER) WHERE slug = $2';
  const values = [String(minor), slug];
  const changed = databaseUrl.startsWith('sqlite:')
    ? await inSqlite(CHANGE_IN_SQLITE, databaseUrl, statement, values)
    : await inPostgres(databaseUrl, async (client) => (await client.query(statement, values)).rowCount ?? 0);
  if (changed !== 1) throw new Error(`${slug}: ${changed} products have another price now`);
}

function count(databaseUrl: string, query: string, values: string[]): Promise<number> {
  return databaseUrl.startsWith('sqlite:') ? countInSqlite(databaseUrl, query, values) : countInPostgres(databaseUrl, query, values);
}

const countInSqlite = (url: string, query: string, values: string[]) => inSqlite(COUNT_IN_SQLITE, url, query, values);

async function inSqlite(program: string, databaseUrl: string, query: string, values: string[]): Promise<number> {
  const file = databaseUrl.replace(/^sqlite:(\/\/)?/, '');
  const { stdout } = await run('python3', ['-c', program, file, query.replaceAll(/\$(\d)/g, '?$1'), ...values]);
  return Number(stdout);
}

const countInPostgres = (url: string, query: string, values: string[]) =>
  inPostgres(url, async (client) => Number((await client.query<{ count: string }>(query, values)).rows[0]?.count));

async function inPostgres(databaseUrl: string, ask: (client: pg.Client) => Promise<number>): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await ask(client);
  } finally {
    await client.end();
  }
}
