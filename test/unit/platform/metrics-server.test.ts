import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { serveMetrics } from '../../../src/platform/metrics/server.js';

it('goes on after a connection that it could not accept', async () => {
  const metrics = { contentType: 'text/plain', text: async () => 'up 1\n' };
  const server = await serveMetrics(metrics, '127.0.0.1', 0);
  onTestFinished(() => void server.close());
  // As Node does where accept(2) fails for want of a file descriptor.
  server.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }));
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect([answer.status, await answer.text()]).toEqual([200, 'up 1\n']);
});
