/**
 * Whether every object of JavaScript has something of that name (`constructor`, `__proto__`): as a key it would be found where
 * nobody put it, so nothing that comes from outside may be called so.
 */
export function isInherited(name: string): boolean {
  return name in Object.prototype;
}
