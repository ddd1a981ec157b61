/** A line about a run under way: virtual time, speed in virtual seconds a second, and the time that is left at most. */
export function progressLine(atMs: number, longestMs: number | undefined, wallS: number): string {
  const speed = wallS > 0 ? atMs / 1000 / wallS : 0;
  const of = longestMs === undefined ? '' : ` of at most ${(longestMs / 1000).toFixed(0)}`;
  const left = longestMs === undefined || speed === 0 ? '' : `, ${clock((longestMs - atMs) / 1000 / speed)} left`;
  return `${(atMs / 1000).toFixed(0)}${of} virtual seconds, ${speed.toFixed(speed < 10 ? 1 : 0)} a second${left}`;
}

function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** One line at the bottom of a terminal that changes; nothing is written where standard error is no terminal. */
export interface ProgressLine {
  show(line: string): void;
  clear(): void;
}

/** A progress line on standard error, or one that is silent. */
export function createProgressLine(enabled: boolean): ProgressLine {
  const isOn = enabled && process.stderr.isTTY === true;
  const write = (text: string): void => {
    if (isOn) process.stderr.write(`\r\x1b[K${text}`);
  };
  // A line longer than the terminal would wrap, and could not be taken back.
  return { show: (line) => write(line.slice(0, (process.stderr.columns ?? 80) - 1)), clear: () => write('') };
}
