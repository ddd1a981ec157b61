import type { Address, Hash32, NodeId } from '../../src/base/brand.js';
import { EMPTY_BYTES } from '../../src/base/bytes.js';
import { toHash32, toNodeId } from '../../src/base/hex.js';
import { err, ok } from '../../src/base/result.js';
import { addressOf } from '../../src/crypto/address.js';
import { crypto } from '../../src/crypto/select.js';
import type {
  RpcAddResult,
  RpcBackend,
  RpcBan,
  RpcHost,
  RpcMiner,
  RpcNet,
  RpcPeer,
  RpcPool,
  RpcSyncProgress,
} from '../../src/rpc/backend.js';
import type { Reply } from '../../src/rpc/dispatcher.js';
import { createRpcService, NAMESPACES, type RpcService } from '../../src/rpc/service.js';
import type { Session } from '../../src/rpc/session.js';
import { REFUSALS } from '../../src/txpool/refusal.js';
import { senderOf, signTransaction } from '../../src/types/sender.js';
import type { Transaction, UnsignedTransaction } from '../../src/types/transaction.js';
import { CHAIN_ID, createFakeChain, type FakeChain } from './rpc-chain.js';
import { checkAnswer } from './rpc-schema.js';
import { seededRandom } from './seeded-random.js';

/** Deterministic test keys; their accounts are rich in the fake chain. */
export const KEYS: readonly Uint8Array[] = [1, 2, 3].map((seed) => new Uint8Array(32).fill(seed));
/** The accounts of {@link KEYS}. */
export const ACCOUNTS: readonly Address[] = KEYS.map((key) => addressOf(crypto().publicKey(key)));
/** The time at which test calls are made. */
export const NOW_MS = 1_700_000_100_000;

/** An account by number; throws beyond the last. */
export const account = (i: number): Address => ACCOUNTS[i] as Address;

/** A signed transfer of account `from` with the given changes. */
export function transfer(from: number, nonce: number, changes: Partial<UnsignedTransaction> = {}): Transaction {
  const unsigned = {
    type: 2,
    chainId: CHAIN_ID,
    nonce: BigInt(nonce),
    maxFeePerGas: 10n ** 10n,
    maxPriorityFeePerGas: 10n ** 9n,
    gasLimit: 21_000n,
    to: account((from + 1) % ACCOUNTS.length),
    value: 1n,
    data: EMPTY_BYTES,
    accessList: [],
    gasPrice: 10n ** 10n,
    ...changes,
  } as UnsignedTransaction;
  return signTransaction(unsigned, KEYS[from] as Uint8Array);
}

function createPool(chain: FakeChain): RpcPool {
  const held = new Map<Hash32, Transaction>();
  let floor = 10n ** 8n;
  const stateNonce = (sender: Address): bigint => chain.stateOf(chain.head().header)?.account(sender)?.nonce ?? 0n;
  const of = (sender: Address): Transaction[] => [...held.values()].filter((tx) => senderOf(tx) === sender);
  function split(sender: Address) {
    const pending: Transaction[] = [];
    const queued: Transaction[] = [];
    let next = stateNonce(sender);
    for (const tx of of(sender).sort((a, b) => Number(a.nonce - b.nonce))) {
      if (tx.nonce === next) {
        pending.push(tx);
        next++;
      } else queued.push(tx);
    }
    return { pending, queued, next };
  }
  function add(tx: Transaction): RpcAddResult {
    if (held.has(tx.hash)) return { kind: 'known' };
    const sender = senderOf(tx);
    if (sender === undefined) return REFUSALS.invalidSender();
    if (tx.nonce < stateNonce(sender)) return REFUSALS.nonceTooLow(stateNonce(sender), tx.nonce);
    held.set(tx.hash, tx);
    return { kind: 'added' };
  }
  const senders = (): Address[] => [...new Set([...held.values()].map((tx) => senderOf(tx) as Address))];
  return {
    submit(tx, done) {
      done(add(tx));
    },
    get: (hash) => held.get(hash),
    bySenderAndNonce: (sender, nonce) => of(sender).find((tx) => tx.nonce === nonce),
    stats: () => ({
      pending: senders().reduce((sum, sender) => sum + split(sender).pending.length, 0),
      queued: senders().reduce((sum, sender) => sum + split(sender).queued.length, 0),
    }),
    content: () => ({
      pending: new Map(senders().map((sender) => [sender, split(sender).pending])),
      queued: new Map(senders().map((sender) => [sender, split(sender).queued])),
    }),
    contentFrom: split,
    pending: (limit) =>
      senders()
        .flatMap((sender) => split(sender).pending)
        .slice(0, limit),
    nextNonce: (sender) => split(sender).next,
    minTip: () => floor,
    setMinTip: (wei) => {
      floor = wei;
    },
    clear: () => {
      const { size } = held;
      held.clear();
      return size;
    },
  };
}

