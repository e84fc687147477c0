/** Says what is wrong when folders cannot be watched, and what to do. */
const until = 'until then, what is new there is read at the next start';

export function watchTrouble(error: unknown): string {
  const { code, message } = error instanceof Error ? (error as NodeJS.ErrnoException) : { message: String(error) };
  switch (code) {
    case 'ENOSPC':
      return `not all logs can be followed: the system watches no more folders. Raise its limit (sudo sysctl fs.inotify.max_user_watches=524288) and start taffrail again; ${until}`;
    case 'EMFILE':
      return `not all logs can be followed: too many programs watch folders, or too many files are open. Raise the limits (sudo sysctl fs.inotify.max_user_instances=1024; ulimit -n) and start taffrail again; ${until}`;
    default:
      return `not all logs can be followed: ${message}; ${until}`;
  }
}
