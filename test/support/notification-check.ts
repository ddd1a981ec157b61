import { Ajv, type ValidateFunction } from 'ajv';
import { NOTIFICATIONS } from '../../src/rpc/schema/notifications.js';
import { schemaParts } from '../../src/rpc/schema/parts.js';
import type { Topic } from '../../src/rpc/subscriptions.js';

const ajv = new Ajv({ strict: false, validateFormats: false });
const compiled = new Map<Topic, ValidateFunction>();

/** What is wrong with `result` as news of `topic`; undefined if nothing is. */
export function notificationProblem(topic: Topic, result: unknown): string | undefined {
  const schema = NOTIFICATIONS[topic];
  const validate = compiled.get(topic) ?? ajv.compile({ ...schema, components: { schemas: schemaParts } });
  compiled.set(topic, validate);
  return validate(result) ? undefined : `${topic}: ${ajv.errorsText(validate.errors)}`;
}

interface Message {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
  readonly result?: unknown;
}

/** What a call subscribes to; undefined for all other calls. */
function topicOf({ method, params }: Message): Topic | undefined {
  if (method !== 'eth_subscribe' && method !== 'admin_subscribe') return undefined;
  const [topic, full] = Array.isArray(params) ? params : [];
  return topic === 'newPendingTransactions' && full === true ? 'fullPendingTransactions' : topic;
}

/** Reads along on one connection: every notification belongs to a subscription, and is as that one's are described. */
export class NotificationCheck {
  readonly #asked = new Map<unknown, Topic>();
  readonly #topics = new Map<unknown, Topic>();

  /** A text that the client sent. */
  sent(request: string): void {
    let parsed: unknown;
    try {
      parsed = JSON.parse(request);
    } catch {
      return;
    }
    for (const call of (Array.isArray(parsed) ? parsed : [parsed]) as readonly (Message | null)[]) {
      const topic = call === null ? undefined : topicOf(call);
      if (topic !== undefined) this.#asked.set(call?.id, topic);
    }
  }

  /** A message that the client received; throws if it is a notification that is not as described. */
  received(message: unknown): void {
    for (const one of (Array.isArray(message) ? message : [message]) as readonly Message[]) {
      if (one.method === undefined) this.#answered(one);
      else this.#notified(one);
    }
  }

  #answered({ id, result }: Message): void {
    const topic = this.#asked.get(id);
    if (topic !== undefined && typeof result === 'string') this.#topics.set(result, topic);
  }

  #notified({ method, params }: Message): void {
    const { subscription, result } = (params ?? {}) as { subscription?: unknown; result?: unknown };
    const topic = this.#topics.get(subscription);
    if (topic === undefined) throw new Error(`news of no subscription: ${JSON.stringify(params)}`);
    const expected = topic === 'peerEvents' ? 'admin_subscription' : 'eth_subscription';
    if (method !== expected) throw new Error(`${topic} is told as ${String(method)}`);
    const problem = notificationProblem(topic, result);
    if (problem !== undefined) throw new Error(`${problem}: ${JSON.stringify(result).slice(0, 2000)}`);
  }
}
