/** At most `count` of the numbers from 0 to before `total`, evenly spread, the first among them. */
export function evenChoice(total: number, count: number): number[] {
  if (total <= count) return Array.from({ length: total }, (_, index) => index);
  return Array.from({ length: count }, (_, index) => Math.floor((index * total) / count));
}
