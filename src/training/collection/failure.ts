/** Why something could not be fetched, and so whether it is worth another try in a later run. */

/**
 * - `later`: the network, or a server that is busy or asks to wait; may well succeed another time
 * - `gone`: the server says no (4xx)
 * - `refused`: an address that isn't fetched, too many redirects
 * - `too-large`: more bytes than allowed
 */
export type FetchFailureKind = 'later' | 'gone' | 'refused' | 'too-large';

export class FetchFailure extends Error {
  override readonly name = 'FetchFailure';
  readonly kind: FetchFailureKind;

  constructor(kind: FetchFailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
