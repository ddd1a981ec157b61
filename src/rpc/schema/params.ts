import { callRequest } from '../call-request.js';
import { logQuery } from '../log-query.js';
import type { Decode } from '../param.js';
import { blockNumber, blockRef, lenientBlockNumber } from '../param-block.js';
import {
  boolean,
  index,
  lenientUint,
  address as readAddress,
  bytes as readBytes,
  hash as readHash,
  string,
  uint64,
  uint256,
} from '../param-values.js';
import { anything, either, type JsonSchema, oneOf, text, truth } from './json-schema.js';

// Wider than what the node answers with: callers may write digits in either case.
const pattern = (expression: string): JsonSchema => ({ type: 'string', pattern: expression });
const quantity = pattern('^0x(0|[1-9a-fA-F][0-9a-fA-F]*)$');
const address = pattern('^0x[0-9a-fA-F]{40}$');
const hash = pattern('^0x[0-9a-fA-F]{64}$');
const bytes = pattern('^0x([0-9a-fA-F]{2})*$');
const tag = oneOf('latest', 'pending', 'safe', 'finalized', 'earliest');
const byNumber = either(tag, quantity);
const callMembers = {
  from: address,
  to: address,
  gas: quantity,
  gasPrice: quantity,
  maxFeePerGas: quantity,
  maxPriorityFeePerGas: quantity,
  value: quantity,
  nonce: quantity,
  data: bytes,
  input: bytes,
  chainId: quantity,
};

const SCHEMAS = new Map<Decode<unknown>, JsonSchema>([
  [readAddress, address],
  [readHash, hash],
  [readBytes, bytes],
  [uint64, quantity],
  [uint256, quantity],
  [index, quantity],
  [lenientUint, either({ type: 'integer', minimum: 0 }, pattern('^(0x[0-9a-fA-F]{1,16}|[0-9]{1,20})$'))],
  [boolean, truth],
  [string, text],
  [blockNumber, byNumber],
  [lenientBlockNumber, either(byNumber, { type: 'integer', minimum: 0 })],
  [blockRef, either(byNumber, hash, { type: 'object' })],
  [callRequest, { type: 'object', properties: callMembers }],
  [
    logQuery,
    {
      type: 'object',
      properties: { fromBlock: byNumber, toBlock: byNumber, blockHash: hash, topics: { type: 'array' } },
    },
  ],
]);

/** What the reader of a parameter takes; `{}` if it is nowhere described. */
export const paramSchema = (reader: Decode<unknown>): JsonSchema => SCHEMAS.get(reader) ?? anything;
