/** The part of `docs/mqtt.md` on `pause`, `resume`, `capture`, `options`, `view` and `snapshot`. */
export const CONTROL = `## Pausing, pictures, settings

\`pause\` leaves the camera alone: \`{"for":"2h"}\`, \`{"until":"2026-06-01T18:00:00Z"}\`, or without both until \`resume\`.

- \`state\` is \`paused\`, with \`since\`, \`until\` and the \`reason\` that was given. \`activity\` is \`unknown\` with the visibility
  \`paused\`, and open sessions end. No alert about the camera is raised; \`camera/availability\` stays as it was. The picture
  on \`snapshot\` is removed.
- A pause outlives a restart: it is kept in \`pause.json\` of \`stateDir\`. If that file is damaged the camera stays paused
  until \`resume\`, and the alert \`pause-not-kept\` says so. A pause that a full disk can't keep holds all the same, with
  \`"kept": false\` in the answer.

\`capture\` takes a picture now, however slow the pace, and judges it by itself; the answer comes when it is done.

- With \`"keep": true\` it goes into the archive, to be labelled. \`keep\` in the answer is \`kept\`, \`duplicate\` (it was there
  already), \`full\`, or \`off\` (\`learning.keep\` is \`nothing\`).
- With \`"jpeg": true\` the answer has the picture as base64, \`width\` pixels wide.
- In a pause it is refused with \`capture-paused\`: a pause holds for everybody.

\`options\` without arguments lists the settings that can change while the daemon runs. \`set\` changes all that it names, or
none; each value is checked as in a config file.

- They go over the config files, the environment and \`--set\`, until \`reset\`. A list or an object is replaced as a whole.
- They are kept in \`options.json\` of \`stateDir\`. One that contradicts the configuration after a restart, or a damaged file,
  is left out and named by the alert \`options-ignored\`.
- Any other setting is answered \`option-fixed\`: it needs a restart.

\`view\` tells how well the usual view of the camera is known, by which a moved camera is noticed. With \`{"forget":true}\` it is
learnt anew: after you moved the camera yourself, so that nothing is to be alerted.

\`\`\`sh
mosquitto_pub -t surf/command/view -m '{"forget":true}'
mosquitto_pub -t surf/command/pause -m '{"for":"10m","reason":"repairs"}'
mosquitto_pub -t surf/command -m resume
mosquitto_pub -t surf/command/options -m '{"set":{"camera.interval":"500ms","activity.thresholds":{"surfing":0.6}}}'
mosquitto_pub -t surf/command/options -m '{"reset":["*"]}'
\`\`\`

\`snapshot\` is off. With \`snapshot.publish\` the newest picture that the activity was read from is there: one every
\`snapshot.minInterval\` at most, \`snapshot.width\` pixels wide, made anew without metadata. Where \`learning.pixelate\` is on,
it shows only blocks outside of the zones. It is sent with QoS 0. Whoever may read the topic sees the beach.

`;
