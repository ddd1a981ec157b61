/** Why a server can't listen. */
export type ListenFailure = 'port-in-use' | 'no-permission' | 'address-unavailable' | 'path-too-long' | 'other';

/** A server that could not start to listen; `message` says what to do. `port-in-use` ends the process with exit code 5. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly failure: ListenFailure;

  constructor(failure: ListenFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

/** The error for what the system said when asked to listen at `where`; `flag` is how to choose another place. */
export function listenError(cause: NodeJS.ErrnoException, where: string, flag: string): ListenError {
  switch (cause.code) {
    case 'EADDRINUSE':
      return new ListenError(
        'port-in-use',
        `${where} is in use by another process: stop it or choose another with ${flag}`,
      );
    case 'EACCES':
    case 'EPERM':
      return new ListenError('no-permission', `no permission to listen on ${where}: choose another with ${flag}`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ListenError(
        'address-unavailable',
        `this machine has no address ${where}: choose another with ${flag}`,
      );
    default:
      return new ListenError('other', `can't listen on ${where}: ${cause.message}`);
  }
}
