/**
 * The head, from the feature map to the probabilities, in float32 in both precisions: it is a hundredth of the work, it
 * has no ranges to measure, so any head can be exported on a backbone that has its own, and averaging the feature map
 * after it is dequantised keeps what eight bits of an average would lose.
 */
import type { ExportDense, ExportModel } from '../model.ts';
import { sharesOf } from '../shares.ts';
import type { Graph } from './graph.ts';
import {
  type Activation,
  ADD_OPTIONS,
  DIV_OPTIONS,
  denseOptions,
  MEAN_OPTIONS,
  MUL_OPTIONS,
  SOFTMAX_OPTIONS,
} from './schema.ts';

/** @returns the number of `probabilities` [n, activities] */
export function addHead(graph: Graph, model: ExportModel, features: number): number {
  const axes = graph.constant('mean/axes', [2], Int32Array.of(1, 2));
  const embeddings = graph.tensor('embeddings', 'float32', [1, model.width]);
  graph.operator('MEAN', [features, axes], embeddings, MEAN_OPTIONS);
  const hidden = dense(graph, 'hidden', prepared(graph, model, embeddings), model.hidden, 'relu');
  const logits = dense(graph, 'logits', hidden, model.output);
  const calibrated = model.answer.kind === 'sigmoid' ? logits : calibratedShares(graph, model, logits);
  const probabilities = graph.tensor('probabilities', 'float32', [1, model.activities.length]);
  return graph.operator('LOGISTIC', [calibrated], probabilities);
}

/** Softsign, of which TensorFlow Lite has no operator of its own. */
function prepared(graph: Graph, { headInput, width }: ExportModel, embeddings: number): number {
  if (headInput === null) return embeddings;
  const value = (name: string) => graph.tensor(`embeddings/${name}`, 'float32', [1, width]);
  const scale = graph.constant('embeddings/scale', [1], Float32Array.of(headInput.scale));
  const one = graph.constant('embeddings/one', [1], Float32Array.of(1));
  const scaled = graph.operator('MUL', [embeddings, scale], value('scaled'), MUL_OPTIONS);
  const size = graph.operator('ABS', [scaled], value('size'));
  const divisor = graph.operator('ADD', [size, one], value('divisor'), ADD_OPTIONS);
  return graph.operator('DIV', [scaled, divisor], value('prepared'), DIV_OPTIONS);
}

function dense(
  graph: Graph,
  name: string,
  from: number,
  layer: ExportDense,
  activation: Activation = 'none',
): number {
  const kernel = graph.constant(`${name}/kernel`, [layer.out, layer.in], layer.kernel);
  const bias = graph.constant(`${name}/bias`, [layer.out], layer.bias);
  const output = graph.tensor(name, 'float32', [1, layer.out]);
  return graph.operator('FULLY_CONNECTED', [from, kernel, bias], output, denseOptions(activation));
}

function calibratedShares(graph: Graph, { answer, activities, output }: ExportModel, logits: number): number {
  if (answer.kind !== 'softmax') return logits;
  const count = activities.length;
  const value = (name: string, size = count) => graph.tensor(name, 'float32', [1, size]);
  const shares = graph.operator('SOFTMAX', [logits], value('shares', output.out), SOFTMAX_OPTIONS);
  const { own, rest } = sharesOf(count, output.out);
  const [ownShare, others] = [dense(graph, 'own', shares, own), dense(graph, 'rest', shares, rest)];
  const odds = graph.operator('DIV', [ownShare, others], value('odds'), DIV_OPTIONS);
  const logOdds = graph.operator('LOG', [odds], value('log-odds'));
  const slope = graph.constant('slope', [1, count], answer.slope);
  const intercept = graph.constant('intercept', [1, count], answer.intercept);
  const sloped = graph.operator('MUL', [logOdds, slope], value('sloped'), MUL_OPTIONS);
  return graph.operator('ADD', [sloped, intercept], value('calibrated'), ADD_OPTIONS);
}
