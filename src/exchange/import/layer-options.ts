/** Options of layers that Keras writes in several ways. */
import { Misfit } from './convolutions.ts';
import type { Padded } from './walk-state.ts';

/** Keras names an activation, or describes it as an object with a class. */
export function activationOf(activation: unknown): string {
  if (typeof activation === 'string') return activation;
  const { config, class_name: className } = (activation ?? {}) as { config?: unknown; class_name?: unknown };
  const name = typeof config === 'string' ? config : className;
  return typeof name === 'string' ? name.toLowerCase() : 'linear';
}

/** @throws Misfit for leaky ones */
export function reluOf(config: Readonly<Record<string, unknown>>): string {
  const limit = config.max_value ?? null;
  if (Number(config.negative_slope ?? 0) !== 0 || Number(config.threshold ?? 0) !== 0) {
    throw new Misfit('is a leaky or shifted ReLU');
  }
  return limit === null ? 'relu' : `relu${Number(limit)}`;
}

/** @throws Misfit where rows and columns differ */
export function paddingOf(padding: unknown): Padded {
  const [rows, columns] = Array.isArray(padding) ? padding : [padding, padding];
  const [top, bottom] = Array.isArray(rows) ? rows : [rows, rows];
  const [left, right] = Array.isArray(columns) ? columns : [columns, columns];
  if (top !== left || bottom !== right) throw new Misfit('pads rows and columns differently');
  return [Number(top), Number(bottom)];
}

/** @throws Misfit where it is no number: one for each colour, say */
export function numberIn(value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value !== 0) return value;
  throw new Misfit(`has no single number as its ${what}`);
}
