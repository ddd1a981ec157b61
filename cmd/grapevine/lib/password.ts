import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CliError } from './cli-error.js';
import { ExitCode } from './exit-code.js';

/** Reads one line from the terminal without showing what is typed. */
function askHidden(question: string): Promise<string> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: silent, terminal: true });
  return new Promise((resolve, reject) => {
    reader.on('SIGINT', () => {
      reader.close();
      process.stderr.write('\n');
      reject(new CliError(ExitCode.forced, 'interrupted'));
    });
    reader.question('', (answer) => {
      reader.close();
      process.stderr.write('\n');
      resolve(answer);
    });
  });
}

/**
 * The password: the first line of `file`, or what the user types, twice if `confirm`. Without a terminal and without a
 * file it is a usage error, never a wait for ever.
 */
export async function readPassword(file: string | undefined, confirm: boolean): Promise<string> {
  if (file !== undefined) {
    try {
      return readFileSync(file, 'utf8').split(/\r?\n/, 1)[0] ?? '';
    } catch (cause) {
      throw new CliError(ExitCode.usage, `can't read the password file ${file}: ${(cause as Error).message}`);
    }
  }
  if (!process.stdin.isTTY) {
    throw new CliError(
      ExitCode.usage,
      'no password: standard input is not a terminal',
      'give it with --password-file FILE',
    );
  }
  const password = await askHidden('Password: ');
  if (confirm && (await askHidden('Repeat password: ')) !== password) {
    throw new CliError(ExitCode.usage, 'the passwords differ', 'try again');
  }
  return password;
}
