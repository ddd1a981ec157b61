import type { PublicKey } from '../base/brand.js';
import { createIdentity, secp256k1Scheme } from '../crypto/identity.js';
import type { SwarmConfig } from '../net/swarm-api.js';
import type { NodeConfig } from '../node/config.js';
import { createNode, type Node } from '../node/node.js';
import type { NodeOutput } from '../node/output.js';
import { createRpcBackend } from '../node/rpc/backend.js';
import type { RpcNode } from '../rpc/backend.js';
import { createRpcService, type RpcService } from '../rpc/service.js';
import type { SocketAddress } from '../types/endpoint.js';
import { createRlpxChannel } from '../wire/rlpx/channel.js';
import type { OpenDatadir } from './datadir/open.js';
import { watchDisk } from './disk-guard.js';
import { createHost, type Host } from './host.js';
import { type RpcServer, type RpcServerConfig, startRpcServer } from './http/http-rpc.js';
import { createJobRunner } from './jobs.js';
import { bindUdp, listenTcp, openMetrics } from './listen.js';
import type { Logger } from './log/logger.js';
import { createNodeMetrics } from './metrics/node-metrics.js';
import { health, readiness } from './node-health.js';
import { systemRandom } from './random.js';
import { createEventRelay } from './rpc-events.js';
import { createRpcHost } from './rpc-host.js';
import { createTcpHost, socketsFor } from './tcp.js';
import { createUdpHost } from './udp.js';
import { createRecoverWorkers } from './workers/recover-workers.js';
import { createSealWorkers } from './workers/seal-workers.js';

/**
 * A limited miner does not idle while a new network waits for its first block: half a second of full speed at the devnet's
 * limit, which finds that block more often than not.
 */
const SEAL_HEAD_START_MS = 8_000;

/** How a real node runs, beside what its rooms are told. */
export interface RunConfig {
  /** `swarm.listen` and `swarm.udpPort` may name port 0. */
  readonly node: NodeConfig;
  readonly privateKey: Uint8Array;
  readonly minerThreads: number;
  readonly maxHashrate: number | undefined;
  /** Threads that recover senders beside the main one. */
  readonly recoverThreads: number;
  readonly rpc: RpcServerConfig;
  /** Where metrics are served; on the address of HTTP they are a page of it, elsewhere HTTP does not show them. */
  readonly metrics: SocketAddress | undefined;
  readonly clientVersion: string;
  readonly feeCapWei: bigint;
  /** The node stops by itself when less is free on its disk. */
  readonly leastFreeBytes: number;
}

/** Why a running node ended by itself. */
export type NodeFailure = Pick<Extract<NodeOutput, { kind: 'fatal' }>, 'reason' | 'message'>;

/** A node that runs in this process. */
export interface RunningNode {
  readonly node: Node;
  readonly host: Host;
  readonly enode: string;
  readonly rpcPort: number | undefined;
  /** Resolves if the node can't go on; `stop` is still to be called. */
  readonly failed: Promise<NodeFailure>;
  /** Says goodbye to the peers, writes everything and closes all; takes about as long as the last write. */
  stop(): Promise<void>;
}

