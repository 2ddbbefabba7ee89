// The set-ups of stores that every test runs with. `start.ts` starts a server for each; tests find it here.
export const setupNames = ['sqlite-memory', 'sqlite-redis', 'postgres-redis'] as const;

export type SetupName = (typeof setupNames)[number];

export interface Setup {
  /** Where the shop is. */
  url: string;
  /** Where its orders are. */
  databaseUrl: string;
}

const variable = (name: SetupName) => `ONCE_END2END_${name.toUpperCase().replace('-', '_')}`;

/** Tells the workers, which inherit the environment. */
export function announce(name: SetupName, setup: Setup): void {
  process.env[variable(name)] = JSON.stringify(setup);
}

export function setupOf(name: SetupName): Setup {
  const announced = process.env[variable(name)];
  if (!announced) throw new Error(`no server was started for ${name}`);
  return JSON.parse(announced) as Setup;
}
