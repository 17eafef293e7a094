/** When a picture cannot be judged: what a user can set of it. The other bounds stand where they are used. */
export interface GateOptions {
  /** A picture that stays the same for this long is a frozen camera, in milliseconds. */
  readonly frozenAfterMs: number;
  /** Dark where 95 % of the picture is darker than this luma, 0..255. */
  readonly darkLuma: number;
  /** Whether a moved camera, and fog beside the usual view, are told from the learnt view. */
  readonly view: 'on' | 'off';
  /** Whether dirt on the lens is told, where the backbone has a read-out for it. */
  readonly dirt: 'on' | 'off';
}
