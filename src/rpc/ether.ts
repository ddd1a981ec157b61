const WEI_PER_CENT = 10n ** 16n;

/** `wei` in ether with two decimals, rounded down: for messages only. */
export function etherText(wei: bigint): string {
  const cents = wei / WEI_PER_CENT;
  return `${cents / 100n}.${(cents % 100n).toString().padStart(2, '0')}`;
}
