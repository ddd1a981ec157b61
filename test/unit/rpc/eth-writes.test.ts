import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/base/hex.js';
import { signTransaction } from '../../../src/types/sender.js';
import type { UnsignedTransaction } from '../../../src/types/transaction.js';
import { decodeTransaction } from '../../../src/types/transaction-codec.js';
import { CHAIN_ID, CONTRACT } from '../../support/rpc-chain.js';
import { failureOf } from '../../support/rpc-failure.js';
import { account, createRpcWorld, KEYS, NOW_MS, transfer } from '../../support/rpc-world.js';

const GWEI = 10n ** 9n;
const hex = (value: bigint): string => `0x${value.toString(16)}`;
const NO_EVM = 'contract execution is not supported on this chain (value transfers only)';

describe('eth_sendRawTransaction', () => {
  it.each([
    ['a dynamic fee transfer', {}],
    ['an access list transfer', { type: 1 }],
    ['a legacy transfer', { type: 0 }],
  ])('takes %s and returns its hash', (_, changes) => {
    const { call } = createRpcWorld();
    const transaction = transfer(0, 2, changes as Partial<UnsignedTransaction>);
    expect(call('eth_sendRawTransaction', toHex(transaction.raw))).toBe(transaction.hash);
    expect(call('txpool_status')).toEqual({ pending: '0x1', queued: '0x0' });
  });

  it('refuses the same again', () => {
    const { call } = createRpcWorld();
    const raw = toHex(transfer(0, 2).raw);
    call('eth_sendRawTransaction', raw);
    expect(failureOf(() => call('eth_sendRawTransaction', raw))).toMatchObject({
      code: -32003,
      message: 'already known',
      data: { rule: 'known', code: 1000, hint: expect.any(String) },
    });
  });

  it('hands on what the pool says, hint and details included', () => {
    const { call } = createRpcWorld();
    expect(failureOf(() => call('eth_sendRawTransaction', toHex(transfer(0, 0).raw)))).toMatchObject({
      code: -32003,
      message: 'nonce too low: next nonce 2, tx nonce 0',
      data: { rule: 'nonce-too-low', code: 1, hint: 'account has nonce 2; resend with 2', expectedNonce: '2' },
    });
  });

  const unprotected = signTransaction(
    {
      type: 0,
      chainId: undefined,
      nonce: 2n,
      gasPrice: GWEI,
      gasLimit: 21000n,
      to: account(1),
      value: 1n,
      data: new Uint8Array(),
    },
    KEYS[0] as Uint8Array,
  );
  it.each([
    ['an empty one', '0x', -32602, /^typed transaction too short$/],
    ['a type byte alone', '0x02', -32602, /^typed transaction too short$/],
    ['a blob transaction', '0x03c0', -32003, /^transaction type not supported: 3$/],
    ['an unknown type', '0x7f00', -32003, /^transaction type not supported: 127$/],
    ['a truncated one', toHex(transfer(0, 2).raw.slice(0, -1)), -32602, /^rlp: /],
    ['one with bytes behind it', `${toHex(transfer(0, 2).raw)}00`, -32602, /^rlp: /],
    ['no hex', 'f86c', -32602, /^invalid argument 0: json: cannot unmarshal hex string without 0x prefix/],
    [
      'an unprotected one',
      toHex(unprotected.raw),
      -32003,
      /^only replay-protected \(EIP-155\) transactions allowed over RPC$/,
    ],
    [
      'a mistyped fee',
      toHex(transfer(0, 2, { gasLimit: 1_200_000n, maxFeePerGas: 1000n * GWEI } as Partial<UnsignedTransaction>).raw),
      -32003,
      /^tx fee \(1\.20 ether\) exceeds the configured cap \(1\.00 ether\)$/,
    ],
  ])('refuses %s', (_, raw, code, message) => {
    const { bugs, call } = createRpcWorld();
    expect(failureOf(() => call('eth_sendRawTransaction', raw))).toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    expect(bugs).toEqual([]);
  });
});