/** Starts a node on an open data directory, which it closes in the end. Rejects with ListenError if a port is taken. */
export async function runNode(datadir: OpenDatadir, config: RunConfig, log: Logger): Promise<RunningNode> {
  const identity = createIdentity(config.privateKey);
  // What was opened so far, to be closed in reverse.
  const opened: (() => Promise<void>)[] = [() => datadir.close()];
  let host: Host | undefined;
  let service: RpcService | undefined;
  let rpc: RpcServer | undefined;
  let reportFailure: (failure: NodeFailure) => void = () => undefined;
  const failed = new Promise<NodeFailure>((resolve) => {
    reportFailure = resolve;
  });

  datadir.chainDb.onDamage(() =>
    log.log('error', 'store', 'A damaged record was met and is left out; check the disk', {
      fix: 'restart, and the head is checked; or delete the chain folder and sync again',
    }),
  );

  try {
    const udp = createUdpHost((input) => host?.deliver(input));
    const { swarm } = config.node;
    const udpPort = swarm.noDiscovery
      ? swarm.udpPort
      : await bindUdp(udp, { ip: swarm.listen.ip, port: swarm.udpPort });
    opened.push(() => udp.close());
    const recoverers = createRecoverWorkers({
      threads: config.recoverThreads,
      onFailure: (error) => log.log('warn', 'crypto', 'A recovery thread died', { error: error.message }),
    });
    opened.push(() => recoverers.close());
    const sealers = createSealWorkers({
      threads: config.minerThreads,
      maxHashrate: config.maxHashrate,
      headStartMs: SEAL_HEAD_START_MS,
      onFailure: (error) => log.log('warn', 'miner', 'A mining thread died', { error: error.message }),
    });
    opened.push(() => sealers.close());
    const jobs = createJobRunner({
      write: (database, batch, sync) =>
        (database === 'chain' ? datadir.chainDb : datadir.peersDb).write(batch, { sync }),
      recoverSenders: (transactions) => recoverers.recoverSenders(transactions),
      startSeal: (job, onSealed) => sealers.start(job, (seal) => onSealed({ kind: 'sealed', ...seal })),
      cancelSeal: () => sealers.cancel(),
      done: (job, result) => host?.deliver({ kind: 'job-done', job, result }),
    });
    const tcp = createTcpHost((input) => host?.deliver(input), socketsFor(swarm.maxPeers));
    const tcpPort = await listenTcp(tcp, swarm.listen);
    opened.push(() => tcp.close());

    const boundSwarm: SwarmConfig = { ...swarm, listen: { ip: swarm.listen.ip, port: tcpPort }, udpPort };
    const relay = createEventRelay((event) => service?.notify(event));
    const node = createNode(
      {
        chain: datadir.chain,
        identity,
        scheme: secp256k1Scheme,
        random: systemRandom,
        log,
        channelFactory: (remote: PublicKey | undefined) =>
          createRlpxChannel({ identity, random: systemRandom, ...(remote === undefined ? {} : { remote }) }),
        storedPeers: datadir.storedPeers,
        journal: datadir.journal,
        onPeerEvent: (event) => relay.onPeerEvent(event),
      },
      { ...config.node, swarm: boundSwarm },
      Date.now(),
    );
    relay.watch(node);
    const running = createHost(node, {
      tcp,
      udp,
      jobs,
      onEvent: (event) => relay.onEvent(event),
      onFatal: reportFailure,
    });
    host = running;
    // Before all else that was opened: the last steps of the node need everything.
    opened.push(async () => {
      running.execute((stopping, nowMs) => stopping.stop(nowMs));
      await jobs.settled();
      running.halt();
    });

    const metrics = createNodeMetrics({ rooms: node.rooms, nowMs: running.nowMs, hashrate: () => sealers.hashrate() });
    const rpcNode: RpcNode = {
      clientVersion: config.clientVersion,
      datadir: datadir.path,
      syncing() {
        const { syncing, ...progress } = node.rooms.swarm.syncStatus();
        return syncing ? progress : undefined;
      },
      readiness: (nowMs) => readiness(node, nowMs),
      feeCapWei: config.feeCapWei,
      protectedOnly: true,
    };
    const backend = createRpcBackend(
      node,
      (command) => running.execute((stepped, nowMs) => stepped.execute(nowMs, command)),
      {
        networkId: config.node.networkId,
        hashrate: () => sealers.hashrate(),
        setThreads: (threads) => sealers.setThreads(threads),
        setMaxHashrate: (hashes) => sealers.setMaxHashrate(hashes),
        node: rpcNode,
        host: createRpcHost({ node, host: running, chainDb: datadir.chainDb, log, server: () => rpc }),
      },
    );
    service = createRpcService({
      backend,
      random: systemRandom,
      onBug: (method, error) =>
        log.log('error', 'rpc', 'A method failed', {
          method,
          error: error instanceof Error ? error.stack : String(error),
        }),
    });
    const { metrics: metricsAt } = config;
    const metricsOnRpc = metricsAt !== undefined && isSamePlace(metricsAt, config.rpc.http);
    rpc = await startRpcServer(
      {
        service,
        nowMs: running.nowMs,
        pages: {
          clientVersion: config.clientVersion,
          readiness: (nowMs) => ({ ...readiness(node, nowMs), ...health(node, nowMs) }),
          metrics: metricsOnRpc
            ? async () => ({ text: await metrics.text(), contentType: metrics.contentType })
            : undefined,
        },
        log,
      },
      config.rpc,
    );
    const server = rpc;
    opened.push(() => server.close());
    if (metricsAt !== undefined && !metricsOnRpc) opened.push(await openMetrics(metrics, metricsAt));
    opened.push(
      watchDisk(datadir.path, config.leastFreeBytes, (message) => reportFailure({ reason: 'disk-full', message })),
    );

    running.execute((starting, nowMs) => starting.start(nowMs));
    return {
      node,
      host: running,
      enode: node.rooms.swarm.nodeInfo().enode,
      rpcPort: server.port,
      failed,
      stop: () => closeAll(opened),
    };
  } catch (cause) {
    await closeAll(opened);
    throw cause;
  }
}

const isSamePlace = (metrics: SocketAddress, http: RpcServerConfig['http']): boolean =>
  http !== undefined && http.port !== 0 && http.port === metrics.port && http.host === metrics.ip;

async function closeAll(opened: (() => Promise<void>)[]): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close();
}
