import { toHex } from '../base/hex.js';
import { keccak256 } from '../crypto/keccak.js';
import type { RpcBackend } from './backend.js';
import { type Method, method } from './method.js';
import { required } from './param.js';
import { bytes } from './param-values.js';
import { quantity } from './quantity.js';

/** The small namespaces `net` and `web3`. */
export function netWeb3Methods({ chain, net, node }: RpcBackend): readonly Method[] {
  // A decimal string, alone among all these hex quantities: web3.js asks before every send.
  const networkId = chain.networkId.toString();
  return [
    method('net_version', [], () => networkId),
    method('net_listening', [], () => net.listening()),
    method('net_peerCount', [], () => quantity(net.peers().length)),
    method('web3_clientVersion', [], () => node.clientVersion),
    method('web3_sha3', [required('Data', bytes)], (_, data) => toHex(keccak256(data))),
  ];
}
