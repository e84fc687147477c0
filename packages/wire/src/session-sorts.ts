/** What a list can be sorted by; times newest first and figures largest first where no order is asked for. */
export const sessionSorts = [
  'updated',
  'created',
  'title',
  'agent',
  'project',
  'model',
  'turns',
  'input',
  'output',
  'cost',
] as const;
export type SessionSort = (typeof sessionSorts)[number];
