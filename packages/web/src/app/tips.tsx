/**
 * One tooltip for the whole page, fed by `title` attributes (`data-tip` inside drawings): exact figures and reasons appear quickly, on focus as well
 * as under the pointer, and on a phone by touch. While it is shown the title rests, so that the browser shows no second.
 */
import { useEffect, useRef, useState } from 'react';

const delayMs = 250;
type Tip = { text: string; left: number; top: number; above: boolean };

function ownerOf(target: EventTarget | null): Element | null {
  return target instanceof Element ? target.closest('[title]:not([title=""]), [data-tip]') : null;
}

function isTouch(event: Event): boolean {
  return event instanceof PointerEvent && event.pointerType === 'touch';
}

function placeFor(owner: Element, text: string): Tip {
  const box = owner.getBoundingClientRect();
  const above = box.bottom + 60 > innerHeight;
  return {
    text,
    left: Math.min(Math.max(box.left + box.width / 2, 16), innerWidth - 16),
    top: above ? box.top - 6 : box.bottom + 6,
    above,
  };
}

export function Tips() {
  const [tip, setTip] = useState<Tip | null>(null);
  const held = useRef<{ owner: Element; text: string } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  useEffect(() => {
    const release = () => {
      clearTimeout(timer.current);
      const rested = held.current;
      if (rested && !rested.owner.hasAttribute('title') && !rested.owner.hasAttribute('data-tip')) {
        rested.owner.setAttribute('title', rested.text);
      }
      held.current = null;
      setTip(null);
    };
    const hold = (owner: Element, wait: number) => {
      const text = owner.getAttribute('data-tip') ?? owner.getAttribute('title') ?? '';
      timer.current = setTimeout(() => {
        held.current = { owner, text };
        owner.removeAttribute('title');
        setTip(placeFor(owner, text));
      }, wait);
    };
    const enter = (event: Event) => {
      const owner = ownerOf(event.target);
      if (held.current?.owner.contains(event.target as Node)) return;
      release();
      if (owner && !isTouch(event)) hold(owner, delayMs);
    };
    // A finger has no hover: a tap on a figure shows what hovering would, unless the tap does something else.
    const tap = (event: Event) => {
      const owner = ownerOf(event.target);
      if (isTouch(event) && owner && !owner.closest('a, button')) hold(owner, 0);
    };
    const focus = (event: Event) => {
      if (event.target instanceof Element && event.target.matches(':focus-visible')) enter(event);
    };
    const leave: [string, () => void][] = [
      ['pointerdown', release],
      ['scroll', release],
      ['keydown', release],
      ['blur', release],
    ];
    // Of the page alone: what is left within it is left for something else, which was entered before this is told.
    document.documentElement.addEventListener('mouseleave', release);
    document.addEventListener('pointerover', enter);
    document.addEventListener('focusin', focus);
    document.addEventListener('click', tap);
    for (const [name, listener] of leave) document.addEventListener(name, listener, { capture: true, passive: true });
    return () => {
      release();
      document.documentElement.removeEventListener('mouseleave', release);
      document.removeEventListener('pointerover', enter);
      document.removeEventListener('focusin', focus);
      document.removeEventListener('click', tap);
      for (const [name, listener] of leave) document.removeEventListener(name, listener, { capture: true });
    };
  }, []);

  if (!tip) return null;
  return (
    <div className={tip.above ? 'tip tip-above' : 'tip'} role="tooltip" style={{ left: tip.left, top: tip.top }}>
      {tip.text}
    </div>
  );
}
