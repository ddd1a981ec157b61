import type { PublicKey } from '../../base/brand.js';
import type { DecodeError } from '../../codec/decode-error.js';
import type { SharedCapability } from '../../wire/capability.js';
import { type Hello, P2P_VERSION } from '../../wire/p2p/hello.js';
import type { Fault } from '../defense/fault.js';

/**
 * What a channel's exception says of the peer. Before the key is proved, and wherever a MAC fails, it says nothing: whoever holds the wire
 * can cause that. `messagesIn` counts whole messages so far.
 */
export function transportFault(error: DecodeError, established: boolean, messagesIn: number): Fault {
  const detail = error.message;
  if (!established) return { code: 'handshake-failed', detail };
  // A peer that gives up before it has seen our Hello sends its Disconnect uncompressed, as it must.
  const crossed = error.code.startsWith('snappy-') && messagesIn <= 1;
  if (error.code === 'bad-mac' || crossed) return { code: 'bad-frame', detail };
  if (error.code === 'too-large' || error.code === 'snappy-too-large') return { code: 'oversized-message', detail };
  return { code: 'malformed-message', message: 'frame', detail: error.code };
}

/** What is wrong with a Hello. Compression is no choice for anyone who speaks a version of eth that we do (EIP-706). */
export function helloFault(theirs: Hello, remote: PublicKey, shared: readonly SharedCapability[]): Fault | undefined {
  if (theirs.publicKey !== remote) return { code: 'hello-identity-mismatch' };
  if (theirs.p2pVersion < P2P_VERSION) return { code: 'incompatible-p2p-version', version: theirs.p2pVersion };
  return shared.length === 0 ? { code: 'useless-peer' } : undefined;
}
