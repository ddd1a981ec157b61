import type { Command } from 'commander';
import { CliError } from '../lib/cli-error.js';
import { ExitCode } from '../lib/exit-code.js';
import { integerIn } from '../lib/option-values.js';
import { fund } from './fund.js';
import { followLogs, printRecentLogs } from './logs.js';
import { type DevnetNetwork, type DevnetNode, requireNetwork } from './network-file.js';
import { status } from './status.js';
import { down, reset } from './stop.js';
import { type UpOptions, up } from './up.js';

const named = (command: Command): Command => command.option('--name <name>', 'which devnet', 'default');

/** The nodes that the user named, or all. */
function chooseNodes(network: DevnetNetwork, names: readonly string[]): readonly DevnetNode[] {
  if (names.length === 0) return network.nodes;
  const unknown = names.find((name) => !network.nodes.some((node) => node.name === name));
  if (unknown === undefined) return network.nodes.filter((node) => names.includes(node.name));
  throw new CliError(
    ExitCode.usage,
    `devnet "${network.name}" has no node "${unknown}"`,
    `choose from ${network.nodes.map((node) => node.name).join(', ')}`,
  );
}

/** Adds `devnet` and its subcommands. */
export function addDevnetCommand(program: Command): void {
  const devnet = program.command('devnet').description('a network of local nodes, for development');

  named(devnet.command('up'))
    .description('start the network and wait until it is ready; says what runs if it is up already')
    .option('--nodes <n>', 'number of nodes, 1 to 16 (default 4)', integerIn(1, 16))
    .option('--genesis <file>', 'genesis file (default genesis/devnet.json)')
    .option('--port-offset <n>', 'add this to every port of the plan', integerIn(0, 30_000), 0)
    .option('--timeout <seconds>', 'how long to wait until it is ready', integerIn(1, 3600), 60)
    .option('--foreground', 'stay, print the logs, and stop the network on Ctrl-C', false)
    .option('--keep', 'leave started nodes running if the network does not become ready', false)
    .action(async (options: Omit<UpOptions, 'nodes' | 'genesis'> & Partial<Pick<UpOptions, 'nodes' | 'genesis'>>) =>
      up({ ...options, nodes: options.nodes, genesis: options.genesis }),
    );

  named(devnet.command('down'))
    .description('stop the network and keep its data')
    .action((options: { name: string }) => down(options.name));

  named(devnet.command('status'))
    .description('how each node does; exit code 9 if something is wrong')
    .option('--json', 'as JSON', false)
    .action((options: { name: string; json: boolean }) => status(options.name, options.json));

  named(devnet.command('logs'))
    .description("print the nodes' logs, merged by time")
    .argument('[node...]', 'only these nodes, like node2')
    .option('-f, --follow', 'go on with new lines', false)
    .option('-n, --lines <n>', 'lines of each node', integerIn(0, 100_000), 20)
    .action(async (names: string[], options: { name: string; follow: boolean; lines: number }) => {
      const chosen = chooseNodes(requireNetwork(options.name), names);
      printRecentLogs(chosen, options.lines);
      if (options.follow) await followLogs(chosen, { signal: new AbortController().signal });
    });

  named(devnet.command('reset'))
    .description('stop the network and delete its data')
    .action((options: { name: string }) => reset(options.name));

  named(devnet.command('fund'))
    .description('send ether from the first funded account')
    .argument('<address>', 'who gets it')
    .argument('[ether]', 'how much', '10')
    .action((address: string, ether: string, options: { name: string }) => fund(options.name, address, ether));
}
