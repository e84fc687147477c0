/** Reading tabs: what opening and closing does to the strip. */
import { describe, expect, it } from 'vitest';
import { tabsMax, withoutTab, withTab } from './reading-tabs.js';

const tabs = ['a', 'b', 'c'].map((id) => ({ id, title: id.toUpperCase() }));

describe('reading tabs', () => {
  it('keep their place when a session is opened again, with its newer title', () => {
    expect(withTab(tabs, { id: 'b', title: 'Better' }).map((tab) => tab.title)).toEqual(['A', 'Better', 'C']);
  });

  it('let the oldest go when there are too many', () => {
    const many = Array.from({ length: tabsMax }, (_, index) => ({ id: `${index}`, title: '' }));
    expect(withTab(many, { id: 'new', title: '' })).toHaveLength(tabsMax);
    expect(withTab(many, { id: 'new', title: '' }).at(0)?.id).toBe('1');
  });

  it('show the right neighbour after closing, else the left, else none', () => {
    expect(withoutTab(tabs, 'b').next).toBe('c');
    expect(withoutTab(tabs, 'c').next).toBe('b');
    expect(withoutTab(tabs.slice(0, 1), 'a').next).toBeNull();
    expect(withoutTab(tabs, 'x').next).toBeNull();
  });
});
