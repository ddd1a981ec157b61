import type { Address, BlockNonce, Bloom, Hash32 } from '../base/brand.js';
import { fromHex, toAddress, toBlockNonce, toBloom, toHash32 } from '../base/hex.js';
import { rlpList } from '../codec/rlp-reader.js';
import { encodeRlp } from '../codec/rlp-writer.js';
import { keccak256, keccak256Hex } from '../crypto/keccak.js';

/**
 * A block header: the 15 fields of the Yellow Paper in RLP order, and EIP-1559's base fee from London on.
 * `number` and `timestamp` (seconds) are safe integers: the decoder refuses larger ones, which no honest chain reaches.
 */
export interface Header {
  readonly parentHash: Hash32;
  readonly unclesHash: Hash32;
  readonly coinbase: Address;
  readonly stateRoot: Hash32;
  readonly transactionsRoot: Hash32;
  readonly receiptsRoot: Hash32;
  readonly logsBloom: Bloom;
  readonly difficulty: bigint;
  readonly number: number;
  readonly gasLimit: bigint;
  readonly gasUsed: bigint;
  readonly timestamp: number;
  readonly extraData: Uint8Array;
  readonly mixHash: Hash32;
  readonly nonce: BlockNonce;
  /** Undefined before London. */
  readonly baseFeePerGas: bigint | undefined;
}

/** A header with its hash and its canonical encoding, so that neither is computed twice. */
export interface SealedHeader {
  readonly hash: Hash32;
  readonly header: Header;
  readonly raw: Uint8Array;
}

/** The fields that the proof of work covers, in RLP order: all but `mixHash` and `nonce`. */
function unsealedFields(header: Header): (Uint8Array | bigint | number)[] {
  return [
    fromHex(header.parentHash),
    fromHex(header.unclesHash),
    fromHex(header.coinbase),
    fromHex(header.stateRoot),
    fromHex(header.transactionsRoot),
    fromHex(header.receiptsRoot),
    fromHex(header.logsBloom),
    header.difficulty,
    header.number,
    header.gasLimit,
    header.gasUsed,
    header.timestamp,
    header.extraData,
  ];
}

/** The canonical encoding: 15 fields, 16 with a base fee (Yellow Paper 4.3, EIP-1559). */
export function encodeHeader(header: Header): Uint8Array {
  const fields = [...unsealedFields(header), fromHex(header.mixHash), fromHex(header.nonce)];
  return encodeRlp(header.baseFeePerGas === undefined ? fields : [...fields, header.baseFeePerGas]);
}

/** What the miner works on: keccak256 of the encoding without `mixHash` and `nonce`. 32 bytes. */
export function sealHash(header: Header): Uint8Array {
  const fields = unsealedFields(header);
  return keccak256(encodeRlp(header.baseFeePerGas === undefined ? fields : [...fields, header.baseFeePerGas]));
}

/** The header with its encoding and hash. */
export function sealHeader(header: Header): SealedHeader {
  const raw = encodeHeader(header);
  return { hash: keccak256Hex(raw), header, raw };
}

/**
 * The header that `bytes` encode, with 15 or 16 fields; throws DecodeError. Shape only: no rule is checked.
 * The result owns its bytes, so that keeping it never keeps the message it came in.
 */
export function decodeHeader(bytes: Uint8Array): SealedHeader {
  const raw = new Uint8Array(bytes);
  const fields = rlpList(raw);
  const header: Header = {
    parentHash: toHash32(fields.fixed(32)),
    unclesHash: toHash32(fields.fixed(32)),
    coinbase: toAddress(fields.fixed(20)),
    stateRoot: toHash32(fields.fixed(32)),
    transactionsRoot: toHash32(fields.fixed(32)),
    receiptsRoot: toHash32(fields.fixed(32)),
    logsBloom: toBloom(fields.fixed(256)),
    difficulty: fields.bigint(32),
    number: fields.number(),
    gasLimit: fields.bigint(8),
    gasUsed: fields.bigint(8),
    timestamp: fields.number(),
    extraData: fields.bytes(),
    mixHash: toHash32(fields.fixed(32)),
    nonce: toBlockNonce(fields.fixed(8)),
    baseFeePerGas: fields.hasNext() ? fields.bigint(32) : undefined,
  };
  fields.done();
  return { hash: keccak256Hex(raw), header, raw };
}
