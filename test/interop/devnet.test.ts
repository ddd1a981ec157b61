import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { isAlive } from '../../src/platform/process-alive.js';
import { eventually } from '../support/eventually.js';
import { liveDevnet } from '../support/live-devnet.js';
import { freePort, grapevine, killAll, mainFile, start, tempFolder } from '../support/processes.js';
import { headOf, rpcCall } from '../support/rpc-call.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const SOMEBODY = '0x00000000000000000000000000000000000a11ce';

interface StatusReport {
  readonly healthy: boolean;
  readonly problems: readonly string[];
  readonly nodes: readonly {
    readonly pid?: number;
    readonly head?: { readonly number: number; readonly hash: string; readonly peers: number };
  }[];
}

afterAll(killAll);

describe('a devnet of four nodes', () => {
  const devnet = liveDevnet();
  let first: string;

  beforeAll(async () => {
    first = (await devnet.up()).stdout;
  });
  afterAll(() => devnet.remove());

  const pids = async (): Promise<(number | undefined)[]> => {
    const status = JSON.parse((await devnet.run('status', '--json')).stdout) as StatusReport;
    return status.nodes.map((node) => node.pid);
  };

  it('says what runs, where, and what to do next', () => {
    expect(first).toMatch(/^Devnet "default" is up: 4 nodes, 3 peers each, block #\d+ on all nodes/);
    for (const { rpcUrl } of devnet.network().nodes.slice(0, 1)) expect(first).toContain(rpcUrl);
    expect(first).toContain('271828 (0x425d4)');
    expect(first).toContain('PUBLIC TEST KEYS');
    expect(first.trimEnd().split('\n').at(-1)).toMatch(/^ {2}Next .*status.*logs.*down.*reset/);
  });

  it('has its nodes agree on blocks while they mine', async () => {
    const { nodes } = devnet.network();
    const { number } = await headOf(nodes[0]?.rpcUrl ?? '');
    // Two miners may disagree about the newest block for a moment, but not about an old one.
    await eventually('every node has four more blocks', async () => {
      const heads = await Promise.all(nodes.map((node) => headOf(node.rpcUrl)));
      return heads.every((head) => head.number >= number + 4);
    });
    const hashes = await Promise.all(
      nodes.map(async (node) => {
        const block = await rpcCall<{ hash: string }>(
          node.rpcUrl,
          'eth_getBlockByNumber',
          `0x${number.toString(16)}`,
          false,
        );
        return block.hash;
      }),
    );
    expect(new Set(hashes).size).toBe(1);
  });

  it('reports what runs when it is started again', async () => {
    const before = await pids();
    const again = await devnet.up();
    expect(again.stdout).toMatch(/^Devnet "default" was already up: 4 nodes/);
    expect(await pids()).toEqual(before);
  });

  it('refuses another number of nodes under the same name', async () => {
    const refused = await devnet.run('up', '--nodes', '2');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('exists with 4 nodes, not 2');
  });

  it('shows its state as a table and as JSON', async () => {
    const table = await devnet.run('status');
    expect(table.stderr).toBe('');
    expect(table.code).toBe(0);
    expect(table.stdout.trimEnd().split('\n')).toHaveLength(5);
    const json = JSON.parse((await devnet.run('status', '--json')).stdout) as StatusReport;
    expect(json.healthy).toBe(true);
    expect(json.nodes.map((node) => node.head?.peers)).toEqual([3, 3, 3, 3]);
  });

  it('funds an account', async () => {
    const funded = await devnet.run('fund', SOMEBODY, '1.5');
    expect(funded.stderr).toBe('');
    expect(funded.stdout).toMatch(/^Sent 1\.5 ETH to 0x0{35}a11ce in block \d+ \(transaction 0x[0-9a-f]{64}\)\.\n$/);
    const balance = await rpcCall(devnet.network().nodes[0]?.rpcUrl ?? '', 'eth_getBalance', SOMEBODY, 'latest');
    expect(balance).toBe('0x14d1120d7b160000');
  });

  it('prints the logs of chosen nodes', async () => {
    const logs = await devnet.run('logs', 'node2', '--lines', '3');
    const lines = logs.stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toMatch(/^node2 \| \w+ +\[/);
  });

  it('names the nodes that exist when asked for the logs of another', async () => {
    const logs = await devnet.run('logs', 'node9');
    expect(logs.code).toBe(2);
    expect(logs.stderr).toContain('node1, node2, node3, node4');
  });

  it('takes in a fifth node that is started by hand and knows one enode', async () => {
    const [first, ...others] = devnet.network().nodes;
    const [p2p, http] = [String(await freePort()), String(await freePort())];
    const args = ['--genesis', 'genesis/devnet.json', '--bootnodes', first?.enode ?? '', '--datadir', tempFolder()];
    const fifth = start(process.execPath, [mainFile, 'node', ...args, '--port', p2p, '--http', '--http.port', http]);
    const url = `http://127.0.0.1:${http}`;
    await eventually('it has the chain and meets the others', async () => {
      const [own, theirs] = await Promise.all([headOf(url), headOf(first?.rpcUrl ?? '')]);
      const peers = Number(await rpcCall(url, 'net_peerCount'));
      return own.number > 0 && own.number >= theirs.number - 1 && peers === others.length + 1;
    });
    fifth.kill('SIGINT');
    const exit = await fifth.exit;
    expect(exit).toMatchObject({ code: 0, stderr: '' });
    expect(exit.stdout).toMatch(/Ready +in="?\d+ ms/);
  });

  it('says which node is down, restarts just that one', async () => {
    const before = await pids();
    const victim = devnet.network().nodes[3]?.pid ?? 0;
    process.kill(victim, 'SIGKILL');
    const status = await eventually('the death is noticed', async () => {
      const exit = await devnet.run('status');
      return exit.code === 0 ? undefined : exit;
    });
    expect(status.code).toBe(9);
    expect(status.stderr).toContain('node4 is not running');
    await devnet.up();
    expect((await pids()).slice(0, 3)).toEqual(before.slice(0, 3));
  });

  it('goes on with the same chain after down and up', async () => {
    const { nodes, genesisHash } = devnet.network();
    const before = await headOf(nodes[0]?.rpcUrl ?? '');
    const down = await devnet.run('down');
    expect(down.stdout).toMatch(/^Devnet "default" is down \(4 nodes stopped\); its data is kept/);
    expect((await devnet.run('status')).code).toBe(9);
    expect((await devnet.run('down')).stdout).toContain('was not running');

    await devnet.up();
    const url = devnet.network().nodes[0]?.rpcUrl ?? '';
    expect((await headOf(url)).number).toBeGreaterThanOrEqual(before.number);
    const kept = await rpcCall<{ hash: string }>(url, 'eth_getBlockByNumber', `0x${before.number.toString(16)}`, false);
    expect(kept.hash).toBe(before.hash);
    const genesis = await rpcCall<{ hash: string }>(url, 'eth_getBlockByNumber', '0x0', false);
    expect(genesis.hash).toBe(genesisHash);
    expect(devnet.network().nodes.map((node) => node.enode)).toEqual(nodes.map((node) => node.enode));
  });

  it('is deleted by reset, whatever became of its file', async () => {
    const { nodes } = devnet.network();
    writeFileSync(join(devnet.folder, 'network.json'), '');
    expect((await devnet.run('status')).stderr).toContain('devnet reset --name default');
    const reset = await devnet.run('reset');
    expect(reset.stdout).toContain('is deleted');
    expect(nodes.filter(({ pid }) => pid !== undefined && isAlive(pid))).toEqual([]);
    const status = await devnet.run('status');
    expect(status.code).toBe(2);
    expect(status.stderr).toContain('there is no devnet "default"');
  });
});

describe('a devnet of one node', () => {
  const devnet = liveDevnet('solo');
  const squatters: Server[] = [];

  afterAll(async () => {
    await devnet.remove();
    for (const squatter of squatters) squatter.close();
  });

  it('mines alone', async () => {
    const { stdout } = await devnet.up('--nodes', '1');
    expect(stdout).toMatch(/^Devnet "solo" is up: 1 node, block #\d+ /);
    expect(stdout).toContain('1 miner)');
  });

  it('moves when another program took its port, and says so', async () => {
    const [before] = devnet.network().nodes;
    await devnet.run('down');
    const squatter = createServer();
    squatters.push(squatter);
    await new Promise<void>((resolve) => squatter.listen({ host: '127.0.0.1', port: before?.rpcPort ?? 0 }, resolve));
    const moved = await devnet.up();
    expect(moved.stderr).toContain('A port of devnet "solo" is taken by another program');
    const [after] = devnet.network().nodes;
    expect(after?.rpcPort).not.toBe(before?.rpcPort);
    expect(after?.datadir).toBe(before?.datadir);
  });

  it('stops with --foreground and Ctrl-C', async () => {
    await devnet.run('down');
    const up = start(process.execPath, [mainFile, 'devnet', 'up', '--name', 'solo', '--foreground'], {
      env: devnet.env,
    });
    await eventually('it follows the logs', () => /node1 \| .*Mined block/.test(up.stdout()));
    up.kill('SIGINT');
    const exit = await up.exit;
    expect(exit.code).toBe(0);
    expect(exit.stderr).toContain('its data is kept');
    expect((await devnet.run('status')).code).toBe(9);
  });

  it.each([
    { args: ['up', '--name', '../evil'], code: 2, says: 'is no network name' },
    { args: ['up', '--nodes', '0', '--name', 'x'], code: 2, says: 'whole number from 1 to 16' },
    { args: ['status', '--name', 'nowhere'], code: 2, says: 'there is no devnet "nowhere" (there is: solo)' },
    { args: ['fund', '0x12', '1', '--name', 'solo'], code: 2, says: 'is no address' },
    { args: ['fund', SOMEBODY, 'much', '--name', 'solo'], code: 2, says: 'is no amount' },
    { args: ['fund', SOMEBODY, '1', '--name', 'solo'], code: 8, says: 'no node answers' },
    { args: ['up', '--name', 'y', '--genesis', '/nowhere.json'], code: 3, says: "can't read the genesis file" },
  ])('refuses devnet $args with exit code $code', async ({ args, code, says }) => {
    const exit = await grapevine(['devnet', ...args], { env: devnet.env });
    expect(exit.stderr).toContain(says);
    expect(exit.code).toBe(code);
  });
});
