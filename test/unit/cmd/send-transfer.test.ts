import { expect, it } from 'vitest';
import { CliError } from '../../../cmd/grapevine/lib/cli-error.js';
import { ExitCode } from '../../../cmd/grapevine/lib/exit-code.js';
import { waitForReceipt } from '../../../cmd/grapevine/lib/send-transfer.js';

it('a transaction whose node is gone is named all the same', async () => {
  const call = (): Promise<never> =>
    Promise.reject(new CliError(ExitCode.nodeUnreachable, 'no node answers at x: refused', 'start it'));
  await expect(waitForReceipt({ call, callAll: call }, '0x12')).rejects.toMatchObject({
    exitCode: 8,
    message: 'transaction 0x12 was sent, but no node answers at x: refused',
    fix: 'start it',
  });
});
