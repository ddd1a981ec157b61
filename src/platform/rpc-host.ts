import { getHeapStatistics } from 'node:v8';
import { err, ok } from '../base/result.js';
import type { Node } from '../node/node.js';
import type { CommandResult, RpcHost } from '../rpc/backend.js';
import { exportChainFile, importChainFile } from './chain-files.js';
import type { Host } from './host.js';
import type { RpcServer } from './http/http-rpc.js';
import type { LevelKv } from './level-kv.js';
import { parseLevelFilter } from './log/level-filter.js';
import type { Logger } from './log/logger.js';

/** What the process has for its operator. */
export interface RpcHostDeps {
  readonly node: Node;
  readonly host: Host;
  readonly chainDb: LevelKv;
  readonly log: Logger;
  /** The open server; undefined before it is. */
  readonly server: () => RpcServer | undefined;
}

/** The process as JSON-RPC sees it: chain files, listening sockets, database, log and memory. */
export function createRpcHost({ node, host, chainDb, log, server }: RpcHostDeps): RpcHost {
  const { chain } = node.rooms;

  /** A promise that rejects is a bug: it is logged, and the caller is told that there was one. */
  function finish(work: Promise<CommandResult>, done: (result: CommandResult) => void): void {
    work.then(done, (cause: unknown) => {
      log.log('error', 'rpc', 'A command failed', { error: cause instanceof Error ? cause.stack : String(cause) });
      done(err('internal error: the log of the node tells more'));
    });
  }

  return {
    exportChain: (path, first, last, done) => finish(exportChainFile(chain, path, first, last), done),
    importChain(path, done) {
      const intake = {
        chain,
        submit: (block: Parameters<typeof node.rooms.imports.submit>[0]) =>
          host.execute((running, nowMs) => running.execute(nowMs, ({ imports }) => imports.submit(block, undefined))),
        waiting: () => node.rooms.imports.size(),
      };
      finish(importChainFile(intake, path), done);
    },
    startHttp: (door, done) => finish(server()?.startHttp(door) ?? Promise.resolve(err('the node is starting')), done),
    stopHttp: () => void server()?.stopHttp(),
    startWs: (door, done) => done(server()?.startWs(door) ?? err('the node is starting')),
    stopWs: () => server()?.stopWs(),
    databaseGet: (key) => chainDb.get(key),
    databaseProperty: (name) => chainDb.property(name),
    compactDatabase: (done) => finish(chainDb.compact(), done),
    setLogLevel(text) {
      const filter = parseLevelFilter(text);
      if (!filter.ok) return filter;
      log.setFilter(filter.value);
      return ok(undefined);
    },
    memory() {
      const { rss, heapTotal, heapUsed, external, arrayBuffers } = process.memoryUsage();
      return { rss, heapTotal, heapUsed, heapLimit: getHeapStatistics().heap_size_limit, external, arrayBuffers };
    },
    activity() {
      const counts = new Map<string, number>(); // BOUNDED: by the kinds of resources that Node.js has
      for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
      return [...counts].map(([kind, count]) => `${count} ${kind}\n`).join('');
    },
  };
}
