import { expect, it } from 'vitest';
import { startThreads } from '../../../src/platform/workers/start-threads.js';

it('threads that the system refuses are told of once, and those before them run', () => {
  const failures: string[] = [];
  let spawned = 0;
  const spawn = (): number => {
    if (spawned === 2) throw new Error('ERR_WORKER_INIT_FAILED: EAGAIN');
    return spawned++;
  };
  expect(startThreads(4, spawn, (error) => failures.push(error.message))).toEqual([0, 1]);
  expect(failures).toEqual(['ERR_WORKER_INIT_FAILED: EAGAIN']);
  expect(startThreads(0, spawn)).toEqual([]);
});
