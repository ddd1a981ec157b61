import { encodeRlp } from '../../../src/codec/rlp-writer.js';
import { blockBodies } from '../../../src/wire/eth/block-bodies.js';
import { blockHeaders } from '../../../src/wire/eth/block-headers.js';
import { EthCode } from '../../../src/wire/eth/protocol.js';
import { status } from '../../../src/wire/eth/status.js';

/** What becomes of a message on its way out; undefined: it is not sent. */
export type Twist = (code: number, payload: Uint8Array) => Uint8Array | undefined;

const EMPTY_BODY = encodeRlp([[], []]);

/** The ways to serve a sync wrongly. */
export const WRONG_WAYS = {
  silent: (code, payload) => (code === EthCode.blockHeaders || code === EthCode.blockBodies ? undefined : payload),
  'no-bodies': (code, payload) => (code === EthCode.blockBodies ? undefined : payload),
  'wrong-bodies': (code, payload) => {
    if (code !== EthCode.blockBodies) return payload;
    const { requestId, items } = blockBodies.decode(payload);
    return blockBodies.encode({ requestId, items: items.map(() => EMPTY_BODY) });
  },
  unlinked: (code, payload) => {
    if (code !== EthCode.blockHeaders) return payload;
    const { requestId, items } = blockHeaders.decode(payload);
    return blockHeaders.encode({ requestId, items: [...items].reverse() });
  },
} as const satisfies Readonly<Record<string, Twist>>;

/** One of {@link WRONG_WAYS}. */
export type WrongWay = keyof typeof WRONG_WAYS;

/** A Status that claims a little more work than there is, so that whoever believes it asks its sender first. */
export function claimMore(payload: Uint8Array): Uint8Array {
  const told = status.decode(payload);
  return status.encode({ ...told, totalDifficulty: told.totalDifficulty + 1n });
}
