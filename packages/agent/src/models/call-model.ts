/** Every model behind one call. */
import type { CallModel } from './contract.js';
import { callDemo } from './demo.js';
import { callOverNetwork } from './stream.js';

export const callModel: CallModel = (request, signal) =>
  request.key.provider === 'demo' ? callDemo(request, signal) : callOverNetwork(request, signal);
