/** Reads the headers of MQTT packets as their bytes come in, before anything of a packet is kept in memory. */

/** Longest topic of a message or filter that the embedded broker takes; MQTT would let it have 65,535 bytes. */
export const MAX_TOPIC_BYTES = 512;

/** Types of MQTT 3.1.1, section 2.2.1. */
export const CONNECT = 1;
export const PUBLISH = 3;

export interface PacketRules {
  /** Largest packet of a type, in bytes with its header. */
  readonly maxBytes: (type: number) => number;
  /** Asked of a larger PUBLISH as soon as its topic is read; false refuses it. Where absent, none may be. */
  readonly mayBeLarge?: (topic: string, bytes: number) => boolean;
  /** Told when the last byte of such a packet has come. */
  readonly onLargeEnd?: () => void;
}

/**
 * A function to be given each chunk in turn. It returns how many packets began in it, or undefined from the first packet on
 * that is larger than it may be, or whose length is malformed (section 2.2.3: four bytes at most).
 */
export function packetReader(rules: PacketRules): (chunk: Uint8Array) => number | undefined {
  let type = 0;
  let headerBytes = 0;
  let length = 0;
  /** Bytes of the present packet that are still to come. */
  let left = 0;
  let isSound = true;
  let isLarge = false;
  /** The length and the bytes of the topic of a large PUBLISH, until they are there. */
  let topic: number[] | undefined;

  function takeHeaderByte(byte: number): void {
    headerBytes += 1;
    if (headerBytes === 1) {
      type = byte >> 4;
      length = 0;
      return;
    }
    length += (byte & 0x7f) * 0x80 ** (headerBytes - 2);
    if ((byte & 0x80) !== 0) {
      if (headerBytes === 5) isSound = false;
      return;
    }
    const bytes = headerBytes + length;
    headerBytes = 0;
    left = length;
    if (bytes <= rules.maxBytes(type)) return;
    if (type === PUBLISH && rules.mayBeLarge !== undefined) topic = [];
    else isSound = false;
  }

  function takeTopicByte(byte: number): void {
    if (topic === undefined) return;
    topic.push(byte);
    if (topic.length < 2) return;
    const topicBytes = (topic[0] ?? 0) * 256 + (topic[1] ?? 0);
    if (topicBytes > MAX_TOPIC_BYTES) isSound = false;
    if (!isSound || topic.length < 2 + topicBytes) return;
    isLarge = rules.mayBeLarge?.(Buffer.from(topic.slice(2)).toString(), length) ?? false;
    isSound = isLarge;
    topic = undefined;
  }

  return chunk => {
    let packets = 0;
    let at = 0;
    while (isSound && at < chunk.length) {
      if (left === 0) {
        if (headerBytes === 0) packets += 1;
        takeHeaderByte(chunk[at++] ?? 0);
        continue;
      }
      const taken = topic === undefined ? Math.min(left, chunk.length - at) : 1;
      takeTopicByte(chunk[at] ?? 0);
      at += taken;
      left -= taken;
      // A topic that does not end within its packet.
      if (left === 0 && topic !== undefined) isSound = false;
      if (left > 0 || !isLarge) continue;
      isLarge = false;
      rules.onLargeEnd?.();
    }
    return isSound ? packets : undefined;
  };
}
