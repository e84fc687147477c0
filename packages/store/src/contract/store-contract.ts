/** What every store must hold, whatever it is built on: run on each of them. */
import { describe } from 'vitest';
import { ledgerContract } from './ledger-contract.js';
import { listContract } from './list-contract.js';
import { liveContract } from './live-contract.js';
import { logContract } from './log-contract.js';
import type { NewPlace } from './place.js';
import { searchContract } from './search-contract.js';
import { timelineContract } from './timeline-contract.js';
import { toolContract } from './tool-contract.js';
import { traceContract } from './trace-contract.js';
import { usageContract } from './usage-contract.js';

export function storeContract(name: string, newPlace: NewPlace): void {
  describe(`a store on ${name}`, () => {
    logContract(newPlace);
    liveContract(newPlace);
    usageContract(newPlace);
    ledgerContract(newPlace);
    searchContract(newPlace);
    listContract(newPlace);
    traceContract(newPlace);
    timelineContract(newPlace);
    toolContract(newPlace);
  });
}
