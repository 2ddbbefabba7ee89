// Starts a server for each set-up before the tests, and ends them afterwards.
import { Server } from './services.ts';
import { announce, setupNames } from './setups.ts';

export default async function start(): Promise<() => Promise<void>> {
  const begun = await Promise.allSettled(setupNames.map((name) => Server.start(name)));
  const servers = begun.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  const failure = begun.find((result) => result.status === 'rejected');
  if (failure) {
    await stop();
    throw failure.reason;
  }
  begun.forEach((result, index) => {
    const name = setupNames[index];
    if (name && result.status === 'fulfilled') announce(name, result.value.setup);
  });
  return stop;
}
