/**
 * In place of the package `global-agent`, which onnxruntime-node uses for one thing: on Linux x64 its install script
 * downloads CUDA libraries through it. Nothing here computes on a GPU, so that script ends at its first call.
 * A setting in `.npmrc` would do it for npm 10; npm 11 warns of it each time it runs.
 */
exports.bootstrap = () => process.exit(0);
