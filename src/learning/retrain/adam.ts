/** Adam (Kingma and Ba 2015), with a pull back to the start. */

export interface Parameter {
  /** Changed in place. */
  readonly values: Float32Array;
  readonly gradient: Float32Array;
}

const FIRST = 0.9;
const SECOND = 0.999;
const TINY = 1e-7;

/** @returns a step at a learning rate, then the share of the way back to the start */
export function createAdam(parameters: readonly Parameter[]): (rate: number, pull: number) => void {
  const kept = parameters.map(parameter => ({
    ...parameter,
    start: Float32Array.from(parameter.values),
    mean: new Float32Array(parameter.values.length),
    square: new Float32Array(parameter.values.length),
  }));
  let steps = 0;
  return (rate, pull) => {
    steps += 1;
    // Both corrections of the bias at once, as in section 2 of the paper.
    const scale = (rate * Math.sqrt(1 - SECOND ** steps)) / (1 - FIRST ** steps);
    const tiny = TINY * Math.sqrt(1 - SECOND ** steps);
    for (const { values, gradient, start, mean, square } of kept) {
      for (let index = 0; index < values.length; index++) {
        const slope = gradient[index] as number;
        const first = FIRST * (mean[index] as number) + (1 - FIRST) * slope;
        const second = SECOND * (square[index] as number) + (1 - SECOND) * slope * slope;
        mean[index] = first;
        square[index] = second;
        const next = (values[index] as number) - (scale * first) / (Math.sqrt(second) + tiny);
        values[index] = next + pull * ((start[index] as number) - next);
      }
    }
  };
}
