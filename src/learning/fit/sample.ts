/** What the head is fitted to. */
/** One picture, or one cell of a frame, as training sees it. */
export interface Sample {
  /** One number an activity: 1 where it is in the picture. All zero: no activity. */
  readonly labels: readonly number[];
  /** Where it comes from (a site, a video, a photographer): the split keeps a group on one side. */
  readonly group: string;
  /** The folder it was read from: each is reported, and weighs, by itself. */
  readonly source: string;
  /** The file it was cut from, for messages and hashes. */
  readonly file: string;
  /** What is judged: views of one photo are judged together, each cell by itself. Empty: the file. */
  readonly part: string;
  /** A changed copy of another sample, for fitting only: never for measuring. */
  readonly augmented: boolean;
}

/** Samples with their embeddings side by side: row i of `embeddings` ([samples, width]) belongs to sample i. */
export interface EmbeddedSet {
  readonly samples: readonly Sample[];
  readonly embeddings: Float32Array;
  readonly width: number;
}

/** The rows for which `keep` holds. */
export function selectRows(set: EmbeddedSet, keep: (sample: Sample) => boolean): EmbeddedSet {
  const rows = set.samples.flatMap((sample, index) => (keep(sample) ? [index] : []));
  const embeddings = new Float32Array(rows.length * set.width);
  for (const [to, from] of rows.entries()) {
    embeddings.set(set.embeddings.subarray(from * set.width, (from + 1) * set.width), to * set.width);
  }
  return { samples: rows.map(row => set.samples[row] as Sample), embeddings, width: set.width };
}
