/** What each of a layer's numbers is for, where a file does not say so by name. */
import type { GraphLayer } from './graph.ts';
import type { Tensor } from './tensor.ts';

/** Names of a layer's variables in the order in which Keras keeps them. */
export function rolesOf({ className, config }: Pick<GraphLayer, 'className' | 'config'>): string[] {
  if (className === 'BatchNormalization') {
    const scale = config.scale === false ? [] : ['gamma'];
    const center = config.center === false ? [] : ['beta'];
    return [...scale, ...center, 'moving_mean', 'moving_variance'];
  }
  return config.use_bias === false ? ['kernel'] : ['kernel', 'bias'];
}

/** `Conv1/depthwise_kernel:0` is a kernel. */
function roleOf(variable: string): string {
  const last = variable.split('/').at(-1) ?? variable;
  return last.replace(/:\d+$/, '').replace(/^depthwise_/, '');
}

/** The tensors of one layer among `tensors`, by their roles. */
export function byRole(tensors: Iterable<readonly [string, Tensor]>): Record<string, Tensor> {
  return Object.fromEntries([...tensors].map(([name, tensor]) => [roleOf(name), tensor]));
}
