import type { Address, Hash32 } from '../../base/brand.js';
import { nextBaseFee } from '../../consensus/base-fee.js';
import type { NodeRooms } from '../../node/node.js';
import type { Random } from '../../ports/random.js';
import type { ChainSpec } from '../../types/chain-spec.js';
import type { Transaction } from '../../types/transaction.js';
import { exponential, pick } from '../distributions.js';
import type { SimNode } from '../machines/sim-node.js';
import { ADVERSARY } from '../observe/invariant.js';
import type { Fidelity, World } from '../world.js';
import { type Account, createAccounts } from './accounts.js';
import { drawTransfer, type TransferMix, USUAL_MIX } from './drawn-transfer.js';

/** Who pays how often. */
export interface WorkloadConfig {
  readonly accounts: number;
  /** Transfers a second of all accounts together, on average: a Poisson process. */
  readonly perSecond: number;
  readonly fidelity: Fidelity;
  readonly mix?: TransferMix;
  /**
   * A wallet offers its node again what it has not seen mined for so long, as wallets do. Undefined: never, so that what
   * the nodes lose stays lost.
   */
  readonly resendMs?: number;
}

/** Users that pay each other through the nodes of a world. */
export interface Workload {
  /** To be funded by the genesis. */
  readonly addresses: readonly Address[];
  /** Users pay from now on. */
  begin(world: World, spec: ChainSpec): void;
  /** Nobody pays any more; wallets still watch over what is not mined. */
  end(): void;
  /** What nodes took, oldest first. */
  accepted(): readonly Hash32[];
  /** Transactions that a node took a second time, since it, or the one before it, had lost them. */
  resent(): number;
  /** Times that a node refused. */
  refused(): number;
}

/** Open transactions of a wallet beyond which it waits: more than the pool takes of one account would be refused. */
const MAX_OPEN = 16;
/** Wallets look after what they sent this often. */
const TEND_MS = 10_000;
/** A wallet does not trust a node whose head is older. */
const STALE_MS = 300_000;

/** Users whose number, times, sums and nodes follow from `random`. */
export function createWorkload(config: WorkloadConfig, random: Random): Workload {
  const accounts = createAccounts(config.accounts, config.fidelity, random.fork('accounts'));
  const times = random.fork('times');
  const choices = random.fork('choices');
  const { mix = USUAL_MIX, resendMs } = config;
  const accepted: Hash32[] = []; // BOUNDED: by rate and time of the scenario
  const sentAtMs = new Map<Hash32, number>(); // BOUNDED: by MAX_OPEN for each account
  let resent = 0;
  let refused = 0;
  let paying = false;

  /** The account's node: the one that it had if that runs still, else any that knows the chain. */
  function nodeOf(world: World, account: Account): SimNode | undefined {
    if (account.node?.running() === true) return account.node;
    const usable = world.nodes.filter((node) => node.running() && node.role !== ADVERSARY);
    const moved = account.node !== undefined;
    account.node = pick(
      choices,
      usable.filter((node) => isCurrent(node.rooms(), world.nowMs())),
    );
    account.node ??= pick(choices, usable);
    if (moved && resendMs !== undefined) resend(world, account, account.open);
    return account.node;
  }

  function offer(account: Account, node: SimNode, tx: Transaction, onTaken: (nowMs: number) => void): void {
    account.busy = true;
    node.execute(({ intake }, nowMs) =>
      intake.submitLocal(
        tx,
        (result) => {
          account.busy = false;
          if (result.kind === 'added') onTaken(nowMs);
          else if (result.kind !== 'known') refused++;
        },
        nowMs,
      ),
    );
  }

  function pay(world: World, spec: ChainSpec): void {
    const account = pick(choices, accounts);
    const to = pick(choices, accounts)?.address;
    if (account === undefined || to === undefined) return;
    const node = nodeOf(world, account);
    if (node === undefined || account.busy) return;
    forgetMined(account, node.rooms());
    if (account.open.length >= MAX_OPEN) return;
    const { header } = node.rooms().chain.head();
    const baseFee = header.baseFeePerGas === undefined ? 0n : nextBaseFee(header);
    const tx = account.sign(drawTransfer(choices, mix, spec, { nonce: account.nonce, to, baseFee }));
    offer(account, node, tx, (nowMs) => {
      account.nonce++;
      account.open.push(tx);
      accepted.push(tx.hash);
      sentAtMs.set(tx.hash, nowMs);
    });
  }

  function forgetMined(account: Account, { chain }: NodeRooms): void {
    account.open = account.open.filter(({ hash }) => {
      const isOpen = chain.transactionLocation(hash) === undefined;
      if (!isOpen) sentAtMs.delete(hash);
      return isOpen;
    });
  }

  function resend(world: World, { node }: Account, transactions: readonly Transaction[]): void {
    if (node?.running() !== true) return;
    for (const tx of transactions) {
      sentAtMs.set(tx.hash, world.nowMs());
      node.execute(({ intake }, nowMs) =>
        intake.submitLocal(
          tx,
          ({ kind }) => {
            if (kind === 'added') resent++;
          },
          nowMs,
        ),
      );
    }
  }

  function tend(world: World, afterMs: number): void {
    const nowMs = world.nowMs();
    for (const account of accounts) {
      if (account.open.length === 0) continue;
      const node = nodeOf(world, account);
      if (node === undefined) continue;
      forgetMined(account, node.rooms());
      const late = account.open.filter(({ hash }) => (sentAtMs.get(hash) ?? nowMs) + afterMs <= nowMs);
      resend(world, account, late);
    }
  }

  return {
    addresses: accounts.map(({ address }) => address),
    begin(world, spec) {
      paying = true;
      const next = (): void => {
        if (!paying) return;
        pay(world, spec);
        world.after(exponential(times, 1000 / config.perSecond), next);
      };
      world.after(exponential(times, 1000 / config.perSecond), next);
      if (resendMs === undefined) return;
      const watch = (): void => {
        tend(world, resendMs);
        world.after(TEND_MS, watch);
      };
      world.after(TEND_MS, watch);
    },
    end() {
      paying = false;
    },
    accepted: () => accepted,
    resent: () => resent,
    refused: () => refused,
  };
}

/** True if the node is not behind, as far as it knows itself. */
function isCurrent({ chain, swarm }: NodeRooms, nowMs: number): boolean {
  const headMs = chain.head().header.timestamp * 1000;
  return !swarm.syncStatus().syncing && nowMs - headMs < STALE_MS;
}
