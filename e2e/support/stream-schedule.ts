/** What happens to a session and to the lines of those who follow it: a schedule, made of numbers so that it can be shrunk. */
import fc from 'fast-check';

export const clientCount = 3;

/** What the writer does. `write` of them are about text, so that most schedules hold texts in the making. */
const writing = {
  text: 24,
  textAgain: 3,
  open: 5,
  close: 5,
  tool: 6,
  turn: 5,
  usage: 7,
  permission: 3,
  queue: 2,
  remove: 3,
  rewind: 2,
  rename: 1,
  beginAnew: 1,
  nothing: 10,
} as const;

/** What becomes of a client and its line. */
const fates = {
  deliver: 36,
  trickle: 10,
  wait: 14,
  lose: 6,
  repeat: 6,
  disorder: 6,
  disconnect: 4,
  connect: 8,
  reload: 1,
  fallBehind: 3,
  older: 5,
  heartbeat: 3,
  sleep: 2,
} as const;

export type Writing = keyof typeof writing;
export type Fate = keyof typeof fates;
/** One moment: what is written, and what becomes of each client. `some` chooses among what is there. */
export type Moment = { write: Writing; some: number; fates: Fate[] };

function oneOf<Name extends string>(weights: Readonly<Record<Name, number>>): fc.Arbitrary<Name> {
  const options = (Object.entries(weights) as [Name, number][]).map(([name, weight]) => ({
    weight,
    arbitrary: fc.constant(name),
  }));
  return fc.oneof(...options);
}

export const schedules: fc.Arbitrary<Moment[]> = fc.array(
  fc.record({
    write: oneOf(writing),
    some: fc.nat(999),
    fates: fc.array(oneOf(fates), { minLength: clientCount, maxLength: clientCount }),
  }),
  { minLength: 8, maxLength: 40, size: 'max' },
);
