import type { Address } from '../base/brand.js';

/** The rules by which a pool turns a transaction away. */
export type RefusalCode =
  | 'oversized'
  | 'type-not-supported'
  | 'contract-execution'
  | 'nonce-max'
  | 'gas-limit'
  | 'tip-above-cap'
  | 'chain-id'
  | 'intrinsic-gas'
  | 'invalid-sender'
  | 'price-below-minimum'
  | 'sender-not-eoa'
  | 'nonce-too-low'
  | 'insufficient-funds'
  | 'replacement-underpriced'
  | 'underpriced'
  | 'pool-full'
  | 'account-limit';

/**
 * A transaction turned away. `invalid`: on any chain of Ethereum's rules, so who relays it is at fault; `refused`: for
 * what the state or the pool is now, or by a rule that is ours alone (no contracts, size), which no foreign peer knows. `message` is geth's text, which wallets and libraries recognise; `data.hint` says what to do.
 */
export interface Refusal {
  readonly kind: 'invalid' | 'refused';
  readonly code: RefusalCode;
  readonly message: string;
  readonly data: { readonly hint: string } & Readonly<Record<string, string>>;
}

type Details = Readonly<Record<string, string>>;

const invalid = (code: RefusalCode, message: string, hint: string, details: Details = {}): Refusal => ({
  kind: 'invalid',
  code,
  message,
  data: { ...details, hint },
});

const refused = (code: RefusalCode, message: string, hint: string, details: Details = {}): Refusal => ({
  kind: 'refused',
  code,
  message,
  data: { ...details, hint },
});

/** One constructor a rule: the only place where the pool's texts stand. */
export const REFUSALS = {
  oversized: (size: number, limit: number): Refusal =>
    refused('oversized', `oversized data: transaction size ${size}, limit ${limit}`, 'send less data'),

  typeNotSupported: (type: number): Refusal =>
    refused('type-not-supported', `transaction type not supported: ${type}`, 'send a type 0, 1 or 2 transaction'),

  contractCreation: (): Refusal =>
    refused(
      'contract-execution',
      'contract execution is not supported on this chain (value transfers only)',
      'set a recipient: this chain has accounts and transfers, and data is a memo',
    ),

  contractCall: (to: Address): Refusal =>
    refused(
      'contract-execution',
      'contract execution is not supported on this chain (value transfers only)',
      `${to} is a contract: send to an ordinary account`,
      { to },
    ),

  nonceMax: (): Refusal => invalid('nonce-max', 'nonce has max value', 'no account may reach nonce 2^64 - 1'),

  gasLimit: (gas: bigint, limit: bigint): Refusal =>
    refused('gas-limit', 'exceeds block gas limit', `gas is ${gas}, a block holds ${limit}`, {
      gas: gas.toString(),
      blockGasLimit: limit.toString(),
    }),

  tipAboveCap: (tip: bigint, cap: bigint): Refusal =>
    invalid(
      'tip-above-cap',
      `max priority fee per gas higher than max fee per gas, maxPriorityFeePerGas: ${tip}, maxFeePerGas: ${cap}`,
      'raise maxFeePerGas or lower maxPriorityFeePerGas',
    ),

  chainId: (have: bigint, want: bigint): Refusal =>
    invalid('chain-id', `invalid chain id for signer: have ${have} want ${want}`, `sign for chain id ${want}`, {
      chainId: want.toString(),
    }),

  intrinsicGas: (gas: bigint, needed: bigint): Refusal =>
    invalid(
      'intrinsic-gas',
      `intrinsic gas too low: gas ${gas}, minimum needed ${needed}`,
      `set the gas limit to ${needed}`,
      { minimumGas: needed.toString() },
    ),

  invalidSender: (): Refusal => invalid('invalid-sender', 'invalid sender', 'the signature recovers to no account'),

  priceBelowMinimum: (tip: bigint, minimum: bigint): Refusal =>
    refused(
      'price-below-minimum',
      `transaction gas price below minimum: gas tip cap ${tip}, minimum needed ${minimum}`,
      `raise the priority fee to ${minimum} wei`,
      { minimumTip: minimum.toString() },
    ),

  senderNotEoa: (sender: Address): Refusal =>
    refused('sender-not-eoa', `sender not an eoa: address ${sender}`, 'accounts with code send nothing (EIP-3607)'),

  nonceTooLow: (next: bigint, nonce: bigint): Refusal =>
    refused(
      'nonce-too-low',
      `nonce too low: next nonce ${next}, tx nonce ${nonce}`,
      `account has nonce ${next}; resend with ${next}`,
      { expectedNonce: next.toString() },
    ),

  insufficientFunds: (balance: bigint, queuedCost: bigint, cost: bigint): Refusal =>
    refused(
      'insufficient-funds',
      queuedCost === 0n
        ? `insufficient funds for gas * price + value: balance ${balance}, tx cost ${cost}, overshot ${cost - balance}`
        : `insufficient funds for gas * price + value: balance ${balance}, queued cost ${queuedCost}, tx cost ${cost}, overshot ${queuedCost + cost - balance}`,
      queuedCost === 0n
        ? 'fund the account or send less'
        : "the balance must cover all of the sender's waiting transactions: wait for them or send less",
      { balance: balance.toString(), cost: (queuedCost + cost).toString() },
    ),

  replacementUnderpriced: (feeCap: bigint, tipCap: bigint): Refusal =>
    refused(
      'replacement-underpriced',
      'replacement transaction underpriced',
      `a transaction with this nonce waits; to replace it pay at least ${feeCap} wei max fee and ${tipCap} wei priority fee`,
      { minimumFeeCap: feeCap.toString(), minimumTip: tipCap.toString() },
    ),

  underpriced: (hint: string): Refusal => refused('underpriced', 'transaction underpriced', hint),

  poolFull: (): Refusal =>
    refused('pool-full', 'txpool is full', 'wait for the next blocks, or pay more than the waiting transactions'),

  accountPendingLimit: (pending: number, queued: number): Refusal =>
    refused(
      'account-limit',
      `account limit exceeded: ${pending} pending and ${queued} waiting while the pool is over half full`,
      'wait for earlier transactions of this account to be included',
    ),

  accountQueueLimit: (limit: number, next: bigint): Refusal =>
    refused(
      'account-limit',
      `account limit exceeded: ${limit} transactions behind a nonce gap`,
      `send the missing transaction with nonce ${next} first`,
      { expectedNonce: next.toString() },
    ),
} as const;
