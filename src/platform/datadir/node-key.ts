import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex, parseHash32, toHex } from '../../base/hex.js';
import { err, ok, type Result } from '../../base/result.js';
import { randomPrivateKey } from '../../crypto/private-key.js';
import { crypto } from '../../crypto/select.js';
import { systemRandom } from '../random.js';
import { writeDurably } from '../write-durably.js';

const KEY_FILE = 'nodekey';

/** The 32-byte key in 64 hex digits of `text` (with or without 0x), or why it is none. */
export function parsePrivateKey(text: string): Result<Uint8Array, string> {
  const digits = text.trim().replace(/^0x/, '');
  const hex = parseHash32(`0x${digits}`);
  if (hex === undefined) return err('a private key has 64 hex digits');
  const key = fromHex(hex);
  return crypto().isValidPrivateKey(key) ? ok(key) : err('this number is not a secp256k1 private key');
}

/** Reads `nodekey`, made with mode 0600 at the first start, so that a node keeps its identity: either whole or not there, whenever the process ends. */
export function loadNodeKey(datadir: string): Result<Uint8Array, string> {
  const path = join(datadir, KEY_FILE);
  if (existsSync(path)) {
    const key = parsePrivateKey(readFileSync(path, 'utf8'));
    return key.ok ? key : err(`${path}: ${key.error}. Restore the file, or delete it to get a new identity.`);
  }
  const key = randomPrivateKey(systemRandom);
  writeDurably(path, toHex(key).slice(2), 0o600);
  return ok(key);
}
