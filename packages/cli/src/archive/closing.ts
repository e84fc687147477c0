/** What reading commands share whichever way they open the archive. */

/** What is said in place of an empty table. */
export const nothingYet =
  'Nothing is imported yet. "taffrail import" reads the logs of the coding agents on this machine; "taffrail serve" does so too and opens the web app.\n';

/** Runs `use` and closes what was opened whatever happens. */
export async function closing<Opened extends { store: { close(): Promise<void> } }>(
  archive: Opened | null,
  use: (archive: Opened | null) => Promise<void>,
): Promise<void> {
  try {
    await use(archive);
  } finally {
    await archive?.store.close();
  }
}
