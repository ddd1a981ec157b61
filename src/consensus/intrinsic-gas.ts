import { TRANSACTION_GAS } from '../types/body-room.js';
import type { Rules } from '../types/rules.js';
import type { UnsignedTransaction } from '../types/transaction.js';

/** Gas of a transaction that creates a contract, from Homestead on (EIP-2). */
const CREATION_GAS = 53_000n;
/** Gas of a zero byte of data (Yellow Paper, Gtxdatazero). */
const ZERO_BYTE_GAS = 4n;
/** Gas of an address and of a storage key in an access list (EIP-2930). */
const ACCESS_ADDRESS_GAS = 2400n;
const ACCESS_KEY_GAS = 1900n;

/** The gas that `tx` costs before anything is executed; on a chain without contracts, all it ever costs. */
export function intrinsicGas(tx: UnsignedTransaction, rules: Rules): bigint {
  let gas = tx.to === null ? CREATION_GAS : TRANSACTION_GAS;
  if (tx.data.length > 0) {
    let zeros = 0;
    for (let i = 0; i < tx.data.length; i++) if (tx.data[i] === 0) zeros++;
    gas += BigInt(zeros) * ZERO_BYTE_GAS + BigInt(tx.data.length - zeros) * rules.dataByteGas;
  }
  if (tx.type !== 0) {
    for (const entry of tx.accessList) gas += ACCESS_ADDRESS_GAS + BigInt(entry.storageKeys.length) * ACCESS_KEY_GAS;
  }
  return gas;
}
