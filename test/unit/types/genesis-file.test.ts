import { describe, expect, it } from 'vitest';
import { toHash32 } from '../../../src/base/hex.js';
import { forksUpTo } from '../../../src/types/chain-spec.js';
import { parseGenesis } from '../../../src/types/genesis-file.js';

const CONFIG = {
  chainId: 271828,
  homesteadBlock: 0,
  eip150Block: 0,
  eip155Block: 0,
  eip158Block: 0,
  byzantiumBlock: 0,
  constantinopleBlock: 0,
  petersburgBlock: 0,
  istanbulBlock: 0,
  muirGlacierBlock: 0,
  berlinBlock: 0,
  londonBlock: 0,
  ethash: {},
};

const ALICE = `0x${'a1'.repeat(20)}`;
const BOB = `0x${'b0'.repeat(20)}`;
/** The most that all accounts may have together. */
const MOST = 2n ** 256n - 2n ** 192n;
const wei = (balance: bigint) => ({ balance: `0x${balance.toString(16)}` });
const FILE = { config: CONFIG, difficulty: '0x20000', gasLimit: '30000000', alloc: {} };

const hex20 = (n: number): string => n.toString(16).padStart(40, '0');

function parse(file: unknown) {
  const parsed = parseGenesis(file);
  return parsed.ok ? parsed.value : expect.fail(parsed.error.message);
}

function errorOf(file: unknown) {
  const parsed = parseGenesis(file);
  return parsed.ok ? expect.fail('it was accepted') : parsed.error;
}

