/**
 * r || s (64 bytes) of a DER signature, or undefined unless it is strict DER: SEQUENCE of two INTEGERs, minimal lengths and
 * numbers, nothing after them (X.690; BIP-66). For test data only: the node's own signatures are never in DER.
 */
export function parseDerSignature(der: Uint8Array): Uint8Array | undefined {
  if (der[0] !== 0x30 || der[1] !== der.length - 2 || der.length > 72) return undefined;
  const r = parseInteger(der, 2);
  if (r === undefined) return undefined;
  const s = parseInteger(der, r.end);
  if (s === undefined || s.end !== der.length) return undefined;
  return Uint8Array.from([...r.bytes32, ...s.bytes32]);
}

function parseInteger(der: Uint8Array, at: number): { readonly bytes32: number[]; readonly end: number } | undefined {
  const length = der[at + 1];
  if (der[at] !== 0x02 || length === undefined || length === 0) return undefined;
  const end = at + 2 + length;
  if (end > der.length) return undefined;
  const bytes = [...der.subarray(at + 2, end)];
  const [first = 0, second = 0] = bytes;
  if (first >= 0x80) return undefined;
  if (bytes.length > 1 && first === 0 && second < 0x80) return undefined;
  const digits = first === 0 ? bytes.slice(1) : bytes;
  if (digits.length > 32) return undefined;
  return { bytes32: [...new Array<number>(32 - digits.length).fill(0), ...digits], end };
}
