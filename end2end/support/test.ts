// `test` for every file of tests: knows the set-up of its project, and the orders in its database.
import { test as base } from '@playwright/test';

import { countOrders, countOrdersOf } from './orders.ts';
import { setupNames, setupOf, type Setup, type SetupName } from './setups.ts';

export { expect } from '@playwright/test';

export interface Options {
  stores: SetupName;
}

interface Fixtures {
  /** Where this project's shop and its orders are. */
  setup: Setup;
  /** Counts orders in the database itself. */
  orders: {
    all(): Promise<number>;
    of(email: string): Promise<number>;
  };
}

export const test = base.extend<Options & Fixtures>({
  stores: [setupNames[0], { option: true }],
  setup: async ({ stores }, use) => use(setupOf(stores)),
  baseURL: async ({ setup }, use) => use(setup.url),
  orders: async ({ setup }, use) =>
    use({
      all: () => countOrders(setup.databaseUrl),
      of: (email) => countOrdersOf(setup.databaseUrl, email),
    }),
});
