/** What is on the water now. */
import { text } from '../../texts.ts';

export function Now() {
  return <p>{text('coming')}</p>;
}
