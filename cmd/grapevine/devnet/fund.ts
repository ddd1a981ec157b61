import { parseAddress } from '../../../src/base/hex.js';
import { CliError } from '../lib/cli-error.js';
import { parseEther } from '../lib/ether.js';
import { ExitCode } from '../lib/exit-code.js';
import { printLine } from '../lib/print.js';
import { createRpcClient } from '../lib/rpc-client.js';
import { sendTransfer, waitForReceipt } from '../lib/send-transfer.js';
import { devAccounts } from './accounts.js';
import { requireNetwork } from './network-file.js';

/** Sends `ether` from the first funded account to `to` and waits until it is mined. */
export async function fund(name: string, to: string, ether: string): Promise<void> {
  const network = requireNetwork(name);
  const node = network.nodes[0];
  const faucet = devAccounts()[0];
  const address = parseAddress(to);
  const value = parseEther(ether);
  if (address === undefined)
    throw new CliError(ExitCode.usage, `"${to}" is no address`, 'an address is 0x and 40 hex digits');
  if (value === undefined)
    throw new CliError(ExitCode.usage, `"${ether}" is no amount`, 'give ether as a decimal number, like 1.5');
  if (node === undefined || faucet === undefined)
    throw new CliError(ExitCode.unexpected, `devnet "${name}" has no nodes`);
  const client = createRpcClient(node.rpcUrl);
  const hash = await sendTransfer(client, { privateKey: faucet.privateKey, to: address, value });
  const receipt = await waitForReceipt(client, hash);
  printLine(`Sent ${ether} ETH to ${to} in block ${Number(receipt.blockNumber)} (transaction ${hash}).`);
}
