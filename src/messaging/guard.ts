/**
 * Watches the bytes of an MQTT connection for a packet larger than allowed, before any of it is held in memory.
 *
 * @param maxBytes largest packet, its header included.
 * @param mayCome asked with the size of each packet once its header is read, and told 0 when it has come to its end;
 *   false refuses the packet.
 * @returns a function to be given each chunk in turn; it returns false from the first packet that is too large or
 *   whose length field is malformed (MQTT 3.1.1 section 2.2.3: at most four bytes).
 */
export function packetGuard(
  maxBytes: number,
  mayCome: (bytes: number) => boolean = () => true,
): (chunk: Uint8Array) => boolean {
  let sound = true;
  let body = 0;
  /** Bytes of the header read so far: the type, then the length in groups of seven bits. */
  let header = 0;

  function takeHeaderByte(byte: number): void {
    header += 1;
    if (header === 1) {
      body = 0;
      return;
    }
    body += (byte & 0x7f) * 0x80 ** (header - 2);
    const more = (byte & 0x80) !== 0;
    if (header + body > maxBytes || (more && header === 5)) sound = false;
    if (more) return;
    if (sound && !mayCome(header + body)) sound = false;
    header = 0;
    if (body === 0) mayCome(0);
  }

  return chunk => {
    let at = 0;
    while (sound && at < chunk.length) {
      const skipped = header === 0 ? Math.min(body, chunk.length - at) : 0;
      body -= skipped;
      at += skipped;
      if (skipped > 0 && body === 0) mayCome(0);
      if (at < chunk.length) takeHeaderByte(chunk[at++] ?? 0);
    }
    return sound;
  };
}
