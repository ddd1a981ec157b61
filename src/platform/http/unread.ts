import { ErrorCode, RpcError } from '../../rpc/errors.js';
import { errorText } from '../../rpc/response.js';

/** Answers longer than this are counted while they wait to be read; counting each small one would cost more than it holds. */
const COUNTED_LENGTH = 64 * 1024;

const BUSY = errorText(
  null,
  new RpcError(
    ErrorCode.limit,
    'too many large answers wait to be read',
    'read answers faster, or ask for less at once',
  ),
);

/** The large answers that wait to be read by the clients of a server. */
export interface UnreadAnswers {
  /** What may be sent in place of `text`: itself, or an error while too much waits. */
  allowed(text: string): string;
  /** Counts an answer that is sent; what is returned is to be called when it was read or its client is gone, if anything is. */
  count(text: string): (() => void) | undefined;
}

/** Counts none yet; at most `maxLength` characters may wait. */
export function createUnreadAnswers(maxLength: number): UnreadAnswers {
  let waiting = 0;
  return {
    allowed: (text) => (text.length > COUNTED_LENGTH && waiting + text.length > maxLength ? BUSY : text),
    count({ length }) {
      if (length <= COUNTED_LENGTH) return undefined;
      waiting += length;
      return () => {
        waiting -= length;
      };
    },
  };
}
