import { createSocket } from 'node:dgram';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventually } from '../support/eventually.js';
import { type LiveNode, MINE, startNode } from '../support/live-node.js';
import { devnetGenesis, grapevine, killAll, mainFile, start, tempFolder } from '../support/processes.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
afterAll(killAll);

/** Ends at once with whatever is wrong; nothing of it is left running. */
const node = (...args: string[]): ReturnType<typeof grapevine> =>
  grapevine(['node', '--genesis', devnetGenesis, '--addr', '127.0.0.1', '--ipcdisable', ...args]);

function genesisFile(change: (content: Record<string, unknown>) => void): string {
  const content = JSON.parse(readFileSync(devnetGenesis, 'utf8')) as Record<string, unknown>;
  change(content);
  const path = join(tempFolder(), 'genesis.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
}

describe('a node that cannot start', () => {
  let running: LiveNode;
  let tcpPort: number;
  let udpPort: number;
  const squatter = createServer();
  const udpSquatter = createSocket('udp4');

  beforeAll(async () => {
    running = await startNode();
    await new Promise<void>((resolve) => squatter.listen({ host: '127.0.0.1', port: 0 }, resolve));
    await new Promise<void>((resolve) => udpSquatter.bind({ address: '127.0.0.1', port: 0 }, resolve));
    tcpPort = (squatter.address() as { port: number }).port;
    udpPort = udpSquatter.address().port;
  });
  afterAll(async () => {
    squatter.close();
    udpSquatter.close();
    await running.stop();
  });

  it('names the process that has the datadir, with exit code 4', async () => {
    for (const command of [['node'], ['import', devnetGenesis], ['export', '/dev/null'], ['init', devnetGenesis]]) {
      const exit = await grapevine([...command, '--datadir', running.datadir]);
      expect(exit.stderr).toContain(`${running.datadir} is locked: process ${running.pid} runs on it`);
      expect(exit.stderr).toContain('Fix: ');
      expect(exit.code, command[0]).toBe(4);
    }
  });

  it.each([
    {
      what: 'TCP',
      flags: () => ['--port', String(tcpPort), '--discovery.port', '0'],
      flag: '--port',
      port: () => tcpPort,
    },
    {
      what: 'UDP',
      flags: () => ['--port', '0', '--discovery.port', String(udpPort)],
      flag: '--discovery.port',
      port: () => udpPort,
    },
    {
      what: 'HTTP',
      flags: () => ['--port', '0', '--http', '--http.port', String(tcpPort)],
      flag: '--http.port',
      port: () => tcpPort,
    },
    {
      what: 'metrics',
      flags: () => ['--port', '0', '--metrics', '--metrics.port', String(tcpPort)],
      flag: '--metrics.port',
      port: () => tcpPort,
    },
  ])('names a taken $what port and its flag, with exit code 5', async ({ flags, flag, port }) => {
    const exit = await node('--datadir', tempFolder(), ...flags());
    expect(exit.stderr).toContain(String(port()));
    expect(exit.stderr).toContain(flag);
    expect(exit.stderr).toMatch(/in use/);
    expect(exit.code).toBe(5);
  });

  it('names the first field in which the genesis differs, with exit code 3', async () => {
    const datadir = tempFolder();
    expect((await grapevine(['init', devnetGenesis, '--datadir', datadir])).code).toBe(0);
    const other = genesisFile((content) => {
      content.gasLimit = '0x1c9c381';
    });
    const exit = await grapevine(['node', '--datadir', datadir, '--genesis', other]);
    expect(exit.stderr).toMatch(/the genesis differs .*gasLimit/);
    expect(exit.stderr).toContain('Fix: use the same genesis file');
    expect(exit.code).toBe(3);
  });

  it.each([
    { name: 'is missing', path: () => '/nowhere/genesis.json', says: /can't read the genesis file .*ENOENT/ },
    {
      name: 'is no JSON',
      path: () => {
        const path = join(tempFolder(), 'broken.json');
        writeFileSync(path, '{"config":');
        return path;
      },
      says: /broken\.json is no JSON: Unexpected end/,
    },
    {
      name: 'has no chain id',
      path: () =>
        genesisFile((content) => {
          content.config = {};
        }),
      says: /config\.chainId/,
    },
    {
      name: 'asks for a later fork',
      path: () =>
        genesisFile((content) => {
          content.config = { ...(content.config as object), shanghaiTime: 0 };
        }),
      says: /shanghaiTime/,
    },
  ])('says what is wrong with a genesis file that $name, with exit code 3', async ({ path, says }) => {
    const exit = await grapevine(['node', '--datadir', tempFolder(), '--genesis', path()]);
    expect(exit.stderr).toMatch(says);
    expect(exit.code).toBe(3);
  });

  it('refuses --fakepow on the public network', async () => {
    const exit = await grapevine(['node', '--datadir', tempFolder(), '--fakepow', '--port', '0']);
    expect(exit.stderr).toContain('--fakepow is refused on a public network');
    expect(exit.code).toBe(3);
  });

  it('says so when the datadir can not be made', async () => {
    const file = join(tempFolder(), 'file');
    writeFileSync(file, '');
    const exit = await node('--datadir', join(file, 'datadir'));
    expect(exit.stderr).toContain(join(file, 'datadir'));
    expect(exit.code).toBe(3);
  });

  it('refuses a damaged node key instead of becoming somebody else', async () => {
    const datadir = tempFolder();
    writeFileSync(join(datadir, 'nodekey'), 'not a key');
    const exit = await node('--datadir', datadir, '--port', '0');
    expect(exit.stderr).toMatch(/nodekey: a private key has 64 hex digits\. Restore the file, or delete it/);
    expect(exit.code).toBe(3);
  });
});

describe('flags', () => {
  it.each([
    { args: ['--no-such-flag'], says: "unknown option '--no-such-flag'" },
    { args: ['--minee'], says: '(Did you mean --mine?)' },
    { args: ['--port', '65536'], says: 'whole number from 0 to 65535' },
    { args: ['--maxpeers', 'many'], says: 'whole number from 0 to 1000' },
    { args: ['--bootnodes', 'enode://12'], says: '--bootnodes: "enode://12" is no enode URL' },
    { args: ['--nat', 'upnp'], says: '--nat: "upnp" is none of any, none and extip:IP' },
    { args: ['--addr', 'localhost'], says: '--addr: "localhost" is no ip address' },
    { args: ['--http', '--http.api', 'eth,personal'], says: '--http.api: there is no namespace "personal"' },
    { args: ['--mine'], says: '--mine: nobody to get the rewards' },
    { args: ['--mine', '--miner.etherbase', '0x12'], says: 'An address is 0x and 40 hex digits' },
    { args: ['--miner.extradata', 'x'.repeat(33)], says: '--miner.extradata: 33 bytes are more than 32' },
    { args: ['--nodekeyhex', '00'], says: '--nodekeyhex: a private key has 64 hex digits' },
    { args: ['--log.level', 'loud'], says: '--log.level: unknown log level "loud"' },
    { args: ['--log.format', 'xml'], says: 'Allowed choices are pretty, logfmt, json' },
    { args: ['--netrestrict', '300.1.1.1/8'], says: '--netrestrict' },
    { args: ['--rpc.txfeecap', 'lots'], says: '--rpc.txfeecap: "lots" is no amount of ether' },
    { args: ['surplus'], says: 'too many arguments' },
  ])('$args is refused with exit code 2', async ({ args, says }) => {
    const exit = await node('--datadir', tempFolder(), '--port', '0', ...args);
    expect(exit.stderr).toContain(says);
    expect(exit.code).toBe(2);
  });

  it('suggests the command that was meant', async () => {
    const exit = await grapevine(['nod']);
    expect(exit.stderr).toContain('(Did you mean node?)');
    expect(exit.code).toBe(2);
  });
});

describe('signals', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('%s ends a mining node with exit code 0', async (signal) => {
    const miner = await startNode({ args: [...MINE] });
    await eventually('it mines', () => miner.log().some((line) => line.msg === 'Mined block'));
    const exit = await miner.stop(signal);
    expect(exit).toMatchObject({ code: 0, stderr: '' });
    expect(miner.log().at(-1)?.msg).toBe('Stopped');
  });

  it('SIGTERM ends a node with exit code 0 that has nowhere to write its log lines', async () => {
    const datadir = tempFolder();
    const args = ['--datadir', datadir, '--genesis', devnetGenesis, '--port', '0', '--nodiscover'];
    const script = `exec "${process.execPath}" "${mainFile}" node ${args.join(' ')} > /dev/full`;
    const running = start('bash', ['-c', script]);
    const log = join(datadir, 'logs', 'grapevine.log');
    await eventually('it runs', () => existsSync(log) && readFileSync(log, 'utf8').includes('msg=Ready'));
    running.kill('SIGTERM');
    expect(await running.exit).toMatchObject({ code: 0, stderr: '' });
  });

  it('a second one ends it at once with exit code 130, and the next start is clean', async () => {
    const datadir = tempFolder();
    const first = start(process.execPath, [
      mainFile,
      'node',
      '--datadir',
      datadir,
      '--genesis',
      devnetGenesis,
      '--port',
      '0',
    ]);
    await eventually('it runs', () => first.stdout().includes('Ready'));
    // Stopped, the process gets both signals in one go when it is continued.
    first.kill('SIGSTOP');
    first.kill('SIGINT');
    first.kill('SIGTERM');
    first.kill('SIGCONT');
    const exit = await first.exit;
    expect(exit.stderr).toContain('Stopped at once by a second signal');
    expect(exit.code).toBe(130);
    const again = await startNode({ datadir });
    expect((await again.stop()).code).toBe(0);
  });
});

describe('the lock of a process that was killed', () => {
  it('does not keep the next one out', async () => {
    const first = await startNode();
    await first.stop('SIGKILL');
    const [owner] = readFileSync(join(first.datadir, 'grapevine.lock'), 'utf8').split('\n');
    expect(owner).toBe(String(first.pid));
    const second = await startNode({ datadir: first.datadir });
    expect((await second.stop()).code).toBe(0);
  });
});
