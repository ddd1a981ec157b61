import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { grapevine, killAll, tempFolder } from '../support/processes.js';

vi.setConfig({ testTimeout: 300_000 });
afterAll(killAll);

const SMALL = ['sim', 'run', 'discovery', '--nodes', '12', '--set', 'settleMs=40000'];

interface RunJson {
  readonly seed: string;
  readonly digest: string;
  readonly pass: boolean;
}

describe('grapevine sim', () => {
  it('tells the same stories on threads beside each other as alone', async () => {
    const both = await grapevine([...SMALL, '--seeds', '1..2', '--jobs', '2', '--json']);
    expect(both.code).toBe(0);
    const { runs, pass, metrics } = JSON.parse(both.stdout) as {
      runs: RunJson[];
      pass: boolean;
      metrics: Record<string, unknown>;
    };
    expect(pass).toBe(true);
    expect(metrics.connected).toEqual({ min: 12, median: 12, max: 12 });
    for (const { seed, digest } of runs) {
      const alone = await grapevine([...SMALL, '--seed', seed, '--json']);
      expect(JSON.parse(alone.stdout)).toMatchObject({ seed, digest, pass: true, ending: { kind: 'finished' } });
    }
    expect(new Set(runs.map(({ digest }) => digest)).size).toBe(2);
  });

  it('prints a line for each seed, and what failed with how to see it again', async () => {
    const exit = await grapevine([...SMALL, '--set', 'leastPeers=400', '--set', 'maxPeers=3', '--seeds', '1,2']);
    expect(exit.code).toBe(9);
    expect(exit.stdout).toMatch(/^SEED +RESULT +DIGEST/);
    expect(exit.stdout).toMatch(/^1 +FAILED/m);
    expect(exit.stdout).toMatch(/^seed 2: \d+ nodes have fewer than 11 peers$/m);
    expect(exit.stderr).toContain('discovery failed with 2 of 2 seeds');
    expect(exit.stderr).toContain('grapevine sim run discovery --seed 1 --nodes 12 --set settleMs=40000');
  });

  it('writes a page about a run, and shows no progress where there is no terminal', async () => {
    const path = join(tempFolder(), 'report.html');
    const exit = await grapevine([
      'sim',
      'run',
      'split-heal',
      '--nodes',
      '4',
      '--scale',
      '--until',
      '60s',
      '--report',
      path,
    ]);
    expect(exit).toMatchObject({ code: 0, stderr: `report: ${path}\n` });
    const page = readFileSync(path, 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).not.toMatch(/<script|<link|https?:|NaN|undefined/);
    const sections = [
      'Outcomes by class',
      'Network over time',
      'Heads over time',
      'Fork tree',
      'Propagation of blocks',
    ];
    for (const title of [...sections, 'Discovery tables by distance', 'Connections']) expect(page).toContain(title);
    expect(page).toContain('grapevine sim run split-heal --seed 1 --nodes 4 --scale --until 60000');
  });

  it('makes a failing run smaller, and names the command that shows it', async () => {
    // Halves that were apart for a minute can't agree within a millisecond: any seed fails.
    const args = ['--scale', '--nodes', '5', '--set', 'depth=0', '--set', 'healMs=1'];
    const exit = await grapevine(['sim', 'shrink', 'split-heal', ...args, '--precision', '100', '--json']);
    expect(exit.code, exit.stderr).toBe(0);
    const small = JSON.parse(exit.stdout) as { nodes: number; command: string; failures: string[]; events: number };
    expect(small.nodes).toBeLessThanOrEqual(5);
    const again = await grapevine([...small.command.split(' ').slice(1), '--json']);
    expect(again.code).toBe(9);
    expect(JSON.parse(again.stdout)).toMatchObject({ failures: small.failures, events: small.events });
  });

  it('finds nothing to shrink in a run that passes', async () => {
    const exit = await grapevine(['sim', 'shrink', 'discovery', '--nodes', '4', '--until', '2s']);
    expect(exit.code).toBe(2);
    expect(exit.stderr).toContain('this run passes, there is nothing to shrink');
  });

  it.each([
    { args: ['sim', 'run', 'nothing'], says: 'there is no scenario "nothing"' },
    { args: ['sim', 'run', 'discovery', '--set', 'x=1'], says: 'no parameter "x"; it has maxPeers' },
    { args: ['sim', 'run', 'discovery', '--seeds', '3..1'], says: '3..1 goes down' },
    { args: ['sim', 'run', 'discovery', '--seeds', '1..2', '--report', 'a.html'], says: '--report shows one seed' },
    { args: ['sim', 'run', 'discovery', '--report', 'a.txt'], says: 'ends in .html' },
  ])('refuses $args', async ({ args, says }) => {
    const exit = await grapevine(args);
    expect(exit.code).toBe(2);
    expect(exit.stderr).toContain(says);
  });

  it('lists scenarios with their parameters', async () => {
    const text = (await grapevine(['sim', 'list'])).stdout;
    for (const part of ['split-heal', 'healMs', 'no-transaction-lost']) expect(text).toContain(part);
    const json = JSON.parse((await grapevine(['sim', 'list', '--json'])).stdout) as { name: string }[];
    expect(json.map(({ name }) => name)).toContain('discovery');
  });
});
