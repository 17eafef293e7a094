/** What an export says about itself: for the metadata of every format. */
import type { ExportModel, Precision } from './model.ts';

export const DESCRIPTION =
  'Tells surfing, windsurfing and kitesurfing apart: the probability of each activity, none of which excludes another.';

/** Text by key; lists and objects are JSON. */
export function describeExport(model: ExportModel, precision: Precision): Record<string, string> {
  const { activities, thresholds, input } = model;
  return {
    labels: JSON.stringify(activities),
    thresholds: JSON.stringify(
      Object.fromEntries(activities.map((name, index) => [name, thresholds[index] ?? 0.5])),
    ),
    preprocessing: JSON.stringify({
      width: input.size,
      height: input.size,
      resize: 'fill, cubic',
      channels: input.channels,
      scale: input.scale,
      offset: input.offset,
    }),
    precision,
    backbone: model.backboneId,
    backboneSha256: model.backbone.manifest.weights.sha256,
    head: model.headId,
    headSha256: model.head.manifest.weights.sha256,
    licence: model.licence,
    surfwatch: model.version,
  };
}
