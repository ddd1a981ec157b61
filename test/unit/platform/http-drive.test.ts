import { expect, it } from 'vitest';
import { drive } from '../../../src/platform/http/drive.js';
import { createDispatcher, DEFAULT_LIMITS, type Dispatcher, type Reply } from '../../../src/rpc/dispatcher.js';
import { method } from '../../../src/rpc/method.js';
import { required } from '../../../src/rpc/param.js';
import { string } from '../../../src/rpc/param-values.js';
import { rpcText } from '../../support/rpc-server.js';

/** Drives a request over plain HTTP, whose client stays. */
function driveOne(dispatcher: Dispatcher, nowMs: () => number, text: string, reply: Reply): void {
  drive(dispatcher, nowMs, text, undefined, () => false, reply);
}

/** Drives a batch of `calls` that take `callMs` each by a clock of its own; counts what ran by the end of each turn. */
async function turnsOf(calls: number, callMs: number) {
  let nowMs = 1_000_000;
  let ran = 0;
  const work = method('t_work', [], () => {
    nowMs += callMs;
    return ++ran;
  });
  const dispatcher = createDispatcher([work], { onBug: () => undefined, hintFor: () => '' }, DEFAULT_LIMITS);
  const text = `[${Array.from({ length: calls }, (_, id) => rpcText('t_work', [], id)).join(',')}]`;
  let answer: string | undefined;
  driveOne(
    dispatcher,
    () => nowMs,
    text,
    (reply) => {
      answer = reply;
    },
  );
  const ranByTurn = [ran];
  while (answer === undefined) {
    await new Promise((resolve) => setImmediate(resolve));
    ranByTurn.push(ran);
  }
  const answers = JSON.parse(answer) as { result?: number; error?: { message: string } }[];
  return { ranByTurn, answers };
}

it.each([
  { name: 'dear calls run one a turn', calls: 4, callMs: 50, expected: [1, 2, 3, 4] },
  {
    name: 'cheap ones run until the turn is over, which is short at first',
    calls: 12,
    callMs: 2,
    expected: [1, 6, 11, 12],
  },
  { name: 'those that take no time run together', calls: 100, callMs: 0, expected: [100] },
])('of a batch, $name', async ({ calls, callMs, expected }) => {
  const { ranByTurn, answers } = await turnsOf(calls, callMs);
  expect(ranByTurn).toEqual(expected);
  expect(answers.map(({ result }) => result)).toEqual(Array.from({ length: calls }, (_, i) => i + 1));
});

it('a batch over its time ends after the call that was under way', async () => {
  const { answers } = await turnsOf(10, 12_000);
  const messages = answers.map(({ result, error }) => result ?? error?.message);
  expect(messages).toEqual([1, 2, 3, ...Array.from({ length: 7 }, () => 'request timed out')]);
});

it('batches of many clients take turns, so that the network gets its own after each', async () => {
  let nowMs = 1_000_000;
  const order: string[] = [];
  const work = method('t_work', [required('Name', string)], (_, name) => {
    nowMs += 10;
    order.push(name);
    return name;
  });
  const dispatcher = createDispatcher([work], { onBug: () => undefined, hintFor: () => '' }, DEFAULT_LIMITS);
  let answers = 0;
  for (const name of ['a', 'b', 'c']) {
    const text = `[${[1, 2, 3].map((id) => rpcText('t_work', [name], id)).join(',')}]`;
    driveOne(
      dispatcher,
      () => nowMs,
      text,
      () => {
        answers++;
      },
    );
  }
  const ranByTurn = [order.length];
  while (answers < 3) {
    await new Promise((resolve) => setImmediate(resolve));
    ranByTurn.push(order.length);
  }
  // The first turn of each is at once, as for a single call.
  expect(ranByTurn).toEqual([3, 4, 5, 6, 7, 8, 9]);
  expect(order.join('')).toBe('abcabcabc');
});
