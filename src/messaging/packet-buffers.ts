/** What encoding MQTT packets may keep of memory. */

/** Bytes of a slab that small buffers share: a few of the four bytes that a packet's length takes. */
const SLAB = 128;

/**
 * Makes the slabs that Node.js cuts small buffers from small, for the whole process. A buffer that is kept keeps its slab,
 * 8 KB by default, and mqtt-packet keeps one for every length of packet that was ever written, up to 16,384 of them: 130 MB
 * after a season.
 */
export function useSmallSlabs(): void {
  Buffer.poolSize = SLAB;
}
