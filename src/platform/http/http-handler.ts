import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dispatcher } from '../../rpc/dispatcher.js';
import { ErrorCode, RpcError } from '../../rpc/errors.js';
import { errorText } from '../../rpc/response.js';
import { type AccessRules, allowedOrigin, hostAllowed, hostRefusal, isJsonType } from './access.js';
import { type BodyRoom, readBody } from './body.js';
import { drive } from './drive.js';
import type { TransportLimits } from './limits.js';
import { type PageSources, sendText, servePage } from './pages.js';
import { inTurn } from './turns.js';

/** Answers longer than this are counted while they wait to be read; counting each small one would cost more than it holds. */
const COUNTED_LENGTH = 64 * 1024;

const BUSY = errorText(
  null,
  new RpcError(
    ErrorCode.limit,
    'too many large answers wait to be read',
    'read answers faster, or ask for less at once',
  ),
);

/** The answer to a call that finds too many others waiting for their turn. */
const TOO_MANY_CALLS = errorText(
  null,
  new RpcError(ErrorCode.limit, 'too many calls wait', 'ask for less at once, or try again later'),
);

/** What the handler needs. */
export interface HttpHandlerDeps {
  /** Whose methods a caller with this Authorization header may use; undefined: the header is wrong. */
  readonly admit: (authorization: string | undefined) => Dispatcher | undefined;
  readonly nowMs: () => number;
  readonly access: AccessRules;
  readonly limits: TransportLimits;
  readonly pages: PageSources;
}

/** Serves HTTP requests: JSON-RPC by POST, pages by GET. JSON-RPC errors are HTTP 200; other statuses tell of HTTP alone. */
export function createHttpHandler(deps: HttpHandlerDeps): (request: IncomingMessage, response: ServerResponse) => void {
  const { access, limits } = deps;
  const room: BodyRoom = { freeBytes: limits.httpBodiesBytes };
  let unreadLength = 0;

  function count(response: ServerResponse, length: number): void {
    unreadLength += length;
    response.once('close', () => {
      unreadLength -= length;
    });
  }

  function answer(response: ServerResponse, origin: string | undefined, text: string | undefined): void {
    if (response.destroyed) return;
    if (text === undefined) {
      response.writeHead(204, origin === undefined ? [] : ['access-control-allow-origin', origin]);
      response.end();
      return;
    }
    const large = text.length > COUNTED_LENGTH;
    const body = large && unreadLength + text.length > limits.unreadHttpBytes ? BUSY : text;
    if (large) count(response, body.length);
    const headers = ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(body))];
    if (origin !== undefined) headers.push('access-control-allow-origin', origin, 'vary', 'origin');
    response.writeHead(200, headers);
    response.end(body);
  }

  /** The rest of the request is not wanted: the answer is the last thing on this socket. */
  function refuse(response: ServerResponse, status: number, text: string): void {
    response.shouldKeepAlive = false;
    sendText(response, status, text);
    response.once('finish', () => response.req.destroy());
  }

  function post(request: IncomingMessage, response: ServerResponse): void {
    if (!isJsonType(request.headers['content-type'])) {
      refuse(response, 415, 'invalid content type, only application/json is supported\n');
      return;
    }
    const dispatcher = deps.admit(request.headers.authorization);
    if (dispatcher === undefined) {
      response.setHeader('www-authenticate', 'Bearer');
      refuse(response, 401, 'invalid token: send what is in the file that --http.token-file names\n');
      return;
    }
    const origin = allowedOrigin(request.headers.origin, access);
    const gone = (): boolean => request.socket.destroyed;
    const call = (text: string): void => {
      if (!gone()) drive(dispatcher, deps.nowMs, text, undefined, gone, (reply) => answer(response, origin, reply));
    };
    readBody(request, limits.httpBodyBytes, room, (text) => {
      if (text === undefined)
        refuse(
          response,
          413,
          `content length too large: the limit is ${limits.httpBodyBytes} bytes, and ${limits.httpBodiesBytes} for all requests under way\n`,
        );
      else if (!inTurn(() => call(text))) answer(response, origin, TOO_MANY_CALLS);
    });
  }

  function preflight(request: IncomingMessage, response: ServerResponse): void {
    const origin = allowedOrigin(request.headers.origin, access);
    response.writeHead(
      204,
      origin === undefined
        ? { allow: 'GET, POST, OPTIONS' }
        : {
            'access-control-allow-origin': origin,
            'access-control-allow-methods': 'GET, POST',
            'access-control-allow-headers': 'content-type, authorization',
            'access-control-max-age': '600',
            vary: 'origin',
          },
    );
    response.end();
  }

  return (request, response) => {
    response.sendDate = false;
    if (!hostAllowed(request.headers.host, access)) {
      refuse(response, 403, hostRefusal(request.headers.host));
      return;
    }
    switch (request.method) {
      case 'POST':
        post(request, response);
        return;
      case 'GET':
      case 'HEAD':
        servePage(request.url ?? '/', response, deps.pages, deps.nowMs());
        return;
      case 'OPTIONS':
        preflight(request, response);
        return;
      default:
        refuse(response, 405, 'method not allowed: POST JSON-RPC calls, or GET a page\n');
    }
  };
}
