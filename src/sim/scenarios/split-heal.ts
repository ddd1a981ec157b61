import type { Hash32 } from '../../base/brand.js';
import { EMPTY_BYTES } from '../../base/bytes.js';
import { addressOfPrivateKey } from '../../crypto/address.js';
import { signTransaction } from '../../types/sender.js';
import type { Transaction } from '../../types/transaction.js';
import { oneChain } from '../observe/one-chain.js';
import { settingsOf } from '../parameters.js';
import { resultOf, type Scenario, type ScenarioResult, worldOptions } from '../scenario.js';
import { seededRandom } from '../seeded-random.js';
import { simGenesis } from '../sim-genesis.js';
import type { SimNode } from '../sim-node.js';
import { createWorld } from '../world.js';

/** They find a block in 4 s each unless told otherwise: about 2 s together, as in the devnet. */
const MINERS = 2;
const DIFFICULTY_STEP = 2;
const ACCOUNTS = 4;
const START_EVERY_MS = 200;
const JOIN_MS = 30_000;
const PAY_EVERY_MS = 1_000;
const PARAMETERS = {
  hashrate: { default: 32_768, least: 1, most: 1e9, summary: 'hashes a second of each of the two miners' },
  payments: { default: 12, least: 1, most: 1_000, summary: 'payments before the split, and of each half during it' },
  splitMs: { default: 60_000, most: 86_400_000, summary: 'virtual time that the halves are apart' },
  healMs: { default: 180_000, most: 86_400_000, summary: 'virtual time within which one chain must come out' },
  depth: { default: 6, most: 1_000, summary: 'newest blocks in which nodes may differ while they are joined' },
};
const TRANSFER_GAS = 21_000n;
const GWEI = 1_000_000_000n;

interface Sender {
  readonly privateKey: Uint8Array;
  nonce: bigint;
}

function transfer(from: Sender, to: Sender, chainId: bigint): Transaction {
  return signTransaction(
    {
      type: 2,
      chainId,
      nonce: from.nonce++,
      maxPriorityFeePerGas: GWEI,
      maxFeePerGas: 100n * GWEI,
      gasLimit: TRANSFER_GAS,
      to: addressOfPrivateKey(to.privateKey),
      value: 1n,
      data: EMPTY_BYTES,
      accessList: [],
    },
    from.privateKey,
  );
}

const headOf = (node: SimNode): Hash32 => node.rooms().chain.head().hash;
const agree = (nodes: readonly SimNode[]): boolean => new Set(nodes.map(headOf)).size === 1;
const height = (node: SimNode): number => node.rooms().chain.head().header.number;

function isMined(node: SimNode, transaction: Transaction): boolean {
  return node.rooms().chain.transactionLocation(transaction.hash) !== undefined;
}

/** Nodes mine and pay each other, are cut in two halves that both go on, and are joined: one chain must come out, with every payment on it. */
export const splitHealScenario: Scenario = {
  name: 'split-heal',
  summary: 'nodes mine and transact, are split in two and joined; one chain, no payment lost, nobody banned',
  defaults: { nodes: 8, fidelity: 'exact' },
  small: { exact: { nodes: 8 }, scale: { nodes: 8 } },
  parameters: PARAMETERS,
  invariants: (settings) => {
    const { depth, healMs } = settingsOf(PARAMETERS, settings);
    return [oneChain({ from: 'joined', until: 'split', depth }), oneChain({ from: 'healed', afterMs: healMs, depth })];
  },
  longestMs: (nodes, settings) => {
    const { payments, splitMs, healMs } = settingsOf(PARAMETERS, settings);
    return nodes * START_EVERY_MS + JOIN_MS + payments * PAY_EVERY_MS + splitMs + healMs;
  },
  run(options): ScenarioResult {
    const { hashrate, payments, splitMs, healMs } = settingsOf(PARAMETERS, options.settings);
    const keys = seededRandom(`${options.seed}/accounts`);
    const senders: Sender[] = Array.from({ length: ACCOUNTS }, () => ({ privateKey: keys.bytes(32), nonce: 0n }));
    const genesis = simGenesis(
      senders.map(({ privateKey }) => addressOfPrivateKey(privateKey)),
      DIFFICULTY_STEP,
    );
    const world = createWorld({
      ...worldOptions(options),
      genesis,
      links: { latency: { kind: 'uniform', fromMs: 10, toMs: 100 }, datagramLoss: 0 },
    });
    const half = Math.floor(options.nodes / 2);
    for (let i = 0; i < options.nodes; i++) {
      // A miner in each half, so that both sides of the split go on.
      const mines = i === 0 || i === half;
      const first = world.nodes[0];
      world.addNode({ bootnodes: first === undefined ? [] : [first], hashrate: mines ? hashrate : 0 }).start();
      world.run(START_EVERY_MS);
    }
    const left = world.nodes.slice(0, half);
    const right = world.nodes.slice(half);
    const sent: Transaction[] = [];

    function pay(at: readonly SimNode[], from: number): void {
      const sender = senders[from % senders.length];
      const recipient = senders[(from + 1) % senders.length];
      const node = at[from % at.length];
      if (sender === undefined || recipient === undefined || node === undefined) return;
      const transaction = transfer(sender, recipient, genesis.spec.chainId);
      const result = node.execute((rooms, nowMs) => rooms.pool.add(transaction, { local: true }, nowMs));
      if (result.kind === 'added') sent.push(transaction);
    }

    world.run(JOIN_MS);
    world.moment('joined');
    for (let i = 0; i < payments; i++) {
      pay(world.nodes, i);
      world.run(PAY_EVERY_MS);
    }
    world.partition([left, right]);
    world.moment('split');
    for (let i = 0; i < payments; i++) {
      // Each half has its own senders: one sender's payments on both sides would conflict.
      pay(left, 2 * (i % (ACCOUNTS / 2)));
      pay(right, 2 * (i % (ACCOUNTS / 2)) + 1);
      world.run(splitMs / payments);
    }
    const forked = !agree(world.nodes);
    const splitHeights = [left[0], right[0]].map((node) => (node === undefined ? 0 : height(node)));
    world.heal();
    world.moment('healed');
    const healedAtMs = world.nowMs();
    const allMined = (): boolean => sent.every((one) => world.nodes.every((node) => isMined(node, one)));
    const converged = world.run(healMs, () => agree(world.nodes) && allMined());

    const failures: string[] = [];
    if (!forked) failures.push('the halves did not fork, so nothing was shown');
    if (!converged) failures.push(`no common chain with every payment within ${healMs / 1000} s`);
    const bans = world.nodes.reduce((sum, node) => sum + node.rooms().swarm.bans(world.nowMs()).length, 0);
    if (bans > 0) failures.push(`${bans} honest nodes were banned`);
    return resultOf('split-heal', options, world, failures, {
      miners: MINERS,
      payments: sent.length,
      leftHeightAtHeal: splitHeights[0] ?? 0,
      rightHeightAtHeal: splitHeights[1] ?? 0,
      finalHeight: world.nodes[0] === undefined ? 0 : height(world.nodes[0]),
      healMs: world.nowMs() - healedAtMs,
    });
  },
};
