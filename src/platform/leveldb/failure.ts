/** Why a database could not be opened. `locked`: another process has it. `corrupt`: a repair was tried and did not help. */
export interface OpenFailure {
  readonly code: 'locked' | 'corrupt' | 'not-writable' | 'disk-full' | 'io-error';
  readonly message: string;
}

/** What an error of LevelDB or the file system means for opening. */
export function openFailure(error: unknown): OpenFailure {
  const message = messageOf(error);
  const codes = causes(error).map((cause) => cause.code);
  if (codes.includes('LEVEL_LOCKED')) return { code: 'locked', message };
  if (isDiskFull(error)) return { code: 'disk-full', message };
  if (codes.some((code) => code === 'EACCES' || code === 'EROFS' || code === 'EPERM' || code === 'ENOTDIR')) {
    return { code: 'not-writable', message };
  }
  if (/permission denied|read-only file system|not a directory/i.test(message))
    return { code: 'not-writable', message };
  if (isCorruption(error) || /does not exist|no such file/i.test(message)) return { code: 'corrupt', message };
  return { code: 'io-error', message };
}

/** True if LevelDB says that what it read is damaged. */
export function isCorruption(error: unknown): boolean {
  return causes(error).some((cause) => cause.code === 'LEVEL_CORRUPTION') || /corruption/i.test(messageOf(error));
}

/** True if no more fits on the volume, or the user's quota. */
export function isDiskFull(error: unknown): boolean {
  return (
    causes(error).some((cause) => cause.code === 'ENOSPC' || cause.code === 'EDQUOT') ||
    /no space left on device|disk quota exceeded/i.test(messageOf(error))
  );
}

/** The error and what it names as its causes; LevelDB's own reason is the innermost. */
function causes(error: unknown): readonly { readonly code: string | undefined; readonly message: string }[] {
  const found: { code: string | undefined; message: string }[] = [];
  for (let at = error; at instanceof Error && found.length < 4; at = at.cause) {
    found.push({ code: 'code' in at && typeof at.code === 'string' ? at.code : undefined, message: at.message });
  }
  return found;
}

/** The error and its causes in one line. */
export function messageOf(error: unknown): string {
  const messages = causes(error).map((cause) => cause.message);
  return messages.length > 0 ? messages.join(': ') : String(error);
}
