/** Logistic regression by accelerated gradient descent (Nesterov 1983) on standardised vectors. */
const STEPS = 500;
/** Factor of the squared weights; with less, unseen cameras are judged worse. */
const DECAY = 0.005;

interface Row {
  readonly vector: Float32Array;
  readonly soiled: boolean;
}

/** Both kinds count the same, however many there are of each. */
export function fitReadOut(rows: readonly Row[], width: number) {
  const { means, scales } = spreadOf(rows, width);
  const data = rows.map(({ vector }) =>
    vector.map((value, at) => (value - (means[at] as number)) / (scales[at] as number)),
  );
  const soiled = rows.filter(row => row.soiled).length;
  const share = rows.map(row => 0.5 / (row.soiled ? soiled : rows.length - soiled));
  // The largest slope of the loss is bounded by a quarter of the mean squared length of a row.
  const step = 4 / (width + 4 * DECAY);
  let weights = new Float64Array(width + 1);
  let before = weights;
  let loss = 0;
  for (let round = 1; round <= STEPS; round++) {
    const ahead = weights.map(
      (value, at) => value + ((round - 1) / (round + 2)) * (value - (before[at] as number)),
    );
    const slope = ahead.map((value, at) => (at === width ? 0 : DECAY * value));
    loss = 0;
    for (const [index, row] of data.entries()) {
      let odds = ahead[width] as number;
      for (let at = 0; at < width; at++) odds += (row[at] as number) * (ahead[at] as number);
      const wanted = rows[index]?.soiled ? 1 : 0;
      const weight = share[index] as number;
      const error = weight * (1 / (1 + Math.exp(-odds)) - wanted);
      loss += weight * (Math.log1p(Math.exp(-Math.abs(odds))) + Math.max(odds, 0) - wanted * odds);
      for (let at = 0; at < width; at++) slope[at] = (slope[at] as number) + error * (row[at] as number);
      slope[width] = (slope[width] as number) + error;
    }
    before = weights;
    weights = ahead.map((value, at) => value - step * (slope[at] as number));
  }
  const plain = Float32Array.from(
    { length: width },
    (_, at) => (weights[at] as number) / (scales[at] as number),
  );
  const bias = plain.reduce(
    (sum, value, at) => sum - value * (means[at] as number),
    weights[width] as number,
  );
  return { bias, weights: plain, loss };
}

function spreadOf(rows: readonly Row[], width: number) {
  const means = new Float64Array(width);
  const squares = new Float64Array(width);
  for (const { vector } of rows) {
    for (let at = 0; at < width; at++) {
      means[at] = (means[at] as number) + (vector[at] as number) / rows.length;
      squares[at] = (squares[at] as number) + (vector[at] as number) ** 2 / rows.length;
    }
  }
  const scales = squares.map((value, at) => Math.sqrt(Math.max(1e-6, value - (means[at] as number) ** 2)));
  return { means, scales };
}