const NODE_ID: NodeId = toNodeId(new Uint8Array(32).fill(7));

/** A peer as the fake network has it. */
export const PEER: RpcPeer = {
  nodeId: NODE_ID,
  enode: `enode://${'ab'.repeat(64)}@10.0.0.2:30303`,
  enr: undefined,
  name: 'Geth/v1.10.26',
  capabilities: ['eth/67', 'eth/68'],
  localAddress: '10.0.0.1:40000',
  remoteAddress: '10.0.0.2:30303',
  direction: 'out',
  trusted: false,
  static: true,
  score: 12,
  connectedAtMs: NOW_MS - 1000,
  latencyMs: 3,
  eth: { version: 68, head: toHash32(new Uint8Array(32).fill(9)), totalDifficulty: 1n << 70n },
};

function createNet(): RpcNet {
  const bans: RpcBan[] = [];
  const known = (record: string) =>
    record.startsWith('enode://') ? ok(undefined) : err('invalid enode: no enode:// prefix');
  return {
    listening: () => true,
    peers: () => [PEER],
    nodeInfo: () => ({
      nodeId: NODE_ID,
      enode: `enode://${'cd'.repeat(64)}@127.0.0.1:30303`,
      enr: 'enr:-test',
      ip: '127.0.0.1',
      tcpPort: 30303,
      udpPort: 30304,
      listenAddress: '[::]:30303',
      clockAheadMs: undefined,
    }),
    addPeer: known,
    removePeer: known,
    addTrustedPeer: known,
    removeTrustedPeer: known,
    ban: (target, durationMs, nowMs) => {
      bans.push({ target, reason: 'operator', untilMs: nowMs + (durationMs ?? Number.POSITIVE_INFINITY) });
      return ok(undefined);
    },
    unban: (target) => {
      const at = bans.findIndex((ban) => ban.target === target);
      if (at < 0) return err('not banned');
      bans.splice(at, 1);
      return ok(undefined);
    },
    bans: () => bans,
    scores: () => [{ nodeId: NODE_ID, score: 12, connected: true, lastFailure: undefined }],
  };
}

/** Does nothing, but well; a path or level that is `bad` fails. */
function createHost(): RpcHost {
  const result = (text: string) => (text === 'bad' ? err('it is bad') : ok(undefined));
  return {
    exportChain: (path, _first, _last, done) => done(result(path)),
    importChain: (path, done) => done(result(path)),
    startHttp: (_door, done) => done(err('HTTP server already running on 127.0.0.1:8545')),
    stopHttp: () => undefined,
    startWs: (_door, done) => done(ok(undefined)),
    stopWs: () => undefined,
    databaseGet: (key) => (key.length === 0 ? undefined : key),
    databaseProperty: (name) => (name === 'leveldb.stats' ? 'Compactions' : ''),
    compactDatabase: (done) => done(ok(undefined)),
    setLogLevel: result,
    memory: () => ({ rss: 1 }),
    activity: () => '1 TCPServerWrap\n',
  };
}

