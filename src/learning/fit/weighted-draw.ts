/** Draws rows by their weights. */

/** `sums[i]` is the sum of the weights up to and with row i. */
export function runningSums(weights: Float64Array): Float64Array {
  let sum = 0;
  return weights.map(weight => {
    sum += weight;
    return sum;
  });
}

/** The row that a point between 0 and the last sum falls on, by binary search. */
export function rowAt(sums: Float64Array, point: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] as number) > point) high = middle;
    else low = middle + 1;
  }
  return low;
}
