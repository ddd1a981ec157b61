import { err, ok, type Result } from '../base/result.js';

/** A number that a scenario lets its user choose. */
export interface Parameter {
  readonly default: number;
  /** What it means, in one line. */
  readonly summary: string;
  /** Inclusive; 0 unless told otherwise. */
  readonly least?: number;
  /** Inclusive. */
  readonly most: number;
}

/** The parameters of a scenario, by name. */
export type Parameters = Readonly<Record<string, Parameter>>;

/** Chosen values, by name. */
export type Settings = Readonly<Record<string, number>>;

/** A value for each parameter: the one that was set, or the default. */
export function settingsOf<P extends Parameters>(
  parameters: P,
  set: Settings | undefined,
): { readonly [K in keyof P]: number } {
  const entries = Object.entries(parameters).map(([name, parameter]) => [name, set?.[name] ?? parameter.default]);
  return Object.fromEntries(entries) as { readonly [K in keyof P]: number };
}

/** Reads `key=value` texts; the error says which parameters there are. Of two texts with one key the later counts. */
export function parseSettings(parameters: Parameters, texts: readonly string[]): Result<Settings, string> {
  const settings: Record<string, number> = {};
  for (const text of texts) {
    const [, key, value] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (key === undefined || value === undefined) return err(`"${text}" is not key=value`);
    const parameter = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
    if (parameter === undefined) {
      const names = Object.keys(parameters);
      return err(`no parameter "${key}"; ${names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`}`);
    }
    const { least = 0, most } = parameter;
    const number = Number(value);
    if (value.trim() === '' || !(number >= least && number <= most)) {
      return err(`${key} is a number from ${least} to ${most}, not "${value}"`);
    }
    settings[key] = number;
  }
  return ok(settings);
}
