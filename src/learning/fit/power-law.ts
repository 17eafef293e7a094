/** How the error falls with more pictures: error = a · n^−b + c, a, b, c ≥ 0 (Hestness et al. 2017, section 3). */

export interface PowerLaw {
  readonly a: number;
  readonly b: number;
  /** The error that no number of pictures takes away. */
  readonly c: number;
}

export interface SizeError {
  /** Number of pictures learnt from, above 0. */
  readonly size: number;
  /** 0..1 */
  readonly error: number;
  /** 1 / variance, up to a factor. */
  readonly weight: number;
}

/** Exponents tried: between almost none and faster than anything measured. */
const EXPONENTS = Array.from({ length: 80 }, (_, index) => 0.025 * (index + 1));

/**
 * The best law by weighted least squares: for each exponent of a grid, a and c have a closed form. Nothing can diverge,
 * and the same points give the same law.
 */
export function fitPowerLaw(points: readonly SizeError[]): PowerLaw {
  let best: PowerLaw & { readonly loss: number } = { a: 0, b: 1, c: 0, loss: Number.POSITIVE_INFINITY };
  // Relative to the geometric mean size the columns of the fit are of one scale.
  const unit = Math.exp(points.reduce((sum, { size }) => sum + Math.log(size), 0) / points.length);
  for (const b of EXPONENTS) {
    const powers = points.map(({ size }) => (size / unit) ** -b);
    const { slope, constant } = fitLine(powers, points);
    const loss = points.reduce(
      (sum, { error, weight }, index) =>
        sum + weight * (slope * (powers[index] as number) + constant - error) ** 2,
      0,
    );
    if (loss < best.loss) best = { a: slope * unit ** b, b, c: constant, loss };
  }
  return { a: best.a, b: best.b, c: best.c };
}

/** Error at a number of pictures. */
export function errorAt({ a, b, c }: PowerLaw, size: number): number {
  return a * size ** -b + c;
}

/** Weighted least squares of error = slope · x + constant, neither negative: else the best on the edge. */
function fitLine(x: readonly number[], points: readonly SizeError[]): { slope: number; constant: number } {
  let [w, wx, wxx, wy, wxy] = [0, 0, 0, 0, 0];
  for (const [index, { error, weight }] of points.entries()) {
    const here = x[index] as number;
    w += weight;
    wx += weight * here;
    wxx += weight * here * here;
    wy += weight * error;
    wxy += weight * here * error;
  }
  const determinant = w * wxx - wx * wx;
  const slope = determinant <= 1e-12 * w * wxx ? 0 : (w * wxy - wx * wy) / determinant;
  // Errors that rise with more pictures are chance: then a constant is the best that can be said.
  if (slope <= 0) return { slope: 0, constant: wy / w };
  const constant = (wy - slope * wx) / w;
  return constant < 0 ? { slope: wxy / wxx, constant: 0 } : { slope, constant };
}