describe('eth_sendRawTransactionSync', () => {
  const send = (id: number, raw: string, ...rest: unknown[]) =>
    JSON.stringify({ jsonrpc: '2.0', id, method: 'eth_sendRawTransactionSync', params: [raw, ...rest] });

  function setUp() {
    const world = createRpcWorld();
    const answers: string[] = [];
    const dispatcher = world.service.dispatcher(['eth']);
    const ask = (text: string): void => {
      dispatcher.receive(text, { nowMs: NOW_MS, session: undefined }, (answer) => answers.push(answer ?? ''));
    };
    return { ...world, answers, ask };
  }

  it('answers with the receipt once the transaction is mined', () => {
    const { answers, ask, chain, service } = setUp();
    const transaction = transfer(0, 2);
    ask(send(1, toHex(transaction.raw)));
    expect(answers).toEqual([]);
    service.notify({ kind: 'head', added: [chain.mine([])], isWhole: true });
    expect(answers).toEqual([]);
    service.notify({ kind: 'head', added: [chain.mine([transaction])], isWhole: true });
    expect(JSON.parse(answers[0] ?? '')).toMatchObject({ id: 1, result: { status: '0x1', blockNumber: '0x6' } });
  });

  it('answers with the receipt though the block is not among those that a deep reorganisation shows', () => {
    const { answers, ask, chain, service } = setUp();
    const [mined, waiting] = [transfer(0, 2), transfer(1, 2)];
    ask(send(1, toHex(mined.raw)));
    ask(send(2, toHex(waiting.raw)));
    chain.mine([mined]);
    service.notify({ kind: 'head', added: [chain.mine([])], isWhole: false });
    expect(answers.map((answer) => JSON.parse(answer).id)).toEqual([1]);
    expect(JSON.parse(answers[0] ?? '')).toMatchObject({ result: { status: '0x1', blockNumber: '0x5' } });
  });

  it.each([
    ['20 s unless told', [], 20_000],
    ['20 s if told no time', [0], 20_000],
    ['what it is told', [500], 500],
    ['at most a minute', ['0xffffff'], 60_000],
  ])('waits %s', (_, params, waitMs) => {
    const { answers, ask, service } = setUp();
    const transaction = transfer(0, 2);
    ask(send(1, toHex(transaction.raw), ...params));
    service.tick(NOW_MS + waitMs - 1);
    expect(answers).toEqual([]);
    service.tick(NOW_MS + waitMs);
    expect(JSON.parse(answers[0] ?? '')).toMatchObject({ error: { code: 4, data: { hash: transaction.hash } } });
    service.tick(NOW_MS + waitMs);
    expect(answers).toHaveLength(1);
  });
});

