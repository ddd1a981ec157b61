import { request } from 'node:http';
import { checkAnswer } from './rpc-schema.js';

/** A client whose requests were written down: they are sent as they stand, and the answers are read as they came. */
export interface Replay {
  /** The results of `body`, which may be a batch, in the order of its calls; throws on an error. Most are one quantity. */
  send<T = string>(body: string): Promise<T>;
}

/** A block, receipt or transaction, as far as a client reads its plain members. */
export type Members = { readonly [name: string]: string };

interface Recorded {
  readonly id: unknown;
}

function post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        // Wallets take every other status for a node that is broken.
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`HTTP ${response.statusCode}: ${text}`));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function resultOf(answer: unknown, { id }: Recorded, text: string): unknown {
  const { id: echoed, result, error } = answer as { id: unknown; result?: unknown; error?: unknown };
  if (echoed !== id) throw new Error(`the id ${JSON.stringify(id)} came back as ${JSON.stringify(echoed)}`);
  if (error !== undefined) throw new Error(text);
  return result;
}

/** A client that sends `headers` with each request to `url`. */
export function replay(url: string, headers: Readonly<Record<string, string>>): Replay {
  return {
    async send<T>(body: string): Promise<T> {
      const text = await post(url, headers, body);
      const answer: unknown = JSON.parse(text);
      checkAnswer(body, answer);
      const calls: unknown = JSON.parse(body);
      if (!Array.isArray(calls)) return resultOf(answer, calls as Recorded, text) as T;
      if (!Array.isArray(answer) || answer.length !== calls.length) throw new Error(`not one answer a call: ${text}`);
      return calls.map((call, i) => resultOf(answer[i], call as Recorded, text)) as T;
    },
  };
}
