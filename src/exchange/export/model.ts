/** What an export is made of: backbone and head as one plain description, which every format writes in its own way. */
import { join } from 'node:path';
import { type HeadBundle, loadHead, outputsOf } from '../../activity/head-bundle.ts';
import type { HeadInput } from '../../activity/head-input.ts';
import { packageVersion } from '../../base/version.ts';
import {
  type BackboneBundle,
  type BackboneManifest,
  loadBackboneBundle,
  type Ranges,
} from '../../vision/bundle.ts';
import { type NetworkLayer, networkLayers } from '../../vision/network.ts';

/** A fully connected layer. */
export interface ExportDense {
  readonly in: number;
  readonly out: number;
  /** [out, in] */
  readonly kernel: Float32Array;
  /** [out] */
  readonly bias: Float32Array;
}

/**
 * How `output` becomes the probabilities. `sigmoid`: each by itself. `softmax`: the outputs, activities first and then
 * the classes that are none, are shares p; of each activity the probability is sigmoid(slope × log(p / (1 - p)) + intercept).
 */
export type ExportAnswer =
  | { readonly kind: 'sigmoid' }
  | { readonly kind: 'softmax'; readonly slope: Float32Array; readonly intercept: Float32Array };

/**
 * The network: pixels [n, size, size, 3] scaled by `input` → layers → mean over height and width → `headInput` → `hidden`
 * with ReLU → `output` → `answer` → probabilities [n, activities].
 */
export interface ExportModel {
  /** A pixel value 0..255, RGB, is given to the first layer as `pixel * scale + offset`. */
  readonly input: BackboneManifest['input'];
  /** Length of an embedding. */
  readonly width: number;
  readonly layers: readonly NetworkLayer[];
  /** What is done to embeddings before `hidden`; null for nothing. */
  readonly headInput: HeadInput | null;
  readonly hidden: ExportDense;
  /** With a sigmoid the head's calibration is folded in, so that the sigmoid is the calibrated probability. */
  readonly output: ExportDense;
  readonly answer: ExportAnswer;
  /** Names of the outputs, in their order. */
  readonly activities: readonly string[];
  /** Probability from which each activity counts as present, in the order of `activities`. */
  readonly thresholds: readonly number[];
  readonly backboneId: string;
  readonly headId: string;
  /** Licence of the backbone. */
  readonly licence: string;
  /** The version of surfwatch that exports. */
  readonly version: string;
  /** What each layer's output holds on pictures, for int8, where the backbone's manifest says so. */
  readonly ranges: Ranges | null;
  readonly backbone: BackboneBundle;
  readonly head: HeadBundle;
}

export interface ModelChoice {
  /** The folder with `backbone/` and `heads/`. */
  readonly dir: string;
  readonly backbone: string;
  /** A head's id, or `current`. */
  readonly head: string;
}

/** @throws SurfwatchError `model-missing`, `model-invalid` */
export async function loadExportModel(choice: ModelChoice): Promise<ExportModel> {
  const backbone = await loadBackboneBundle(join(choice.dir, 'backbone', choice.backbone));
  const { id, weights } = backbone.manifest;
  const head = await loadHead(join(choice.dir, 'heads'), choice.head, { id, sha256: weights.sha256 });
  return exportModel(backbone, head);
}

/** Lays a backbone and its head out as one network. The weights are views of theirs, but for the last layer. */
export function exportModel(backbone: BackboneBundle, head: HeadBundle): ExportModel {
  const { manifest } = backbone;
  const { activities, hidden, width } = head.manifest;
  return {
    input: manifest.input,
    width: manifest.width,
    layers: networkLayers(backbone),
    headInput: head.manifest.input ?? null,
    hidden: { in: width, out: hidden, kernel: head.hiddenKernel, bias: head.hiddenBias },
    ...answerOf(head),
    activities,
    thresholds: activities.map(activity => head.manifest.thresholds[activity] ?? 0.5),
    backboneId: manifest.id,
    headId: head.manifest.id,
    licence: manifest.licence,
    version: packageVersion(),
    ranges: manifest.ranges ?? null,
    backbone,
    head,
  };
}

function answerOf(head: HeadBundle): Pick<ExportModel, 'output' | 'answer'> {
  const { hidden, calibration } = head.manifest;
  const outputs = outputsOf(head.manifest);
  const slope = Float32Array.from(calibration, entry => entry.slope);
  const intercept = Float32Array.from(calibration, entry => entry.intercept);
  const { outputKernel: kernel, outputBias: bias } = head;
  if (head.manifest.output === 'softmax') {
    return {
      output: { in: hidden, out: outputs, kernel, bias },
      answer: { kind: 'softmax', slope, intercept },
    };
  }
  // sigmoid(slope × (W x + b) + intercept) = sigmoid((slope × W) x + (slope × b + intercept))
  const output = {
    in: hidden,
    out: outputs,
    kernel: kernel.map((weight, index) => weight * (slope[Math.floor(index / hidden)] as number)),
    bias: bias.map((value, index) => value * (slope[index] as number) + (intercept[index] as number)),
  };
  return { output, answer: { kind: 'sigmoid' } };
}

export const PRECISIONS = ['float32', 'int8'] as const;

export type Precision = (typeof PRECISIONS)[number];

/** What is written, by name relative to `--out`; a format of one file gives that file any name. */
export type ExportFiles = Readonly<Record<string, Uint8Array | string>>;

export interface ExportOptions {
  readonly precision: Precision;
  /** What each layer's output holds on pictures, when the precision is int8. */
  readonly ranges: Ranges | null;
}

/** @throws SurfwatchError where the format cannot hold the model */
export type WriteExport = (model: ExportModel, options: ExportOptions) => Promise<ExportFiles>;