describe('eth_call and eth_estimateGas', () => {
  const world = createRpcWorld();
  const base = { from: account(0), to: account(1) };

  it.each([
    ['a transfer', { value: '0x1' }, '0x5208'],
    ['without from', { from: undefined }, '0x5208'],
    ['with data', { data: '0x0001ff' }, hex(21_000n + 4n + 32n)],
    ['with input', { input: '0xff' }, hex(21_016n)],
    ['with both alike', { data: '0xff', input: '0xff' }, hex(21_016n)],
    [
      'with an access list',
      { accessList: [{ address: CONTRACT, storageKeys: [`0x${'00'.repeat(32)}`] }] },
      hex(21_000n + 2400n + 1900n),
    ],
    ['with enough gas', { gas: '0x5208' }, '0x5208'],
    ['with a price', { gasPrice: hex(2n * GWEI) }, '0x5208'],
    ['with the caps of type 2', { maxFeePerGas: hex(2n * GWEI), maxPriorityFeePerGas: '0x1' }, '0x5208'],
    ['with members that it does not know', { type: '0x2', authorizationList: [] }, '0x5208'],
    ['to the zero address', { to: `0x${'00'.repeat(20)}` }, '0x5208'],
  ])('answers %s', (_, changes, gas) => {
    expect(world.call('eth_estimateGas', { ...base, ...changes })).toBe(gas);
    expect(world.call('eth_call', { ...base, ...changes }, 'latest')).toBe('0x');
  });

  it.each([
    ['a creation', { to: null, data: '0x00' }, -32003, NO_EVM],
    ['a contract', { to: CONTRACT }, -32003, NO_EVM],
    ['a precompile', { to: `0x${'00'.repeat(19)}09` }, -32003, NO_EVM],
    ['too little gas', { gas: '0x4e20' }, -32003, 'intrinsic gas too low: gas 20000, minimum needed 21000'],
    [
      'too much value',
      { from: `0x${'77'.repeat(20)}`, value: '0x2' },
      -32000,
      /^insufficient funds for gas \* price \+ value: balance 0, tx cost \d+, overshot \d+$/,
    ],
    [
      'a tip above the cap',
      { maxFeePerGas: hex(GWEI), maxPriorityFeePerGas: hex(2n * GWEI) },
      -32003,
      /^max priority fee per gas higher than max fee per gas, /,
    ],
    [
      'a cap below the base fee',
      { maxFeePerGas: '0x1' },
      -32003,
      /^max fee per gas less than block base fee: address 0x.*, maxFeePerGas: 1, baseFee: \d+$/,
    ],
    [
      'two kinds of price',
      { gasPrice: '0x1', maxFeePerGas: '0x1' },
      -32000,
      'both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified',
    ],
    ['another chain', { chainId: '0x1' }, -32000, `chainId does not match node's (have=1, want=${CHAIN_ID})`],
  ])('refuses %s', (_, changes, code, message) => {
    for (const method of ['eth_call', 'eth_estimateGas', 'eth_fillTransaction'])
      expect(failureOf(() => world.call(method, { ...base, ...changes }))).toMatchObject({
        code,
        message: typeof message === 'string' ? message : expect.stringMatching(message),
        data: { hint: expect.any(String) },
      });
  });

  it('refuses overrides rather than ignoring them, but takes empty ones', () => {
    expect(failureOf(() => world.call('eth_call', base, 'latest', { [account(0)]: { balance: '0x1' } }))).toMatchObject(
      { code: -32602 },
    );
    expect(world.call('eth_call', base, 'latest', {}, null)).toBe('0x');
  });

  it('looks at the block that is asked for', () => {
    expect(world.call('eth_call', base, { blockNumber: '0x0' })).toBe('0x');
    expect(failureOf(() => world.call('eth_call', base, '0x99'))).toMatchObject({
      code: -32000,
      message: 'header not found',
    });
  });
});

describe('eth_fillTransaction', () => {
  it('fills what is open, so that only a signature is missing', () => {
    const { call } = createRpcWorld();
    const filled = call('eth_fillTransaction', { from: account(0), to: account(1), value: '0x5' }) as {
      raw: string;
      tx: Record<string, string>;
    };
    expect(filled.tx).toMatchObject({
      type: '0x2',
      nonce: '0x2',
      gas: '0x5208',
      value: '0x5',
      from: account(0),
      chainId: hex(CHAIN_ID),
    });
    const raw = decodeTransaction(new Uint8Array(Buffer.from(filled.raw.slice(2), 'hex')));
    expect(raw).toMatchObject({ nonce: 2n, gasLimit: 21000n, signature: { r: 0n, s: 0n } });
    const head = call('eth_baseFee') as string;
    expect(BigInt(filled.tx.maxFeePerGas ?? 0)).toBe(2n * BigInt(head) + BigInt(filled.tx.maxPriorityFeePerGas ?? 0));
  });

  it('keeps what is given and counts what waits', () => {
    const { call } = createRpcWorld();
    call('eth_sendRawTransaction', toHex(transfer(0, 2).raw));
    const given = {
      from: account(0),
      to: account(1),
      gas: '0x7530',
      maxFeePerGas: hex(5n * GWEI),
      maxPriorityFeePerGas: '0x7',
    };
    expect(call('eth_fillTransaction', given)).toMatchObject({
      tx: { nonce: '0x3', gas: '0x7530', maxFeePerGas: hex(5n * GWEI), maxPriorityFeePerGas: '0x7' },
    });
  });

  it.each([
    [{ gasPrice: hex(5n * GWEI) }, '0x0'],
    [{ gasPrice: hex(5n * GWEI), accessList: [] }, '0x1'],
  ])('makes %j type %s', (changes, type) => {
    expect(
      createRpcWorld().call('eth_fillTransaction', { from: account(0), to: account(1), ...changes }),
    ).toMatchObject({ tx: { type } });
  });

  it('refuses a price of nothing', () => {
    expect(
      failureOf(() =>
        createRpcWorld().call('eth_fillTransaction', { from: account(0), to: account(1), gasPrice: '0x0' }),
      ),
    ).toMatchObject({
      message: 'gasPrice must be non-zero after london fork',
    });
  });
});