function createMiner(): RpcMiner {
  let etherbase: Address | undefined;
  let running = false;
  return {
    mining: () => running,
    hashrate: () => 1234n,
    etherbase: () => etherbase,
    setEtherbase: (address) => {
      etherbase = address;
    },
    start: () => {
      if (etherbase === undefined) return err('etherbase missing');
      running = true;
      return ok(undefined);
    },
    stop: () => {
      running = false;
    },
    setMaxHashrate: () => undefined,
    setExtra: (extra) => (extra.length > 32 ? err(`extra exceeds max length. ${extra.length} > 32`) : ok(undefined)),
    setGasTarget: () => undefined,
    work: () =>
      running
        ? { sealHash: toHash32(new Uint8Array(32).fill(1)), target: toHash32(new Uint8Array(32).fill(2)), number: 6 }
        : undefined,
    submitWork: () => running,
    submitHashrate: () => undefined,
  };
}

/** A node in memory with its JSON-RPC service. */
export interface RpcWorld {
  readonly chain: FakeChain;
  readonly backend: RpcBackend;
  readonly service: RpcService;
  /** Errors that were bugs; tests expect none. */
  readonly bugs: unknown[];
  setSyncing(progress: RpcSyncProgress | undefined): void;
  setReady(ready: boolean): void;
  /** Sends a request text and returns the parsed answer; undefined if there was none. */
  ask(text: string, session?: Session, nowMs?: number): unknown;
  /** Calls a method and returns its result; throws the error object. */
  call(method: string, ...params: unknown[]): unknown;
}

/** Creates the world: a chain of a genesis and four blocks with transfers of each type and an uncle. */
export function createRpcWorld(): RpcWorld {
  const chain = createFakeChain(ACCOUNTS);
  chain.mine([transfer(0, 0), transfer(1, 0, { type: 0, gasPrice: 3n * 10n ** 9n } as Partial<UnsignedTransaction>)]);
  const sibling = chain.mine([]);
  chain.setHead(1);
  chain.mine([
    transfer(2, 0, {
      type: 1,
      gasLimit: 30_000n,
      accessList: [{ address: account(0), storageKeys: [] }],
    } as Partial<UnsignedTransaction>),
  ]);
  chain.mine(
    [transfer(0, 1, { data: Uint8Array.of(1, 0, 2), gasLimit: 40_000n })],
    [{ hash: sibling.hash, header: sibling.header, raw: chain.head().raw }],
  );
  chain.mine([]);
  let progress: RpcSyncProgress | undefined;
  let ready = true;
  const backend: RpcBackend = {
    chain,
    pool: createPool(chain),
    net: createNet(),
    miner: createMiner(),
    node: {
      clientVersion: 'Grapevine/v0.1.0/test',
      datadir: '/data',
      syncing: () => progress,
      readiness: () => ({ ready, reasons: ready ? [] : ['no peers'] }),
      feeCapWei: 10n ** 18n,
      protectedOnly: true,
    },
    host: createHost(),
  };
  const bugs: unknown[] = [];
  const service = createRpcService({ backend, random: seededRandom('rpc'), onBug: (_, error) => bugs.push(error) });
  const dispatcher = service.dispatcher(NAMESPACES);

  function ask(text: string, session?: Session, nowMs = NOW_MS): unknown {
    let answer: string | undefined;
    const reply: Reply = (answered) => {
      answer = answered;
    };
    const run = dispatcher.receive(text, { nowMs, session }, reply);
    const advance = (): void => {
      while (run?.advance(nowMs, advance) === true);
    };
    advance();
    const parsed: unknown = answer === undefined ? undefined : JSON.parse(answer);
    checkAnswer(text, parsed);
    return parsed;
  }

  return {
    chain,
    backend,
    service,
    bugs,
    setSyncing: (value) => {
      progress = value;
    },
    setReady: (value) => {
      ready = value;
    },
    ask,
    call(method, ...params) {
      const response = ask(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })) as {
        readonly result?: unknown;
        readonly error?: unknown;
      };
      if (response.error !== undefined) throw response.error;
      return response.result;
    },
  };
}
