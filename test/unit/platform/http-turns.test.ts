import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { inTurn, laterTurn } from '../../../src/platform/http/turns.js';

afterEach(() => void vi.restoreAllMocks());

/** Calls and parts of batches that take `ms` each, by a clock of their own; the order in which they ran. */
function work(ms: number) {
  let nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  const ran: string[] = [];
  const run = (name: string) => (): void => {
    nowMs += ms;
    ran.push(name);
  };
  return {
    call: (name: string): boolean => inTurn(run(name)),
    part: (name: string): void => laterTurn(run(name)),
    /** What ran in the next turn of the loop. */
    async turn(): Promise<string> {
      ran.length = 0;
      await setImmediate();
      return ran.join('');
    },
    ran: () => ran.join(''),
  };
}

describe('turns of the event loop', () => {
  it('take calls for 10 ms, in the order in which they came', async () => {
    const { call, turn, ran } = work(6);
    for (const name of 'abcde') expect(call(name)).toBe(true);
    expect(ran()).toBe('ab');
    expect(await turn()).toBe('cd');
    call('f');
    expect(await turn()).toBe('ef');
    expect(await turn()).toBe('');
  });

  it('take one dear call each', async () => {
    const { call, turn, ran } = work(100);
    for (const name of 'abc') call(name);
    expect(ran()).toBe('a');
    expect([await turn(), await turn(), await turn()]).toEqual(['b', 'c', '']);
  });

  it('take any number of cheap ones', () => {
    const { call, ran } = work(0.001);
    for (let i = 0; i < 1000; i++) call('x');
    expect(ran()).toHaveLength(1000);
  });

  it('take one part of a batch beside the calls', async () => {
    const { call, part, turn } = work(6);
    for (const name of '123') part(name);
    for (const name of 'abcd') call(name);
    expect([await turn(), await turn(), await turn(), await turn()]).toEqual(['cd1', '2', '3', '']);
  });

  it('leave a bounded number of calls waiting', async () => {
    const { call, turn } = work(10);
    call('x');
    let waiting = 0;
    while (call('x')) waiting++;
    expect(waiting).toBe(16_384);
    vi.spyOn(performance, 'now').mockReturnValue(0);
    expect(await turn()).toHaveLength(waiting);
    expect(call('y')).toBe(true);
  });
});
