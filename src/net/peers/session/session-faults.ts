import type { PublicKey } from '../../../base/brand.js';
import type { DecodeError, DecodeErrorCode } from '../../../codec/decode-error.js';
import type { SharedCapability } from '../../../wire/capability.js';
import { type Hello, P2P_VERSION } from '../../../wire/p2p/hello.js';
import type { Fault } from '../../defense/fault.js';

/**
 * What a channel's exception says of the peer. Before the key is proved, and wherever a MAC fails, it says nothing: whoever holds the wire
 * can cause that.
 */
export function transportFault(error: DecodeError, established: boolean): Fault {
  const detail = error.message;
  if (!established) return { code: 'handshake-failed', detail };
  return error.code === 'bad-mac' ? { code: 'bad-frame', detail } : messageFault(error, 'frame');
}

/** What a decoder's exception says of the peer that sent the message. Limits on sizes and counts are this node's own. */
export function messageFault(error: DecodeError, message: string): Fault {
  return TOO_MUCH.has(error.code)
    ? { code: 'oversized-message', detail: `${message}: ${error.message}` }
    : { code: 'malformed-message', message, detail: error.code };
}

const TOO_MUCH: ReadonlySet<DecodeErrorCode> = new Set(['too-large', 'snappy-too-large', 'rlp-too-many-items']);

/** What is wrong with a Hello. Compression is no choice for anyone who speaks a version of eth that we do (EIP-706). */
export function helloFault(theirs: Hello, remote: PublicKey, shared: readonly SharedCapability[]): Fault | undefined {
  if (theirs.publicKey !== remote) return { code: 'hello-identity-mismatch' };
  if (theirs.p2pVersion < P2P_VERSION) return { code: 'incompatible-p2p-version', version: theirs.p2pVersion };
  return shared.length === 0 ? { code: 'useless-peer' } : undefined;
}
