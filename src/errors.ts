/** Every error a user can meet: its code, what it means and what to do. `docs/errors.md` is made from this table. */
export const ERRORS = {
  'config-invalid': {
    exit: 78,
    meaning: 'A setting is unknown, malformed or contradicts another.',
    remedy: 'Correct the settings named in the message; `surfwatch config schema` lists them all.',
  },
  'config-answer': {
    exit: 2,
    meaning: 'A question of `surfwatch config init` has no answer, or a flag has no value.',
    remedy:
      'Answer it, give its flag, or accept the defaults with `--yes`; `surfwatch config init --help` has the flags.',
  },
  'config-exists': {
    meaning: 'A config file would have been overwritten.',
    remedy: 'Name another file with `--out`, or overwrite it with `--force`.',
  },
  'config-unwritable': {
    meaning: 'A config file could not be read or written.',
    remedy:
      'Name a file in an existing folder, and run the command as a user who may write it: `sudo surfwatch config migrate FILE`.',
  },
  'site-needed': {
    exit: 2,
    meaning: 'The configuration has several cameras, and the command is about one.',
    remedy: 'Say which: `--site NAME`.',
  },
  'site-unknown': {
    exit: 2,
    meaning: 'The configuration has no camera of that name.',
    remedy: 'Name one of those in the message, or another config file with `-c`.',
  },
  'camera-option-refused': {
    exit: 78,
    meaning: 'A camera setting may not be passed to the program or server that takes the pictures.',
    remedy: 'Correct the setting named in the message.',
  },
  'camera-missing': {
    meaning: 'The camera device, folder or file does not exist, or contains no picture.',
    remedy: 'Check the cable and the path (`ls /dev/video*`, `ls FOLDER`). The daemon tries again by itself.',
  },
  'camera-forbidden': {
    meaning: 'The camera device, folder or file may not be read.',
    remedy:
      'Add the user to the group `video` (`usermod -aG video USER`), or give it permission to read the path.',
  },
  'camera-program-missing': {
    meaning: 'The program that reads the camera is not installed or not on PATH.',
    remedy:
      'Install it (`apt install fswebcam`, `apt install ffmpeg`, or on Raspberry Pi OS `apt install rpicam-apps-lite`), or choose another `camera.kind`.',
  },
  'camera-busy': {
    meaning: 'Another program is using the camera.',
    remedy: 'End it: `sudo fuser -v /dev/video* /dev/media*` names it. The daemon tries again by itself.',
  },
  'camera-hung': {
    meaning:
      'The program that reads the camera hangs in the driver and cannot be ended; the daemon starts no second one beside it.',
    remedy:
      'Unplug the camera and plug it in again, or reset its USB port as docs/cameras.md says; if that does not help, restart the computer.',
  },
  'camera-timeout': {
    meaning: 'The camera gave no picture in time.',
    remedy: 'Check the camera and the network. If pictures come rarely or slowly, raise `camera.timeout`.',
  },
  'camera-unreachable': {
    meaning: 'The camera could not be reached over the network, or hung up.',
    remedy: 'Check its address, power and network. The daemon tries again by itself.',
  },
  'camera-unauthorized': {
    meaning: 'The camera refused the user name or password, or asks for one.',
    remedy: 'Set the camera’s user name and password (`camera.http` or `camera.ffmpeg`).',
  },
  'camera-bad-response': {
    meaning: 'The camera answered with something that is not a usable picture.',
    remedy:
      'Open the address in a browser, or play it with `ffplay`: it must give a picture (JPEG, PNG, WebP) or a stream.',
  },
  'camera-failed': {
    meaning: 'The program that reads the camera failed or ended.',
    remedy: 'Read the end of its own message. The daemon restarts it by itself.',
  },
  'model-missing': {
    meaning: 'A file of a model bundle (backbone or head) cannot be read.',
    remedy:
      'Check `models.dir`, `models.backbone` and `models.head`; reinstall the package if the shipped models are gone.',
  },
  'model-invalid': {
    meaning: 'A model bundle is damaged, malformed, or belongs to another backbone.',
    remedy: 'Restore the bundle from the package or a backup, or set `models.head` to another one.',
  },
  'model-unknown': {
    meaning: 'No head has that id, neither among those made on the board nor among those shipped.',
    remedy: '`surfwatch models` lists the heads; the oldest are deleted after a while.',
  },
  'model-not-held': {
    meaning: 'No head of that id waits for approval: it was approved, rejected, or replaced by a newer one.',
    remedy: '`surfwatch models` shows the head that waits.',
  },
  'model-overlay-none': {
    meaning: 'No picture is kept for the head that waits for approval.',
    remedy:
      'Pictures are kept if `learning.keep` is `pictures`. The answer to `models` has the head’s reasons; `surfwatch retrain` makes another head, with a picture.',
  },
  'rollback-none': {
    meaning:
      'No other head is available to go back to: the one asked for is in use, or nothing came before it.',
    remedy: 'Name a head that is not in use: `surfwatch models` lists them.',
  },
  'engine-unavailable': {
    meaning: 'The inference engine asked for does not load on this machine, or none does.',
    remedy: 'Set `vision.engine` to `auto`, and run `surfwatch doctor`, which reports on each engine.',
  },
  'engine-wrong': {
    meaning: 'An inference engine computes something other than the backbone’s golden vector.',
    remedy:
      'Set `vision.engine` to another engine, and report this machine: with this engine activities would be wrong.',
  },
  'image-missing': {
    meaning: 'A picture file does not exist or may not be read, or a folder contains no picture.',
    remedy: 'Check the path and who may read it. Pictures are files named .jpg, .jpeg, .png or .webp.',
  },
  'image-unreadable': {
    meaning: 'A picture is empty, truncated, not a JPEG, PNG or WebP image, or takes too long to decode.',
    remedy: 'Look at the file or at the camera’s address in a browser; other pictures are not affected.',
  },
  'image-too-large': {
    meaning:
      'A picture has more bytes, pixels or scans than allowed, is far too long and narrow, or takes too much memory to decode.',
    remedy:
      'Let the camera send smaller pictures, baseline JPEG instead of progressive, PNG without interlacing.',
  },
  'broker-port-taken': {
    meaning: 'Another program listens on the port of the embedded broker.',
    remedy:
      'Stop that program, choose another broker.port (0 takes any free one), or use that broker through mqtt.url.',
  },
  'broker-failed': {
    meaning: 'The embedded broker, which is a separate process, cannot be started.',
    remedy:
      'The message says why: check that the port is permitted (above 1023) and that memory is left for another process, or use another broker through mqtt.url.',
  },
  'broker-files-refused': {
    exit: 2,
    meaning: 'The configuration of Mosquitto cannot be written as requested.',
    remedy: 'The message says what is wrong; `surfwatch broker mosquitto --help` has examples.',
  },
  'mqtt-unauthorized': {
    meaning: 'The broker refuses the login.',
    remedy:
      'Check mqtt.username, mqtt.password (or its file) and the users of the broker; the daemon tries again by itself.',
  },
  'mqtt-refused': {
    meaning: 'The broker refuses the connection or a message for a reason other than the login.',
    remedy:
      'See the broker’s log: it may be the client id, the number of connections, its access rules or the size of a message; the daemon tries again by itself.',
  },
  'mqtt-unreachable': {
    meaning: 'The broker cannot be reached, does not answer, or the connection was lost.',
    remedy: 'Check mqtt.url, the network and whether the broker runs; the daemon tries again by itself.',
  },
  'mqtt-forbidden': {
    meaning: 'The broker’s access rules do not permit a topic.',
    remedy:
      'Permit the topic of the message to the user in mqtt.username: docs/brokers.md lists what the daemon, and whoever commands it, needs.',
  },
  'mqtt-id-taken': {
    meaning:
      'Another client logged in to the broker with this client’s id, so the broker disconnected this one.',
    remedy:
      'Check that the daemon does not run twice. Boards that share a broker each need `fleet` and their own `site`, or their own mqtt.clientId.',
  },
  'mqtt-tls-failed': {
    meaning: 'The encrypted connection to the broker cannot be made.',
    remedy:
      'Check that the port in mqtt.url is the broker’s encrypted one (often 8883), and which TLS versions it supports.',
  },
  'mqtt-tls-untrusted': {
    meaning: 'The certificate of the broker is signed by an authority that is not trusted.',
    remedy: 'Set mqtt.caFile to the PEM file of the authority that signed it.',
  },
  'mqtt-tls-expired': {
    meaning: 'The broker’s certificate has expired, or is not valid yet.',
    remedy:
      'Compare the clock of this computer (`date`) with the dates in the message or in the certificate; if the clock is right, renew the certificate of the broker.',
  },
  'mqtt-tls-name': {
    meaning: 'The broker’s certificate is for a name other than the one in mqtt.url.',
    remedy: 'Use a name from the certificate in mqtt.url, or set mqtt.servername to it.',
  },
  'mqtt-tls-client': {
    meaning: 'The broker requires a client certificate, or does not accept the one it was given.',
    remedy:
      'Set mqtt.certFile and mqtt.keyFile to a certificate that is valid now and signed by an authority the broker trusts; do so too if the broker says only that the handshake failed.',
  },
  'mqtt-tls-invalid': {
    exit: 78,
    meaning:
      'The encryption settings cannot be used: a file is missing, unreadable, or set although it is not used.',
    remedy:
      'Correct mqtt.caFile, mqtt.certFile, mqtt.keyFile and mqtt.servername; they go with an mqtts: or wss: address.',
  },
  'command-malformed': {
    meaning: 'A command is neither a bare verb nor a JSON object, is too large, or contradicts its topic.',
    remedy: 'Send the bare verb or {"command":"status","transaction":"1"}; docs/mqtt.md shows each command.',
  },
  'command-unknown': {
    meaning: 'No such command exists.',
    remedy: 'The message names all commands and the most similar one.',
  },
  'command-invalid': {
    meaning: 'An argument of a command is missing or wrong.',
    remedy: 'Correct the arguments named in the message; docs/mqtt.md shows each command.',
  },
  'command-starting': {
    meaning: 'The daemon is still starting: the part that carries out the command is not ready yet.',
    remedy: 'Send it again when `state` no longer says `starting`.',
  },
  'command-busy': {
    meaning: 'Too many commands are waiting already.',
    remedy: 'Wait for answers before sending more.',
  },
  'command-timeout': {
    meaning: 'A command took too long.',
    remedy: 'Look at the log of the daemon, then send it again with a new transaction.',
  },
  'command-stale': {
    meaning: 'A command was sent too long ago to be run now: it was held up on its way.',
    remedy:
      'Send it again. If it was sent just now, the clocks of the sender and of the board differ (`date` on both); a sender that does not know the time leaves `ts` out.',
  },
  'transaction-reused': {
    meaning: 'A command has the transaction of an earlier one, but other arguments: the new one was not run.',
    remedy:
      'Choose a new transaction for every command; repeat one only to send the very same command again.',
  },
  'command-failed': {
    meaning: 'A command met an unexpected error.',
    remedy: 'The log of the daemon has the details; please report it.',
  },
  'option-unknown': {
    meaning: 'A command names a setting that does not exist.',
    remedy:
      'Correct the name; the message has the most similar one. `surfwatch options` lists those that can change.',
  },
  'option-fixed': {
    meaning: 'A command would change a setting that can only change with a restart.',
    remedy:
      'Set it in the config file and restart the daemon. `surfwatch options` lists the settings that can change while it runs.',
  },
  'option-invalid': {
    meaning:
      'A command would give a setting a value that is malformed, out of range, or contradicts another setting.',
    remedy: 'Correct the values named in the message: no part of the command was carried out.',
  },
  'capture-paused': {
    meaning: 'A picture was asked for while the camera is paused.',
    remedy: 'Publish `resume` first: a pause holds for everybody.',
  },
  'capture-unreadable': {
    meaning: 'The camera was asked for a picture and gave something that is not a usable one.',
    remedy:
      'Try it again; if it keeps failing, the alert `picture-unreadable` says so too: check the camera.',
  },
  'output-unwritable': {
    meaning: 'A command cannot write its output file.',
    remedy: 'Check its folder, who may write there, and the free space.',
  },
  'daemon-silent': {
    meaning: 'A command reached the broker, but the daemon did not answer it.',
    remedy:
      'Check that surfwatch runs (`systemctl status surfwatch`), that it uses the same broker (`--url`), and the same topics (`--site` in a fleet); `mosquitto_sub -v -t "surf/#"` shows what is published there.',
  },
  'discovery-absent': {
    meaning: 'The broker has no announcement to Home Assistant.',
    remedy:
      'Set discovery.enabled and start the daemon; the site (`--site`), discovery.prefix and the broker (`--url`) must be those it uses, and the broker must let both sides use the topic.',
  },
  'fleet-absent': {
    meaning: 'The broker keeps nothing of any board.',
    remedy:
      'Check that it is the boards’ broker (`--url`), and that its access rules let this user read `surf/#`.',
  },
  'daemon-address-unknown': {
    exit: 2,
    meaning: 'The settings do not say on which port the daemon’s broker listens.',
    remedy: 'Give its address with `--url mqtt://HOST:PORT`; the log of the daemon has it.',
  },
  'daemon-answer-unknown': {
    meaning: 'The daemon answered in a form that this version of surfwatch does not know.',
    remedy: 'Use the same version of surfwatch as the daemon; `surfwatch status` shows it.',
  },
  'dataset-unreadable': {
    meaning:
      'A folder to learn from or to evaluate on cannot be used: it is missing, empty or its lists are malformed.',
    remedy:
      'Arrange photos as DIR/<class>/*.jpg, or frames as DIR/frames/*.jpg with DIR/boxes.json; see docs/datasets.md.',
  },
  'dataset-mixed': {
    meaning:
      'A folder to learn from holds photos in class folders and frames with boxes, or boxes in two formats.',
    remedy: 'Put photos, and the frames of each format, in separate folders; see docs/datasets.md.',
  },
  'training-unwritable': {
    meaning: 'The folder for the trained model cannot be written to.',
    remedy: 'Name a folder of your own with --out; it is created if it is missing.',
  },
  'training-impossible': {
    meaning: 'The data is too little to fit or measure a head.',
    remedy: 'Add photos of the class that the message names, from another source than those already there.',
  },
  'sheet-unwritable': {
    meaning: 'A contact sheet cannot be written: its folder or its name does not allow it.',
    remedy: 'Name it .html (a page) or .png (a picture), in a folder that you may write to.',
  },
  'export-unsupported': {
    exit: 2,
    meaning: 'The format asked for cannot hold the model, or not in that precision.',
    remedy: 'Choose another precision or format; `surfwatch export --help` lists them.',
  },
  'export-needs-ranges': {
    meaning: 'An int8 export needs the range of each layer’s output, which this backbone does not include.',
    remedy: 'Give `--calibrate` a folder of 100 or more pictures like those the model will meet.',
  },
  'export-failed': {
    meaning: 'An exported model cannot be written to disk.',
    remedy: 'Check the path, who may write there, and the free space.',
  },
  'training-needs-tfjs-node': {
    meaning:
      'Tuning the backbone (`--unfreeze`) needs gradients of convolutions, which only the native library of TensorFlow.js has.',
    remedy:
      'On the workstation that trains, run `npm ci` again with access to storage.googleapis.com, from which `@tensorflow/tfjs-node` downloads its library (Linux, macOS and Windows; npm leaves it out if that fails). Or train there without `--unfreeze`, or tune on another machine and copy `models/`.',
  },
  'training-diverged': {
    meaning: 'The loss of a training step is no longer a number: its steps were too long.',
    remedy: 'Lower `--learning-rate`.',
  },
  'unfreeze-impossible': {
    exit: 2,
    meaning: 'The backbone cannot be cut before as many blocks as `--unfreeze` says.',
    remedy: 'Give a number within the range that the message names.',
  },
  'collection-refused': {
    exit: 2,
    meaning: 'The request says nothing to collect, is malformed, or lacks something that a service requires.',
    remedy: 'Correct the argument that the message names; `surfwatch dataset collect --help` has examples.',
  },
  'collection-unusable': {
    meaning: 'The folder to collect into cannot be written to, or this command did not write a list in it.',
    remedy: 'Repair or remove the file that the message names, or collect into another folder.',
  },
  'collection-failed': {
    meaning: 'No picture could be collected: the image searches could not be reached or gave an error.',
    remedy:
      'Check the network. If a service asks you to wait, run the same command again later: it continues.',
  },
  'import-unreadable': {
    meaning: 'A file to import is missing, damaged, or not in a known format.',
    remedy:
      'Give a Keras .h5 or .keras file, or the folder or zip archive of a TensorFlow.js layers model; see docs/import.md.',
  },
  'import-unsuitable': {
    meaning: 'A model to import is built in a way that a bundle cannot hold.',
    remedy:
      'The message names the first layer that does not fit. MobileNetV2, the mean over height and width, Dense with ReLU and Dense with sigmoid or softmax do; see docs/import.md.',
  },
  'import-incomplete': {
    meaning:
      'A model to import lacks something that it cannot be used without: its class names, or how pixels are scaled.',
    remedy: 'Give what the message names: --labels or --scale.',
  },
  'backbone-exists': {
    meaning: 'Another backbone has that id already; heads were trained on it.',
    remedy: 'Choose another --id, or remove the folder that the message names together with its heads.',
  },
  'download-refused': {
    meaning: 'An address is not one that a model is downloaded from.',
    remedy: 'Give an https: address of a public host and the file’s SHA-256, or download the file yourself.',
  },
  'download-failed': {
    meaning: 'A download failed or was cut short.',
    remedy: 'Check the address and the network, then try again; nothing was kept.',
  },
  'checksum-mismatch': {
    meaning: 'A file is not the one that was asked for: its SHA-256 differs.',
    remedy: 'Compare with the SHA-256 its publisher gives. Nothing was kept.',
  },
  'disk-full': {
    meaning: 'The disk of the state folder is full.',
    remedy:
      'Free some space (`journalctl --vacuum-size=100M`, old files), or lower the limits of the archive; then send it again: nothing was written in part.',
  },
  'state-unwritable': {
    meaning: 'The state folder, or a file in it, cannot be opened or written to.',
    remedy: 'Make the daemon’s user the owner of the folder (`chown`), or set `stateDir` to another folder.',
  },
  'storage-failed': {
    meaning: 'The disk of the state folder reports errors, or a database in it cannot be used.',
    remedy:
      'Check the system log (`dmesg`) for disk errors: SD cards wear out. The next start sets a damaged database aside.',
  },
  'state-locked': {
    meaning: 'Another daemon, or a command that changes it, is using the state folder.',
    remedy:
      'Stop the other one, whose process id is in the message, or set `stateDir` to another folder: each daemon needs its own.',
  },
  'state-newer': {
    exit: 78,
    meaning:
      'The state folder was last used by a newer version of surfwatch, which stores things differently.',
    remedy:
      'Install that version again. To go back for good, stop the daemon and copy the backup that the update made over the state folder: `backups/` in it has the last three.',
  },
  'state-backup-failed': {
    meaning: 'The state folder could not be copied, so it was not changed for the new version.',
    remedy: 'Free some space on the disk, then start the daemon again; nothing was changed.',
  },
  'backup-exists': {
    meaning: 'A file of that name exists already, which a backup does not overwrite.',
    remedy: 'Choose another name, or give `--force`.',
  },
  'backup-failed': {
    meaning: 'A backup cannot be written, or a file that belongs in it cannot be read.',
    remedy:
      'Choose a folder that has room for it and that you may write to, and run the command as a user who may read the state folder (`sudo`). Nothing was left behind.',
  },
  'backup-unreadable': {
    meaning: 'A backup is missing, damaged, of another version, or not a backup of surfwatch.',
    remedy:
      'Nothing was changed. Take another copy of it, or another backup; `surfwatch restore --dry-run FILE` checks one.',
  },
  'backup-other-site': {
    exit: 2,
    meaning: 'A backup is from another site than the settings.',
    remedy:
      'Give the settings of the board to be restored (`-c FILE`), or `--force` to restore it here anyway.',
  },
  'restore-not-owner': {
    meaning:
      'The state folder belongs to root, but a folder or link on the way to it belongs to another user.',
    remedy:
      'Name the folder itself as `stateDir`, or run the command as the daemon’s user (`sudo -u surfwatch`).',
  },
  'restore-unfinished': {
    meaning: 'A restore was interrupted while it moved the files into place, and cannot be finished.',
    remedy:
      'Fix what the message names (a full or read-only disk, the permissions of the folder), then start the daemon or restore again: both finish it first.',
  },
  'web-listen-failed': {
    meaning:
      'The page cannot be served: its port is taken, or its certificate and key cannot be used. The daemon continues without it.',
    remedy:
      'Choose another `web.port`, or end the program that has it (`ss -ltnp`); check the files of `web.cert` and `web.key`.',
  },
  'web-login': {
    meaning: 'A request to the page had no login, or a wrong password.',
    remedy: 'Log in with `web.lookPassword` or `web.operatePassword`.',
  },
  'web-tries': {
    meaning: 'Too many wrong passwords came from this address, or from all together.',
    remedy: 'Wait a minute. Users who are already logged in are not affected.',
  },
  'web-forbidden': {
    meaning:
      'The login may only look, the request came from another web site, or it was meant for another computer.',
    remedy:
      'Log in with `web.operatePassword`; open the page at its own address. Behind a proxy see docs/page.md.',
  },
  'web-unknown': {
    meaning: 'The page has no such address.',
    remedy: 'docs/page.md lists them.',
  },
  'web-invalid': {
    meaning: 'A request to the page is malformed or too large.',
    remedy: 'Correct what the message names; docs/schemas/openapi.json has all requests.',
  },
  'web-conflict': {
    meaning:
      'The config file cannot be changed from the page: it was changed meanwhile, or the daemon has none.',
    remedy: 'Load it again and repeat the change. If the daemon has no file, start it with `--config FILE`.',
  },
  'web-busy': {
    meaning: 'The page is handling too many requests.',
    remedy: 'Try again in a moment; close pages that nobody is looking at.',
  },
  'web-failed': {
    meaning: 'The page met an unexpected error.',
    remedy: 'The daemon’s log has the details.',
  },
  'database-newer': {
    exit: 78,
    meaning: 'A database in the state folder was written by a newer version of surfwatch.',
    remedy: 'Install that version again, or set `stateDir` to another folder.',
  },
  'label-frame-unknown': {
    meaning: 'No frame has that id, neither in the archive nor among those seen recently.',
    remedy:
      'Label or explain a frame soon after its id was published, or take a picture that is kept with `surfwatch capture --keep`; `surfwatch label --next` lists kept frames.',
  },
  'label-malformed': {
    meaning:
      'The names in a label cannot be read: the label has none, one is empty, or "none" is combined with others.',
    remedy:
      'Name activities, as ["surfing","kitesurfing"] in a payload, `surfing,kitesurfing` in a topic or `surfing+kitesurfing` as a folder, or `none` alone.',
  },
  'label-place-unknown': {
    meaning: 'A label points at a place in a frame for which no learning data is kept.',
    remedy:
      'Label the frame as a whole, or point at something that the daemon saw there. With `learning.keep: pictures` you can point at any place in a kept frame.',
  },
  'label-activity-unknown': {
    meaning: 'A label names an activity that is not known.',
    remedy:
      'Correct the name; the message has the most similar one. For a new activity send `"new": true`, or add it to `learning.newActivities`.',
  },
  'label-not-an-image': {
    meaning: 'The file to learn from is not a picture, or is damaged.',
    remedy: 'Send a complete JPEG, PNG or WebP.',
  },
  'label-image-too-large': {
    meaning:
      'A picture to learn from has more bytes, pixels or scans than allowed, or takes too much memory to decode.',
    remedy:
      'Make it smaller, and save it as baseline JPEG: more than 2560 pixels on the longer side are not used.',
  },
  'label-none': {
    meaning: 'The frame has no label to take back.',
    remedy: 'Nothing needs to be done: the frame is not labelled.',
  },
  'retrain-impossible': {
    meaning: 'No labelled frame is available to learn from.',
    remedy: 'Label more frames, best from other hours: one hour in five is held out to judge by.',
  },
  'retrain-failed': {
    meaning: 'A retraining failed; the head in use before is still in use.',
    remedy: 'Publish `retrain` again. If it fails again, report the message with the log.',
  },
  'learning-off': {
    meaning: 'Nothing can be labelled or learnt: the learning data could not be opened at the start.',
    remedy:
      'Read the alert `learning-failed` or the log, repair the disk or `stateDir`, and restart the daemon.',
  },
  'retrain-interrupted': {
    meaning: 'The daemon was restarted while it retrained; the head in use has not changed.',
    remedy: 'Publish `retrain` again.',
  },
  'retrain-busy': {
    meaning: 'A retraining is running already.',
    remedy: 'Wait for it (topic `surf/training`), or publish `cancel`.',
  },
  'retrain-none': {
    meaning: 'No retraining is running that could be cancelled.',
    remedy: 'The topic `surf/training` has the result of the last one.',
  },
  'retrain-cancelled': {
    meaning: 'A retraining was ended by `cancel`, or because the daemon stopped.',
    remedy: 'Nothing needs to be done; publish `retrain` to start again.',
  },
  'history-none': {
    meaning: 'That state folder has no history yet.',
    remedy:
      'Give the settings of the daemon (`--config FILE`, or `--set stateDir=DIR`); it writes its first minute of history after a minute.',
  },
  'history-zone': {
    exit: 2,
    meaning: 'The history has nothing about such a zone in that time.',
    remedy: 'The message names the existing zones; without `--zone` the beach as a whole is shown.',
  },
  'history-period': {
    exit: 2,
    meaning: 'The first day that was asked for is after the last.',
    remedy: 'Correct `--from` and `--to`.',
  },
  'base-invalid': {
    meaning:
      'The base set of a head (`base.json`, `base.f16.bin`) is damaged, malformed, or belongs to another backbone.',
    remedy: 'Restore the head from the package or a backup, or train a new one.',
  },
  'service-needs-root': {
    meaning: 'Only root can install or remove a service.',
    remedy: 'Run the command with `sudo`; without it, `--dry-run` shows what would be done.',
  },
  'service-unsupported': {
    meaning: 'This computer does not use systemd.',
    remedy: 'Let the service manager of this computer start `surfwatch run`, and restart it when it ends.',
  },
  'service-file-changed': {
    meaning:
      'A file that would be overwritten or deleted is not as surfwatch wrote it, or holds learnt data.',
    remedy: 'Look at it with `--dry-run`; `--yes` continues without asking.',
  },
  'service-failed': {
    meaning: 'A step of installing or removing the service failed; the steps before it were undone.',
    remedy: 'Read the message; for a service that did not start, see `journalctl -u surfwatch`.',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

interface ErrorEntry {
  /** Exit status of the process when this error ends it; 1 when absent. 78 is EX_CONFIG of sysexits.h. */
  readonly exit?: number;
  readonly meaning: string;
  readonly remedy: string;
}

/** An error with a code from {@link ERRORS}; its message says what was wrong and where, its remedy what to do. */
export class SurfwatchError extends Error {
  override readonly name = 'SurfwatchError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get remedy(): string {
    return ERRORS[this.code].remedy;
  }

  get exitStatus(): number {
    const entry: ErrorEntry = ERRORS[this.code];
    return entry.exit ?? 1;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
