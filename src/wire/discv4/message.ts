/** One kind of packet: its type byte, and how its list is written and read. `decode` throws `DecodeError` and nothing else. */
export interface PacketCodec<T> {
  readonly name: string;
  readonly type: number;
  encode(message: T): Uint8Array;
  decode(data: Uint8Array): T;
}
