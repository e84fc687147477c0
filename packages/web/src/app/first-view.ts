/**
 * When a page is opened, what it is opened for comes first: the questions of its frame (today's figures, counts, lists of
 * choices) wait until a transcript is seen, or a moment where there is none. They would be worked out on the same machine.
 */
const patienceMs = 500;

let seen: () => void = () => undefined;

/** Resolves once, for all that is asked later too. */
export const firstView = new Promise<void>((resolve) => {
  seen = resolve;
  setTimeout(resolve, patienceMs);
});

/** What the page was opened for has been drawn. */
export function noteFirstView(): void {
  seen();
}
