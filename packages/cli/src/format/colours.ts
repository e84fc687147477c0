/** The few colours of the terminal. Our own, because packages for it look at the process's streams when they are loaded. */

type Paint = (text: string) => string;

export interface Colours {
  /** False where every paint leaves its text as it is. */
  shown: boolean;
  bold: Paint;
  dim: Paint;
  red: Paint;
  green: Paint;
  yellow: Paint;
  cyan: Paint;
}

const start = (code: number): string => `\u001b[${code}m`;

export function coloursThat(shown: boolean): Colours {
  const paint = (on: number, off: number): Paint =>
    // What is painted within ends what is around it, where both end alike: it is begun again.
    shown
      ? (text) => `${start(on)}${text.replaceAll(start(off), start(off) + start(on))}${start(off)}`
      : (text) => text;
  return {
    shown,
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    cyan: paint(36, 39),
  };
}
