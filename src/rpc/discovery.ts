import type { Json } from './json.js';
import { type Method, method } from './method.js';
import { paramSchema } from './schema/params.js';
import { schemaParts } from './schema/parts.js';
import { RESULTS } from './schema/results.js';

/** The namespace of a method: what stands before its first underscore. */
export function namespaceOf(name: string): string {
  const namespace = name.slice(0, name.indexOf('_'));
  return namespace === 'erigon' ? 'ots' : namespace;
}

function openRpc(methods: readonly Method[], version: string): Json {
  return {
    openrpc: '1.2.6',
    info: { title: 'Grapevine JSON-RPC', version },
    methods: methods.map(({ name, params }) => ({
      name,
      params: params.map((param) => ({
        name: param.name,
        required: param.required,
        schema: paramSchema(param.reader),
      })),
      result: { name: 'result', schema: RESULTS.get(name) ?? {} },
    })),
    components: { schemas: schemaParts },
  };
}

/** `rpc_modules` and `rpc_discover`: what a transport offers, told by itself. */
export function discoveryMethods(offered: readonly Method[], version: string): readonly Method[] {
  const own: Method[] = [];
  own.push(
    method('rpc_modules', [], () =>
      Object.fromEntries([...offered, ...own].map(({ name }) => [namespaceOf(name), '1.0'])),
    ),
    method('rpc_discover', [], () => openRpc([...offered, ...own], version)),
  );
  return own;
}
