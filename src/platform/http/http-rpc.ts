import type { Log } from '../../ports/log.js';
import type { CommandResult, RpcDoor } from '../../rpc/backend.js';
import type { DispatchLimits } from '../../rpc/dispatcher.js';
import { NAMESPACES, type RpcService } from '../../rpc/service.js';
import { createHttpDoor, type HttpConfig } from './http-door.js';
import { type IpcServer, listenIpc } from './ipc.js';
import { DEFAULT_TRANSPORT_LIMITS, type TransportLimits } from './limits.js';
import type { PageSources } from './pages.js';
import { createUnreadTally } from './unread.js';

/** How often filters and waiting calls are looked at for their deadlines. */
const TICK_MS = 1_000;

/** What the RPC server is to open. */
export interface RpcServerConfig {
  /** HTTP, and WebSocket on the same port; undefined: neither. */
  readonly http: HttpConfig | undefined;
  /** The path of the IPC socket, which offers every namespace; undefined: none. */
  readonly ipcPath: string | undefined;
  readonly limits?: TransportLimits;
  readonly dispatchLimits?: DispatchLimits;
}

/** What the RPC server needs. */
export interface RpcServerDeps {
  readonly service: RpcService;
  readonly nowMs: () => number;
  readonly pages: PageSources;
  readonly log: Log;
}

/** The open RPC server. */
export interface RpcServer {
  /** The port of HTTP and WebSocket; undefined without HTTP. */
  readonly port: number | undefined;
  /** Opens HTTP if it is closed; what the operator does not name is as configured. */
  startHttp(door: RpcDoor): Promise<CommandResult>;
  /** Resolves when the calls under way are answered. */
  stopHttp(): Promise<void>;
  startWs(door: RpcDoor): CommandResult;
  stopWs(): void;
  close(): Promise<void>;
}

/** Opens the transports; rejects with ListenError, and then leaves nothing open. */
export async function startRpcServer(deps: RpcServerDeps, config: RpcServerConfig): Promise<RpcServer> {
  const { service, nowMs, pages, log } = deps;
  const limits = config.limits ?? DEFAULT_TRANSPORT_LIMITS;
  const unread = createUnreadTally(limits.unreadTotalBytes);
  const onClosed = service.closeSession;
  const { http: at, ipcPath } = config;

  let ipc: IpcServer | undefined;
  if (ipcPath !== undefined) {
    const dispatcher = service.dispatcher(NAMESPACES, config.dispatchLimits);
    const onDropped = (reason: string): void => log.log('warn', 'rpc', 'Dropped an IPC client', { reason });
    ipc = await listenIpc(ipcPath, { dispatcher, nowMs, limits, unread, onClosed, onDropped });
  }
  const http = createHttpDoor({ service, nowMs, limits, unread, pages, dispatchLimits: config.dispatchLimits }, at);
  if (at !== undefined) {
    try {
      await http.open(at);
    } catch (error) {
      await ipc?.close();
      throw error;
    }
  }
  const ticking = setInterval(() => service.tick(nowMs()), TICK_MS);
  ticking.unref();

  return {
    get port() {
      return http.port;
    },
    startHttp: (door) => http.startHttp(door),
    stopHttp: () => http.close(),
    startWs: (door) => http.startWs(door),
    stopWs: () => http.stopWs(),
    async close() {
      clearInterval(ticking);
      await Promise.all([http.close(), ipc?.close()]);
    },
  };
}
