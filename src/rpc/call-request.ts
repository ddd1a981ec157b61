import type { Address } from '../base/brand.js';
import { bytesEqual, EMPTY_BYTES } from '../base/bytes.js';
import type { AccessListEntry } from '../types/transaction.js';
import { invalidParams, serverError } from './errors.js';
import { isObject } from './json.js';
import { type Decode, kindOf, ParamError, wrongKind } from './param.js';
import { address, bytes, hash, list, uint64, uint256 } from './param-values.js';

/** Entries and keys of an access list in a request; a real one would not fit a block long before. */
const MAX_ACCESS_LIST = 4096;

/** A transaction as a caller sketches it; what is undefined is for the node to choose. */
export interface CallRequest {
  readonly from: Address | undefined;
  readonly to: Address | undefined;
  readonly gas: bigint | undefined;
  readonly gasPrice: bigint | undefined;
  readonly maxFeePerGas: bigint | undefined;
  readonly maxPriorityFeePerGas: bigint | undefined;
  readonly value: bigint;
  readonly nonce: bigint | undefined;
  readonly data: Uint8Array;
  readonly accessList: readonly AccessListEntry[] | undefined;
  readonly chainId: bigint | undefined;
}

const accessListEntry: Decode<AccessListEntry> = (json) => {
  if (!isObject(json)) throw wrongKind(kindOf(json), 'types.AccessTuple');
  return {
    address: address(json.address),
    storageKeys: list(hash, MAX_ACCESS_LIST, '[]common.Hash')(json.storageKeys ?? []),
  };
};

function maybe<T>(decode: Decode<T>, json: unknown): T | undefined {
  return json === undefined || json === null ? undefined : decode(json);
}

function payload(data: Uint8Array | undefined, input: Uint8Array | undefined): Uint8Array {
  if (data !== undefined && input !== undefined && !bytesEqual(data, input))
    throw new ParamError(
      'both "data" and "input" are set and not equal. Please use "input" to pass transaction call data',
    );
  return input ?? data ?? EMPTY_BYTES;
}

/** The transaction object of eth_call, eth_estimateGas and eth_fillTransaction. Members that it does not know are ignored. */
export const callRequest: Decode<CallRequest> = (json) => {
  if (!isObject(json)) throw wrongKind(kindOf(json), 'ethapi.TransactionArgs');
  return {
    from: maybe(address, json.from),
    to: maybe(address, json.to),
    gas: maybe(uint64, json.gas),
    gasPrice: maybe(uint256, json.gasPrice),
    maxFeePerGas: maybe(uint256, json.maxFeePerGas),
    maxPriorityFeePerGas: maybe(uint256, json.maxPriorityFeePerGas),
    value: maybe(uint256, json.value) ?? 0n,
    nonce: maybe(uint64, json.nonce),
    data: payload(maybe(bytes, json.data), maybe(bytes, json.input)),
    accessList: maybe(list(accessListEntry, MAX_ACCESS_LIST, 'types.AccessList'), json.accessList),
    chainId: maybe(uint256, json.chainId),
  };
};

/** Throws unless the request's price members fit together and it is meant for this chain. */
export function checkCallRequest(request: CallRequest, chainId: bigint): void {
  if (
    request.gasPrice !== undefined &&
    (request.maxFeePerGas !== undefined || request.maxPriorityFeePerGas !== undefined)
  )
    throw serverError(
      'both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified',
      'name one kind of price: gasPrice (types 0 and 1) or the two caps (type 2)',
    );
  if (request.chainId !== undefined && request.chainId !== chainId)
    throw serverError(
      `chainId does not match node's (have=${request.chainId}, want=${chainId})`,
      'ask eth_chainId for the id of this chain',
    );
}

/** State and block overrides: shown as parameters so that asking for them is refused rather than ignored. */
export const noOverrides: Decode<undefined> = (json) => {
  if (isObject(json) && Object.keys(json).length === 0) return undefined;
  throw invalidParams('overrides are not supported', 'leave out the state and block overrides');
};
