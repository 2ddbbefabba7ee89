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

/** How many orders the database holds. */
export function countOrders(databaseUrl: string): Promise<number> {
  return count(databaseUrl, 'SELECT count(*) FROM orders', []);
}

/** How many orders go to this e-mail address: a test that uses an address of its own counts its own orders. */
export function countOrdersOf(databaseUrl: string, email: string): Promise<number> {
  return count(databaseUrl, 'SELECT count(*) FROM orders WHERE email = $1', [email]);
}

function count(databaseUrl: string, query: string, values: string[]): Promise<number> {
  return databaseUrl.startsWith('sqlite:') ? countInSqlite(databaseUrl, query, values) : countInPostgres(databaseUrl, query, values);
}

async function countInSqlite(databaseUrl: string, query: string, values: string[]): Promise<number> {
  const file = databaseUrl.replace(/^sqlite:(\/\/)?/, '');
  const { stdout } = await run('python3', ['-c', COUNT_IN_SQLITE, file, query.replaceAll('$1', '?1'), ...values]);
  return Number(stdout);
}

async function countInPostgres(databaseUrl: string, query: string, values: string[]): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string }>(query, values);
    return Number(rows[0]?.count);
  } finally {
    await client.end();
  }
}
