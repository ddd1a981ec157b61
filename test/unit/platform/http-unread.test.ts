import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { inTurn } from '../../../src/platform/http/turns.js';
import { createUnreadTally } from '../../../src/platform/http/unread.js';
import { openTestServer, rpcText } from '../../support/rpc-server.js';

/** Clients by name, with what they have unread; sorted out by a tally of 100 bytes. */
function clients(...names: readonly string[]) {
  const tally = createUnreadTally(100);
  const cut: string[] = [];
  const unread = new Map<string, number>();
  const places = new Map(
    names.map((name) => [
      name,
      tally.join({ unreadBytes: () => unread.get(name) ?? 0, cut: () => void cut.push(name) }),
    ]),
  );
  return {
    cut,
    grow(name: string, bytes: number) {
      unread.set(name, (unread.get(name) ?? 0) + bytes);
      places.get(name)?.grew();
    },
    /** Nobody tells the tally of what is read. */
    read: (name: string) => void unread.set(name, 0),
    leave: (name: string) => places.get(name)?.leave(),
  };
}

describe('what all clients have unread', () => {
  it('may be as much as the limit', () => {
    const { cut, grow } = clients('a', 'b');
    grow('a', 60);
    grow('b', 40);
    expect(cut).toEqual([]);
  });

  it('costs the one who has most, not the one who came last', () => {
    const { cut, grow } = clients('a', 'b', 'c');
    grow('a', 40);
    grow('b', 60);
    grow('c', 1);
    expect(cut).toEqual(['b']);
    grow('b', 1000);
    grow('c', 58);
    expect(cut).toEqual(['b']);
    grow('c', 2);
    expect(cut).toEqual(['b', 'c']);
  });

  it('costs as many as it takes', () => {
    const { cut, grow } = clients('a', 'b');
    grow('a', 90);
    grow('b', 101);
    expect(cut).toEqual(['b']);
    grow('a', 11);
    expect(cut).toEqual(['b', 'a']);
  });

  it('forgets what was read, and who left', () => {
    const { cut, grow, leave, read } = clients('a', 'b', 'c');
    grow('a', 90);
    read('a');
    grow('b', 90);
    leave('b');
    leave('b');
    grow('c', 90);
    expect(cut).toEqual([]);
    grow('a', 11);
    expect(cut).toEqual(['c']);
  });
});

async function open(port: number): Promise<{ readonly socket: WebSocket; readonly closed: Promise<number> }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.on('error', () => undefined).once('open', resolve));
  return { socket, closed };
}

describe('WebSocket clients that do not read', () => {
  it('are dropped when all together have too much, the greediest first', async () => {
    const { port, world } = await openTestServer({ limits: { unreadTotalBytes: 1024 * 1024 } });
    const polite = await open(port);
    const greedy = await open(port);
    for (const [{ socket }, count] of [
      [polite, 1],
      [greedy, 1000],
    ] as const) {
      const calls = Array.from({ length: count }, (_, id) => rpcText('eth_subscribe', ['newHeads'], id));
      const answered = new Promise((resolve) => socket.once('message', resolve));
      socket.send(`[${calls.join(',')}]`);
      await answered;
    }
    greedy.socket.pause();
    let heads = 0;
    const told = new Promise<void>((resolve) => {
      polite.socket.on('message', () => ++heads === 20 && resolve());
    });
    const added = [world.chain.mine([])];
    // 24 MB, which is more than the system takes for one socket.
    for (let i = 0; i < 20; i++) world.service.notify({ kind: 'head', added, isWhole: true });
    greedy.socket.resume();
    expect(await greedy.closed).toBe(1006);
    await told;
  });

  // `ws` sees to it: were it to stop, the answers would be in nobody's count.
  it('cannot make answers to pings pile up', async () => {
    const { port } = await openTestServer();
    const { socket, closed } = await open(port);
    let left = false;
    const gone = closed.then(() => {
      left = true;
    });
    socket.pause();
    for (let i = 0; i < 400 && !left; i++) {
      for (let j = 0; j < 1000; j++) socket.ping(Buffer.alloc(125));
      await setImmediate();
    }
    socket.resume();
    await gone;
  });
});

describe('clients that do not send their messages to the end', () => {
  const limits = { unreadTotalBytes: 1024 * 1024 };
  const HALF = '['.repeat(300 * 1024);

  it('are dropped when WebSockets hold too much together, and those who do are not', async () => {
    const { port } = await openTestServer({ limits });
    const halves = await Promise.all([1, 2, 3, 4].map(() => open(port)));
    const whole = await open(port);
    const left = Promise.race(halves.map(({ closed }) => closed));
    for (const { socket } of halves) socket.send(HALF, { fin: false });
    expect(await left).toBe(1006);
    // Six times as much as the limit, one message after the other.
    for (let i = 0; i < 20; i++) {
      const answered = new Promise((resolve) => whole.socket.once('message', resolve));
      whole.socket.send(`${' '.repeat(300 * 1024)}${rpcText('eth_chainId')}`);
      await answered;
    }
  });

  it('are not those who send pings', async () => {
    const { port } = await openTestServer({ limits });
    const { socket } = await open(port);
    // Twice as much as the limit, a few at a time: `ws` answers no more.
    for (let i = 0; i < 400; i++) {
      let pongs = 0;
      const answered = new Promise<void>((resolve) => {
        socket.removeAllListeners('pong').on('pong', () => ++pongs === 40 && resolve());
      });
      for (let j = 0; j < 40; j++) socket.ping(Buffer.alloc(125));
      await answered;
    }
    const answered = new Promise((resolve) => socket.once('message', resolve));
    socket.send(rpcText('eth_chainId'));
    await answered;
  });

  it('and those of messages that wait for their turn are dropped too', async () => {
    const { port } = await openTestServer({ limits: { unreadTotalBytes: 10_000 } });
    const [greedy, polite] = [await open(port), await open(port)];
    // With a clock that moves by itself a call is all that a turn of the loop has time for.
    let clockMs = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (clockMs += 100));
    // What others asked before takes more turns than 60 kB need to come.
    for (let i = 0; i < 5000; i++) inTurn(() => undefined);
    let answers = 0;
    greedy.socket.on('message', () => answers++);
    for (let i = 0; i < 1000; i++) greedy.socket.send(rpcText('eth_chainId'));
    expect(await greedy.closed).toBe(1006);
    expect(answers).toBe(0);
    clock.mockRestore();
    const answered = new Promise((resolve) => polite.socket.once('message', resolve));
    polite.socket.send(rpcText('eth_chainId'));
    await answered;
  });

  it('are dropped over IPC', async () => {
    const { ipcPath } = await openTestServer({ limits });
    const sockets = await Promise.all(
      [1, 2, 3, 4].map(
        () =>
          new Promise<Socket>((resolve) => {
            const socket = connect(ipcPath, () => resolve(socket)).on('error', () => undefined);
          }),
      ),
    );
    const left = Promise.race(sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    for (const socket of sockets) socket.write(`["${HALF}`);
    await left;
  });
});
