/** The JSON in which Keras and TensorFlow.js describe a model's layers. */
import { INPUT_NAME, type KerasLayer, OUTPUT_NAME } from './keras-network.ts';

/** As Keras 2 and TensorFlow.js write it, and Keras 3 still reads. */
export function legacyConfig(layers: readonly KerasLayer[], name: string): Record<string, unknown> {
  return {
    class_name: 'Functional',
    config: {
      name,
      layers: layers.map(({ className, name: layer, config, inputs, shape }) => ({
        class_name: className,
        name: layer,
        config: {
          name: layer,
          ...config,
          ...(className === 'InputLayer' ? { batch_input_shape: [null, ...shape], dtype: 'float32' } : {}),
        },
        inbound_nodes: inputs.length === 0 ? [] : [inputs.map(input => [input, 0, 0, {}])],
      })),
      input_layers: [[INPUT_NAME, 0, 0]],
      output_layers: [[OUTPUT_NAME, 0, 0]],
    },
  };
}

/** As Keras 3 writes it. */
export function kerasConfig(layers: readonly KerasLayer[], name: string): Record<string, unknown> {
  const shapes = new Map(layers.map(layer => [layer.name, [null, ...layer.shape]]));
  const tensor = (from: string) => ({
    class_name: '__keras_tensor__',
    config: { shape: shapes.get(from), dtype: 'float32', keras_history: [from, 0, 0] },
  });
  return {
    module: 'keras.src.models.functional',
    class_name: 'Functional',
    config: {
      name,
      trainable: true,
      layers: layers.map(layer => ({
        module: 'keras.layers',
        class_name: layer.className,
        config: {
          name: layer.name,
          ...layer.config,
          ...(layer.className === 'InputLayer'
            ? { batch_shape: shapes.get(layer.name), dtype: 'float32' }
            : {}),
        },
        registered_name: null,
        name: layer.name,
        inbound_nodes: nodesOf(layer, tensor),
      })),
      input_layers: [[INPUT_NAME, 0, 0]],
      output_layers: [[OUTPUT_NAME, 0, 0]],
    },
    registered_name: 'Functional',
    build_config: { input_shape: null },
  };
}

function nodesOf({ className, inputs }: KerasLayer, tensor: (from: string) => object): object[] {
  if (inputs.length === 0) return [];
  const tensors = inputs.map(tensor);
  // A layer that joins several is given them as a list.
  return [{ args: className === 'Add' ? [tensors] : tensors, kwargs: {} }];
}
