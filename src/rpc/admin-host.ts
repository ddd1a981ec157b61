import type { RpcBackend, RpcDoor } from './backend.js';
import { commandAnswer } from './later.js';
import { type Method, method } from './method.js';
import { optional, required } from './param.js';
import { lenientUint, string } from './param-values.js';

const FILE_HINT = 'the path is one on the machine of the node';
const DOOR_HINT = 'admin_stopHTTP closes what is open; --http and --ws open it at the start';

/** The parts of a comma-separated list; undefined if there is none. */
function parts(text: string | undefined): readonly string[] | undefined {
  return text
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Chain files and listening sockets: what the operator asks of the process around the ledger, as in geth. */
export function adminHostMethods({ host }: RpcBackend): readonly Method[] {
  const file = required('File', string);
  const where = [optional('Host', string), optional('Port', lenientUint)] as const;
  const origins = optional('Origins', string);
  const apis = optional('Namespaces', string);

  const door = (
    address: string | undefined,
    port: number | undefined,
    cors: string | undefined,
    namespaces: string | undefined,
    vhosts: string | undefined,
  ): RpcDoor => ({
    host: address,
    port,
    corsDomains: parts(cors),
    namespaces: parts(namespaces),
    vhosts: parts(vhosts),
  });

  return [
    method(
      'admin_exportChain',
      [file, optional('First block', lenientUint), optional('Last block', lenientUint)],
      (_, path, first, last) => commandAnswer((done) => host.exportChain(path, first, last, done), true, FILE_HINT),
    ),
    method('admin_importChain', [file], (_, path) =>
      commandAnswer((done) => host.importChain(path, done), true, FILE_HINT),
    ),
    method(
      'admin_startHTTP',
      [...where, origins, apis, optional('Virtual hosts', string)],
      (_, address, port, cors, namespaces, vhosts) =>
        commandAnswer((done) => host.startHttp(door(address, port, cors, namespaces, vhosts), done), true, DOOR_HINT),
    ),
    method('admin_stopHTTP', [], () => {
      host.stopHttp();
      return true;
    }),
    method('admin_startWS', [...where, origins, apis], (_, address, port, cors, namespaces) =>
      commandAnswer((done) => host.startWs(door(address, port, cors, namespaces, undefined), done), true, DOOR_HINT),
    ),
    method('admin_stopWS', [], () => {
      host.stopWs();
      return true;
    }),
  ];
}
