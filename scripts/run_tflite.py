"""Prints the answers of TensorFlow Lite models to pictures as JSON: run_tflite.py MODEL PIXELS [MODEL PIXELS …]."""
import json
import os
import sys

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import numpy as np

try:
    from ai_edge_litert.interpreter import Interpreter
except ImportError:
    import tensorflow as tf

    Interpreter = tf.lite.Interpreter


def interpret(model, pixels):
    """A signature, and the answers to the pictures in a file of RGB bytes."""
    interpreter = Interpreter(model, num_threads=1)
    interpreter.allocate_tensors()
    given = interpreter.get_input_details()[0]
    size = given['shape'][1]
    answers = []
    for picture in np.fromfile(pixels, np.uint8).reshape(-1, size, size, 3):
        values = picture if given['dtype'] == np.uint8 else (picture.astype(np.float32) - 127.5) / 127.5
        interpreter.set_tensor(given['index'], values[None])
        interpreter.invoke()
        answers.append(interpreter.get_tensor(interpreter.get_output_details()[0]['index'])[0].tolist())
    return {'signature': interpreter.get_signature_list(), 'answers': answers}


files = sys.argv[1:]
print(json.dumps([interpret(*pair) for pair in zip(files[::2], files[1::2])]))
