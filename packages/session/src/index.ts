/** The fold and every pure rule: state from rows, totals with coverage, and how a session is written out for people. */
export * from './claims.js';
export { type ExportFormat, exportFormats, exportSession } from './export/export-session.js';
export { factsOf, figuresOf, titleOf } from './export/head-facts.js';
export { itemHeading, itemNotes } from './export/item-words.js';
export { spendingNotes } from './export/spending-notes.js';
export { type ItemPlace, type TranscriptFormat, transcript } from './export/transcript.js';
export { usageLine } from './export/turn-usage.js';
export * from './fold/fold.js';
export { DivergedError } from './fold/items.js';
export { emptySession, type SessionState } from './fold/state.js';
export { statusAfter } from './fold/status.js';
export { inheritedTotalsOf, totalsOf } from './fold/usage.js';
export type { NewFile, NewRow } from './new-row.js';
export * from './request.js';
export * from './totals.js';
export * from './words/figures.js';
export { plainLine, plainText } from './words/plain-text.js';
export { callLine } from './words/tool-call.js';
