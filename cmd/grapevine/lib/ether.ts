const WEI_DIGITS = 18;

/** Wei in a decimal number of ether such as `1`, `0.25` or `.5`; undefined if it is none or finer than a wei. */
export function parseEther(text: string): bigint | undefined {
  const match = /^(\d*)(?:\.(\d*))?$/.exec(text.trim().replace(/\s*(ether|eth)$/i, ''));
  const whole = match?.[1] ?? '';
  const fraction = match?.[2] ?? '';
  if (match === null || whole + fraction === '' || fraction.length > WEI_DIGITS) return undefined;
  return BigInt(whole === '' ? '0' : whole) * 10n ** 18n + BigInt(fraction.padEnd(WEI_DIGITS, '0'));
}

/** Wei as a decimal number of ether without trailing zeros. */
export function formatEther(wei: bigint): string {
  const digits = wei.toString().padStart(WEI_DIGITS + 1, '0');
  const fraction = digits.slice(-WEI_DIGITS).replace(/0+$/, '');
  return `${digits.slice(0, -WEI_DIGITS)}${fraction === '' ? '' : `.${fraction}`}`;
}
