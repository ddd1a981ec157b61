import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Address } from '../../../src/base/brand.js';
import { parseAddress } from '../../../src/base/hex.js';
import { addressOfPrivateKey } from '../../../src/crypto/address.js';
import { decryptKeystore, encryptKeystore, LIGHT_SCRYPT, STANDARD_SCRYPT } from '../../../src/crypto/keystore.js';
import { systemRandom } from '../../../src/platform/random.js';
import { writeDurably } from '../../../src/platform/write-durably.js';
import { CliError } from './cli-error.js';
import { ExitCode } from './exit-code.js';

/** A key file in a datadir's keystore. */
export interface StoredKey {
  readonly address: Address;
  readonly file: string;
}

/** The folder of key files of a datadir. */
export const keystoreFolder = (datadir: string): string => join(datadir, 'keystore');

function addressIn(path: string): Address | undefined {
  try {
    const { address } = JSON.parse(readFileSync(path, 'utf8')) as { address?: unknown };
    return typeof address === 'string' ? parseAddress(`0x${address.replace(/^0x/, '')}`) : undefined;
  } catch {
    return undefined;
  }
}

/** The key files of `datadir`, oldest first (their names begin with the time they were made). */
export function storedKeys(datadir: string): StoredKey[] {
  const folder = keystoreFolder(datadir);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const file = join(folder, name);
      const address = addressIn(file);
      return address === undefined ? [] : [{ address, file }];
    });
}

/** Encrypts a key into a file named as geth names it, mode 0600; refuses an address that has a file already. */
export function storeKey(datadir: string, privateKey: Uint8Array, password: string, light: boolean): StoredKey {
  const address = addressOfPrivateKey(privateKey);
  const known = storedKeys(datadir).find((key) => key.address === address);
  if (known !== undefined) throw new CliError(ExitCode.usage, `the keystore has ${address} already: ${known.file}`);
  const folder = keystoreFolder(datadir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const content = encryptKeystore(privateKey, password, systemRandom, light ? LIGHT_SCRYPT : STANDARD_SCRYPT);
  const time = new Date().toISOString().replace(/:/g, '-');
  const file = join(folder, `UTC--${time}--${address.slice(2)}`);
  writeDurably(file, `${JSON.stringify(content)}\n`, 0o600);
  return { address, file };
}

/** Opens the key of `address`. */
export function openKey(datadir: string, address: Address, password: string): Uint8Array {
  const stored = storedKeys(datadir).find((key) => key.address === address);
  if (stored === undefined) {
    throw new CliError(
      ExitCode.usage,
      `no key of ${address} in ${keystoreFolder(datadir)}`,
      'see "grapevine account list"',
    );
  }
  const key = decryptKeystore(JSON.parse(readFileSync(stored.file, 'utf8')), password);
  if (!key.ok) throw new CliError(ExitCode.usage, `${stored.file}: ${key.error.message}`);
  return key.value;
}
