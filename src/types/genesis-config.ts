import { type ChainSpec, FORK_NAMES, type ForkName } from './chain-spec.js';
import { FieldError, type JsonFields } from './json-fields.js';

/** Chain ids above this overflow what wallets do with `v` (EIP-2294 proposes about the same bound). */
const MAX_CHAIN_ID = 2n ** 63n - 36n;
const MAX_DIFFICULTY_STEP = 3600n;
const MAX_BLOCK_REWARD = 2n ** 128n - 1n;

/** Forks that need not be named although a later one is: they change nothing here, or the later one makes up for it. */
const OPTIONAL_FORKS: ReadonlySet<ForkName> = new Set(['petersburg', 'muirGlacier']);

/** Keys of geth's `config` that change the chain and that this node does not implement, and what they stand for. */
const REFUSED: Readonly<Record<string, string>> = {
  daoForkBlock: 'the DAO fork',
  arrowGlacierBlock: 'the Arrow Glacier fork',
  grayGlacierBlock: 'the Gray Glacier fork',
  mergeNetsplitBlock: 'the merge to proof of stake',
  terminalTotalDifficulty: 'the merge to proof of stake',
  shanghaiTime: 'the Shanghai fork',
  cancunTime: 'the Cancun fork',
  pragueTime: 'the Prague fork',
  osakaTime: 'the Osaka fork',
  clique: 'proof of authority',
};

/** Keys of geth's `config` that mean nothing here and change nothing in the chain. */
const IGNORED: readonly string[] = ['eip150Hash', 'daoForkSupport', 'ethash'];

/** The chain that the `config` of a genesis file describes; throws FieldError, naming the key and what to do about it. */
export function readChainSpec(config: JsonFields): ChainSpec {
  refuseForeignForks(config);
  const chainId = config.integer('chainId', MAX_CHAIN_ID);
  if (chainId === 0n)
    throw new FieldError(config.pathOf('chainId'), 'must not be 0: choose a number that no other chain has');
  return { chainId, networkId: chainId, forks: readForks(config), ...readOwnRules(config) };
}

function refuseForeignForks(config: JsonFields): void {
  for (const key of config.keys()) {
    // In any letter case, as they are found.
    const isKey = (name: string): boolean => name.toLowerCase() === key.toLowerCase();
    const refused = Object.entries(REFUSED).find(([name]) => isKey(name));
    if (refused !== undefined) {
      const [, fork] = refused;
      throw new FieldError(config.pathOf(key), `asks for ${fork}, which Grapevine does not implement: remove the key`);
    }
    // What geth of a later day may call a fork must not be passed over in silence.
    const known = IGNORED.some(isKey) || FORK_NAMES.some((fork) => isKey(`${fork}Block`));
    if (!known && /(?:Block|Time)$/i.test(key)) {
      throw new FieldError(config.pathOf(key), 'is a fork that Grapevine does not know: remove the key');
    }
  }
}

/** All forks of the file are active from block 0; a fork left out never comes, nor may a later one. */
function readForks(config: JsonFields): ChainSpec['forks'] {
  const forks: [ForkName, number][] = [];
  let missing: string | undefined;
  for (const fork of FORK_NAMES) {
    const key = `${fork}Block`;
    if (!config.has(key)) {
      if (!OPTIONAL_FORKS.has(fork)) missing ??= config.pathOf(key);
      forks.push([fork, Number.POSITIVE_INFINITY]);
      continue;
    }
    const block = config.integer(key, BigInt(Number.MAX_SAFE_INTEGER));
    if (block > 0n) {
      throw new FieldError(config.pathOf(key), `is ${block}: Grapevine starts with every fork active, set it to 0`);
    }
    if (missing !== undefined) throw new FieldError(missing, `is missing although ${key} is set: set it to 0`);
    forks.push([fork, 0]);
  }
  const spec = Object.fromEntries(forks) as Record<ForkName, number>;
  if (spec.homestead !== 0) throw new FieldError(config.pathOf('homesteadBlock'), 'is missing: set it to 0');
  return spec;
}

/** The rules that are ours and not geth's: a typing error here would make another chain, so unknown keys are refused. */
function readOwnRules(config: JsonFields): Pick<ChainSpec, 'difficultyStep' | 'blockReward'> {
  if (!config.has('grapevine')) return { difficultyStep: undefined, blockReward: undefined };
  const own = config.object('grapevine');
  for (const key of own.keys()) {
    if (key !== 'difficultyStep' && key !== 'blockReward') {
      throw new FieldError(own.pathOf(key), 'is unknown: there are difficultyStep (seconds) and blockReward (wei)');
    }
  }
  const step = own.has('difficultyStep') ? own.integer('difficultyStep', MAX_DIFFICULTY_STEP) : undefined;
  if (step === 0n) throw new FieldError(own.pathOf('difficultyStep'), 'must be at least 1 second');
  return {
    difficultyStep: step === undefined ? undefined : Number(step),
    blockReward: own.has('blockReward') ? own.integer('blockReward', MAX_BLOCK_REWARD) : undefined,
  };
}
