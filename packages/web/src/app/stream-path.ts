/** Where the server's live line is. */
export const streamPath = '/api/v1/stream';
