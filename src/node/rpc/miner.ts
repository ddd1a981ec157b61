import { TtlMap } from '../../base/bounded.js';
import type { Hash32 } from '../../base/brand.js';
import { bigIntToFixedBytes } from '../../base/bytes.js';
import { toHash32 } from '../../base/hex.js';
import { err, ok } from '../../base/result.js';
import type { RpcMiner } from '../../rpc/backend.js';
import type { NodeRooms } from '../node.js';
import type { HostFacts, RunCommand } from './host-facts.js';

/** How long an external miner's word on its hash rate counts; miners report every few seconds. */
const REPORT_LIFETIME_MS = 10_000;
/** External miners that may report at once. */
const MAX_REPORTS = 256;
const MAX_EXTRA_BYTES = 32;

/** The miner for JSON-RPC: our own threads, and work for external ones. */
export function createRpcMiner({ mining }: NodeRooms, run: RunCommand, facts: HostFacts): RpcMiner {
  const reports = new TtlMap<Hash32, bigint>(MAX_REPORTS);

  function reported(nowMs: number): bigint {
    reports.prune(nowMs);
    let sum = 0n;
    for (const rate of reports.values()) sum += rate;
    return sum;
  }

  return {
    mining: () => mining.enabled(),
    hashrate: () => BigInt(Math.round(facts.hashrate())) + run((_rooms, nowMs) => reported(nowMs)),
    etherbase: () => mining.etherbase(),
    setEtherbase: (address) => run(() => mining.setEtherbase(address)),
    start: (threads) =>
      run(() => {
        if (mining.etherbase() === undefined) return err('etherbase must be explicitly specified');
        if (threads !== undefined) facts.setThreads(threads);
        mining.enable();
        return ok(undefined);
      }),
    stop: () => run(() => mining.stop()),
    setMaxHashrate: (hashes) => facts.setMaxHashrate(hashes),
    setExtra: (extra) =>
      run(() => {
        if (extra.length > MAX_EXTRA_BYTES)
          return err(`extra exceeds max length. ${extra.length} > ${MAX_EXTRA_BYTES}`);
        mining.setExtraData(extra);
        return ok(undefined);
      }),
    setGasTarget: (gasLimit) => run(() => mining.setGasTarget(gasLimit)),
    work() {
      const template = run((_rooms, nowMs) => mining.work(nowMs));
      if (template === undefined) return undefined;
      return {
        sealHash: template.sealHashHex,
        target: toHash32(bigIntToFixedBytes(template.target, 32)),
        number: template.header.number,
      };
    },
    submitWork: (sealHash, nonce, mixHash) => run((_rooms, nowMs) => mining.submit(nowMs, sealHash, nonce, mixHash)),
    submitHashrate: (rate, id) => run((_rooms, nowMs) => reports.set(id, rate, nowMs + REPORT_LIFETIME_MS)),
  };
}
