/** Tells pictures from other bytes by how they begin, before anything decodes them. */

/** The kind of picture the bytes begin like; undefined where they are none that is understood. */
export function imageType(bytes: Buffer): 'jpeg' | 'png' | 'webp' | undefined {
  if (bytes.length < 12) return undefined;
  if (bytes.readUIntBE(0, 3) === 0xffd8ff) return 'jpeg';
  if (bytes.toString('latin1', 0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
  if (bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP') return 'webp';
  return undefined;
}
