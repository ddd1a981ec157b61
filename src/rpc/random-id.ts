import { toHex } from '../base/hex.js';
import type { Random } from '../ports/random.js';
import { quantity } from './quantity.js';

/** 128 random bits as a quantity, as geth writes the ids of filters and subscriptions: nobody guesses another's. */
export const randomId = (random: Random): string => quantity(BigInt(toHex(random.bytes(16))));
