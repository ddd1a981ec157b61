import { createServer } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { findPorts, isFree, portPlan } from '../../../cmd/grapevine/devnet/ports.js';

const squatter = createServer();
afterAll(() => {
  squatter.close();
});

describe('the port plan', () => {
  it('is fixed and documented', () => {
    expect(portPlan(2, 0)).toEqual([
      { p2p: 30303, rpc: 8545, metrics: 6060 },
      { p2p: 30304, rpc: 8555, metrics: 6061 },
    ]);
  });

  it('never uses a port twice, nor one of the next plan', () => {
    const ports = [portPlan(16, 0), portPlan(16, 200)].flatMap((plan) =>
      plan.flatMap(({ p2p, rpc, metrics }) => [p2p, rpc, metrics]),
    );
    expect(new Set(ports).size).toBe(ports.length);
  });

  it('moves past a port that is taken', async () => {
    const { plan, offset } = await findPorts(2, 12_000);
    await new Promise<void>((resolve) => squatter.listen({ host: '127.0.0.1', port: plan[1]?.rpc ?? 0 }, resolve));
    expect(await isFree(plan)).toBe(false);
    expect((await findPorts(2, offset)).offset).toBeGreaterThan(offset);
  });
});
