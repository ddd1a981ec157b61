import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { clientOf } from '../../../cmd/grapevine/lib/target.js';

const folder = (): string => mkdtempSync(join(tmpdir(), 'grapevine-target-'));

/** The URL of a server that answers every call with the Authorization header that came with it. */
async function echo(): Promise<string> {
  const server = createServer(({ headers }, response) => {
    response.end(JSON.stringify({ id: 1, result: headers.authorization ?? null }));
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('clientOf', () => {
  it('sends the token in the file that is named, and else none', async () => {
    const tokenFile = join(folder(), 'token');
    writeFileSync(tokenFile, `${'ab'.repeat(32)}\n`);
    const rpc = await echo();
    expect(await clientOf({ rpc, tokenFile }).call('admin_peers')).toBe(`Bearer ${'ab'.repeat(32)}`);
    expect(await clientOf({ rpc }).call('admin_peers')).toBeNull();
  });

  it('names a token file that can not be read', () => {
    const tokenFile = join(folder(), 'none');
    expect(() => clientOf({ tokenFile })).toThrow(`can't read the token file ${tokenFile}`);
  });

  it('goes to the socket in the data directory unless told otherwise', async () => {
    const datadir = folder();
    const call = clientOf({ datadir }).call('eth_chainId');
    await expect(call).rejects.toThrow(`no node answers at ${join(datadir, 'grapevine.ipc')}`);
  });
});
