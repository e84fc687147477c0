/** An order that cannot be carried out, in a sentence for whoever gave it. */
export class OrderError extends Error {
  constructor(
    readonly kind: 'unknown' | 'gone' | 'busy' | 'refused' | 'foreign' | 'large',
    message: string,
  ) {
    super(message);
    this.name = 'OrderError';
  }
}
