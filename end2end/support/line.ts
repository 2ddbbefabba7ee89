// A line that is slow and loses packets, in front of a shop. TCP repairs a loss: whoever listens notices that the packet, and
// all behind it, come later.
import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Line {
  roundTripMs: number;
  /** Of each connection, each way. */
  bytesPerSecond: number;
  /** Every so many packets one is lost. */
  lostOneIn: number;
}

const PACKET_BYTES = 1_460;
/** How long a sender waits before it sends again: a round trip, and what RFC 6298 adds at least. */
const RETRANSMISSION_MS = 200;

function way({ roundTripMs, bytesPerSecond, lostOneIn }: Line): Transform {
  let packets = 0;
  let freeAt = 0;
  let delivered = Promise.resolve();
  return new Transform({
    async transform(chunk: Buffer, _encoding, done) {
      for (let from = 0; from < chunk.length; from += PACKET_BYTES) {
        const packet = chunk.subarray(from, from + PACKET_BYTES);
        packets += 1;
        const again = packets % lostOneIn === 0 ? roundTripMs + RETRANSMISSION_MS : 0;
        freeAt = Math.max(freeAt, Date.now()) + (packet.length / bytesPerSecond) * 1_000 + again;
        const arrivesAt = freeAt + roundTripMs / 2;
        delivered = delivered.then(() => until(arrivesAt)).then(() => void this.push(packet));
        await until(freeAt);
      }
      done();
    },
    // What is under way arrives before the end does.
    flush: (done) => void delivered.then(() => done()),
  });
}

const until = (time: number) => sleep(Math.max(0, time - Date.now()));

/** The shop's address at the other end of the line, and how to cut it. */
export async function openLine(shop: string, line: Line): Promise<{ url: string; close: () => Promise<void> }> {
  const { hostname, port } = new URL(shop);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket.setNoDelay(true));
      // A browser drops connections as it likes.
      socket.on('error', () => [near, far].forEach((end) => end.destroy()));
    }
    near.pipe(way(line)).pipe(far);
    far.pipe(way(line)).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
