import { describe, expect, it } from 'vitest';
import { callRequest } from '../../../src/rpc/call-request.js';
import { logQuery } from '../../../src/rpc/log-query.js';
import { ParamError } from '../../../src/rpc/param.js';
import { blockNumber, blockRef } from '../../../src/rpc/param-block.js';
import {
  address,
  boolean,
  bytes,
  hash,
  index,
  lenientUint,
  list,
  string,
  uint64,
  uint256,
} from '../../../src/rpc/param-values.js';

const decoders = {
  address,
  blockNumber,
  blockRef,
  boolean,
  bytes,
  callRequest,
  hash,
  index,
  lenientUint,
  logQuery,
  string,
  uint64,
  uint256,
  list: list(hash, 2, '[]common.Hash'),
};
const HASH = `0x${'ab'.repeat(32)}`;
const ADDRESS = `0x${'ab'.repeat(20)}`;

function fault(name: keyof typeof decoders, json: unknown): string {
  try {
    decoders[name](json);
    return 'accepted';
  } catch (error) {
    if (error instanceof ParamError) return error.message;
    throw error;
  }
}

describe('parameter codecs refuse in the words of geth', () => {
  it.each<[keyof typeof decoders, unknown, string]>([
    ['address', 5, 'json: cannot unmarshal non-string into Go value of type common.Address'],
    ['address', null, 'json: cannot unmarshal non-string into Go value of type common.Address'],
    ['address', '', 'json: cannot unmarshal empty hex string into Go value of type common.Address'],
    ['address', 'ab', 'json: cannot unmarshal hex string without 0x prefix into Go value of type common.Address'],
    ['address', '0xabc', 'json: cannot unmarshal hex string of odd length into Go value of type common.Address'],
    ['address', '0xab', 'hex string has length 2, want 40 for common.Address'],
    [
      'address',
      `0x${'zz'.repeat(20)}`,
      'json: cannot unmarshal invalid hex string into Go value of type common.Address',
    ],
    ['hash', ADDRESS, 'hex string has length 40, want 64 for common.Hash'],
    ['bytes', '0x1', 'json: cannot unmarshal hex string of odd length into Go value of type hexutil.Bytes'],
    ['uint64', '0x', 'json: cannot unmarshal hex string "0x" into Go value of type hexutil.Uint64'],
    ['uint256', '12', 'json: cannot unmarshal hex string without 0x prefix into Go value of type hexutil.Big'],
    ['index', 1, 'json: cannot unmarshal non-string into Go value of type hexutil.Uint'],
    ['boolean', 'true', 'json: cannot unmarshal string into Go value of type bool'],
    ['string', {}, 'json: cannot unmarshal object into Go value of type string'],
    ['string', 'x'.repeat(4097), 'string longer than 4096 characters'],
    ['list', 'x', 'json: cannot unmarshal string into Go value of type []common.Hash'],
    ['list', [HASH, HASH, HASH], 'too many items, want at most 2'],
    ['lenientUint', 'x', 'invalid hex or decimal integer "x"'],
    ['lenientUint', -1, 'invalid hex or decimal integer -1'],
    ['lenientUint', 1.5, 'invalid hex or decimal integer 1.5'],
    ['blockNumber', 'newest', 'hex string without 0x prefix'],
    ['blockNumber', 5, 'hex string without 0x prefix'],
    ['blockNumber', '0x8000000000000000', 'block number larger than int64'],
    ['blockNumber', HASH, 'hex number > 64 bits'],
    ['blockRef', 5, 'json: cannot unmarshal number into Go value of type string'],
    [
      'blockRef',
      { blockHash: HASH, blockNumber: '0x1' },
      'cannot specify both BlockHash and BlockNumber, choose one or the other',
    ],
    ['blockRef', {}, 'at least one of BlockNumber or BlockHash is needed if a dictionary is provided'],
    ['callRequest', 'x', 'json: cannot unmarshal string into Go value of type ethapi.TransactionArgs'],
    [
      'callRequest',
      { data: '0x01', input: '0x02' },
      'both "data" and "input" are set and not equal. Please use "input" to pass transaction call data',
    ],
    ['logQuery', [], 'json: cannot unmarshal array into Go value of type filters.FilterCriteria'],
    ['logQuery', { address: 5 }, 'invalid addresses in query'],
    ['logQuery', { topics: [5] }, 'invalid topic(s)'],
    ['logQuery', { topics: [null, null, null, null, null] }, 'exceed max topics'],
    [
      'logQuery',
      { blockHash: HASH, fromBlock: '0x1' },
      'cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other',
    ],
  ])('%s %j', (name, json, message) => {
    expect(fault(name, json)).toBe(message);
  });

  it.each<[keyof typeof decoders, unknown, unknown]>([
    ['address', ADDRESS.toUpperCase().replace('0X', '0x'), ADDRESS],
    ['hash', HASH, HASH],
    ['bytes', '0x', new Uint8Array(0)],
    ['index', '0xffffffffffffffff', Number.POSITIVE_INFINITY],
    ['lenientUint', '0x10', 16],
    ['lenientUint', '10', 10],
    ['lenientUint', 10, 10],
    ['blockNumber', 'safe', { kind: 'tag', tag: 'safe' }],
    ['blockNumber', '0x10', { kind: 'number', number: 16 }],
    ['blockNumber', '0x7fffffffffffffff', { kind: 'number', number: Number.MAX_SAFE_INTEGER }],
    ['blockRef', HASH, { kind: 'hash', hash: HASH, requireCanonical: false }],
    ['blockRef', { blockHash: HASH, requireCanonical: true }, { kind: 'hash', hash: HASH, requireCanonical: true }],
    ['blockRef', { blockNumber: 'latest' }, { kind: 'tag', tag: 'latest' }],
    ['logQuery', { address: [ADDRESS], topics: [HASH, [HASH, null], null] }, { kind: 'range' }],
  ])('%s reads %j', (name, json, value) => {
    expect(decoders[name](json)).toEqual(value);
  });
});
