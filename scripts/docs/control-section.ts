/** The part of `docs/mqtt.md` on `pause`, `resume`, `capture`, `options`, `view` and `snapshot`. */ export const CONTROL = `## Pausing, pictures, settings

\`pause\` leaves the camera alone: \`{"for":"2h"}\`, \`{"until":"2026-06-01T18:00:00Z"}\`, or with neither, until \`resume\`.

- \`state\` is \`paused\`, with \`since\`, \`until\` and the \`reason\` you gave. \`activity\` is \`unknown\` with the
  visibility \`paused\`, and open sessions end. No alert about the camera is raised; \`camera/availability\` does not change.
  The picture on \`snapshot\` is removed.
- A pause survives a restart: it is kept in \`pause.json\` in \`stateDir\`. If that file is damaged, the camera stays paused
  until \`resume\`, and the alert \`pause-not-kept\` says so. If the disk is full, the pause still holds, with
  \`"kept": false\` in the answer.

\`capture\` takes a picture now, however slow the pace, and judges it on its own; the answer comes when that is done.

- With \`"keep": true\` it goes into the archive, where it can be labelled. \`keep\` in the answer is \`kept\`, \`duplicate\`
  (it was already there), \`full\`, or \`off\` (\`learning.keep\` is \`nothing\`).
- With \`"jpeg": true\` the answer has the picture as base64, \`width\` pixels wide.
- During a pause it is refused with \`capture-paused\`: a pause holds for everybody.

\`options\` without arguments lists the settings that can change while the daemon runs. \`set\` changes all the settings it
names, or none; each value is checked as in a config file.

- They take precedence over the config files, the environment and \`--set\`, until \`reset\`. A list or an object is replaced
  as a whole.
- They are kept in \`options.json\` in \`stateDir\`. After a restart, a setting that contradicts the configuration, or a
  damaged file, is ignored and named by the alert \`options-ignored\`.
- Any other setting is answered \`option-fixed\`: it needs a restart.

\`view\` tells how well the daemon knows the camera's usual view, by which it notices a moved camera. With
\`{"forget":true}\` it learns the view again: send it after you moved the camera yourself, so that no alert is raised.

\`\`\`sh
mosquitto_pub -t surf/command/view -m '{"forget":true}'
mosquitto_pub -t surf/command/pause -m '{"for":"10m","reason":"repairs"}'
mosquitto_pub -t surf/command -m resume
mosquitto_pub -t surf/command/options -m '{"set":{"camera.interval":"500ms","activity.thresholds":{"surfing":0.6}}}'
mosquitto_pub -t surf/command/options -m '{"reset":["*"]}'
\`\`\`

\`snapshot\` is off by default. With \`snapshot.publish\` it holds the newest picture that the activity was read from: at
most one every \`snapshot.minInterval\`, \`snapshot.width\` pixels wide, encoded again without metadata. If
\`learning.pixelate\` is on, it shows only blocks outside the zones. It is sent with QoS 0. Whoever may read the topic sees
the beach.

`;
