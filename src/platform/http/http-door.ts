import { err, ok, type Result } from '../../base/result.js';
import type { CommandResult, RpcDoor } from '../../rpc/backend.js';
import type { DispatchLimits } from '../../rpc/dispatcher.js';
import { DEFAULT_HTTP_NAMESPACES, NAMESPACES, type Namespace, type RpcService } from '../../rpc/service.js';
import type { AccessRules } from './access.js';
import type { HttpHandlerDeps } from './http-handler.js';
import { type HttpAddress, type HttpServer, listenHttp } from './http-server.js';
import { ListenError } from './listen-error.js';
import { grantOf } from './token.js';
import type { UnreadTally } from './unread.js';

/** How HTTP is opened, and who may come in. */
export type HttpConfig = HttpAddress &
  AccessRules & {
    readonly namespaces: readonly Namespace[];
    /** Without it in their requests, callers get no more than the default namespaces; undefined: nobody is asked for it. */
    readonly token?: string | undefined;
  };

/** What `admin_startHTTP` opens on a node that was started without `--http`. */
const CLOSED: HttpConfig = {
  host: '127.0.0.1',
  port: 8545,
  webSockets: false,
  vhosts: ['localhost'],
  corsDomains: [],
  namespaces: DEFAULT_HTTP_NAMESPACES,
};

/** What the door needs beside its configuration. */
export interface HttpDoorDeps extends Omit<HttpHandlerDeps, 'admit' | 'access'> {
  readonly service: RpcService;
  readonly unread: UnreadTally;
  readonly dispatchLimits: DispatchLimits | undefined;
}

/** The HTTP server of a node, which the operator may close and open while the node runs. */
export interface HttpDoor {
  /** Undefined while it is closed. */
  readonly port: number | undefined;
  /** Rejects with ListenError. */
  open(config: HttpConfig): Promise<void>;
  startHttp(door: RpcDoor): Promise<CommandResult>;
  startWs(door: RpcDoor): CommandResult;
  stopWs(): void;
  close(): Promise<void>;
}

function namespaces(asked: readonly string[]): Result<readonly Namespace[], string> {
  if (asked.includes('all')) return ok(NAMESPACES);
  const found: Namespace[] = []; // BOUNDED: by the caller's list
  for (const name of asked) {
    const known = NAMESPACES.find((each) => each === name);
    if (known === undefined) return err(`unknown namespace "${name}": there are ${NAMESPACES.join(', ')}`);
    found.push(known);
  }
  return ok(found);
}

/** Creates the closed door; `configured` is what `startHttp` opens where the operator does not say otherwise. */
export function createHttpDoor(deps: HttpDoorDeps, configured: HttpConfig = CLOSED): HttpDoor {
  const { service, dispatchLimits, ...rest } = deps;
  let server: HttpServer | undefined;
  let current = configured;
  let opening = false;

  /** What of `offered` a caller may use, by its token. */
  function admission({ namespaces: offered, token }: HttpConfig): HttpHandlerDeps['admit'] {
    const all = service.dispatcher(offered, dispatchLimits);
    if (token === undefined) return () => all;
    const open = offered.filter((name) => DEFAULT_HTTP_NAMESPACES.includes(name));
    const forStrangers = service.dispatcher(open, dispatchLimits);
    return (authorization) => {
      const grant = grantOf(authorization, token);
      return grant === 'refused' ? undefined : grant === 'all' ? all : forStrangers;
    };
  }

  const rooms = ({ vhosts, corsDomains, ...config }: HttpConfig) => ({
    ...rest,
    admit: admission({ vhosts, corsDomains, ...config }),
    access: { vhosts: vhosts.map((name) => name.toLowerCase()), corsDomains },
    onClosed: service.closeSession,
  });

  function asked(door: RpcDoor, base: HttpConfig): Result<HttpConfig, string> {
    const offered = door.namespaces === undefined ? ok(base.namespaces) : namespaces(door.namespaces);
    if (!offered.ok) return offered;
    return ok({
      ...base,
      host: door.host ?? base.host,
      port: door.port ?? base.port,
      corsDomains: door.corsDomains ?? base.corsDomains,
      vhosts: door.vhosts ?? base.vhosts,
      namespaces: offered.value,
    });
  }

  async function open(config: HttpConfig): Promise<void> {
    opening = true;
    try {
      server = await listenHttp(config, rooms(config));
      current = config;
    } finally {
      opening = false;
    }
  }

  return {
    get port() {
      return server?.port;
    },
    open,
    async startHttp(door) {
      if (server !== undefined) return err(`HTTP server already running on ${current.host}:${server.port}`);
      if (opening) return err('HTTP server is being started');
      const config = asked(door, configured);
      if (!config.ok) return config;
      try {
        await open(config.value);
        return ok(undefined);
      } catch (cause) {
        if (!(cause instanceof ListenError)) throw cause;
        return err(cause.message);
      }
    },
    startWs(door) {
      if (server === undefined)
        return err('WebSockets share the port of HTTP, which is closed: call admin_startHTTP first');
      if (door.port !== undefined && door.port !== server.port)
        return err(`WebSockets share the port of HTTP, which is ${server.port}`);
      const config = asked(door, current);
      if (!config.ok) return config;
      return server.startWebSockets(rooms(config.value))
        ? ok(undefined)
        : err(`WebSocket server already running on ${current.host}:${server.port}`);
    },
    stopWs: () => server?.stopWebSockets(),
    async close() {
      const closing = server;
      server = undefined;
      await closing?.close();
    },
  };
}
