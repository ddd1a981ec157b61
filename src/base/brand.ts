declare const brand: unique symbol;

/** A nominal type: a `T` that only the function which checked it may produce. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Readonly<Record<Name, true>> };

/** Lower-case hex with an `0x` prefix and an even number of digits. */
export type Hex = Brand<string, 'Hex'>;
/** 32 bytes as {@link Hex} (66 characters). Comparable with `===` and usable as a map key. */
export type Hash32 = Hex & Brand<string, 'Hash32'>;
/** 20 bytes as {@link Hex} (42 characters), lower case (no EIP-55 checksum). */
export type Address = Hex & Brand<string, 'Address'>;
/** keccak256 of a node's 64-byte public key, as {@link Hex}. */
export type NodeId = Hex & Brand<string, 'NodeId'>;
/** An uncompressed secp256k1 public key without its 0x04 prefix: 64 bytes as {@link Hex} (130 characters). */
export type PublicKey = Hex & Brand<string, 'PublicKey'>;
/** 256 bytes of a log bloom filter as {@link Hex}. */
export type Bloom = Hex & Brand<string, 'Bloom'>;
/** 8 bytes of a block's proof-of-work nonce as {@link Hex}. */
export type BlockNonce = Hex & Brand<string, 'BlockNonce'>;
