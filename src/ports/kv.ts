/** A synchronous view of an ordered key-value store. Returned arrays must not be written to. */
export interface KvReader {
  get(key: Uint8Array): Uint8Array | undefined;
}

/** One change of a batch. */
export type KvWrite =
  | { readonly kind: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly kind: 'del'; readonly key: Uint8Array };

/** Changes that become durable together or not at all, in order. */
export type KvBatch = readonly KvWrite[];
