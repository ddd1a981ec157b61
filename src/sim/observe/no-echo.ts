import { BoundedSet } from '../../base/bounded.js';
import type { Hash32 } from '../../base/brand.js';
import { DecodeError } from '../../codec/decode-error.js';
import { keccak256Hex } from '../../crypto/keccak.js';
import { BASE_PROTOCOL_LENGTH } from '../../wire/capability.js';
import { newBlock } from '../../wire/eth/new-block.js';
import { newBlockHashes } from '../../wire/eth/new-block-hashes.js';
import { newPooledTransactionHashes } from '../../wire/eth/new-pooled-transaction-hashes.js';
import { transactions } from '../../wire/eth/transactions.js';
import type { ChannelTap } from '../machines/tapped-channel.js';
import type { Invariant } from './invariant.js';

/** Nodes whose connections are listened to, the first ones of a world: those of all would cost as much as the run. */
const LISTENED_TO = 8;
/** What a peer told of that is remembered: what is new is told within seconds. */
const REMEMBERED = 4_096;

const announcements = newPooledTransactionHashes(68);

/** What a message of gossip tells of; undefined for all other messages, and for what is not well-formed. */
function toldOf(code: number, payload: Uint8Array): readonly Hash32[] | undefined {
  try {
    switch (code - BASE_PROTOCOL_LENGTH) {
      case newBlock.code:
        return [newBlock.decode(payload).block.hash];
      case newBlockHashes.code:
        return newBlockHashes.decode(payload).map(({ hash }) => hash);
      case transactions.code:
        return transactions.decode(payload).map(keccak256Hex);
      case announcements.code:
        return announcements.decode(payload).map(({ hash }) => hash);
      default:
        return undefined;
    }
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** Nobody is told of a block or a transaction by whom he told of it (caps/eth.md, Block Propagation and Transaction Exchange). */
export const noEcho: Invariant = {
  name: 'no-echo',
  summary: 'no peer is told of a block or a transaction that it told of before',
  begin() {
    let echo: string | undefined;

    function listen(node: string): ChannelTap {
      const heard = new BoundedSet<Hash32>(REMEMBERED);
      return {
        onReceived(code, payload) {
          for (const hash of toldOf(code, payload) ?? []) heard.add(hash);
        },
        onSent(code, payload) {
          const back = toldOf(code, payload)?.find((hash) => heard.has(hash));
          if (back !== undefined) echo ??= `${node} told a peer of ${back}, which it had from that peer`;
        },
      };
    }

    const listened = new Set(Array.from({ length: LISTENED_TO }, (_, index) => `n${index}`));
    return {
      onChannel: (node) => (listened.has(node) ? listen(node) : undefined),
      check: () => echo,
    };
  },
};
