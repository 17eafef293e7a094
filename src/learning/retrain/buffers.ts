/** What is handed from thread to thread without being copied. */

/** The buffers of all typed arrays in a tree of plain objects, each once; not those that an array shares with others. */
export function buffersOf(tree: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const shared = new Set<ArrayBuffer>();
  visit(tree, array => {
    if (!(array.buffer instanceof ArrayBuffer)) return;
    const whole = array.byteOffset === 0 && array.byteLength === array.buffer.byteLength;
    if (!whole || found.has(array.buffer)) shared.add(array.buffer);
    found.add(array.buffer);
  });
  return [...found].filter(buffer => !shared.has(buffer));
}

function visit(value: unknown, onArray: (array: ArrayBufferView) => void): void {
  if (ArrayBuffer.isView(value)) onArray(value);
  else if (value instanceof Set || value instanceof Map) return;
  else if (typeof value === 'object' && value !== null)
    for (const child of Object.values(value)) visit(child, onArray);
}
