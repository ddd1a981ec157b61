import { isIP } from 'node:net';

/** Who may talk to the HTTP server. */
export interface AccessRules {
  /** Host names by which the server may be called, lower case; `*` for all. IP addresses always may. */
  readonly vhosts: readonly string[];
  /** Origins of web pages that may read answers; `*` for all. */
  readonly corsDomains: readonly string[];
}

/** The host in a Host header, without the port. */
export function hostnameOf(header: string): string {
  const text = header.toLowerCase();
  if (text.startsWith('[')) return text.slice(1, Math.max(1, text.indexOf(']')));
  const colon = text.indexOf(':');
  return colon >= 0 && text.indexOf(':', colon + 1) < 0 ? text.slice(0, colon) : text;
}

/**
 * True if the server answers to this Host header. The attack is DNS rebinding: a web page whose name comes to point at
 * this machine calls it under that name. A client without the header is no browser and passes.
 */
export function hostAllowed(header: string | undefined, rules: AccessRules): boolean {
  if (header === undefined || header === '') return true;
  const hostname = hostnameOf(header);
  return isIP(hostname) !== 0 || rules.vhosts.includes(hostname) || rules.vhosts.includes('*');
}

/** What a refused caller reads: the flag that would let it in. Names that are no host names are not repeated. */
export function hostRefusal(header: string | undefined): string {
  const hostname = hostnameOf(header ?? '');
  const name = /^[a-z0-9._-]{1,253}$/.test(hostname) ? hostname : 'NAME';
  return `invalid host specified: call the node by IP address or as localhost, or start it with --http.vhosts=${name}\n`;
}

/** The value of Access-Control-Allow-Origin for a page from `origin`; undefined if it may not read answers. */
export function allowedOrigin(origin: string | undefined, rules: AccessRules): string | undefined {
  if (origin === undefined) return undefined;
  if (rules.corsDomains.includes('*')) return '*';
  return rules.corsDomains.includes(origin) ? origin : undefined;
}

/**
 * True if a WebSocket may be opened: by a program (no Origin), or by a page that is allowed to read answers. Browsers
 * do not ask before they connect a WebSocket, so this check is all that keeps foreign pages out.
 */
export const originAllowed = (origin: string | undefined, rules: AccessRules): boolean =>
  origin === undefined || allowedOrigin(origin, rules) !== undefined;

const JSON_TYPES: ReadonlySet<string> = new Set([
  'application/json',
  'application/json-rpc',
  'application/jsonrequest',
]);

/** True for a JSON body. A page can't send one to a foreign server without a preflight, which is why others are refused. */
export function isJsonType(header: string | undefined): boolean {
  if (header === undefined) return false;
  if (JSON_TYPES.has(header)) return true;
  const end = header.indexOf(';');
  return JSON_TYPES.has((end < 0 ? header : header.slice(0, end)).trim().toLowerCase());
}
