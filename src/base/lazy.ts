/** Something that is opened when it is first asked for. */
export interface Lazy<T> {
  get(): Promise<T>;
  /** Undefined as long as nobody asked. */
  readonly opened: Promise<T> | undefined;
}

export function lazy<T>(open: () => Promise<T>): Lazy<T> {
  let opened: Promise<T> | undefined;
  return {
    get() {
      opened ??= open();
      return opened;
    },
    get opened() {
      return opened;
    },
  };
}
