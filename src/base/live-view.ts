/** An object whose values are those of another that is replaced now and then: for parts that keep their options. */

/**
 * @param current gives the present object, which always has the same keys
 * @returns reads each value from it anew; a copy by `{...view}` stands still
 */
export function liveView<T extends object>(current: () => T): T {
  const view = {} as T;
  for (const key of Object.keys(current()) as (keyof T)[])
    Object.defineProperty(view, key, { get: () => current()[key], enumerable: true });
  return view;
}
