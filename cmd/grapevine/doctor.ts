import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { crypto, selectCrypto } from '../../src/crypto/select.js';
import { lockOwner } from '../../src/platform/datadir/lock.js';
import { CliError } from './lib/cli-error.js';
import { defaultDatadir } from './lib/datadir.js';
import { ExitCode } from './lib/exit-code.js';
import { port } from './lib/option-values.js';
import { tcpFree, udpFree } from './lib/port-check.js';
import { printJson, printLine } from './lib/print.js';

interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  readonly fix?: string;
}

interface DoctorOptions {
  readonly datadir: string;
  readonly port: number;
  readonly httpPort: number;
  readonly json: boolean;
}

/** Below this the node stops by itself; LevelDB is at risk on a full disk. */
const LEAST_FREE_BYTES = 512 * 1024 * 1024;

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const good = major > 20 || (major === 20 && minor >= 20);
  return good
    ? { check: 'Node.js', state: 'ok', detail: process.versions.node }
    : { check: 'Node.js', state: 'fail', detail: process.versions.node, fix: 'install Node.js 20.20 or newer' };
}

async function checkCrypto(): Promise<Finding> {
  await selectCrypto();
  const name = crypto().name;
  if (name === 'native') return { check: 'secp256k1', state: 'ok', detail: 'native' };
  return {
    check: 'secp256k1',
    state: 'warn',
    detail: `${name}: slower than the native one`,
    fix: 'reinstall with "npm ci" on a platform with a prebuilt secp256k1 (linux-x64, darwin-arm64, win32-x64)',
  };
}

function checkDatadir(datadir: string): Finding[] {
  let place = datadir;
  while (!existsSync(place)) place = dirname(place);
  const findings: Finding[] = [];
  try {
    accessSync(place, constants.W_OK);
    findings.push({ check: 'datadir', state: 'ok', detail: `${datadir} is writable` });
  } catch {
    findings.push({
      check: 'datadir',
      state: 'fail',
      detail: `${place} is not writable`,
      fix: 'change its owner, or choose another --datadir',
    });
  }
  const { bavail, bsize } = statfsSync(place);
  const free = bavail * bsize;
  const detail = `${(free / 2 ** 30).toFixed(1)} GiB free`;
  findings.push(
    free >= LEAST_FREE_BYTES
      ? { check: 'disk', state: 'ok', detail }
      : { check: 'disk', state: 'fail', detail, fix: 'free at least 512 MiB, or choose another --datadir' },
  );
  const owner = lockOwner(datadir);
  findings.push(
    owner === undefined
      ? { check: 'lock', state: 'ok', detail: 'no node runs on the datadir' }
      : { check: 'lock', state: 'warn', detail: `process ${owner} runs on the datadir` },
  );
  return findings;
}

async function checkPorts(options: DoctorOptions): Promise<Finding[]> {
  const checks: [string, Promise<boolean>, string][] = [
    [`TCP ${options.port}`, tcpFree(options.port), '--port'],
    [`UDP ${options.port}`, udpFree(options.port), '--discovery.port'],
    [`TCP ${options.httpPort}`, tcpFree(options.httpPort), '--http.port'],
  ];
  return Promise.all(
    checks.map(
      async ([check, free, flag]): Promise<Finding> =>
        (await free)
          ? { check, state: 'ok', detail: 'free' }
          : { check, state: 'warn', detail: 'in use', fix: `stop what uses it, or choose another with ${flag}` },
    ),
  );
}

function checkClock(): Finding {
  const year = new Date().getUTCFullYear();
  return year >= 2024 && year < 2100
    ? { check: 'clock', state: 'ok', detail: new Date().toISOString() }
    : {
        check: 'clock',
        state: 'fail',
        detail: `the system clock says ${new Date().toISOString()}`,
        fix: 'set the clock: blocks and discovery packets carry times',
      };
}

/** Adds `doctor`. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check what a node needs on this machine; exit code 9 if something is missing')
    .option('--datadir <dir>', 'data directory', defaultDatadir())
    .option('--port <n>', 'port for peers', port, 30303)
    .option('--http-port <n>', 'port for JSON-RPC', port, 8545)
    .option('--json', 'as JSON', false)
    .action(async (options: DoctorOptions) => {
      const findings = [
        checkNode(),
        await checkCrypto(),
        ...checkDatadir(options.datadir),
        ...(await checkPorts(options)),
        checkClock(),
      ];
      if (options.json) printJson(findings);
      else
        for (const { check, state, detail, fix } of findings)
          printLine(`${state.padEnd(5)}${check.padEnd(12)}${detail}${fix === undefined ? '' : `  (fix: ${fix})`}`);
      const failed = findings.filter((finding) => finding.state === 'fail');
      if (failed.length > 0)
        throw new CliError(
          ExitCode.notReady,
          `${failed.length} checks failed: ${failed.map((one) => one.check).join(', ')}`,
        );
    });
}
