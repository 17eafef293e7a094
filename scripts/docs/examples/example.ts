/** An example of a message. */

export interface Example<P = unknown> {
  /** As it is used, without `<base>/`. */
  readonly topic: string;
  readonly payload: P;
}