describe('parseGenesis', () => {
  it('fills in what may be left out', () => {
    expect(parse(FILE)).toMatchObject({
      spec: { chainId: 271828n, networkId: 271828n, forks: forksUpTo('london'), difficultyStep: undefined },
      difficulty: 131072n,
      gasLimit: 30_000_000n,
      baseFeePerGas: 1_000_000_000n,
      coinbase: `0x${'00'.repeat(20)}`,
      nonce: '0x0000000000000000',
      timestamp: 0,
      extraData: '0x',
    });
  });

  it.each([
    ['JSON numbers', { timestamp: 10, nonce: 66 }],
    ['decimal strings', { timestamp: '10', nonce: '66' }],
    ['hex', { timestamp: '0xa', nonce: '0x42' }],
    ['hex with leading zeros', { timestamp: '0x0a', nonce: '0x0000000000000042' }],
  ])('takes %s', (_, fields) => {
    expect(parse({ ...FILE, ...fields })).toMatchObject({ timestamp: 10, nonce: '0x0000000000000042' });
  });

  it('takes accounts with and without 0x, with code, nonce and storage', () => {
    const alloc = {
      [ALICE]: { balance: '1000' },
      ['B2'.repeat(20)]: {
        balance: '0x10',
        nonce: '0x1',
        code: '0x6001',
        storage: { '0x01': '0x10', '02': '10', '03': '0x00' },
      },
    };
    const accounts = [...parse({ ...FILE, alloc }).alloc];
    const slot = (n: number) => toHash32(new Uint8Array(32).fill(n, 31));
    expect(accounts).toEqual([
      [ALICE, { balance: 1000n, nonce: 0n, code: new Uint8Array(0), storage: new Map() }],
      [
        `0x${'b2'.repeat(20)}`,
        {
          balance: 16n,
          nonce: 1n,
          code: Uint8Array.of(0x60, 1),
          storage: new Map([
            [slot(1), 16n],
            [slot(2), 16n],
          ]),
        },
      ],
    ]);
  });

  it.each([
    { name: 'the most of all', alloc: { [ALICE]: wei(MOST - 1n), [BOB]: wei(1n) } },
    // What geth's puppeth gave each account of a faucet.
    {
      name: '64 times 2^249',
      alloc: Object.fromEntries(Array.from({ length: 64 }, (_, n) => [hex20(n), wei(2n ** 249n)])),
    },
  ])('takes balances of $name', ({ alloc }) => {
    expect(parse({ ...FILE, alloc }).alloc.size).toBe(Object.keys(alloc).length);
  });

  it('finds keys in any letter case, as geth does, but first as they should be', () => {
    const { gasLimit, config, alloc: _, ...rest } = FILE;
    const { chainId, londonBlock, ...forks } = config;
    const hash = `0x${'5c'.repeat(32)}`;
    const { mixHash, extraData, spec, alloc, ...genesis } = parse({
      ...rest,
      config: { ...forks, chainid: chainId, LondonBlock: londonBlock, eip150hash: hash },
      gaslimit: gasLimit,
      mixhash: hash,
      extradata: '0x1234',
      ALLOC: { [ALICE]: { Balance: '0x7' } },
      nOnce: 66,
      COINBASE: ALICE,
      coinbase: ALICE.replaceAll('a1', 'b2'),
    });
    expect({ mixHash, extraData, chainId: spec.chainId }).toEqual({
      mixHash: hash,
      extraData: '0x1234',
      chainId: 271828n,
    });
    expect(spec.forks).toEqual(forksUpTo('london'));
    expect([...alloc.values()].map(({ balance }) => balance)).toEqual([7n]);
    expect(genesis).toMatchObject({
      gasLimit: 30_000_000n,
      nonce: '0x0000000000000042',
      coinbase: `0x${'b2'.repeat(20)}`,
    });
  });

  it('a null in one letter case does not hide the value in another', () => {
    expect(parse({ ...FILE, timestamp: null, TIMESTAMP: 7 }).timestamp).toBe(7);
  });

  it('takes our own rules', () => {
    const grapevine = { difficultyStep: 1, blockReward: '0x64' };
    expect(parse({ ...FILE, config: { ...CONFIG, grapevine } }).spec).toMatchObject({
      difficultyStep: 1,
      blockReward: 100n,
    });
  });

  it('a chain without London has no base fee', () => {
    const { londonBlock: _, ...config } = CONFIG;
    const genesis = parse({ ...FILE, config, baseFeePerGas: '0x1' });
    expect(genesis.baseFeePerGas).toBeUndefined();
    expect(genesis.spec.forks).toEqual(forksUpTo('berlin'));
  });

  it('takes a null as absent, and keys of geth that change nothing', () => {
    const config = {
      ...CONFIG,
      shanghaiTime: null,
      terminalTotalDifficultyPassed: false,
      eip150Hash: `0x${'00'.repeat(32)}`,
    };
    expect(parse({ ...FILE, config, coinbase: null }).spec.chainId).toBe(271828n);
  });

  const refusedForks = [
    'daoForkBlock',
    'arrowGlacierBlock',
    'grayGlacierBlock',
    'mergeNetsplitBlock',
    'terminalTotalDifficulty',
    'shanghaiTime',
    'cancunTime',
    'pragueTime',
    'osakaTime',
    'someFutureTime',
    'clique',
    'terminaltotaldifficulty',
    'shanghaitime',
    'somefuturetime',
  ];
  it.each(refusedForks)('refuses config.%s by name', (key) => {
    const { message, key: named } = errorOf({ ...FILE, config: { ...CONFIG, [key]: 0 } });
    expect(named).toBe(`config.${key}`);
    expect(message).toMatch(new RegExp(`config\\.${key} .*: remove the key`));
  });

  const without = (key: keyof typeof CONFIG) => Object.fromEntries(Object.entries(CONFIG).filter(([k]) => k !== key));
  const refused: [name: string, key: string, file: unknown][] = [
    ['no object', 'the file', 'genesis'],
    ['a list', 'the file', []],
    ['no config', 'config', { ...FILE, config: undefined }],
    ['no chain id', 'config.chainId', { ...FILE, config: without('chainId') }],
    ['chain id 0', 'config.chainId', { ...FILE, config: { ...CONFIG, chainId: 0 } }],
    ['a fork later than block 0', 'config.londonBlock', { ...FILE, config: { ...CONFIG, londonBlock: 5 } }],
    ['a gap in the forks', 'config.istanbulBlock', { ...FILE, config: without('istanbulBlock') }],
    ['no Homestead', 'config.homesteadBlock', { ...FILE, config: { chainId: 1 } }],
    [
      'a typing error in our rules',
      'config.grapevine.difficultystep',
      { ...FILE, config: { ...CONFIG, grapevine: { difficultystep: 1 } } },
    ],
    [
      'a step of 0',
      'config.grapevine.difficultyStep',
      { ...FILE, config: { ...CONFIG, grapevine: { difficultyStep: 0 } } },
    ],
    ['no alloc', 'alloc', { ...FILE, alloc: undefined }],
    ['no difficulty', 'difficulty', { ...FILE, difficulty: undefined }],
    ['difficulty 0', 'difficulty', { ...FILE, difficulty: 0 }],
    ['no gas limit', 'gasLimit', { ...FILE, gasLimit: undefined }],
    ['a gas limit below 5000', 'gasLimit', { ...FILE, gasLimit: 4999 }],
    ['a gas limit of 2^63', 'gasLimit', { ...FILE, gasLimit: (2n ** 63n).toString() }],
    ['a negative number', 'timestamp', { ...FILE, timestamp: -1 }],
    ['a fraction', 'timestamp', { ...FILE, timestamp: 1.5 }],
    ['a number of words', 'timestamp', { ...FILE, timestamp: 'ten' }],
    ['a nonce of 9 bytes', 'nonce', { ...FILE, nonce: `0x${'11'.repeat(9)}` }],
    ['a short mix hash, by the key as it is written', 'mixhash', { ...FILE, mixhash: '0x12' }],
    ['a short coinbase', 'coinbase', { ...FILE, coinbase: '0x12' }],
    ['extra data of 33 bytes', 'extraData', { ...FILE, extraData: `0x${'11'.repeat(33)}` }],
    ['a number that is not 0', 'number', { ...FILE, number: 1 }],
    ['a parent', 'parentHash', { ...FILE, parentHash: `0x${'11'.repeat(32)}` }],
    ['a short address', 'alloc.0x12', { ...FILE, alloc: { '0x12': { balance: 1 } } }],
    ['an address twice', `alloc.${ALICE}`, { ...FILE, alloc: { [ALICE.slice(2)]: {}, [ALICE]: {} } }],
    ['an account that is a number', `alloc.${ALICE}`, { ...FILE, alloc: { [ALICE]: 5 } }],
    [
      'a balance above 2^256',
      `alloc.${ALICE}.balance`,
      { ...FILE, alloc: { [ALICE]: { balance: `0x1${'00'.repeat(32)}` } } },
    ],
    ['a balance that a reward would take over 2^256', 'alloc', { ...FILE, alloc: { [ALICE]: wei(2n ** 256n - 9n) } }],
    [
      'balances that add up to more than one account may ever have',
      'alloc',
      { ...FILE, alloc: { [ALICE]: wei(MOST), [BOB]: wei(1n) } },
    ],
    [
      'storage of 33 bytes',
      `alloc.${ALICE}.storage.0x01`,
      { ...FILE, alloc: { [ALICE]: { storage: { '0x01': `0x${'11'.repeat(33)}` } } } },
    ],
  ];
  it.each(refused)('refuses %s and names %s', (_, key, file) => {
    const error = errorOf(file);
    expect(error.key).toBe(key);
    expect(error.message.startsWith(`${key} `)).toBe(true);
  });
});
