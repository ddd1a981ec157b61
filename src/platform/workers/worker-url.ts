/**
 * The address of a worker's compiled entry beside this file. Run from sources (tests), it is the one in `dist`: threads
 * can't load TypeScript, so `npm run build` comes before such tests.
 */
export function workerUrl(name: 'seal-worker' | 'recover-worker', here: string = import.meta.url): URL {
  const compiled = here.endsWith('.ts')
    ? here.replace(/\/src\/platform\/workers\//, '/dist/src/platform/workers/')
    : here;
  return new URL(`./${name}.js`, compiled);
}
