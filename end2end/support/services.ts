// Servers of the shop and their databases: each a process, a port and a database of its own.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import pg from 'pg';

import type { Setup, SetupName } from './setups.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const READY_MS = 30_000;

/** A running server. Tests that end, freeze or restart one start their own. */
export class Server {
  private child: ChildProcess | undefined;

  private constructor(
    readonly setup: Setup,
    private readonly folder: string,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  /** Starts a server with a fresh database; `more` is set in its environment besides. */
  static async start(name: SetupName, more: NodeJS.ProcessEnv = {}): Promise<Server> {
    const folder = mkdtempSync(join(tmpdir(), 'once-end2end-'));
    const address = `127.0.0.1:${await freePort()}`;
    const databaseUrl = name === 'postgres-redis' ? await createDatabase() : `sqlite://${join(folder, 'once.db')}`;
    const { DATABASE_URL: _database, REDIS_URL: _redis, ...inherited } = process.env;
    const environment = {
      ...inherited,
      DATABASE_URL: databaseUrl,
      ...(name === 'sqlite-memory' ? {} : { REDIS_URL: redisUrl() }),
      LEPTOS_SITE_ADDR: address,
      LEPTOS_SITE_ROOT: join(root, 'target/site'),
      LEPTOS_OUTPUT_NAME: 'once',
      ONCE_SECRET_FILE: join(folder, 'secret'),
      ONCE_CHANGES_PER_MINUTE: '0',
      ...more,
    };
    const server = new Server({ url: `http://${address}`, databaseUrl }, folder, environment);
    await server.run();
    return server;
  }

  /** Starts the process, again after `kill`, and waits until it is ready. */
  async run(): Promise<void> {
    const log = join(this.folder, 'log');
    const output = openSync(log, 'a');
    const child = spawn(binary(), { cwd: this.folder, env: this.environment, stdio: ['ignore', output, output] });
    this.child = child;
    const failed = once(child, 'error').then(([error]) => String(error));
    const ended = once(child, 'exit').then(() => 'it ended');
    const trouble = await Promise.race([this.ready(), failed, ended]);
    if (trouble) {
      throw new Error(`the server of ${this.setup.databaseUrl} did not start (${trouble}):\n${readFileSync(log, 'utf8')}`);
    }
  }

  /** Ends the process as a crash does; its database stays. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Ends the process, its database and its files. */
  async stop(): Promise<void> {
    await this.end('SIGKILL');
    if (this.setup.databaseUrl.startsWith('postgres')) await dropDatabase(this.setup.databaseUrl);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }

  private async ready(): Promise<string | undefined> {
    for (const end = Date.now() + READY_MS; Date.now() < end; await sleep(50)) {
      const answer = await fetch(`${this.setup.url}/healthz`).catch(() => undefined);
      if (answer?.ok) return undefined;
    }
    return `/healthz did not answer within ${READY_MS / 1000} s`;
  }
}

/** The built server: where cargo put it. What is measured is a release. */
function binary(): string {
  const path = join(targetFolder(), process.env.ONCE_END2END_PROFILE ?? 'debug', 'once');
  if (!existsSync(path)) throw new Error(`${path} is missing: make e2e and make lighthouse build what they need`);
  return path;
}

function targetFolder(): string {
  if (process.env.CARGO_TARGET_DIR) return resolve(root, process.env.CARGO_TARGET_DIR);
  const metadata = execFileSync('cargo', ['metadata', '--no-deps', '--format-version', '1'], { cwd: root });
  return (JSON.parse(metadata.toString()) as { target_directory: string }).target_directory;
}

/** A port of this machine that nobody listens on. */
/**
 * A port that nobody listens on. None that the system gives to outgoing connections (see ip(7)): one of those could have it
 * while its server is down.
 */
export async function freePort(): Promise<number> {
  const first = Number.parseInt(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'), 10);
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(10_000, first);
    const probe = createServer().listen(port, '127.0.0.1');
    const free = await once(probe, 'listening').then(
      () => true,
      () => false,
    );
    if (!free) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
  throw new Error(`no port from 10000 to ${first} is free`);
}

export function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run make e2e, which starts the services`);
  return value;
}

const redisUrl = () => required('TEST_REDIS_URL');

async function createDatabase(): Promise<string> {
  const url = new URL(required('TEST_POSTGRES_URL'));
  const name = `once_end2end_${randomBytes(8).toString('hex')}`;
  await administer(url.href, `CREATE DATABASE ${name}`);
  url.pathname = `/${name}`;
  return url.href;
}

async function dropDatabase(databaseUrl: string): Promise<void> {
  const name = new URL(databaseUrl).pathname.slice(1);
  await administer(required('TEST_POSTGRES_URL'), `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

export async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
