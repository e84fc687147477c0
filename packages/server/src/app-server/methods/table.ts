/** All methods by name. */
import type { Method } from './contract.js';
import { historyMethods } from './history.js';
import { keepingMethods } from './keeping.js';
import { openMethods } from './open.js';
import { standingMethods } from './standing.js';
import { turnMethods } from './turns.js';

export const methods: Readonly<Record<string, Method>> = {
  ...standingMethods,
  ...openMethods,
  ...historyMethods,
  ...keepingMethods,
  ...turnMethods,
};
