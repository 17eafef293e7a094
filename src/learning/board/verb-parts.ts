/** What commands and labels reach of learning, which is there only once the model is. */

import type { LabelService } from '../labels/service.ts';
import type { Learning } from './learning.ts';
import type { LearningVerbParts } from './verbs.ts';

/** @param learn throws where learning has not started */
export function verbParts(learn: () => Learning): LearningVerbParts & {
  readonly labels: Pick<LabelService, 'labelFrames' | 'labelImage' | 'undo'>;
} {
  return {
    labels: {
      labelFrames: (...given) => learn().labels.labelFrames(...given),
      labelImage: (...given) => learn().labels.labelImage(...given),
      undo: (...given) => learn().labels.undo(...given),
    },
    retrain: request => learn().retrain(request),
    cancel: job => learn().cancel(job),
    rollback: to => learn().rollback(to),
    models: () => learn().models(),
    approve: head => learn().approve(head),
    reject: head => learn().reject(head),
    overlay: head => learn().overlay(head),
    next: count => learn().next(count),
    explain: id => learn().explain(id),
    frame: (id, width) => learn().frame(id, width),
  };
}
