import { readFileSync } from 'node:fs';
import { createIdentity, secp256k1Scheme } from '../../../src/crypto/identity.js';
import { selectCrypto } from '../../../src/crypto/select.js';
import type { PeerControl } from '../../../src/net/eth/peer-control.js';
import { createEthService } from '../../../src/net/eth/service.js';
import type { NetOutput } from '../../../src/net/io.js';
import { assembleSwarm } from '../../../src/net/swarm-machine.js';
import { createChainReader } from '../../../src/node/chain-reader.js';
import { openDatadir } from '../../../src/platform/datadir/open.js';
import { systemRandom } from '../../../src/platform/random.js';
import { createTcpHost } from '../../../src/platform/tcp.js';
import { SILENT_LOG } from '../../../src/ports/log.js';
import { parseGenesis } from '../../../src/types/genesis-file.js';
import { ETH_VERSIONS, EthCode } from '../../../src/wire/eth/protocol.js';
import { createRlpxChannel } from '../../../src/wire/rlpx/channel.js';
import { claimMore, type Twist, WRONG_WAYS, type WrongWay } from './wrong-answers.js';

// A peer that has a whole chain and serves it wrongly, as a process: wrong-peer DATADIR GENESIS PORT KEY WAY
const [path = '', genesisPath = '', port = '', key = '', way = ''] = process.argv.slice(2);
const twist: Twist = WRONG_WAYS[way as WrongWay];
const TICK_MS = 100;

await selectCrypto();
const genesis = parseGenesis(JSON.parse(readFileSync(genesisPath, 'utf8')));
if (!genesis.ok) throw new Error(genesis.error.message);
const opened = await openDatadir(path, { genesis: genesis.value, fakePow: false, leastFreeBytes: 0 });
if (!opened.ok) throw new Error(opened.error.message);
const { chain } = opened.value;
const identity = createIdentity(Buffer.from(key.slice(2), 'hex'));
const listen = { ip: '127.0.0.1', port: Number(port) };

const twisted = (peers: PeerControl): PeerControl => ({
  ...peers,
  send(conn, code, payload) {
    const sent = code === EthCode.status ? claimMore(payload) : twist(code, payload);
    if (sent !== undefined) peers.send(conn, code, sent);
  },
});

let outputs: NetOutput[] = []; // BOUNDED: emptied after each step
const swarm = assembleSwarm(
  {
    ...{ identity, scheme: secp256k1Scheme, random: systemRandom, log: SILENT_LOG, storedPeers: [] },
    emit: (output) => {
      outputs.push(output);
    },
    chain: createChainReader(chain, chain.spec.networkId),
    blocks: { submitBlock: () => false, queuedBlocks: () => 0 },
    txs: {
      submitTransactions: (transactions) => transactions.length,
      hasTransaction: () => false,
      getTransaction: () => undefined,
      pendingTransactions: () => [],
    },
    channelFactory: (remote) =>
      createRlpxChannel({ identity, random: systemRandom, ...(remote === undefined ? {} : { remote }) }),
  },
  {
    ...{ clientName: 'wrong-peer', listen, udpPort: listen.port, externalIp: undefined, maxPeers: 50 },
    ...{ noDiscovery: true, bootnodes: [], staticPeers: [], trustedPeers: [] },
    ...{ netRestrict: undefined, loopbackRoutable: false },
  },
  Date.now(),
  {
    ethVersions: ETH_VERSIONS,
    createEth: (deps) => createEthService({ ...deps, peers: twisted(deps.peers) }),
    createDiscovery() {
      throw new Error('nobody is to discover it');
    },
  },
);

function step(work: (nowMs: number) => void): void {
  work(Date.now());
  const due = outputs;
  outputs = [];
  for (const output of due) if (output.kind !== 'send-datagram') tcp.perform(output);
}

const tcp = createTcpHost((input) => step((nowMs) => swarm.handle(nowMs, input)));
await tcp.listen(listen);
step((nowMs) => swarm.start(nowMs));
setInterval(() => step((nowMs) => swarm.tick(nowMs)), TICK_MS);
process.stdout.write('ready\n');
