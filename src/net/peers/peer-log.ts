import type { Log, LogLevel } from '../../ports/log.js';
import type { FaultCode } from '../defense/fault.js';
import type { Failure } from './failures.js';
import type { CloseCause } from './session/session-state.js';

/** Faults that mean a wrong set-up somewhere: worth a warning, once per peer. */
const WARNED: { readonly [Code in FaultCode]?: string } = {
  'wrong-genesis': 'peer has another genesis block',
  'wrong-network': 'peer is on another network',
  'wrong-fork-id': 'peer has another fork schedule',
  'incompatible-block': 'peer follows a chain that this node cannot',
  'useless-peer': 'peer shares no protocol with this node',
  'incompatible-p2p-version': 'peer speaks an outdated base protocol',
  'wrong-identity': 'another node answers at the address',
};

/** Writes why a node is no peer. `repeated` ones and what just happens on a network go to debug level; the operator's own peers get a warning. */
export function logFailure(
  log: Log,
  failure: Omit<Failure, 'count'>,
  cause: CloseCause,
  news: boolean,
  own: boolean,
): void {
  const mismatch = cause.kind === 'fault' ? WARNED[cause.fault.code] : undefined;
  const level: LogLevel = news && (own || mismatch !== undefined) ? 'warn' : 'debug';
  log.log(level, 'net', mismatch ?? (failure.direction === 'out' ? 'dialed peer failed' : 'inbound peer failed'), {
    peer: failure.id?.slice(0, 18),
    address: `${failure.address.ip}:${failure.address.port}`,
    code: failure.code,
    reason: failure.detail,
  });
}
