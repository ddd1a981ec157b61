import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { devAccounts } from '../../cmd/grapevine/devnet/accounts.js';
import { type LiveNode, MINE, startNode } from '../support/live-node.js';
import { type Exit, freePort, grapevine, killAll, mainFile, start, tempFolder } from '../support/processes.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
afterAll(killAll);

const COMMANDS = [
  'node',
  'init',
  'import',
  'export',
  'devnet',
  'account',
  'tx',
  'peers',
  'status',
  'sim',
  'doctor',
  'version',
];
const RECIPIENT = '0x00000000000000000000000000000000000b0b00';

const [funded] = devAccounts();
const key = funded?.privateKey ?? '';

/** A file with one line: a password, a key, a phrase. */
function lineFile(line: string): string {
  const path = join(tempFolder(), 'line');
  writeFileSync(path, `${line}\n`);
  return path;
}

describe('commands without a node', () => {
  it('help lists every command', async () => {
    const exit = await grapevine(['--help']);
    expect(exit.code).toBe(0);
    for (const command of COMMANDS) expect(exit.stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
  });

  it.each(COMMANDS.map((command) => ({ command })))('$command --help explains every option', async ({ command }) => {
    const exit = await grapevine([command, '--help']);
    expect(exit).toMatchObject({ code: 0, stderr: '' });
    expect(exit.stdout).toMatch(/^Usage: grapevine /);
    const options = exit.stdout.split('\n').filter((line) => /^ {2}-/.test(line));
    for (const line of options) expect(line).toMatch(/^ {2}-\S+.* {2,}\S|^ {2}-\S+(,? \S+)*$/);
  });

  it('a reader that goes early is no error', async () => {
    const script = `"${process.execPath}" "${mainFile}" --help | :; echo "\${PIPESTATUS[0]}"`;
    expect(await start('bash', ['-c', script]).exit).toMatchObject({ stdout: '0\n', stderr: '' });
  });

  it('output that no longer fits on its disk is, with exit code 7', async () => {
    const script = `"${process.execPath}" "${mainFile}" --help > /dev/full`;
    const exit = await start('bash', ['-c', script]).exit;
    expect(exit.stderr).toContain('no space left on device');
    expect(exit.code).toBe(7);
  });

  it('version, for people and for programs', async () => {
    expect((await grapevine(['version'])).stdout).toMatch(/^grapevine \d+\.\d+\.\d+\nNode\.js 2\d/);
    const json = JSON.parse((await grapevine(['version', '--json'])).stdout) as { protocols: string[] };
    expect(json.protocols).toContain('eth/68');
    expect((await grapevine(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('doctor finds what a node needs', async () => {
    const ports = ['--port', String(await freePort()), '--http-port', String(await freePort())];
    const exit = await grapevine(['doctor', '--json', '--datadir', tempFolder(), ...ports]);
    const findings = JSON.parse(exit.stdout) as { check: string; state: string; detail: string }[];
    for (const check of ['Node.js', 'datadir', 'lock', 'clock']) {
      expect(findings.find((finding) => finding.check === check)).toMatchObject({ state: 'ok' });
    }
    const text = await grapevine(['doctor', '--datadir', tempFolder(), ...ports]);
    expect(text.stdout.trimEnd().split('\n')).toHaveLength(findings.length);
  });

  it.each([
    { args: ['status'] },
    { args: ['peers', 'list'] },
    { args: ['peers', 'bans'] },
    { args: ['tx', 'send', RECIPIENT, '--value', '1', '--private-key', key] },
  ])('$args say with exit code 8 that no node answers', async ({ args }) => {
    const dead = `http://127.0.0.1:${await freePort()}`;
    const overHttp = await grapevine([...args, '--rpc', dead]);
    expect(overHttp.stderr).toContain(`no node answers at ${dead}`);
    expect(overHttp.code).toBe(8);
    const overIpc = await grapevine([...args, '--datadir', tempFolder()]);
    expect(overIpc.stderr).toContain('no such socket');
    expect(overIpc.code).toBe(8);
  });
});

describe('account', () => {
  const datadir = tempFolder();
  const password = lineFile('correct horse');

  it('makes, imports and lists keys that only their owner can read', async () => {
    const made = await grapevine(['account', 'new', '--datadir', datadir, '--password-file', password, '--lightkdf']);
    expect(made.code, made.stderr).toBe(0);
    const address = /0x[0-9a-f]{40}/.exec(made.stdout)?.[0];
    const phrase = lineFile('test test test test test test test test test test test junk');
    const imported = await grapevine([
      'account',
      'import',
      phrase,
      '--datadir',
      datadir,
      '--password-file',
      password,
      '--lightkdf',
    ]);
    expect(imported.stdout).toContain(funded?.address);
    const list = JSON.parse((await grapevine(['account', 'list', '--datadir', datadir, '--json'])).stdout) as {
      address: string;
    }[];
    expect(list.map((entry) => entry.address)).toEqual([address, funded?.address]);
    for (const file of readdirSync(join(datadir, 'keystore'))) {
      expect(statSync(join(datadir, 'keystore', file)).mode & 0o077).toBe(0);
      expect(JSON.parse(readFileSync(join(datadir, 'keystore', file), 'utf8'))).toMatchObject({ version: 3 });
    }
  });

  it.each([
    { name: 'a known key', args: () => ['import', lineFile(key), '--password-file', password], says: 'has 0xf39f' },
    {
      name: 'a wrong phrase',
      args: () => ['import', lineFile('test test'), '--password-file', password],
      says: 'no valid BIP-39',
    },
    {
      name: 'a short key',
      args: () => ['import', lineFile('0x12'), '--password-file', password],
      says: '64 hex digits',
    },
    { name: 'no password', args: () => ['new'], says: 'no password: standard input is not a terminal' },
    {
      name: 'no such file',
      args: () => ['import', '/nowhere/key', '--password-file', password],
      says: "can't read /nowhere/key",
    },
  ])('refuses $name with exit code 2', async ({ args, says }) => {
    const exit = await grapevine(['account', ...args(), '--datadir', datadir]);
    expect(exit.stderr).toContain(says);
    expect(exit.code).toBe(2);
  });
});

describe('commands of a running node', () => {
  let node: LiveNode;
  let friend: LiveNode;
  const on = (...args: string[]): Promise<Exit> => grapevine([...args, '--datadir', node.datadir]);

  beforeAll(async () => {
    [node, friend] = await Promise.all([
      startNode({ args: [...MINE, '--nodiscover'] }),
      startNode({ args: ['--nodiscover'] }),
    ]);
  });

  it('status', async () => {
    const text = await on('status');
    expect(text.stdout).toMatch(/^Grapevine\/v.*, chain id 271828\nHead +#\d+ 0x/);
    expect(text.stdout).toMatch(/^Miner +on, \d+ hashes\/s, difficulty \d+$/m);
    const json = JSON.parse((await grapevine(['status', '--json', '--rpc', node.url])).stdout) as object;
    expect(json).toMatchObject({ chainId: 271_828, syncing: false, mining: true, peers: 0 });
  });

  it('tx send, by key and by keystore', async () => {
    const byKey = await on('tx', 'send', RECIPIENT, '--value', '0.5', '--private-key', key, '--data', 'hello');
    expect(byKey.stderr).toBe('');
    expect(byKey.stdout).toMatch(/^0x[0-9a-f]{64} mined in block \d+, gas used 21080\n$/);

    const password = lineFile('secret');
    await on('account', 'import', lineFile(key), '--password-file', password, '--lightkdf');
    const from = ['--from', funded?.address ?? '', '--password-file', password];
    const byKeystore = await on('tx', 'send', RECIPIENT, '--value', '1', '--json', ...from);
    expect(JSON.parse(byKeystore.stdout)).toMatchObject({ status: '0x1', gasUsed: '0x5208', to: RECIPIENT });
    expect(await node.call('eth_getBalance', RECIPIENT, 'latest')).toBe('0x14d1120d7b160000');
  });

  it.each([
    { args: ['--value', '1'], code: 2, says: 'no sender' },
    { args: ['--value', 'x', '--private-key', key], code: 2, says: '"x" is no amount' },
    { args: ['--value', '1', '--private-key', '0x12'], code: 2, says: '64 hex digits' },
    {
      args: ['--value', '1', '--from', RECIPIENT, '--password-file', '/dev/null'],
      code: 2,
      says: `no key of ${RECIPIENT}`,
    },
    {
      args: ['--value', '99999999', '--private-key', key],
      code: 10,
      says: 'insufficient funds for gas * price + value',
    },
    { args: ['--value', '1', '--private-key', key, '--nonce', '0'], code: 10, says: 'nonce too low: next nonce' },
    {
      args: ['--value', '1', '--private-key', key, '--gas', '20000'],
      code: 10,
      says: 'intrinsic gas too low: gas 20000',
    },
  ])('tx send $args ends with exit code $code', async ({ args, code, says }) => {
    const exit = await on('tx', 'send', RECIPIENT, ...args);
    expect(exit.stderr).toContain(says);
    expect(exit.code).toBe(code);
  });

  it('peers: add, list, ban, bans, unban', async () => {
    expect((await on('peers', 'list')).stdout).toBe('No peers.\n');
    const added = await on('peers', 'add', friend.enode);
    expect(added.stdout).toMatch(/^Connected to Grapevine\/v/);
    const [peer] = JSON.parse((await on('peers', 'list', '--json')).stdout) as { network: object }[];
    expect(peer).toMatchObject({ network: { static: true, inbound: false } });
    expect((await on('peers', 'list')).stdout).toMatch(/^ID .*\n[0-9a-f]{12} +Grapevine\/.* out .* static\n$/);

    expect((await on('peers', 'ban', friend.enode, '--minutes', '5')).code).toBe(0);
    expect((await on('peers', 'bans')).stdout).toMatch(/^TARGET .*\n\S+ +\S+/);
    const bans = JSON.parse((await on('peers', 'bans', '--json')).stdout) as object[];
    expect(bans).toHaveLength(1);
    expect(await node.call('net_peerCount')).toBe('0x0');
    expect((await on('peers', 'unban', friend.enode)).code).toBe(0);
    expect((await on('peers', 'bans')).stdout).toBe('No bans.\n');
  });

  it.each([
    { args: ['peers', 'add', 'enode://12'], code: 10 },
    { args: ['peers', 'ban', 'nobody'], code: 10 },
    { args: ['peers', 'list', '--rpc', 'ftp://x'], code: 8 },
  ])('$args ends with exit code $code', async ({ args, code }) => {
    const exit = await on(...args);
    expect(exit.stderr).toMatch(/^Error: .+/);
    expect(exit.code).toBe(code);
  });

  it('doctor says that a node runs on the datadir', async () => {
    expect((await on('doctor')).stdout).toContain(`process ${node.pid} runs on the datadir`);
  });

  it('serves metrics at the first scrape', async () => {
    const scraped = await startNode({
      args: ['--nodiscover', '--metrics', '--metrics.port', String(await freePort())],
    });
    const url = String(scraped.log().find((line) => line.msg === 'Metrics')?.url);
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    for (const name of ['chain_head_block 0', 'p2p_peers 0', 'txpool_pending 0', 'process_cpu_seconds_total'])
      expect(text).toContain(name);
    await scraped.stop();
  });
});
