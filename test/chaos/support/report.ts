/** Prints one row: what was done to nodes, and how they took it. */
export function report(name: string, row: Readonly<Record<string, string | number>>): void {
  console.table({ [name]: row });
}
