import { localStatus } from '../../src/net/eth/handshake.js';
import { type Block, encodeBody, sealedHeaderOf } from '../../src/types/block.js';
import { blockBodies } from '../../src/wire/eth/block-bodies.js';
import { blockHeaders } from '../../src/wire/eth/block-headers.js';
import { getBlockBodies } from '../../src/wire/eth/get-block-bodies.js';
import { getBlockHeaders } from '../../src/wire/eth/get-block-headers.js';
import { newBlock } from '../../src/wire/eth/new-block.js';
import { newBlockHashes } from '../../src/wire/eth/new-block-hashes.js';
import { EthCode } from '../../src/wire/eth/protocol.js';
import { status } from '../../src/wire/eth/status.js';
import { type BlockOptions, chainOf, childBlock, FakeChain, GENESIS } from './eth-chain.js';
import { EthWorld, type NodeOptions } from './eth-world.js';

export const TRUNK = chainOf(GENESIS, 20);
export const TIP = TRUNK[19] as Block;
export const next = (options: BlockOptions = {}): Block => childBlock(sealedHeaderOf(TIP), options);

/** A node at block 20 with `count` connections that the test speaks on. */
export function gossipingNode(count: number, options: NodeOptions = {}) {
  const world = new EthWorld();
  const node = world.node('node', { chain: new FakeChain().importAll(TRUNK), ...options });
  const conns = Array.from({ length: count }, () => {
    const conn = world.dangling(node);
    world.deliver(node, conn, EthCode.status, status.encode(localStatus(node.chain, 68)));
    return conn;
  });
  node.sent.length = 0;
  const push = (conn: number, block: Block, totalDifficulty = node.chain.head().totalDifficulty + 100n): void =>
    world.deliver(node, conn, EthCode.newBlock, newBlock.encode({ block, totalDifficulty }));
  const announce = (conn: number, ...blocks: { hash: Block['hash']; number: number }[]): void =>
    world.deliver(node, conn, EthCode.newBlockHashes, newBlockHashes.encode(blocks));
  const sentOf = (code: number) => node.sent.filter((message) => message.code === code);
  const answerHeader = (conn: number, ...blocks: Block[]): void => {
    const request = sentOf(EthCode.getBlockHeaders)
      .filter((message) => message.conn === conn)
      .at(-1);
    const { requestId } = getBlockHeaders.decode(request?.payload ?? new Uint8Array());
    const items = blocks.map((block) => sealedHeaderOf(block).raw);
    world.deliver(node, conn, EthCode.blockHeaders, blockHeaders.encode({ requestId, items }));
  };
  const answerBody = (conn: number, ...blocks: Block[]): void => {
    const request = sentOf(EthCode.getBlockBodies)
      .filter((message) => message.conn === conn)
      .at(-1);
    const { requestId } = getBlockBodies.decode(request?.payload ?? new Uint8Array());
    world.deliver(node, conn, EthCode.blockBodies, blockBodies.encode({ requestId, items: blocks.map(encodeBody) }));
  };
  const [a, b] = conns as [number, number];
  return { world, node, conns, a, b, push, announce, sentOf, answerHeader, answerBody };
}

/** A block as it is announced. */
export const at = (block: Block) => ({ hash: block.hash, number: block.header.number });
