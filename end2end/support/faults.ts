// What happens to a database behind the shop's back. PostgreSQL only.
import pg from 'pg';

import { administer, required } from './services.ts';

/** Holds a product's row, as a purchase that does not get on does, until what this returns is called. */
export async function holdProduct(databaseUrl: string, slug: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('BEGIN');
  const { rowCount } = await client.query('SELECT 1 FROM products WHERE slug = $1 FOR UPDATE', [slug]);
  if (rowCount !== 1) throw new Error(`${slug}: ${rowCount} products`);
  return () => client.end();
}

/** The database ends every connection and takes no more. */
export async function closeDatabase(databaseUrl: string): Promise<void> {
  const name = new URL(databaseUrl).pathname.slice(1);
  const server = required('TEST_POSTGRES_URL');
  await administer(server, `ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS false`);
  await administer(server, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
}
